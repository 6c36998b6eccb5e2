from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.recruitment.domain.candidate import as_candidate_sees, candidate_key
from shared.contracts.recruitment import (
    Applicant,
    ApplicationAnswer,
    ApplicationStatus,
    CallKind,
    Decision,
)
from tests.unit.recruitment.builders import a_jst

INNER = {
    "check_passed": False,
    "check_remarks": "Brak podpisu",
    "prepared_decision": Decision.REJECTED,
    "decision_reason": "Nie spełnia warunków",
    "reserve_rank": 4,
    "version": 5,
}
PUBLISHED = ("QUALIFIED", "RESERVE", "REJECTED")


def an_answer(status, **inner):
    return ApplicationAnswer(
        application_id=UUID(int=7),
        call_id=UUID(int=2),
        kind="PRO",
        receipt_number="PRO-0000-0007",
        status=status,
        received_at=datetime(2020, 2, 20, tzinfo=UTC),
        voivodeship="06",
        jst=None,
        applicant=Applicant(full_name="Anna Kowalska", email="anna@example.org"),
        answers={},
        privacy_notice_version="2020-01",
        **({"version": 1} | inner),
    )


def test_an_expert_is_known_by_the_e_mail_and_a_jst_by_its_id():
    keys = {kind: candidate_key(kind, "Anna@Example.org", a_jst()) for kind in CallKind}

    assert keys == {
        CallKind.PRO: "anna@example.org",
        CallKind.ROS: "anna@example.org",
        CallKind.JST: str(a_jst().id),
    }


def test_a_jst_of_another_kind_is_still_the_same_candidate():
    as_town = a_jst("0601033")

    assert candidate_key(CallKind.JST, "a@b.pl", as_town) == candidate_key(
        CallKind.JST, "c@d.pl", a_jst()
    )


@pytest.mark.parametrize("status", ["RECEIVED", "CHECKED", "DECIDED"])
def test_before_the_results_every_application_looks_just_received(status):
    assert as_candidate_sees(an_answer(status, **INNER)) == an_answer("RECEIVED")


def test_a_withdrawn_application_shows_nothing_of_its_assessment():
    assert as_candidate_sees(an_answer("WITHDRAWN", **INNER)) == an_answer("WITHDRAWN")


@pytest.mark.parametrize("status", PUBLISHED)
def test_after_the_results_the_candidate_sees_what_staff_see(status):
    answer = an_answer(status, **INNER)

    assert as_candidate_sees(answer) == answer


@for_all(
    st.sampled_from([s for s in ApplicationStatus if s not in PUBLISHED]),
    st.fixed_dictionaries(
        {},
        optional={
            "check_passed": st.booleans(),
            "check_remarks": st.text(max_size=5),
            "prepared_decision": st.sampled_from(Decision),
            "decision_reason": st.text(max_size=5),
            "reserve_rank": st.integers(1, 9),
            "version": st.integers(1, 9),
        },
    ),
)
def test_nothing_inner_can_be_told_from_what_the_candidate_sees(status, inner):
    assert as_candidate_sees(an_answer(status, **inner)) == as_candidate_sees(an_answer(status))

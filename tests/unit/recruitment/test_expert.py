from uuid import UUID

import pytest

from services.recruitment.domain.errors import ExpertLeftError
from services.recruitment.domain.expert import expert_id
from shared.kernel.testing import fact, given
from tests.unit.recruitment.builders import EDITION, TRAINING, an_expert


def leave(expert):
    expert.leave("OWN_REQUEST")


def test_entering_the_roster_is_recorded_without_the_name():
    [entered] = an_expert().collect_events()

    assert fact(entered) == (
        "recruitment.ExpertEnteredRoster",
        {
            "application_id": UUID(int=7),
            "training_id": TRAINING,
            "edition_id": EDITION,
            "role": "PRO",
            "voivodeship": "06",
            "employer_jst": None,
            "training_hours": 20,
        },
    )


def test_an_application_leads_to_one_expert():
    assert an_expert().id == an_expert().id == expert_id(UUID(int=7))


def test_leaving_the_roster_is_recorded_with_a_reason():
    given(an_expert).when(leave).then(
        ("recruitment.ExpertLeftRoster", {"reason_code": "OWN_REQUEST"}),
    )


def test_nobody_leaves_twice():
    left = given(an_expert, leave)

    with pytest.raises(ExpertLeftError):
        left.when(leave)

    left.then_nothing()

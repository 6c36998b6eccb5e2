import hashlib
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from services.recruitment.domain.errors import (
    CallNotOpenError,
    JstClosedError,
    JstUnknownError,
    NotOnReserveListError,
    OneOpenApplicationError,
    WithdrawTooLateError,
)
from services.recruitment.personal_data import applicants, erase_applicant
from shared.contracts.recruitment import (
    Applicant,
    ApplicationQuery,
    ApplicationsQuery,
    ApplicationStatus,
    CheckApplication,
    DecideApplication,
    Decision,
    PromoteReserve,
    WithdrawApplication,
)
from shared.kernel.refusal import NotFoundError, StaleVersionError
from tests.unit.recruitment.builders import AFTER_THE_CALL, DURING_THE_CALL, NOTICE
from tests.unit.recruitment.programme import (
    BOLESLAWIEC,
    NOWOGRODZIEC,
    Programme,
    an_application_form,
)
from tests.unit.recruitment.terc import ROWS, terc

UNKNOWN = UUID(int=404)
SOMEBODY = Applicant(full_name="Olga Mak", email="olga@example.org")


def one(programme, application_id, access_key=None):
    query = ApplicationQuery(application_id=application_id, access_key=access_key)
    return programme.ask("get_application", query)


def withdraw(application_id, **changes):
    return WithdrawApplication(application_id=application_id, **changes)


def applicant_row(programme, application_id):
    with programme.app.database.reading() as connection:
        query = select(applicants).where(applicants.c.application_id == application_id)
        return connection.execute(query).mappings().one()


# --- receipt ------------------------------------------------------------------------------------


def test_the_receipt_says_when_and_under_which_number_it_was_received():
    programme = Programme()

    receipt = programme.apply(programme.a_call())

    assert (receipt.received_at, receipt.receipt_number[:4]) == (DURING_THE_CALL, "PRO-")
    assert len(receipt.access_key) == 32


def test_staff_read_what_the_candidate_sent():
    programme = Programme()
    call_id = programme.a_call()
    receipt = programme.apply(call_id)

    assert one(programme, receipt.application_id).model_dump() == {
        "application_id": receipt.application_id,
        "call_id": call_id,
        "kind": "PRO",
        "receipt_number": receipt.receipt_number,
        "status": "RECEIVED",
        "received_at": DURING_THE_CALL,
        "voivodeship": "06",
        "jst": None,
        "applicant": {
            "full_name": "Anna Kowalska",
            "email": "anna@example.org",
            "phone": "+48 600 000 000",
        },
        "answers": {"motivation": "Chcę wspierać samorządy."},
        "privacy_notice_version": NOTICE,
        "check_passed": None,
        "check_remarks": "",
        "prepared_decision": None,
        "decision_reason": "",
        "reserve_rank": None,
        "late_admission_reason": None,
        "version": 1,
    }


def test_lr_05_no_event_holds_anything_of_the_person():
    programme = Programme()
    call_id = programme.a_call()
    receipt = programme.apply(call_id)
    programme.decide(receipt.application_id, reason="Kowalska ma doświadczenie")
    programme.do("withdraw_application", withdraw(receipt.application_id, reason="Choroba Anny"))

    stored = b"".join(r.stored.state for r in programme.app.log.select_behind_fence(0, 100))
    told = "".join(event.model_dump_json() for event in programme.told())

    for secret in ("Kowalska", "anna@", "600 000", "Choroba", "Komplet", receipt.access_key):
        assert secret.encode() not in stored
        assert secret not in told


def test_of_the_access_key_only_its_hash_is_kept():
    programme = Programme()
    receipt = programme.apply(programme.a_call())

    row = applicant_row(programme, receipt.application_id)

    assert row["access_key_hash"] == hashlib.sha256(receipt.access_key.encode()).hexdigest()
    assert receipt.access_key not in str(dict(row))


def test_a_jst_applies_in_its_own_voivodeship_as_it_is_in_the_register():
    programme = Programme()
    call_id = programme.a_jst_call()

    receipt = programme.apply(call_id, jst_code=BOLESLAWIEC, voivodeship=None)

    answer = one(programme, receipt.application_id)
    assert (answer.voivodeship, answer.jst.code, answer.jst.name) == (
        "02",
        BOLESLAWIEC,
        "Bolesławiec",
    )


def test_an_unknown_jst_is_refused():
    programme = Programme()
    call_id = programme.a_jst_call()

    with pytest.raises(JstUnknownError) as refusal:
        programme.apply(call_id, jst_code="0201012")

    assert (refusal.value.field, refusal.value.parameters) == (
        "jst_code",
        {"jst_code": "0201012"},
    )


def test_a_jst_that_is_gone_is_refused():
    programme = Programme()
    call_id = programme.a_jst_call()
    without = [row for row in ROWS if not row.startswith("02;01;01")]
    programme.a_register(terc(*without, state_on="2020-02-01"))

    with pytest.raises(JstClosedError) as refusal:
        programme.apply(call_id, jst_code=BOLESLAWIEC)

    assert refusal.value.parameters == {"jst_code": BOLESLAWIEC, "closed_on": "2020-02-01"}


def test_an_application_after_the_deadline_is_refused_and_leaves_nothing():
    programme = Programme()
    call_id = programme.a_call()
    programme.move_to(datetime(2020, 2, 29, 23, 0, tzinfo=UTC))
    before = programme.events()

    with pytest.raises(CallNotOpenError):
        programme.apply(call_id)

    assert programme.events() == before


def test_staff_admit_late_with_a_reason_that_is_on_record():
    programme = Programme()
    call_id = programme.a_call()
    programme.move_to(AFTER_THE_CALL)

    receipt = programme.apply(call_id, late_admission_reason="Awaria serwera")

    assert one(programme, receipt.application_id).late_admission_reason == "Awaria serwera"
    assert programme.told()[-1].is_late_admission is True


def test_a_reason_for_lateness_in_time_is_not_kept():
    programme = Programme()

    receipt = programme.apply(programme.a_call(), late_admission_reason="Na wszelki wypadek")

    assert one(programme, receipt.application_id).late_admission_reason is None


def test_an_unknown_call_is_not_found():
    with pytest.raises(NotFoundError) as refusal:
        Programme().apply(UNKNOWN)

    assert refusal.value.parameters == {"what": "Call", "id": str(UNKNOWN)}


# --- one open application -----------------------------------------------------------------------


def test_an_expert_has_one_open_application_in_a_call_by_e_mail():
    programme = Programme()
    call_id = programme.a_call()
    programme.apply(call_id)
    before = programme.events()
    again = Applicant(full_name="A. Kowalska", email="ANNA@Example.org")

    with pytest.raises(OneOpenApplicationError) as refusal:
        programme.apply(call_id, applicant=again)

    assert (refusal.value.code, refusal.value.parameters) == (
        "one-open-application",
        {"received_on": "2020-02-20"},
    )
    assert programme.events() == before


def test_a_jst_has_one_open_application_whoever_sends_it():
    programme = Programme()
    call_id = programme.a_jst_call()
    programme.apply(call_id, jst_code=BOLESLAWIEC)

    with pytest.raises(OneOpenApplicationError):
        programme.apply(call_id, jst_code=BOLESLAWIEC, applicant=SOMEBODY)


def test_one_person_may_send_the_applications_of_several_jst():
    programme = Programme()
    call_id = programme.a_jst_call()
    programme.apply(call_id, jst_code=BOLESLAWIEC)

    assert programme.apply(call_id, jst_code=NOWOGRODZIEC)


def test_two_experts_of_one_employer_may_apply():
    programme = Programme()
    programme.a_register()
    call_id = programme.a_call()
    programme.apply(call_id, jst_code=BOLESLAWIEC)

    assert programme.apply(call_id, jst_code=BOLESLAWIEC, applicant=SOMEBODY)


def test_in_another_call_the_candidate_may_apply_too():
    programme = Programme()
    edition_id = programme.an_edition()
    programme.apply(programme.a_call(edition_id))

    assert programme.apply(programme.a_call(edition_id, slug="drugi-nabor"))


def test_of_two_applications_sent_at_once_one_is_received():
    programme = Programme()
    call_id = programme.a_call()

    with pytest.raises(OneOpenApplicationError):
        programme.do_interrupted(
            "submit_application", an_application_form(call_id), lambda: programme.apply(call_id)
        )

    assert programme.events().count("recruitment.ApplicationSubmitted") == 1


# --- withdrawal ---------------------------------------------------------------------------------


def test_the_candidate_withdraws_with_the_key_and_may_apply_again():
    programme = Programme()
    call_id = programme.a_call()
    receipt = programme.apply(call_id)

    programme.do(
        "withdraw_application",
        withdraw(receipt.application_id, access_key=receipt.access_key, reason="Urlop"),
    )

    assert programme.events()[-1] == "recruitment.ApplicationWithdrawn"
    assert applicant_row(programme, receipt.application_id)["withdrawal_reason"] == "Urlop"
    assert programme.apply(call_id)


def test_staff_withdraw_without_a_key():
    programme = Programme()
    application_id = programme.apply(programme.a_call()).application_id

    programme.do("withdraw_application", withdraw(application_id))

    assert one(programme, application_id).status is ApplicationStatus.WITHDRAWN


def test_withdrawing_after_the_results_is_too_late():
    programme = Programme()
    application_id = programme.a_qualified_expert_candidate()

    with pytest.raises(WithdrawTooLateError):
        programme.do("withdraw_application", withdraw(application_id))


@pytest.mark.parametrize("access_key", ["", "zły klucz", "x" * 200])
def test_a_wrong_key_is_answered_like_an_unknown_id(access_key):
    programme = Programme()
    application_id = programme.apply(programme.a_call()).application_id

    for known_or_not in (application_id, UNKNOWN):
        for attempt in (
            lambda a: programme.do("withdraw_application", withdraw(a, access_key=access_key)),
            lambda a: one(programme, a, access_key),
        ):
            with pytest.raises(NotFoundError) as refusal:
                attempt(known_or_not)
            assert refusal.value.parameters == {"what": "Application", "id": str(known_or_not)}


def test_an_unknown_application_is_not_found():
    programme = Programme()

    for attempt in (
        lambda: one(programme, UNKNOWN),
        lambda: programme.do("withdraw_application", withdraw(UNKNOWN)),
        lambda: programme.do(
            "check_application", CheckApplication(application_id=UNKNOWN, passed=True)
        ),
    ):
        with pytest.raises(NotFoundError) as refusal:
            attempt()
        assert refusal.value.parameters == {"what": "Application", "id": str(UNKNOWN)}


# --- assessment ---------------------------------------------------------------------------------


def test_staff_see_the_check_and_the_prepared_decision():
    programme = Programme()
    application_id = programme.apply(programme.a_call()).application_id

    programme.decide(application_id, Decision.RESERVE, 2, reason="Mniej punktów")

    answer = one(programme, application_id)
    assert (
        answer.status,
        answer.check_passed,
        answer.check_remarks,
        answer.prepared_decision,
        answer.decision_reason,
        answer.reserve_rank,
        answer.version,
    ) == (
        ApplicationStatus.DECIDED,
        True,
        "Komplet dokumentów",
        Decision.RESERVE,
        "Mniej punktów",
        2,
        3,
    )


def test_a_new_check_takes_back_the_decision_and_its_reason():
    programme = Programme()
    application_id = programme.apply(programme.a_call()).application_id
    programme.decide(application_id, Decision.RESERVE, 2, reason="Mniej punktów")

    recheck = CheckApplication(application_id=application_id, passed=False)
    programme.do("check_application", recheck)

    answer = one(programme, application_id)
    assert (
        answer.status,
        answer.check_passed,
        answer.check_remarks,
        answer.prepared_decision,
        answer.decision_reason,
        answer.reserve_rank,
    ) == (ApplicationStatus.CHECKED, False, "", None, "", None)


@pytest.mark.parametrize(
    ("entrypoint", "model", "values"),
    [
        ("check_application", CheckApplication, {"passed": False}),
        ("decide_application", DecideApplication, {"decision": Decision.QUALIFIED}),
    ],
)
def test_an_assessment_over_somebody_elses_is_refused(entrypoint, model, values):
    programme = Programme()
    application_id = programme.apply(programme.a_call()).application_id
    seen = one(programme, application_id).version
    programme.decide(application_id, Decision.RESERVE, 2, reason="Mniej punktów")
    before = one(programme, application_id)

    request = model(application_id=application_id, expected_version=seen, **values)
    with pytest.raises(StaleVersionError) as refused:
        programme.do(entrypoint, request)

    assert refused.value.parameters == {"expected": 1, "actual": 3}
    assert one(programme, application_id) == before


def test_the_candidate_sees_received_until_the_results_and_then_the_decision():
    programme = Programme()
    call_id = programme.a_call()
    receipt = programme.apply(call_id)
    as_sent = one(programme, receipt.application_id, receipt.access_key)
    programme.decide(receipt.application_id, Decision.REJECTED, reason="Brak stażu")

    before = one(programme, receipt.application_id, receipt.access_key)
    programme.publish_results(call_id)
    after = one(programme, receipt.application_id, receipt.access_key)

    assert before == as_sent
    assert after == one(programme, receipt.application_id)
    assert (after.status, after.decision_reason) == (ApplicationStatus.REJECTED, "Brak stażu")


def test_a_candidate_moves_up_from_the_reserve_list():
    programme = Programme()
    call_id = programme.a_call()
    application_id = programme.apply(call_id).application_id
    programme.decide(application_id, Decision.RESERVE, 1)
    programme.publish_results(call_id)

    promotion = PromoteReserve(application_id=application_id, reason="Rezygnacja")
    programme.do("promote_reserve", promotion)

    answer = one(programme, application_id)
    assert (answer.status, answer.prepared_decision, answer.reserve_rank) == (
        ApplicationStatus.QUALIFIED,
        Decision.QUALIFIED,
        None,
    )


def test_nobody_moves_up_before_the_results():
    programme = Programme()
    application_id = programme.apply(programme.a_call()).application_id
    programme.decide(application_id, Decision.RESERVE, 1)

    with pytest.raises(NotOnReserveListError):
        programme.do(
            "promote_reserve", PromoteReserve(application_id=application_id, reason="Pomyłka")
        )


# --- lists --------------------------------------------------------------------------------------


def three_applications():
    """Anna of Bolesławiec, then Łucja, then Jan, an hour apart; and a JST's in another call."""
    programme = Programme()
    programme.a_register()
    edition_id = programme.an_edition(voivodeships=("02", "06", "24"))
    call_id = programme.a_call(edition_id)
    receipts = {}
    for hour, (name, voivodeship, jst_code) in enumerate(
        [
            ("Anna Kowalska", "06", BOLESLAWIEC),
            ("Łucja Śliwa", "24", None),
            ("Jan Nowak", "06", None),
        ]
    ):
        programme.move_to(DURING_THE_CALL.replace(hour=10 + hour))
        receipts[name.split()[0]] = programme.apply(
            call_id, name, voivodeship=voivodeship, jst_code=jst_code
        )
    other = programme.a_call(edition_id, kind="JST", slug="jst-2020")
    programme.move_to(DURING_THE_CALL.replace(hour=13))
    receipts["JST"] = programme.apply(other, "Ewa Lis", jst_code=NOWOGRODZIEC)
    return programme, call_id, receipts


def names(programme, **query):
    answer = programme.ask("list_applications", ApplicationsQuery(**query))
    return answer.total, [a.applicant.full_name.split()[0] for a in answer.applications]


def test_a_list_is_oldest_first_and_in_pages():
    programme, call_id, _ = three_applications()

    pages = [names(programme, call_id=call_id, offset=offset, limit=2) for offset in (0, 2, 4)]

    assert pages == [(3, ["Anna", "Łucja"]), (3, ["Jan"]), (3, [])]


def test_without_a_call_all_applications_are_listed():
    programme, _, _ = three_applications()

    assert names(programme)[0] == 4


def test_a_list_by_status():
    programme, call_id, receipts = three_applications()
    programme.decide(receipts["Jan"].application_id)

    assert names(programme, call_id=call_id, status="DECIDED") == (1, ["Jan"])
    assert names(programme, call_id=call_id, status="RECEIVED") == (2, ["Anna", "Łucja"])


def test_a_list_by_voivodeships():
    programme, call_id, _ = three_applications()

    assert names(programme, call_id=call_id, voivodeships=("24", "30")) == (1, ["Łucja"])
    assert names(programme, call_id=call_id, voivodeships=()) == (0, [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("łucja", ["Łucja"]),
        ("LUCJA", ["Łucja"]),
        ("sliwa lucja", ["Łucja"]),
        ("boleslawiec", ["Anna"]),
        ("nowogr", ["Ewa"]),
        ("nowak@", []),
        ("jan@example", ["Jan"]),
        ("%", []),
        ("_", []),
        ("  ", ["Anna", "Łucja", "Jan", "Ewa"]),
    ],
)
def test_a_list_by_part_of_a_name_without_regard_to_case_and_diacritics(text, found):
    programme, _, _ = three_applications()

    assert names(programme, text=text) == (len(found), found)


def test_a_list_by_receipt_number_as_somebody_types_it():
    programme, _, receipts = three_applications()

    assert names(programme, text=receipts["Jan"].receipt_number.lower()) == (1, ["Jan"])


# --- erasure ------------------------------------------------------------------------------------


def test_an_erased_applicant_is_gone_while_the_application_stays():
    programme = Programme()
    call_id = programme.a_call()
    receipt = programme.apply(call_id)
    programme.decide(receipt.application_id, reason="Doświadczenie")

    programme.app.write(lambda connection: erase_applicant(connection, receipt.application_id))

    answer = one(programme, receipt.application_id)
    assert (answer.applicant, answer.answers, answer.decision_reason) == (None, {}, "")
    assert answer.prepared_decision is Decision.QUALIFIED
    with pytest.raises(NotFoundError):
        one(programme, receipt.application_id, receipt.access_key)


def test_the_assessment_of_an_erased_applicant_goes_on_without_texts():
    programme = Programme()
    call_id = programme.a_call()
    application_id = programme.apply(call_id).application_id
    programme.app.write(lambda connection: erase_applicant(connection, application_id))

    programme.decide(application_id, reason="Doświadczenie")
    programme.publish_results(call_id)

    answer = one(programme, application_id)
    assert (answer.status, answer.check_remarks, answer.decision_reason) == (
        ApplicationStatus.QUALIFIED,
        "",
        "",
    )

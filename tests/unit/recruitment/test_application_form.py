from uuid import UUID

import pytest

from services.recruitment.domain.errors import (
    ApplicantErasedError,
    ApplicantNeededError,
    ApplicationWithdrawnError,
    NotCheckedError,
    NotOnReserveListError,
    NotQualifiedError,
    OnlyRejectionPossibleError,
    ReserveRankMissingError,
    ReserveRankNotAllowedError,
    ResultsAlreadyPublishedError,
    UndecidedApplicationsError,
    WithdrawTooLateError,
)
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import (
    ApplicationStatus,
    CallKind,
    Decision,
    ErasureGround,
    PublishedResult,
)
from shared.kernel.testing import fact, given
from tests.unit.recruitment.builders import (
    CALL,
    DURING_THE_CALL,
    EDITION,
    LEAP_DAY,
    NOTICE,
    RESULTS_DAY,
    a_jst,
    a_qualified_application,
    an_application,
    fail_check,
    pass_check,
    publish_decision,
    put_on_reserve,
    qualify,
    reject,
    withdraw,
)

RECEIPT = "PRO-0000-0007"


def promote(application):
    application.promote("Rezygnacja osoby zakwalifikowanej")


def decided(decision, reserve_rank=None):
    return (
        "recruitment.ApplicationDecided",
        {"call_id": CALL, "decision": decision, "reserve_rank": reserve_rank},
    )


# --- receipt ------------------------------------------------------------------------------------


def test_submitting_records_what_was_received_without_the_person():
    [submitted] = an_application(jst=a_jst()).collect_events()

    assert fact(submitted) == (
        "recruitment.ApplicationSubmitted",
        {
            "call_id": CALL,
            "edition_id": EDITION,
            "kind": "PRO",
            "receipt_number": RECEIPT,
            "received_at": DURING_THE_CALL,
            "voivodeship": "06",
            "jst": a_jst(),
            "privacy_notice_version": NOTICE,
            "is_late_admission": False,
        },
    )
    assert submitted.originator_id == UUID(int=7 << 88)


def test_dr_01_received_is_not_qualified():
    assert an_application().status is ApplicationStatus.RECEIVED


# --- withdrawal ---------------------------------------------------------------------------------


@pytest.mark.parametrize("history", [(), (pass_check,), (pass_check, qualify)])
@pytest.mark.parametrize("is_by_candidate", [True, False])
def test_withdrawing_is_recorded_until_the_results(history, is_by_candidate):
    given(an_application, *history).when(
        lambda a: a.withdraw(is_by_candidate=is_by_candidate)
    ).then(
        (
            "recruitment.ApplicationWithdrawn",
            {"call_id": CALL, "is_by_candidate": is_by_candidate},
        ),
    )


@pytest.mark.parametrize("decide", [qualify, put_on_reserve, reject])
def test_withdrawing_after_the_results_is_too_late(decide):
    published = given(an_application, pass_check, decide, publish_decision)

    with pytest.raises(WithdrawTooLateError) as refusal:
        published.when(withdraw)

    assert refusal.value.parameters == {"call_id": str(CALL)}
    published.then_nothing()


@pytest.mark.parametrize("command", [withdraw, pass_check, qualify, publish_decision])
def test_nothing_happens_to_a_withdrawn_application(command):
    withdrawn = given(an_application, withdraw)

    with pytest.raises(ApplicationWithdrawnError):
        withdrawn.when(command)

    withdrawn.then_nothing()


# --- formal check -------------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "has_passed"), [(pass_check, True), (fail_check, False)])
def test_the_formal_check_is_recorded(command, has_passed):
    given(an_application).when(command).then(
        ("recruitment.ApplicationChecked", {"call_id": CALL, "has_passed": has_passed}),
    )


def test_a_second_check_takes_a_prepared_decision_back():
    application = an_application()
    for command in (pass_check, qualify, fail_check):
        command(application)

    assert (application.status, application.prepared_result) == (ApplicationStatus.CHECKED, None)


@pytest.mark.parametrize("command", [pass_check, reject, publish_decision])
def test_nothing_is_checked_or_decided_after_the_results(command):
    published = given(an_application, pass_check, qualify, publish_decision)

    with pytest.raises(ResultsAlreadyPublishedError) as refusal:
        published.when(command)

    assert refusal.value.parameters == {"published_on": "2020-03-05"}
    published.then_nothing()


# --- decision -----------------------------------------------------------------------------------


def test_a_decision_is_recorded_and_stays_inside():
    given(an_application, pass_check).when(qualify).then(decided("QUALIFIED"))


def test_a_place_on_the_reserve_list_is_recorded_with_its_rank():
    given(an_application, pass_check).when(put_on_reserve).then(decided("RESERVE", 3))


def test_a_decision_may_be_changed_until_the_results():
    given(an_application, pass_check, put_on_reserve).when(reject).then(decided("REJECTED"))


def test_a_decision_without_a_formal_check_is_refused():
    received = given(an_application)

    with pytest.raises(NotCheckedError):
        received.when(reject)

    received.then_nothing()


def test_who_failed_the_check_can_be_rejected():
    given(an_application, fail_check).when(reject).then(decided("REJECTED"))


@pytest.mark.parametrize("command", [qualify, put_on_reserve])
def test_who_failed_the_check_can_only_be_rejected(command):
    failed = given(an_application, fail_check)

    with pytest.raises(OnlyRejectionPossibleError) as refusal:
        failed.when(command)

    assert refusal.value.field == "decision"
    failed.then_nothing()


def test_a_place_on_the_reserve_list_without_a_rank_is_refused():
    checked = given(an_application, pass_check)

    with pytest.raises(ReserveRankMissingError) as refusal:
        checked.when(lambda a: a.decide(Decision.RESERVE))

    assert refusal.value.field == "reserve_rank"
    checked.then_nothing()


@pytest.mark.parametrize("decision", [Decision.QUALIFIED, Decision.REJECTED])
def test_a_rank_outside_of_the_reserve_list_is_refused(decision):
    checked = given(an_application, pass_check)

    with pytest.raises(ReserveRankNotAllowedError) as refusal:
        checked.when(lambda a: a.decide(decision, 1))

    assert refusal.value.parameters == {"decision": decision.value}
    checked.then_nothing()


# --- results ------------------------------------------------------------------------------------


def test_a_prepared_decision_takes_effect_with_the_results():
    given(an_application, pass_check, put_on_reserve).when(publish_decision).then(
        (
            "recruitment.ApplicationDecisionPublished",
            {
                "call_id": CALL,
                "decision": "RESERVE",
                "reserve_rank": 3,
                "published_on": RESULTS_DAY,
            },
        ),
    )


@pytest.mark.parametrize(
    ("decide", "status"),
    [
        (qualify, ApplicationStatus.QUALIFIED),
        (put_on_reserve, ApplicationStatus.RESERVE),
        (reject, ApplicationStatus.REJECTED),
    ],
)
def test_the_status_tells_the_decision_only_once_published(decide, status):
    application = an_application()
    pass_check(application)
    decide(application)
    before = application.status
    publish_decision(application)

    assert (before, application.status) == (ApplicationStatus.DECIDED, status)


@pytest.mark.parametrize("history", [(), (pass_check,)])
def test_what_is_not_decided_has_no_result_to_publish(history):
    undecided = given(an_application, *history)

    with pytest.raises(UndecidedApplicationsError):
        undecided.when(publish_decision)

    undecided.then_nothing()


def test_the_row_of_the_results_names_the_receipt_and_not_the_person():
    application = an_application(jst=a_jst())
    pass_check(application)
    put_on_reserve(application)

    assert application.prepared_result == PublishedResult(
        application_id=application.id,
        receipt_number=RECEIPT,
        decision=Decision.RESERVE,
        reserve_rank=3,
        voivodeship="06",
        jst=a_jst(),
    )


# --- reserve list -------------------------------------------------------------------------------


def test_promotion_from_the_reserve_list_is_recorded_with_the_new_row_and_the_reason():
    on_reserve = given(an_application, pass_check, put_on_reserve, publish_decision)

    on_reserve.when(promote).then(
        (
            "recruitment.ApplicationPromoted",
            {
                "call_id": CALL,
                "edition_id": EDITION,
                "kind": "PRO",
                "result": PublishedResult(
                    application_id=UUID(int=7 << 88),
                    receipt_number=RECEIPT,
                    decision=Decision.QUALIFIED,
                    voivodeship="06",
                ),
                "previous_rank": 3,
                "reason": "Rezygnacja osoby zakwalifikowanej",
            },
        ),
    )


@pytest.mark.parametrize(
    ("history", "state"),
    [
        ((), "RECEIVED"),
        ((pass_check, put_on_reserve), "RECEIVED"),
        ((withdraw,), "WITHDRAWN"),
        ((pass_check, reject, publish_decision), "REJECTED"),
        ((pass_check, put_on_reserve, publish_decision, promote), "QUALIFIED"),
    ],
)
def test_only_who_stands_on_the_published_reserve_list_is_promoted(history, state):
    application = given(an_application, *history)

    with pytest.raises(NotOnReserveListError) as refusal:
        application.when(promote)

    assert refusal.value.parameters == {"state": state}
    application.then_nothing()


# --- qualification ------------------------------------------------------------------------------


def test_who_is_qualified_or_promoted_for_the_role_may_be_trained():
    promoted = an_application()
    for command in (pass_check, put_on_reserve, publish_decision, promote):
        command(promoted)

    a_qualified_application().refuse_unless_qualified(ExpertRole.PRO)
    promoted.refuse_unless_qualified(ExpertRole.PRO)


@pytest.mark.parametrize(
    ("history", "state"),
    [
        ((), "RECEIVED"),
        ((pass_check, qualify), "RECEIVED"),
        ((pass_check, put_on_reserve, publish_decision), "RESERVE"),
    ],
)
def test_who_is_not_qualified_by_published_results_is_refused(history, state):
    application = an_application()
    for command in history:
        command(application)

    with pytest.raises(NotQualifiedError) as refusal:
        application.refuse_unless_qualified(ExpertRole.PRO)

    assert refusal.value.parameters == {"role": "PRO", "state": state}


@pytest.mark.parametrize("kind", [CallKind.PRO, CallKind.JST])
def test_who_is_qualified_for_something_else_is_refused(kind):
    with pytest.raises(NotQualifiedError):
        a_qualified_application(kind=kind).refuse_unless_qualified(ExpertRole.ROS)


def test_the_day_of_receipt_is_the_one_in_warsaw():
    late_evening = DURING_THE_CALL.replace(month=2, day=28, hour=23, minute=30)

    assert an_application(received_at=late_evening).received_on == LEAP_DAY


# --- erasure of who applied -----------------------------------------------------------------------


def erase(application, *, is_called_off=False):
    application.erase_applicant(ErasureGround.OWN_REQUEST, is_called_off=is_called_off)


def an_application_after(*steps):
    application = an_application()
    for step in steps:
        step(application)
    application.collect_events()
    return application


@pytest.mark.parametrize(
    "steps",
    [
        [withdraw],
        [pass_check, withdraw],
        [pass_check, reject, publish_decision],
        [pass_check, put_on_reserve, publish_decision],
        [pass_check, qualify, publish_decision],
    ],
)
def test_who_applied_is_erased_when_no_decision_is_to_come(steps):
    application = an_application_after(*steps)

    erase(application)

    assert [fact(e) for e in application.collect_events()] == [
        ("recruitment.ApplicantErased", {"call_id": CALL, "ground": "OWN_REQUEST"})
    ]


@pytest.mark.parametrize("steps", [[], [pass_check], [fail_check], [pass_check, qualify]])
def test_who_waits_for_a_decision_is_not_erased_unless_the_call_was_called_off(steps):
    application = an_application_after(*steps)

    with pytest.raises(ApplicantNeededError) as refusal:
        erase(application)
    assert refusal.value.parameters == {"need": "DECISION"}

    erase(application, is_called_off=True)
    assert application.is_erased


def test_who_applied_is_erased_once():
    application = an_application_after(withdraw, erase)

    with pytest.raises(ApplicantErasedError):
        erase(application)


def enrol(application):
    application.refuse_unless_qualified(ExpertRole.PRO)


@pytest.mark.parametrize(
    ("decide", "act"), [(put_on_reserve, promote), (qualify, enrol)], ids=["promote", "enrol"]
)
def test_nobody_who_was_erased_gets_a_place(decide, act):
    application = an_application_after(pass_check, decide, publish_decision, erase)

    with pytest.raises(ApplicantErasedError):
        act(application)


@pytest.mark.parametrize("act", [pass_check, qualify, withdraw])
def test_after_a_call_that_was_called_off_nothing_happens_to_an_erased_application(act):
    application = an_application_after(pass_check)
    erase(application, is_called_off=True)

    with pytest.raises(ApplicantErasedError):
        act(application)

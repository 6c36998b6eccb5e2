from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.recruitment.domain.announcement import Admission
from services.recruitment.domain.call_state import Closure
from services.recruitment.domain.errors import (
    CallDatesOrderError,
    CallEndedError,
    CallNotDraftError,
    CallNotOpenError,
    CallNotPublishedError,
    CallStillOpenError,
    DeadlineAfterResultsError,
    DeadlineNotLaterError,
    JstMissingError,
    OutsideEditionError,
    PrivacyNoticeChangedError,
    ResultsAlreadyPublishedError,
    UndecidedApplicationsError,
    VoivodeshipMissingError,
)
from shared.contracts.recruitment import CallKind, Decision
from shared.kernel.clock import local_day
from shared.kernel.testing import fact, given
from tests.unit.recruitment.builders import (
    AFTER_THE_CALL,
    DURING_THE_CALL,
    EDITION,
    LEAP_DAY,
    NOTICE,
    OPENING_DAY,
    RESULTS_DAY,
    WARSAW,
    a_draft,
    a_jst,
    a_published_call,
    a_qualified_application,
    an_announcement,
    publish,
)

EARLIER_THAT_WEEK = date(2020, 2, 27)
TWO_DAYS_LATER = date(2020, 3, 2)
BEFORE_THE_CALL = datetime(2020, 2, 1, 10, 0, tzinfo=UTC)


def close(call):
    call.close()


def cancel(call):
    call.cancel("Brak środków")


def extend(call):
    call.extend(TWO_DAYS_LATER, "Ferie zimowe")


def publish_results(call):
    call.publish_results([], today=RESULTS_DAY)


def admit(call, **changes):
    values = {
        "now": DURING_THE_CALL,
        "privacy_notice_version": NOTICE,
        "voivodeship": "06",
        "jst": None,
    }
    return call.admit(**(values | changes))


def a_jst_call():
    return a_published_call(kind=CallKind.JST)


# --- draft and publication ----------------------------------------------------------------------


def test_a_draft_can_say_something_else():
    call = a_draft()
    call.collect_events()
    other = an_announcement(title="Drugi nabór")

    call.revise(other)

    assert [fact(e) for e in call.collect_events()] == [
        ("recruitment.CallRevised", {"announcement": other})
    ]


def test_a_draft_that_says_the_same_records_nothing():
    call = a_draft()
    call.collect_events()

    call.revise(an_announcement())

    assert list(call.collect_events()) == []


def test_a_draft_keeps_its_dates_in_order():
    with pytest.raises(CallDatesOrderError):
        a_draft().revise(an_announcement(closes_on=date(2020, 2, 1)))


@pytest.mark.parametrize("end", [publish, cancel])
def test_only_a_draft_can_be_revised(end):
    call = a_draft()
    end(call)

    with pytest.raises(CallNotDraftError) as refusal:
        call.revise(an_announcement(title="Za późno"))

    assert refusal.value.parameters == {"state": call.state.value}


def test_drafting_records_the_announcement():
    [drafted] = a_draft().collect_events()

    assert fact(drafted) == (
        "recruitment.CallDrafted",
        {"edition_id": EDITION, "announcement": an_announcement()},
    )


def test_a_call_of_one_day_with_results_the_same_day_is_possible():
    assert a_draft(opens_on=LEAP_DAY, closes_on=LEAP_DAY, results_by=LEAP_DAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"opens_on": date(2020, 3, 1)}, "closes_on"), ({"results_by": OPENING_DAY}, "results_by")],
)
def test_dates_out_of_order_are_refused(changes, field):
    with pytest.raises(CallDatesOrderError) as refusal:
        a_draft(**changes)

    assert refusal.value.field == field
    assert refusal.value.parameters == {
        name: (an_announcement(**changes).model_dump()[name]).isoformat()
        for name in ("opens_on", "closes_on", "results_by")
    }


def test_publishing_records_the_announcement_and_the_voivodeships_of_the_edition():
    given(a_draft).when(publish).then(
        (
            "recruitment.CallPublished",
            {
                "edition_id": EDITION,
                "announcement": an_announcement(),
                "voivodeships": ["06", "24", "30"],
            },
        ),
    )


@pytest.mark.parametrize(
    ("history", "state"),
    [((publish,), "PUBLISHED"), ((publish, close), "CLOSED"), ((cancel,), "CANCELLED")],
)
def test_only_a_draft_can_be_published(history, state):
    call = given(a_draft, *history)

    with pytest.raises(CallNotDraftError) as refusal:
        call.when(publish)

    assert refusal.value.parameters == {"state": state}
    call.then_nothing()


# --- extension ----------------------------------------------------------------------------------


def test_extending_records_both_days_and_the_reason():
    given(a_published_call).when(extend).then(
        (
            "recruitment.CallExtended",
            {
                "closes_on": TWO_DAYS_LATER,
                "previous_closes_on": LEAP_DAY,
                "reason": "Ferie zimowe",
            },
        ),
    )


def test_the_day_of_the_results_is_the_latest_deadline():
    given(a_published_call).when(lambda c: c.extend(RESULTS_DAY, "Ferie")).then(
        (
            "recruitment.CallExtended",
            {"closes_on": RESULTS_DAY, "previous_closes_on": LEAP_DAY, "reason": "Ferie"},
        ),
    )


@pytest.mark.parametrize("closes_on", [LEAP_DAY, EARLIER_THAT_WEEK])
def test_a_deadline_never_moves_to_the_same_or_an_earlier_day(closes_on):
    call = given(a_published_call)

    with pytest.raises(DeadlineNotLaterError) as refusal:
        call.when(lambda c: c.extend(closes_on, "pomyłka"))

    assert (refusal.value.field, refusal.value.parameters) == (
        "closes_on",
        {"closes_on": "2020-02-29"},
    )
    call.then_nothing()


def test_a_deadline_after_the_day_promised_for_results_is_refused():
    call = given(a_published_call)

    with pytest.raises(DeadlineAfterResultsError) as refusal:
        call.when(lambda c: c.extend(date(2020, 3, 6), "Ferie"))

    assert refusal.value.parameters == {"results_by": "2020-03-05"}
    call.then_nothing()


@pytest.mark.parametrize(
    ("history", "state"),
    [((), "DRAFT"), ((publish, close), "CLOSED"), ((publish, cancel), "CANCELLED")],
)
@pytest.mark.parametrize("command", [extend, close])
def test_only_a_published_call_can_be_extended_or_closed(history, state, command):
    call = given(a_draft, *history)

    with pytest.raises(CallNotPublishedError) as refusal:
        call.when(command)

    assert refusal.value.parameters == {"state": state}
    call.then_nothing()


def test_nothing_is_extended_after_the_results():
    call = given(a_published_call, publish_results)

    with pytest.raises(ResultsAlreadyPublishedError) as refusal:
        call.when(extend)

    assert refusal.value.parameters == {"published_on": "2020-03-05"}
    call.then_nothing()


# --- closing and cancelling ---------------------------------------------------------------------


def test_closing_is_recorded():
    given(a_published_call).when(close).then(("recruitment.CallClosed", {}))


@pytest.mark.parametrize(("history", "was_public"), [((), False), ((publish,), True)])
def test_cancelling_records_the_reason_and_whether_it_was_public(history, was_public):
    given(a_draft, *history).when(cancel).then(
        ("recruitment.CallCancelled", {"was_public": was_public, "reason": "Brak środków"}),
    )


@pytest.mark.parametrize(
    ("history", "state"), [((publish, close), "CLOSED"), ((cancel,), "CANCELLED")]
)
def test_a_call_that_ended_cannot_be_cancelled(history, state):
    call = given(a_draft, *history)

    with pytest.raises(CallEndedError) as refusal:
        call.when(cancel)

    assert refusal.value.parameters == {"state": state}
    call.then_nothing()


def test_a_call_with_results_cannot_be_cancelled():
    call = given(a_published_call, publish_results)

    with pytest.raises(ResultsAlreadyPublishedError):
        call.when(cancel)

    call.then_nothing()


# --- admission ----------------------------------------------------------------------------------


def test_an_open_call_admits_an_expert_in_the_voivodeship_they_choose():
    assert admit(a_published_call()) == Admission(EDITION, CallKind.PRO, "06", is_late=False)


def test_an_open_call_admits_a_jst_in_its_own_voivodeship():
    admission = admit(a_jst_call(), voivodeship="30", jst=a_jst())

    assert admission == Admission(EDITION, CallKind.JST, "06", is_late=False)


def test_an_expert_may_work_for_a_jst_outside_of_the_edition():
    employer = a_jst("3218011", voivodeship="32")

    assert admit(a_published_call(), jst=employer).voivodeship == "06"


@pytest.mark.parametrize(
    ("moment", "closure"),
    [
        (datetime(2020, 2, 6, 23, 59, 59, 999_999, tzinfo=WARSAW), Closure.NOT_YET_OPEN),
        (datetime(2020, 2, 7, 0, 0, tzinfo=WARSAW), None),
        (datetime(2020, 2, 29, 0, 0, tzinfo=WARSAW), None),
        (datetime(2020, 2, 29, 23, 59, 59, 999_999, tzinfo=WARSAW), None),
        (datetime(2020, 2, 29, 22, 59, 59, tzinfo=UTC), None),
        (datetime(2020, 2, 29, 23, 0, tzinfo=UTC), Closure.DEADLINE_PASSED),
        (datetime(2020, 3, 1, 0, 0, tzinfo=WARSAW), Closure.DEADLINE_PASSED),
    ],
)
def test_dr_02_the_whole_leap_day_in_warsaw_counts(moment, closure):
    assert a_published_call().closure_on(local_day(moment)) == closure


@for_all(
    st.datetimes(datetime(2020, 1, 1), datetime(2020, 12, 31)),  # noqa: DTZ001 -- Warsaw's wall
    st.integers(0, 30),
)
def test_dr_02_an_application_counts_by_the_day_on_warsaws_calendar(wall_time, more_days):
    closes_on = LEAP_DAY + timedelta(days=more_days)
    call = a_published_call(closes_on=closes_on, results_by=date(2020, 12, 31))
    is_in_time = OPENING_DAY <= wall_time.date() <= closes_on

    moment = wall_time.replace(tzinfo=WARSAW).astimezone(UTC)

    assert (call.closure_on(local_day(moment)) is None) == is_in_time


def test_an_extended_call_admits_until_its_new_deadline():
    call = a_published_call()
    extend(call)

    assert admit(call, now=AFTER_THE_CALL).is_late is False


@pytest.mark.parametrize(
    ("history", "now", "rule"),
    [
        ((), DURING_THE_CALL, "NOT_PUBLISHED"),
        ((publish,), BEFORE_THE_CALL, "NOT_YET_OPEN"),
        ((publish,), AFTER_THE_CALL, "DEADLINE_PASSED"),
        ((publish, close), DURING_THE_CALL, "CLOSED"),
        ((publish, cancel), DURING_THE_CALL, "CANCELLED"),
    ],
)
def test_a_call_that_is_not_open_names_its_days_and_the_rule(history, now, rule):
    call = a_draft()
    for command in history:
        command(call)

    with pytest.raises(CallNotOpenError) as refusal:
        admit(call, now=now)

    assert refusal.value.parameters == {
        "rule": rule,
        "opens_on": "2020-02-07",
        "closes_on": "2020-02-29",
    }


@pytest.mark.parametrize("history", [(publish,), (publish, close)])
def test_staff_admit_late_after_the_deadline_or_the_closing(history):
    call = a_draft()
    for command in history:
        command(call)

    assert admit(call, now=AFTER_THE_CALL, is_late_admission=True).is_late is True


def test_what_comes_in_time_is_not_late_whatever_staff_say():
    assert admit(a_published_call(), is_late_admission=True).is_late is False


@pytest.mark.parametrize(
    ("history", "now"),
    [((), AFTER_THE_CALL), ((publish,), BEFORE_THE_CALL), ((publish, cancel), AFTER_THE_CALL)],
)
def test_nobody_is_admitted_late_where_no_call_was(history, now):
    call = a_draft()
    for command in history:
        command(call)

    with pytest.raises(CallNotOpenError):
        admit(call, now=now, is_late_admission=True)


def test_late_admission_ends_with_the_results():
    call = a_published_call()
    publish_results(call)

    with pytest.raises(ResultsAlreadyPublishedError):
        admit(call, now=AFTER_THE_CALL, is_late_admission=True)


def test_an_outdated_privacy_notice_is_refused():
    with pytest.raises(PrivacyNoticeChangedError) as refusal:
        admit(a_published_call(), privacy_notice_version="2019-12")

    assert refusal.value.parameters == {"version": NOTICE}


@pytest.mark.parametrize(
    ("call", "given_by_candidate", "error", "field"),
    [
        (a_published_call, {"voivodeship": None}, VoivodeshipMissingError, "voivodeship"),
        (a_published_call, {"voivodeship": "32"}, OutsideEditionError, "voivodeship"),
        (a_jst_call, {"jst": None}, JstMissingError, "jst_code"),
        (a_jst_call, {"jst": a_jst("3218011", voivodeship="32")}, OutsideEditionError, "jst_code"),
    ],
)
def test_a_candidate_whom_the_call_does_not_invite_is_refused(
    call, given_by_candidate, error, field
):
    with pytest.raises(error) as refusal:
        admit(call(), **given_by_candidate)

    assert refusal.value.field == field


# --- results ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "today"),
    [((), RESULTS_DAY), ((close,), EARLIER_THAT_WEEK)],
    ids=["after the deadline", "closed early"],
)
def test_results_are_recorded_as_one_act(history, today):
    result = a_qualified_application().prepared_result

    given(a_published_call, *history).when(lambda c: c.publish_results([result], today=today)).then(
        (
            "recruitment.CallResultsPublished",
            {
                "edition_id": EDITION,
                "kind": "PRO",
                "slug": "pro-2020",
                "published_on": today,
                "results": [result],
            },
        ),
    )


@pytest.mark.parametrize("today", [date(2020, 2, 1), OPENING_DAY, LEAP_DAY])
def test_results_wait_until_nobody_can_apply_any_more(today):
    call = given(a_published_call)

    with pytest.raises(CallStillOpenError) as refusal:
        call.when(lambda c: c.publish_results([], today=today))

    assert refusal.value.parameters == {"closes_on": "2020-02-29"}
    call.then_nothing()


@pytest.mark.parametrize(("history", "state"), [((), "DRAFT"), ((cancel,), "CANCELLED")])
def test_a_call_that_never_was_has_no_results(history, state):
    call = given(a_draft, *history)

    with pytest.raises(CallNotPublishedError) as refusal:
        call.when(publish_results)

    assert refusal.value.parameters == {"state": state}
    call.then_nothing()


def test_results_are_published_once():
    call = given(a_published_call, publish_results)

    with pytest.raises(ResultsAlreadyPublishedError):
        call.when(publish_results)

    call.then_nothing()


def test_incomplete_results_are_not_published():
    call = given(a_published_call)

    with pytest.raises(UndecidedApplicationsError):
        call.when(lambda c: c.publish_results([None], today=RESULTS_DAY))

    call.then_nothing()


def test_a_call_can_still_be_closed_after_its_results():
    given(a_published_call, publish_results).when(close).then(("recruitment.CallClosed", {}))


def test_the_decisions_of_the_list_are_those_of_the_contract():
    assert [d.value for d in Decision] == ["QUALIFIED", "RESERVE", "REJECTED"]

from datetime import date, timedelta

import pytest

from services.monitoring.domain.errors import (
    DueDateNotLaterError,
    HdrsNotPublishedError,
    NothingToMonitorError,
    NotInRoundError,
    RoundAlreadyClosedError,
    RoundClosedError,
    RoundNotOpenError,
    RoundPeriodError,
    RoundSlugTakenError,
)
from shared.kernel.testing import fact, given
from tests.unit.monitoring.builders import (
    DUE_ON,
    EDITION,
    NOBODY,
    OPENS_ON,
    a_hdr,
    a_round,
    hdr_id,
)

ONE_DAY = timedelta(days=1)


def close(round_):
    round_.close()


def move_to(due_on):
    return lambda round_: round_.move_due_date(due_on, "Ferie")


# --- opening ------------------------------------------------------------------------------------


def test_a_round_is_opened_about_the_hdrs_published_then():
    [opened] = a_round().collect_events()

    assert fact(opened) == (
        "monitoring.RoundOpened",
        {
            "edition_id": EDITION,
            "slug": "wiosna-2026",
            "name": "Wiosna 2026",
            "opens_on": OPENS_ON,
            "due_on": DUE_ON,
            "hdrs": [a_hdr(1), a_hdr(2)],
        },
    )


def test_a_round_about_some_hdrs_asks_about_those_only():
    round_ = a_round(published=[a_hdr(1), a_hdr(2), a_hdr(3)], only=[hdr_id(3), hdr_id(1)])

    assert list(round_.hdrs) == [hdr_id(1), hdr_id(3)]


def test_a_round_of_one_day_is_opened():
    assert a_round(due_on=OPENS_ON).due_on == OPENS_ON


def test_the_same_slug_is_the_same_round():
    assert a_round().id == a_round(name="Inna nazwa").id
    assert a_round().id != a_round(slug="jesien-2026").id


def test_a_taken_slug_is_refused():
    with pytest.raises(RoundSlugTakenError) as refused:
        a_round(is_slug_taken=True)

    assert ("slug", {"slug": "wiosna-2026"}) == (refused.value.field, refused.value.parameters)


def test_answers_due_before_the_first_day_are_refused():
    with pytest.raises(RoundPeriodError) as refused:
        a_round(due_on=OPENS_ON - ONE_DAY)

    assert refused.value.field == "due_on"
    assert refused.value.parameters == {"opens_on": "2026-06-01", "due_on": "2026-05-31"}


@pytest.mark.parametrize("changes", [{"published": []}, {"only": []}])
def test_a_round_about_nothing_is_refused(changes):
    with pytest.raises(NothingToMonitorError) as refused:
        a_round(**changes)

    assert refused.value.parameters == {"edition_id": str(EDITION)}


def test_a_round_about_an_hdr_that_is_not_published_names_it():
    with pytest.raises(HdrsNotPublishedError) as refused:
        a_round(only=[hdr_id(1), NOBODY])

    assert refused.value.fields == [
        {
            "field": "hdr_ids.1",
            "rule": "HDR_NOT_PUBLISHED",
            "message": "no published HDR of the edition has this id",
            "parameters": {"hdr_id": str(NOBODY)},
        }
    ]


# --- more time ----------------------------------------------------------------------------------


def test_moving_the_due_date_records_both_days_and_the_reason():
    given(a_round).when(move_to(date(2026, 7, 10))).then(
        (
            "monitoring.RoundDueDateMoved",
            {"due_on": date(2026, 7, 10), "previous_due_on": DUE_ON, "reason": "Ferie"},
        )
    )


@pytest.mark.parametrize("due_on", [DUE_ON, DUE_ON - ONE_DAY])
def test_the_due_date_moves_to_a_later_day_only(due_on):
    round_ = given(a_round)

    with pytest.raises(DueDateNotLaterError) as refused:
        round_.when(move_to(due_on))

    assert refused.value.field == "due_on"
    assert refused.value.parameters == {
        "due_on": due_on.isoformat(),
        "previous_due_on": "2026-06-30",
    }
    round_.then_nothing()


def test_a_closed_round_gets_no_more_time():
    round_ = given(a_round, close)

    with pytest.raises(RoundAlreadyClosedError):
        round_.when(move_to(date(2026, 7, 10)))

    round_.then_nothing()


# --- closing ------------------------------------------------------------------------------------


def test_closing_a_round_is_recorded():
    given(a_round).when(close).then(("monitoring.RoundClosed", {}))


def test_a_round_is_closed_once():
    round_ = given(a_round, close)

    with pytest.raises(RoundAlreadyClosedError) as refused:
        round_.when(close)

    assert refused.value.parameters == {"round_id": str(a_round().id)}
    round_.then_nothing()


# --- what it asks, and when a report is late ----------------------------------------------------


def test_a_round_knows_what_it_asks_about():
    assert a_round().hdr(hdr_id(2)) == a_hdr(2)


def test_an_hdr_that_was_not_asked_about_is_not_in_the_round():
    with pytest.raises(NotInRoundError) as refused:
        a_round().hdr(NOBODY)

    assert refused.value.status == 404
    assert refused.value.parameters == {"round_id": str(a_round().id), "hdr_id": str(NOBODY)}


@pytest.mark.parametrize(
    ("today", "is_late"),
    [(OPENS_ON, False), (DUE_ON, False), (DUE_ON + ONE_DAY, True)],
)
def test_a_first_record_is_late_after_the_due_date(today, is_late):
    assert a_round().is_late_for_first_record(today) is is_late


def test_a_first_record_within_the_time_that_was_added_is_not_late():
    round_ = a_round()
    move_to(date(2026, 7, 10))(round_)

    assert round_.is_late_for_first_record(date(2026, 7, 10)) is False


def test_a_leap_day_that_is_due_counts_in_full():
    round_ = a_round(opens_on=date(2028, 2, 1), due_on=date(2028, 2, 29))

    assert round_.is_late_for_first_record(date(2028, 2, 29)) is False


def test_no_record_is_taken_before_the_first_day():
    with pytest.raises(RoundNotOpenError) as refused:
        a_round().is_late_for_first_record(OPENS_ON - ONE_DAY)

    assert refused.value.parameters == {"opens_on": "2026-06-01"}


def test_no_first_record_is_taken_after_closing():
    round_ = a_round()
    close(round_)

    with pytest.raises(RoundClosedError) as refused:
        round_.is_late_for_first_record(DUE_ON)

    assert refused.value.parameters == {"round_name": "Wiosna 2026", "due_on": "2026-06-30"}

from datetime import UTC, date, datetime

import pytest

from services.monitoring.component import COMPONENT
from services.monitoring.domain.errors import (
    DueDateNotLaterError,
    HdrsNotPublishedError,
    IncompleteReportError,
    NothingToMonitorError,
    NotInRoundError,
    RoundAlreadyClosedError,
    RoundClosedError,
    RoundNotOpenError,
    RoundSlugTakenError,
)
from shared.contracts.monitoring import (
    MoveRoundDueDate,
    OpenRound,
    RecordAnswer,
    RecordMonitoring,
    RecordQuery,
    RoundAnswer,
    RoundRequest,
)
from shared.kernel.refusal import NotFoundError, StaleVersionError
from shared.kernel.testing import deliver
from tests.unit.monitoring.builders import (
    DUE_ON,
    EDITION,
    NOBODY,
    OPENS_ON,
    OTHER_EDITION,
    a_hdr,
    a_report,
    hdr_id,
    hdr_published,
    measured,
    result_1,
    result_2,
)

BETTER = (measured("I1", 50.0), measured("I2", 2.0))


def open_round(app, **changes):
    values = {
        "edition_id": EDITION,
        "slug": "wiosna-2026",
        "name": "Wiosna 2026",
        "opens_on": OPENS_ON,
        "due_on": DUE_ON,
    }
    return app.open_round(OpenRound(**(values | changes))).id


def record(app, round_id, number=1, **changes):
    report = a_report()
    values = vars(report) | {"round_id": round_id, "hdr_id": hdr_id(number)}
    return app.record_monitoring(RecordMonitoring(**(values | changes))).version


def get_record(app, round_id, number=1):
    return app.get_record(RecordQuery(round_id=round_id, hdr_id=hdr_id(number)))


def close(app, round_id):
    app.close_round(RoundRequest(round_id=round_id))


# --- rounds -------------------------------------------------------------------------------------


def test_an_opened_round_asks_about_the_published_hdrs(app):
    round_id = open_round(app)

    assert app.get_round(RoundRequest(round_id=round_id)) == RoundAnswer(
        round_id=round_id,
        edition_id=EDITION,
        slug="wiosna-2026",
        name="Wiosna 2026",
        opens_on=OPENS_ON,
        due_on=DUE_ON,
        is_closed=False,
        hdr_ids=(hdr_id(1), hdr_id(2)),
        recorded_hdr_ids=(),
        version=1,
    )


def test_a_slug_belongs_to_one_round_whatever_the_edition(app):
    open_round(app)

    with pytest.raises(RoundSlugTakenError):
        open_round(app, edition_id=OTHER_EDITION)


def test_a_round_of_an_edition_without_published_hdrs_is_refused(app):
    with pytest.raises(NothingToMonitorError):
        open_round(app, edition_id=OTHER_EDITION)


def test_a_round_about_an_hdr_of_another_edition_is_refused(app):
    deliver(app, COMPONENT.handlers, hdr_published(3, OTHER_EDITION))

    with pytest.raises(HdrsNotPublishedError):
        open_round(app, hdr_ids=(hdr_id(3),))


def test_an_hdr_published_later_is_not_in_the_round(app):
    round_id = open_round(app)

    deliver(app, COMPONENT.handlers, hdr_published(3))

    with pytest.raises(NotInRoundError):
        record(app, round_id, 3)


def test_a_round_keeps_asking_what_was_published_when_it_opened(app):
    round_id = open_round(app)

    deliver(app, COMPONENT.handlers, hdr_published(1, title="Nowy tytuł", document={}))

    assert get_record(app, round_id).hdr == a_hdr(1)


def test_a_round_gets_more_time(app):
    round_id = open_round(app)

    app.move_round_due_date(
        MoveRoundDueDate(round_id=round_id, due_on=date(2026, 7, 10), reason="Ferie")
    )

    assert app.get_round(RoundRequest(round_id=round_id)).due_on == date(2026, 7, 10)


def test_a_round_does_not_get_less_time(app):
    round_id = open_round(app)

    with pytest.raises(DueDateNotLaterError):
        app.move_round_due_date(
            MoveRoundDueDate(round_id=round_id, due_on=OPENS_ON, reason="Pośpiech")
        )


def test_a_closed_round_is_shown_as_closed(app):
    round_id = open_round(app)

    close(app, round_id)

    assert app.get_round(RoundRequest(round_id=round_id)).is_closed is True
    with pytest.raises(RoundAlreadyClosedError):
        close(app, round_id)


@pytest.mark.parametrize(
    "ask",
    [
        lambda app: app.get_round(RoundRequest(round_id=NOBODY)),
        lambda app: app.close_round(RoundRequest(round_id=NOBODY)),
        lambda app: get_record(app, NOBODY),
        lambda app: record(app, NOBODY),
        lambda app: app.move_round_due_date(
            MoveRoundDueDate(round_id=NOBODY, due_on=DUE_ON, reason="Ferie")
        ),
    ],
)
def test_an_unknown_round_is_not_found(app, ask):
    with pytest.raises(NotFoundError):
        ask(app)


# --- records ------------------------------------------------------------------------------------


def test_before_the_first_report_a_record_shows_the_questions(app):
    round_id = open_round(app)

    assert get_record(app, round_id) == RecordAnswer(
        round_id=round_id,
        round_name="Wiosna 2026",
        due_on=DUE_ON,
        is_round_closed=False,
        hdr=a_hdr(1),
        is_recorded=False,
        is_late=False,
        revision=0,
        actions=(),
        indicators=(),
        helping_factors="",
        hindering_factors="",
        changes_made="",
        support_needed="",
        version=None,
    )


def test_after_a_report_a_record_shows_it(app):
    round_id = open_round(app)

    version = record(app, round_id)

    assert get_record(app, round_id) == RecordAnswer(
        round_id=round_id,
        round_name="Wiosna 2026",
        due_on=DUE_ON,
        is_round_closed=False,
        hdr=a_hdr(1),
        is_recorded=True,
        is_late=False,
        revision=1,
        actions=a_report().actions,
        indicators=(result_1(), result_2()),
        helping_factors="Zaangażowana rada",
        hindering_factors="Budżet",
        changes_made="",
        support_needed="Doradztwo zdalne",
        version=version,
    )


def test_a_round_shows_who_reported(app):
    round_id = open_round(app)

    record(app, round_id, 2)

    assert app.get_round(RoundRequest(round_id=round_id)).recorded_hdr_ids == (hdr_id(2),)


def test_a_later_report_is_a_correction(app):
    round_id = open_round(app)
    record(app, round_id)

    assert record(app, round_id, indicators=BETTER) == 2

    answer = get_record(app, round_id)
    assert (answer.revision, answer.indicators) == (2, (result_1(50.0, 1.0), result_2(2.0, 0.5)))


def test_the_same_report_again_changes_nothing(app):
    round_id = open_round(app)

    assert record(app, round_id) == record(app, round_id) == 1


def test_an_incomplete_report_is_refused_and_nothing_is_recorded(app):
    round_id = open_round(app)

    with pytest.raises(IncompleteReportError):
        record(app, round_id, actions=())

    assert get_record(app, round_id).is_recorded is False


def test_a_report_over_somebody_elses_is_refused(app):
    round_id = open_round(app)
    record(app, round_id)
    record(app, round_id, indicators=BETTER)

    with pytest.raises(StaleVersionError) as refused:
        record(app, round_id, expected_version=1)

    assert refused.value.parameters == {"expected": 1, "actual": 2}


def test_a_first_report_is_refused_where_somebody_else_was_first(app):
    round_id = open_round(app)
    record(app, round_id, expected_version=0)

    with pytest.raises(StaleVersionError) as refused:
        record(app, round_id, indicators=BETTER, expected_version=0)

    assert refused.value.parameters == {"expected": 0, "actual": 1}


def test_a_correction_of_a_record_that_is_not_there_is_refused(app):
    round_id = open_round(app)

    with pytest.raises(StaleVersionError) as refused:
        record(app, round_id, expected_version=1)

    assert refused.value.parameters == {"expected": 1, "actual": 0}


def test_the_due_date_lasts_until_midnight_in_warsaw(app, clock):
    round_id = open_round(app)
    clock.move_to(datetime(2026, 6, 30, 21, 59, tzinfo=UTC))
    record(app, round_id, 1)
    clock.move_to(datetime(2026, 6, 30, 22, 0, tzinfo=UTC))
    record(app, round_id, 2)

    assert get_record(app, round_id, 1).is_late is False
    assert get_record(app, round_id, 2).is_late is True


def test_a_correction_after_the_due_date_does_not_make_a_record_late(app, clock):
    round_id = open_round(app)
    record(app, round_id)
    clock.move_to(datetime(2026, 7, 15, tzinfo=UTC))

    record(app, round_id, indicators=BETTER)

    assert get_record(app, round_id).is_late is False


def test_a_report_before_the_first_day_is_refused(app):
    round_id = open_round(app, opens_on=date(2026, 6, 2))

    with pytest.raises(RoundNotOpenError):
        record(app, round_id)


def test_a_first_report_after_closing_is_refused(app):
    round_id = open_round(app)
    close(app, round_id)

    with pytest.raises(RoundClosedError):
        record(app, round_id)


def test_a_correction_after_closing_is_taken(app):
    round_id = open_round(app)
    record(app, round_id)
    close(app, round_id)

    record(app, round_id, indicators=BETTER)

    answer = get_record(app, round_id)
    assert (answer.revision, answer.is_round_closed) == (2, True)


def test_what_a_round_did_not_ask_has_no_record(app):
    round_id = open_round(app)

    with pytest.raises(NotInRoundError):
        app.get_record(RecordQuery(round_id=round_id, hdr_id=NOBODY))

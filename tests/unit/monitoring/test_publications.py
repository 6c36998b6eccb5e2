from datetime import date

from services.monitoring.component import COMPONENT
from shared.contracts import monitoring as contracts
from shared.kernel.testing import published
from tests.unit.monitoring.builders import (
    DUE_ON,
    EDITION,
    OPENS_ON,
    a_hdr,
    a_jst,
    a_record,
    a_report,
    a_round,
    hdr_id,
    measured,
    result_1,
    result_2,
)


def test_what_others_learn_of_a_round(app):
    round_ = a_round()
    round_.move_due_date(date(2026, 7, 10), "Ferie")
    round_.close()
    app.save(round_)

    assert published(app, COMPONENT.publications) == [
        contracts.RoundOpened(
            round_id=round_.id,
            edition_id=EDITION,
            slug="wiosna-2026",
            name="Wiosna 2026",
            opens_on=OPENS_ON,
            due_on=DUE_ON,
            hdrs=(a_hdr(1), a_hdr(2)),
        ),
        contracts.RoundDueDateMoved(
            round_id=round_.id,
            due_on=date(2026, 7, 10),
            previous_due_on=DUE_ON,
            reason="Ferie",
        ),
        contracts.RoundClosed(round_id=round_.id),
    ]


def test_a_record_and_its_correction_are_both_told_as_recorded(app):
    record = a_record(is_late=True)
    record.correct(a_hdr(), a_report(indicators=(measured("I1", 50.0), measured("I2", 2.0))))
    app.save(record)

    first = contracts.MonitoringRecorded(
        record_id=record.id,
        round_id=a_round().id,
        hdr_id=hdr_id(),
        jst=a_jst(),
        area_code="BUDGET_PLANNING",
        revision=1,
        is_late=True,
        actions=a_report().actions,
        indicators=(result_1(), result_2()),
        helping_factors="Zaangażowana rada",
        hindering_factors="Budżet",
        changes_made="",
        support_needed="Doradztwo zdalne",
    )
    better = {"revision": 2, "indicators": (result_1(50.0, 1.0), result_2(2.0, 0.5))}
    assert published(app, COMPONENT.publications) == [first, first.model_copy(update=better)]


def test_every_contract_event_has_a_source():
    returned = {
        translation.__annotations__["return"].removeprefix("contracts.")
        for translation in COMPONENT.publications._translations.values()
    }

    assert returned == {event.__name__ for event in contracts.EVENTS}

from uuid import uuid5

import pytest

from services.monitoring.domain.errors import IncompleteReportError
from services.monitoring.domain.monitoring_record import MonitoringRecord
from services.monitoring.domain.report import outcome_of
from shared.kernel.testing import fact, given
from tests.unit.monitoring.builders import (
    a_hdr,
    a_jst,
    a_record,
    a_report,
    a_round,
    hdr_id,
    measured,
)

BETTER = a_report(indicators=(measured("I1", 50.0), measured("I2", 2.0)))
INCOMPLETE = a_report(actions=())


def correct(report):
    return lambda record: record.correct(a_hdr(), report)


def payload(report, **changes):
    return {
        "round_id": a_round().id,
        "hdr_id": hdr_id(),
        "jst": a_jst(),
        "area_code": "BUDGET_PLANNING",
        "is_late": False,
        "outcome": outcome_of(report, a_hdr()),
    } | changes


def test_a_first_report_is_recorded_with_what_it_amounts_to():
    [recorded] = a_record().collect_events()

    assert fact(recorded) == ("monitoring.MonitoringRecorded", payload(a_report()))


def test_a_late_report_is_recorded_as_late():
    [recorded] = a_record(is_late=True).collect_events()

    assert recorded.is_late is True


def test_a_first_report_that_is_incomplete_is_refused():
    with pytest.raises(IncompleteReportError):
        a_record(report=INCOMPLETE)


def test_an_hdr_has_one_record_in_a_round():
    assert a_record().id == MonitoringRecord.create_id(a_round().id, hdr_id())
    assert a_record().id == uuid5(a_round().id, str(hdr_id()))


def test_a_correction_is_recorded_with_the_next_revision():
    given(a_record).when(correct(BETTER)).then(
        ("monitoring.MonitoringCorrected", payload(BETTER, revision=2))
    )


def test_every_correction_counts():
    given(a_record, correct(BETTER)).when(correct(a_report())).then(
        ("monitoring.MonitoringCorrected", payload(a_report(), revision=3))
    )


def test_a_correction_keeps_whether_the_first_report_was_late():
    given(lambda: a_record(is_late=True)).when(correct(BETTER)).then(
        ("monitoring.MonitoringCorrected", payload(BETTER, revision=2, is_late=True))
    )


def test_the_same_report_again_records_nothing():
    given(a_record, correct(BETTER)).when(correct(BETTER)).then_nothing()


def test_the_same_report_in_another_order_records_nothing():
    turned = a_report(actions=a_report().actions[::-1], indicators=a_report().indicators[::-1])

    given(a_record).when(correct(turned)).then_nothing()


def test_an_incomplete_correction_is_refused():
    record = given(a_record)

    with pytest.raises(IncompleteReportError):
        record.when(correct(INCOMPLETE))

    record.then_nothing()

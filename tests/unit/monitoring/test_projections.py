from datetime import UTC, datetime

from sqlalchemy import select

from services.monitoring.projections.records import recorded_hdr_ids, records
from tests.unit.monitoring.builders import (
    NOW,
    a_hdr,
    a_record,
    a_report,
    a_round,
    hdr_id,
    measured,
)

ROUND = a_round().id


def rows(app):
    with app.database.reading() as connection:
        query = select(records).order_by(records.c.recorded_at, records.c.record_id)
        return [row._asdict() for row in connection.execute(query)]


def a_corrected_record(app, number=1):
    record = a_record(hdr=a_hdr(number))
    record.correct(a_hdr(number), a_report(indicators=(measured("I1", 50.0), measured("I2", 2.0))))
    app.save(record)
    return record


def test_a_record_has_one_row_however_often_it_is_corrected(app):
    record = a_corrected_record(app)

    assert rows(app) == [
        {"record_id": record.id, "round_id": ROUND, "hdr_id": hdr_id(), "recorded_at": NOW}
    ]


def test_hdrs_are_named_in_the_order_in_which_they_reported(app, clock):
    a_corrected_record(app, 2)
    clock.move_to(datetime(2026, 6, 2, tzinfo=UTC))
    a_corrected_record(app, 1)

    with app.database.reading() as connection:
        assert recorded_hdr_ids(connection, ROUND) == (hdr_id(2), hdr_id(1))


def test_records_of_other_rounds_are_not_named(app):
    a_corrected_record(app)

    with app.database.reading() as connection:
        assert recorded_hdr_ids(connection, a_round(slug="jesien-2026").id) == ()


def test_a_table_rebuilt_twice_is_the_same(app):
    a_corrected_record(app, 1)
    a_corrected_record(app, 2)
    before = rows(app)

    app.rebuild("records")
    read = app.rebuild("records")

    assert rows(app) == before
    assert read == app.log.max_notification_id()

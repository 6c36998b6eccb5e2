"""A page of the journal says what its columns say, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from services.gateway.journal import Journal, journal, read_entries
from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import metadata
from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.positions import Position

pytestmark = pytest.mark.integration
SUMMER = timezone(timedelta(hours=2))


@pytest.fixture
def database(gateway_url):
    made = Database(gateway_url)
    with made.transaction() as connection:
        schema.create_v1(connection)
        metadata.create_all(connection)
    yield made
    made.close()


def an_envelope(number):
    return Envelope(
        id=f"ledger:{number}",
        source="ledger",
        type="pl.ore.ledger.AmountAdded.v1",
        subject='żółw, "quoted"',
        time=datetime(2026, 7, 1, 12, 0, 0, number % 2, tzinfo=SUMMER),
        sequence=number,
        previous_sequence=number - 1,
        epoch="e",
        correlation_id=f"c-{number}" if number % 2 else None,
        causation_id=None if number % 2 else f"d-{number}",
        data={"text": "a,b\n\u2028 🐢", "number": number},
    )


def test_a_page_says_what_its_columns_say(database):
    log = Journal(database, [])
    log.prepare()
    log.apply([an_envelope(n) for n in (1, 2)], Position(0, None))
    log.apply([an_envelope(n) for n in (3, 4, 5)], Position(2, "e"))

    with database.reading() as connection:
        columns = [journal.c[name] for name in JournalEntry._fields]
        rows = connection.execute(select(*columns).order_by(journal.c.position)).all()
        entries = [pair for after in (0, 2, 4) for pair in read_entries(connection, after, 2)]
        assert read_entries(connection, 5, 2) == []

    assert [tuple(entry) for entry, _ in entries] == [tuple(row) for row in rows]
    assert all(entry.time.tzinfo is UTC for entry, _ in entries)
    assert [data for _, data in entries] == [an_envelope(n).data for n in range(1, 6)]

"""A page of the journal says what its columns say, on both databases."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import event, select, update

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


def test_a_page_goes_over_positions_that_were_taken_back(database):
    """A transaction that failed leaves its numbers out; a page has as many entries nevertheless."""
    log = Journal(database, [])
    log.prepare()
    log.apply([an_envelope(n) for n in range(1, 8)], Position(0, None))
    with database.transaction() as connection:
        for position, moved in ((7, 900), (6, 500), (5, 40), (4, 15)):
            connection.execute(
                update(journal).where(journal.c.position == position).values(position=moved)
            )

    with database.reading() as connection:
        for limit in (1, 2, 3, 5, 100):
            seen, after = [], 0
            while page := read_entries(connection, after, limit):
                seen += [entry.position for entry, _ in page]
                after = seen[-1]
                assert len(page) == limit or after == 900
            assert seen == [1, 2, 3, 15, 40, 500, 900]


def test_a_page_of_a_journal_that_has_just_grown_reads_no_more_than_itself(database):
    """PostgreSQL knows nothing of such a table, and would sort all that follows for each page."""
    if database.is_sqlite:
        return  # it reads along its one index
    log = Journal(database, [])
    log.prepare()
    for first in range(1, 2001, 500):
        log.apply(
            [an_envelope(n) for n in range(first, first + 500)],
            Position(first - 1, "e" if first > 1 else None),
        )
    asked = []
    with database.reading() as connection:
        engine = connection.engine

        def keep(_connection, _cursor, statement, parameters, *_):
            asked.append((statement, parameters))

        event.listen(engine, "before_cursor_execute", keep)
        entries = read_entries(connection, 1000, 100)
        event.remove(engine, "before_cursor_execute", keep)
        ((statement, parameters),) = asked
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {statement}", parameters).scalars()
        read = [int(n) for line in plan for n in re.findall(r"actual .* rows=(\d+)", line)]

    assert [entry.position for entry, _ in entries] == list(range(1001, 1101))
    assert max(read) == 100


def test_a_page_leaves_out_nothing_that_is_appended_while_it_is_read(database):
    """A page may take two statements, and each sees what is there when it begins."""
    if database.is_sqlite:
        return  # one statement
    log = Journal(database, [])
    log.prepare()
    log.apply([an_envelope(n) for n in (1, 2, 3)], Position(0, None))
    later = [an_envelope(n) for n in range(4, 11)]

    def append(*_):
        if later:
            arrived, later[:] = list(later), []
            log.apply(arrived, Position(3, "e"))

    with database.reading() as connection:
        event.listen(connection.engine, "after_cursor_execute", append)
        entries = read_entries(connection, 0, 5)
        event.remove(connection.engine, "after_cursor_execute", append)

    assert [entry.position for entry, _ in entries] == [1, 2, 3, 4, 5]

"""TR-48: how PostgreSQL reads a page of a table that has just grown, of which it knows nothing."""

import pytest
from sqlalchemy import text

from services.gateway.journal import _PAGE as JOURNAL_PAGE
from services.gateway.journal import journal
from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.event_store import _PAGE as LOG_PAGE

pytestmark = pytest.mark.integration

ROWS = 20_000
FILL_JOURNAL = f"""
INSERT INTO journal (source, sequence, previous_sequence, epoch, type, subject, time, recorded_at,
    message_id, correlation_id, causation_id, body)
SELECT 'hdr', n, n - 1, 'e', 't', 's', now(), now(), 'm' || n, 'c', 'c', '{{}}'
FROM generate_series(1, {ROWS}) AS n
"""
FILL_LOG = f"""
INSERT INTO events (originator_id, originator_version, topic, state)
SELECT gen_random_uuid(), 1, 't', '{{}}' FROM generate_series(1, {ROWS})
"""


@pytest.fixture
def grown(postgres_url):
    """A log and a journal that nobody has counted: as while a view or a listener catches up."""
    database = Database(postgres_url)
    with database.transaction() as connection:
        schema.create_v1(connection)
        journal.create(connection)
        for table in ("events", "journal"):
            connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))
        connection.execute(text(FILL_JOURNAL))
        connection.execute(text(FILL_LOG))
    yield database
    database.close()


def rows_of(database, statement, before="SELECT 1"):
    """The most rows that a step of its plan really brings for an answer of 500."""
    with database.reading() as connection:
        connection.exec_driver_sql(before)
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
        plan = connection.exec_driver_sql(explain).scalar_one()
    waiting, rows = [plan[0]["Plan"]], []
    while waiting:
        step = waiting.pop()
        rows.append(step["Actual Rows"])
        waiting += step.get("Plans", [])
    return max(rows)


def test_for_a_page_of_a_journal_that_has_just_grown_no_more_is_read(grown):
    assert rows_of(grown, JOURNAL_PAGE % (1_000, 1_501, 500)) == 500


def test_for_a_page_of_a_log_that_has_just_grown_no_more_is_read(grown):
    """Planned once for every later page, so without knowing which one it is."""
    prepare = f"PREPARE page (bigint, bigint, bigint, bigint) AS {LOG_PAGE.format(table='events')}"

    rows = rows_of(
        grown,
        "EXECUTE page(1000, 500, 1500, 1)",
        f"SET plan_cache_mode = 'force_generic_plan'; {prepare}",
    )

    assert rows == 500


def test_of_a_page_that_is_open_at_one_end_all_that_follows_would_be_read(grown):
    """So the tests above are sharp."""
    page = "SELECT body FROM journal WHERE position > 1000 ORDER BY position LIMIT 500"

    assert rows_of(grown, page) == ROWS - 1_000

"""Reading behind the fence: every committed event is read once, ascending, and none is skipped."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest
from eventsourcing.persistence import StoredEvent
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS
from sqlalchemy import select

from shared.kernel import event_store, schema
from shared.kernel.database import Database
from shared.kernel.event_store import EventRecorder, FenceTimeoutError, FirstAnswer
from shared.kernel.positions import DeliveryMark
from tests.gates import passing
from tests.integration.kernel.conftest import eventually

pytestmark = pytest.mark.integration
WRITERS, TRANSACTIONS = 4, 60


@pytest.fixture
def store(postgres_url):
    database = Database(postgres_url, pool_size=4)
    with database.transaction() as connection:
        schema.create_v1(connection)
    yield database
    database.close()


def an_event():
    return StoredEvent(uuid4(), 1, "sample", b"{}")


def unfenced(recorder, after):
    """What reading by the highest number alone would see."""
    t = schema.events.c
    with recorder.database.reading() as connection:
        return connection.execute(select(t.id).where(t.id > after).order_by(t.id)).scalars().all()


def fenced(recorder, after):
    return [recorded.id for recorded in recorder.select_behind_fence(after, 100_000)]


class Plain:
    """In the place of a mapper: these events are numbers only."""

    def events_of(self, topics, *_columns):
        return topics


def fenced_in_pages(recorder, after):
    """One fence for many pages, as who catches up reads them."""
    return [one.id for page in recorder.select_pages(Plain(), after, 3, whole=True) for one in page]


def in_pages_beyond_the_fence(recorder, after):
    """The near miss: the fence is met for the first page, the next ones read what is there."""
    seen = fenced(recorder, after)[:3]
    t = schema.events.c
    with recorder.database.reading() as connection:
        while True:
            query = select(t.id).where(t.id > (seen or [after])[-1]).order_by(t.id).limit(3)
            page = connection.execute(query).scalars().all()
            if not page:
                return seen
            seen += page


def fenced_by_the_last_completed(recorder, after):
    """The near miss: ``pg_snapshot_xmax`` is the last *completed* transaction plus one."""
    with recorder.database.single_statements() as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM events_id_seq")
        top = cursor.fetchone()[0]
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        fence = cursor.fetchone()[0]
        oldest = 0
        while oldest < fence:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            oldest = cursor.fetchone()[0]
        cursor.execute("SELECT id FROM events WHERE id > %s AND id <= %s ORDER BY 1", (after, top))
        return [row[0] for row in cursor.fetchall()]


def write_and_read(store, read):
    """Writers in processes of their own, and a reader that follows them; what it saw, in order."""
    recorder = EventRecorder(store)
    writer = Path(__file__).with_name("fence_writer.py")
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                str(writer),
                store.url.render_as_string(hide_password=False),
                str(TRANSACTIONS),
                str(seed),
            ],
            env=environment,
        )
        for seed in range(WRITERS)
    ]
    seen = []
    try:
        while any(process.poll() is None for process in processes):
            seen += read(recorder, seen[-1] if seen else 0)
    finally:
        for process in processes:
            process.wait(timeout=60)
    seen += read(recorder, seen[-1] if seen else 0)
    assert [process.returncode for process in processes] == [0] * WRITERS
    with store.reading() as connection:
        committed = connection.execute(select(schema.events.c.id)).scalars().all()
    return seen, sorted(committed)


@pytest.mark.parametrize("read", [fenced, fenced_in_pages])
def test_no_event_is_missed_while_writers_sleep_and_roll_back(store, read):
    seen, committed = write_and_read(store, read)

    assert seen == committed
    assert len(committed) > WRITERS * TRANSACTIONS / 2


def test_the_test_is_sharp_reading_by_number_alone_misses_events(store):
    seen, committed = write_and_read(store, unfenced)

    assert set(committed) - set(seen), "the writers left no gap open: the test above proves nothing"


@pytest.mark.parametrize("read", [fenced_by_the_last_completed, in_pages_beyond_the_fence])
def test_the_test_is_sharp_a_near_miss_misses_events(store, read):
    missed = 0
    for _ in range(5):  # a near miss needs a moment: five runs have hundreds of them
        seen, committed = write_and_read(store, read)
        missed += len(set(committed) - set(seen))
        if missed:
            break

    assert missed, "the writers left no gap open: the other tests prove nothing"


SLOW_COMMIT = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(0.005);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dawdle();
"""
"""What a transaction has put off until it commits: so each commit takes a moment."""
_CUT_ONE = """
SELECT pg_terminate_backend(pid) FROM (
    SELECT pid FROM pg_stat_activity
    WHERE datname = %s AND state = %s AND query LIKE %s ORDER BY random() LIMIT 1
) AS one
"""
MOMENTS = (("active", "COMMIT"), ("idle in transaction", "EXECUTE append%"))
"""When a writer's connection is cut: while the server commits, and between insert and commit."""


PAUSE_SECONDS = 0.02


@pytest.fixture
def long_report(servers):
    """A transaction elsewhere on the server that reads for as long as the test lasts."""
    connection = psycopg2.connect(servers.postgres_url)
    connection.set_session(isolation_level="REPEATABLE READ")
    connection.cursor().execute("SELECT count(*) FROM pg_class")
    yield connection
    connection.close()


class Meanwhile:
    """Does something again and again beside the test, on a connection of its own.

    Args:
        url: Of the database.
        once: Called with a connection; how much it did.
    """

    def __init__(self, url, once):
        self.done = 0
        self._once = once
        self._connection = psycopg2.connect(url)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._stopping.set()
        self._thread.join(timeout=60)
        self._connection.close()

    def _run(self):
        while not self._stopping.wait(PAUSE_SECONDS):
            self.done += self._once(self._connection)


def write_for_long(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE elsewhere AS SELECT 1 AS one FROM pg_sleep(0.05)")
    connection.rollback()
    return 1


def cut_one(name, state, query):
    def cut(connection):
        with connection, connection.cursor() as cursor:
            cursor.execute(_CUT_ONE, (name, state, query))
            return cursor.rowcount

    return cut


@pytest.mark.parametrize("read", [fenced, fenced_in_pages])
def test_no_event_is_missed_while_commits_are_cut_and_others_read_and_write_for_long(
    store, servers, long_report, read
):
    with store.transaction() as connection:
        connection.exec_driver_sql(SLOW_COMMIT)
    url, name = servers.postgres_url, store.url.database

    with (
        Meanwhile(url, write_for_long) as elsewhere,
        Meanwhile(url, cut_one(name, *MOMENTS[0])) as in_a_commit,
        Meanwhile(url, cut_one(name, *MOMENTS[1])) as before_a_commit,
    ):
        seen, committed = write_and_read(store, read)

    assert seen == committed
    assert in_a_commit.done > 1
    assert before_a_commit.done > 1
    assert elsewhere.done > 1
    assert long_report.info.transaction_status == TRANSACTION_STATUS_INTRANS


def test_a_number_of_a_rolled_back_transaction_is_not_waited_for(store):
    recorder = EventRecorder(store)
    with store.transaction() as connection:
        recorder.insert_in(connection, [an_event()])
        connection.rollback()
    recorder.insert_events([an_event()])

    assert fenced(recorder, 0) == [2]


def test_the_reader_waits_for_an_open_transaction_and_says_so_after_its_limit(store):
    recorder = EventRecorder(store)
    with store.transaction() as connection:
        recorder.insert_in(connection, [an_event()])
        recorder.insert_events([an_event()])
        with pytest.raises(FenceTimeoutError):
            recorder.select_behind_fence(0, 10, deadline_seconds=0.1)

    assert fenced(recorder, 0) == [1, 2]


def test_a_reading_transaction_elsewhere_on_the_server_is_not_waited_for(store, servers):
    recorder = EventRecorder(store)
    other = psycopg2.connect(servers.postgres_url)
    other.cursor().execute("SELECT count(*) FROM pg_class")
    try:
        recorder.insert_events([an_event()])
        assert [r.id for r in recorder.select_behind_fence(0, 10, deadline_seconds=5)] == [1]
    finally:
        other.close()


def test_a_writing_transaction_elsewhere_on_the_server_is_waited_for(store, servers):
    recorder = EventRecorder(store)
    other = psycopg2.connect(servers.postgres_url)
    other.cursor().execute("CREATE TEMPORARY TABLE elsewhere (id int)")
    try:
        recorder.insert_events([an_event()])
        with pytest.raises(FenceTimeoutError):
            recorder.select_behind_fence(0, 10, deadline_seconds=0.1)
    finally:
        other.close()

    assert fenced(recorder, 0) == [1]


GATE = 1
HELD_UP = f"""{passing(GATE)}
CREATE TRIGGER gate BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.topic = 'held up')
    EXECUTE FUNCTION pass_the_gate();
"""
"""Stops a writer where its event has its number and is not written yet."""


def held_up():
    return StoredEvent(uuid4(), 1, "held up", b"{}")


def answered(recorder):
    first = FirstAnswer(str(uuid4()), "hash", "{}", None, datetime.now(UTC))
    recorder.append_answered([held_up()], None, first)


def delivered(recorder):
    mark = DeliveryMark("listener", "elsewhere", 3, 5, "e")
    values = {"subscription": mark.subscription, "source": mark.source, "sequence": mark.previous}
    with recorder.database.transaction() as connection:
        connection.execute(schema.subscription_positions.insert(), values)
    recorder.append_delivered([held_up()], None, mark)


WRITERS_OF = {
    "append_one": lambda recorder: recorder.insert_events([held_up()]),
    "append_many": lambda recorder: recorder.insert_events([held_up(), held_up()]),
    "append_answered": answered,
    "append_delivered": delivered,
}
"""All that writes events on PostgreSQL, by the name of its statement."""


@contextmanager
def stopped_between_number_and_event(recorder, write):
    """A writer in a thread that stands there; the id of its transaction, if it has one."""
    gate = psycopg2.connect(recorder.database.url.set(drivername="postgresql").render_as_string(
        hide_password=False
    ))  # fmt: skip
    gate.autocommit = True
    cursor = gate.cursor()
    cursor.execute("SELECT pg_advisory_lock(%s)", (GATE,))
    thread = threading.Thread(target=write, args=(recorder,))
    thread.start()

    def waiting():
        cursor.execute(
            "SELECT backend_xid::text FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event = 'advisory'"
        )
        return cursor.fetchall()

    try:
        [(transaction_id,)] = eventually(waiting, "the writer to be held up")
        yield transaction_id
    finally:
        gate.close()
        thread.join(timeout=60)


@pytest.fixture
def recorder(store):
    recorder = EventRecorder(store)
    with store.transaction() as connection:
        connection.exec_driver_sql(HELD_UP)
    recorder.insert_events([an_event()])  # the first number of all is logged, under an id
    return recorder


def test_every_statement_that_writes_events_is_held_to_the_order():
    writing = {name for name, (_, text) in event_store._PREPARED.items() if "INSERT" in text}

    assert writing == set(WRITERS_OF)


@pytest.mark.parametrize("statement", WRITERS_OF)
def test_a_writer_has_its_transactions_id_before_any_number(recorder, statement):
    with stopped_between_number_and_event(recorder, WRITERS_OF[statement]) as transaction_id:
        assert transaction_id is not None
        [later] = recorder.insert_events([an_event()])
        with pytest.raises(FenceTimeoutError):
            recorder.select_behind_fence(0, 10, deadline_seconds=0.1)

    found = fenced(recorder, 0)
    assert found == sorted(unfenced(recorder, 0))
    assert [number for number in found if 1 < number < later], "the number was taken later"


# The listener's position, which is moved first, gives a delivered effect its id in any case.
@pytest.mark.parametrize("statement", ["append_one", "append_many", "append_answered"])
def test_the_test_is_sharp_numbers_taken_before_the_id_are_missed(recorder, statement, monkeypatch):
    types, text = event_store._PREPARED[statement]
    without = text.replace("SELECT pg_current_xact_id()", "SELECT 1")
    monkeypatch.setitem(event_store._PREPARED, statement, (types, without))
    assert without != text
    recorder.database.close()  # on its connections the statement may be prepared already

    seen = []
    for _ in range(5):
        with stopped_between_number_and_event(recorder, WRITERS_OF[statement]) as transaction_id:
            if transaction_id is not None:  # a checkpoint had the server log the number, under one
                continue
            recorder.insert_events([an_event()])
            seen = fenced(recorder, 0)
            break

    assert seen, "every time the writer had an id all the same"
    missed = set(unfenced(recorder, 0)) - set(seen) - set(fenced(recorder, seen[-1]))
    assert missed
    assert max(missed) < seen[-1]


def test_writers_do_not_wait_for_each_other(store):
    recorder = EventRecorder(store)
    done = threading.Event()
    with store.transaction() as connection:
        recorder.insert_in(connection, [an_event()])
        thread = threading.Thread(
            target=lambda: (recorder.insert_events([an_event()]), done.set()), daemon=True
        )
        thread.start()
        assert done.wait(10), "a second writer was held up by the first one's open transaction"
    thread.join()

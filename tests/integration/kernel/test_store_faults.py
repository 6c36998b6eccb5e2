"""The store with connections cut, under green threads, as the runtime role, after a restore."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from deploy.local.databases import drop_environment, make_environment
from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.event_store import EventRecorder
from tests import servers as real

pytestmark = pytest.mark.integration
GREEN = Path(__file__).with_name("green_reader.py")


@pytest.fixture
def store(postgres_url):
    database = Database(postgres_url, pool_size=4)
    with database.transaction() as connection:
        schema.create_v1(connection)
    yield database
    database.close()


def an_event(version=1, originator=None, state=b"{}"):
    return StoredEvent(originator or uuid4(), version, "sample", state)


class CutAfterCommit(EventRecorder):
    """Commits, and then loses the connection before the answer arrives: once."""

    has_cut = False

    def _insert_postgres(self, connection, stored, metadata):
        numbers = super()._insert_postgres(connection, stored, metadata)
        if not self.has_cut:
            self.has_cut = True
            cut(self.database, connection)
            connection.cursor().execute("SELECT 1")
        return numbers


class CutBeforeInsert(EventRecorder):
    """Loses the connection before anything was sent: once."""

    has_cut = False

    def _insert_postgres(self, connection, stored, metadata):
        if not self.has_cut:
            self.has_cut = True
            cut(self.database, connection)
        return super()._insert_postgres(connection, stored, metadata)


def cut(database, connection):
    administrator = psycopg2.connect(
        database.url.set(drivername="postgresql").render_as_string(False)
    )
    administrator.autocommit = True
    pid = connection.dbapi_connection.info.backend_pid
    administrator.cursor().execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
    administrator.close()


@pytest.mark.parametrize("kind", [CutAfterCommit, CutBeforeInsert])
def test_a_commit_whose_answer_was_lost_is_recorded_once(store, kind):
    recorder = kind(store)
    events = [an_event(), an_event()]

    numbers = recorder.insert_events(events)

    assert recorder.has_cut
    recorded = recorder.select_behind_fence(0, 10)
    assert [r.id for r in recorded] == numbers
    assert [r.stored for r in recorded] == events


def test_another_writers_event_is_not_taken_for_ours_after_a_lost_connection(store):
    theirs = an_event(state=b'{"by": "them"}')
    EventRecorder(store).insert_events([theirs])
    recorder = CutBeforeInsert(store)

    with pytest.raises(IntegrityError):
        recorder.insert_events([an_event(originator=theirs.originator_id)])


def test_reading_goes_on_after_all_connections_were_cut(store):
    recorder = EventRecorder(store)
    event = an_event()
    recorder.insert_events([event])
    with store.single_statements() as connection:
        cut(store, connection)

    assert recorder.select_events(event.originator_id) == [event]


def test_many_aggregates_are_recorded_in_one_statement(store):
    recorder = EventRecorder(store)
    events = [an_event() for _ in range(500)]

    numbers = recorder.insert_events(events)

    assert numbers == sorted(numbers)
    assert [r.stored for r in recorder.select_behind_fence(0, 1000)] == events
    with store.single_statements() as connection:
        cursor = connection.cursor()
        # Rows of one statement have the number of its transaction and of the statement within it.
        cursor.execute("SELECT count(DISTINCT (xmin::text, cmin::text)) FROM events")
        assert cursor.fetchone() == (1,)


def test_a_slow_query_does_not_stall_other_green_threads(store):
    address = store.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, str(GREEN), address],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    stall, together, events = map(float, done.stdout.split())
    assert stall < 0.1
    assert together < 1.5, "four queries of 0.5 s waited for each other"
    assert events == 3000, "a long log was not read whole"


def test_the_runtime_role_may_write_rows_and_change_no_table(servers):
    prefix = real.unique("ddl")
    environment = make_environment(
        servers.postgres_url, servers.amqp_url, servers.management_url, prefix
    )
    try:
        owner = Database(environment["ORE_HDR_MIGRATION_URL"])
        with owner.transaction() as connection:
            schema.create_v1(connection)
        owner.close()
        runtime = Database(environment["ORE_HDR_DATABASE_URL"])
        assert EventRecorder(runtime).insert_events([an_event()]) == [1]
        for statement in (
            "CREATE TABLE other (id int)",
            "ALTER TABLE events ADD COLUMN other int",
            "DROP TABLE events",
            "TRUNCATE events",
            "CREATE INDEX other ON events (topic)",
        ):
            with (
                runtime.single_statements() as connection,
                pytest.raises(psycopg2.errors.InsufficientPrivilege),
            ):
                connection.cursor().execute(statement)
        runtime.close()
    finally:
        drop_environment(servers.postgres_url, servers.management_url, prefix)


def test_a_dump_and_restore_keeps_numbers_positions_and_the_fence(store, servers, tmp_path):
    recorder = EventRecorder(store)
    recorder.insert_events([an_event() for _ in range(3)])
    with store.transaction() as connection:
        recorder.insert_in(connection, [an_event()])
        connection.rollback()
    recorder.insert_events([an_event()])
    with store.transaction() as connection:
        connection.execute(
            schema.subscription_positions.insert(),
            {"subscription": "s", "source": "other", "sequence": 7, "epoch": "e"},
        )
    before = recorder.select_behind_fence(0, 10)
    dump = tmp_path / "store.dump"
    source = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(["pg_dump", "--format=custom", f"--file={dump}", source], check=True)
    with real.a_postgres_database(servers) as target:
        subprocess.run(["pg_restore", f"--dbname={target}", str(dump)], check=True)
        restored = Database(target)
        again = EventRecorder(restored)

        assert [r.id for r in before] == [1, 2, 3, 5]
        assert again.select_behind_fence(0, 10) == before
        assert again.insert_events([an_event()]) == [6]
        assert [r.id for r in again.select_behind_fence(5, 10)] == [6]
        with restored.reading() as connection:
            rows = connection.execute(schema.subscription_positions.select()).all()
        assert rows == [("s", "other", 7, "e")]
        restored.close()


def test_an_online_backup_of_sqlite_keeps_numbers(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with database.transaction() as connection:
        schema.create_v1(connection)
    recorder = EventRecorder(database)
    recorder.insert_events([an_event() for _ in range(3)])
    with database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM events WHERE id = 3")  # its number was given
    before = recorder.select_behind_fence(0, 10)
    source, target = sqlite3.connect(tmp_path / "store.db"), sqlite3.connect(tmp_path / "copy.db")
    source.backup(target)
    source.close()
    target.close()
    database.close()
    copy = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    again = EventRecorder(copy)

    assert again.select_behind_fence(0, 10) == before
    assert again.insert_events([an_event()]) == [4]
    copy.close()


def test_threads_share_the_connections(store):
    recorder = EventRecorder(store)
    failures = []

    def write():
        try:
            for _ in range(20):
                recorder.insert_events([an_event()])
        except Exception as error:  # noqa: BLE001 -- told below
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(recorder.select_behind_fence(0, 1000)) == 240

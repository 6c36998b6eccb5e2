"""A view is rebuilt beside the running one: under writes, cancelled, killed."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import exc, text

from services.gateway import rebuilding
from services.gateway.journal import last_position, view_positions
from services.gateway.projections.registry import VIEWS
from services.gateway.rebuilding import RebuildRunningError, clear_leftovers, rebuild
from shared.kernel.operator_acts import list_acts
from shared.kernel.parking import list_parked, park
from shared.kernel.refusal import NotFoundError

pytestmark = pytest.mark.integration
VIEW = "applications"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(rebuilding, "BATCH", 3)


def leftovers(gateway):
    return rebuilding._existing_shadows(gateway.database)


def positions(gateway):
    with gateway.database.reading() as connection:
        return dict(tuple(row) for row in connection.execute(view_positions.select())), (
            last_position(connection)
        )


@pytest.mark.parametrize("name", [view.name for view in VIEWS])
def test_a_view_rebuilt_while_events_come_in_is_what_it_would_have_been(gateway, name):
    gateway.tell(20)
    told_meanwhile = len(gateway.untold)
    seen = []

    def progress(_done, _total):
        gateway.tell(2)
        seen.append(gateway.rows(name))

    rebuilt = rebuild(gateway.database, name, actor="test", progress=progress)

    at, last = positions(gateway)
    assert told_meanwhile - len(gateway.untold) > 10
    assert rebuilt.entries == last == at[name]
    assert gateway.rows(name) == seen[-1]
    gateway.tell(len(gateway.untold))
    followed = gateway.rows(name)
    rebuild(gateway.database, name, actor="test")
    assert gateway.rows(name) == followed


def test_writers_in_another_thread_go_on_meanwhile(gateway):
    gateway.tell(50)
    ended, failed = threading.Event(), []

    def write():
        try:
            while gateway.untold and not ended.is_set():
                gateway.tell(1)
        except Exception as error:  # noqa: BLE001 -- told below
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    for name in ("applications", "timeline", "cycles"):
        rebuild(gateway.database, name, actor="test")
    ended.set()
    writer.join()

    assert failed == []
    assert list_parked(gateway.database) == []
    gateway.tell(len(gateway.untold))
    followed = gateway.rows()
    for view in VIEWS:
        rebuild(gateway.database, view.name, actor="test")
    assert gateway.rows() == followed


def test_readers_see_the_old_rows_until_the_switch(gateway):
    gateway.tell(len(gateway.untold))
    before = gateway.rows(VIEW)
    with gateway.database.transaction() as connection:
        connection.execute(text("UPDATE applications SET receipt_number = 'old'"))
    old = gateway.rows(VIEW)
    seen = []

    rebuild(
        gateway.database, VIEW, actor="test",
        progress=lambda *_: seen.append(gateway.rows(VIEW)),
    )  # fmt: skip

    assert old != before
    assert len(seen) > 5
    assert all(rows == old for rows in seen)
    assert gateway.rows(VIEW) == before


@pytest.mark.parametrize("after", [1, 4, 9])
def test_cancelled_at_any_batch_it_leaves_everything_as_it_was(gateway, after):
    gateway.tell(40)
    before, at = gateway.rows(), positions(gateway)
    calls = []

    def interrupt(*_):
        calls.append(1)
        if len(calls) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(gateway.database, VIEW, actor="test", progress=interrupt)

    assert gateway.rows() == before
    assert positions(gateway) == at
    assert leftovers(gateway) == []
    assert list_acts(gateway.database) == []


def test_cancelled_in_the_switch_it_leaves_everything_as_it_was(gateway, monkeypatch):
    gateway.tell(40)
    before, at = gateway.rows(), positions(gateway)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(rebuilding, "record_act", interrupt)
    with pytest.raises(KeyboardInterrupt):
        rebuild(gateway.database, VIEW, actor="test")

    assert gateway.rows() == before
    assert positions(gateway) == at
    assert leftovers(gateway) == []


@pytest.mark.parametrize("after", [1, 6])
def test_what_a_killed_rebuild_leaves_is_cleared_and_harms_nobody(gateway, gateway_url, after):
    gateway.tell(40)
    before = gateway.rows()

    ended = subprocess.run(
        [sys.executable, "-m", "tests.integration.operations.killed_rebuild",
         gateway_url, VIEW, str(after)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())}, check=False, timeout=60,
    )  # fmt: skip

    assert ended.returncode < 0
    assert leftovers(gateway) == [VIEW]
    gateway.tell(10)
    cleared = []
    for _ in range(1000):  # the server may need a moment to see that its client is gone
        cleared += clear_leftovers(gateway.database)
        if cleared:
            break
    assert cleared == [VIEW]
    assert leftovers(gateway) == []
    now = gateway.rows()
    rebuild(gateway.database, VIEW, actor="test")
    assert gateway.rows() == now
    assert len(before) == len(now)


def test_one_view_is_rebuilt_once_at_a_time_and_a_running_shadow_is_no_leftover(gateway):
    gateway.tell(40)
    refused = []

    def again(*_):
        if not refused:
            with pytest.raises(RebuildRunningError):
                rebuild(gateway.database, VIEW, actor="test")
            refused.append(1)

    rebuild(gateway.database, VIEW, actor="test", progress=again)

    assert refused


def test_what_was_parked_for_the_view_is_settled_by_its_rebuild(gateway):
    told = gateway.untold[:40]
    gateway.tell(40)
    with gateway.database.transaction() as connection:
        park(connection, f"view:{VIEW}", told[0].envelope(0), "ValueError: x", 3)
        park(connection, "view:cycles", told[0].envelope(0), "ValueError: x", 3)

    rebuilt = rebuild(gateway.database, VIEW, actor="cli:7")

    assert rebuilt.settled == 1
    assert [m.subscription for m in list_parked(gateway.database)] == ["view:cycles"]
    assert {(a.act, a.actor) for a in list_acts(gateway.database)} == {
        ("parked.replay", "cli:7"), ("view.rebuild", "cli:7"),
    }  # fmt: skip


def test_a_view_that_cannot_take_an_entry_stays_as_it_was(gateway, monkeypatch):
    gateway.tell(40)
    before = gateway.rows()
    view = next(view for view in VIEWS if view.name == VIEW)

    def broken(*_):
        raise ValueError("a defect")

    monkeypatch.setattr(view, "apply", broken)
    with pytest.raises(ValueError, match="a defect"):
        rebuild(gateway.database, VIEW, actor="test")

    assert gateway.rows() == before
    assert leftovers(gateway) == []


def test_a_view_that_is_not_there_is_named(gateway):
    with pytest.raises(NotFoundError):
        rebuild(gateway.database, "nothing", actor="test")


# --- PostgreSQL's own ---------------------------------------------------------------------------


ON_POSTGRES = pytest.mark.parametrize("gateway_url", ["postgres"], indirect=True)


def described(database):
    """Indexes, grants and owners of the view's table."""
    with database.reading() as connection:
        return [
            sorted(tuple(row) for row in connection.execute(text(query)))
            for query in (
                f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{VIEW}'",
                f"SELECT grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name = '{VIEW}'",  # noqa: E501
                f"SELECT tableowner FROM pg_tables WHERE tablename = '{VIEW}'",
            )
        ]


@ON_POSTGRES
def test_indexes_grants_and_owner_are_the_same_afterwards(gateway):
    gateway.tell(30)
    with gateway.database.transaction() as connection:
        connection.execute(text(f"GRANT SELECT, INSERT ON {VIEW} TO pg_monitor"))
    before = described(gateway.database)

    rebuild(gateway.database, VIEW, actor="test")

    assert described(gateway.database) == before
    assert ("pg_monitor", "SELECT") in before[1]


@ON_POSTGRES
def test_a_long_reader_is_waited_for_and_never_broken_off(gateway):
    gateway.tell(30)
    engine = gateway.database.engine
    with engine.connect() as reader:
        reader.execute(text(f"SELECT count(*) FROM {VIEW}"))
        done = threading.Event()
        failed = []

        def run():
            try:
                rebuild(gateway.database, VIEW, actor="test")
            except exc.SQLAlchemyError as error:
                failed.append(error)
            done.set()

        thread = threading.Thread(target=run)
        thread.start()
        assert not done.wait(2.0)
        with engine.connect() as other:  # nobody queues behind the one that waits for the reader
            other.execute(text("SET LOCAL statement_timeout = 3000"))
            other.execute(text(f"SELECT count(*) FROM {VIEW}"))
        reader.rollback()
    thread.join(timeout=30)

    assert done.is_set()
    assert failed == []

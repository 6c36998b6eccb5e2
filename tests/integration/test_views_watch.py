"""The gateway's processes hear from a projector in another one that the views have moved."""

import threading
import time

import psycopg2
import pytest

from services.gateway import journal
from services.gateway.journal import Journal, wait_until_level
from services.gateway.projections import View, metadata
from services.gateway.views_watch import ViewsWatch, announce
from shared.contracts.base import ContractEvent
from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.positions import Position
from shared.kernel.projection import handles
from tests.samples.parts import AmountAdded
from tests.story.steps import eventually
from tests.unit.gateway.projections.stories import Story

pytestmark = pytest.mark.integration
DEADLINE_SECONDS = 10.0


class Heard(View):
    """A view that takes everything, or cannot."""

    name = "heard"
    tables = ()
    is_failing = False

    @handles(AmountAdded)
    def on_added(self, connection, event, entry):
        if self.is_failing:
            raise ValueError("cannot take it")


@pytest.fixture
def database(postgres_url):
    database = Database(postgres_url)
    with database.transaction() as connection:
        schema.create_v1(connection)
        metadata.create_all(connection)
    yield database
    database.close()


@pytest.fixture
def projector(postgres_url, database):
    """The journal as another process has it: on connections of its own."""
    own = Database(postgres_url)
    projector = Journal(own, [Heard()])
    projector.prepare()
    yield projector
    own.close()


@pytest.fixture
def watch(database):
    watch = ViewsWatch(database)
    watch.wait("ledger", 1, 0)
    eventually(lambda: watch.is_listening, "it to be told", DEADLINE_SECONDS)
    yield watch
    watch.stop()
    announce(database, "nobody", 1, is_level=True)  # wakes it


def take(projector, sequence):
    """Let the projector take over the ledger's next event."""
    event: ContractEvent = AmountAdded(account_id="5a1c8a52-7f64-4cf9-a4b8-1f4f5b4d7a10", amount=1)
    envelope = Envelope(
        id=f"ledger:{sequence}",
        source="ledger",
        type=event.event_type(),
        subject=str(event.account_id),
        time=Story().now,
        sequence=sequence,
        previous_sequence=sequence - 1,
        epoch="e",
        correlation_id=None,
        causation_id=None,
        data=event.model_dump(mode="json"),
    )
    known = Position(sequence - 1, "e" if sequence > 1 else None)
    projector.apply([envelope], known)


@pytest.fixture
def no_look(monkeypatch):
    def refuse(*_):
        raise AssertionError("it was told: no look is needed")

    monkeypatch.setattr(journal, "is_level", refuse)
    monkeypatch.setattr(journal, "LOOK_ANYWAY_SECONDS", DEADLINE_SECONDS)


def waited(database, watch, sequence, seconds=DEADLINE_SECONDS):
    return wait_until_level(database, "ledger", sequence, seconds, watch=watch)


def test_who_waits_is_told_without_a_look(database, projector, watch, no_look):
    later = threading.Timer(0.2, take, (projector, 1))
    later.start()

    assert waited(database, watch, 1)
    assert waited(database, watch, 1), "and who comes later knows it"
    later.join()


def test_who_waits_for_more_goes_on_waiting(database, projector, watch):
    take(projector, 1)

    assert not waited(database, watch, 2, seconds=0.3)


def test_a_view_that_cannot_take_it_makes_them_look(database, projector, watch, monkeypatch):
    monkeypatch.setattr(journal, "LOOK_ANYWAY_SECONDS", DEADLINE_SECONDS)
    monkeypatch.setattr(Heard, "is_failing", True)
    later = threading.Timer(0.2, take, (projector, 1))
    later.start()
    began = time.monotonic()

    assert waited(database, watch, 1), "the event is parked, and the view is past it"
    assert time.monotonic() - began < DEADLINE_SECONDS / 2
    assert not watch.wait("ledger", 1, 0), "that all is level was not told"
    later.join()


def test_a_projector_that_tells_nothing_is_looked_after(database, projector, watch, monkeypatch):
    monkeypatch.setattr(journal, "announce", lambda *_, **__: None)
    take(projector, 1)

    assert waited(database, watch, 1)


def test_a_lost_connection_is_made_again_and_nothing_old_is_believed(
    database, projector, watch, servers, monkeypatch
):
    monkeypatch.setattr("services.gateway.views_watch.LISTEN_AGAIN_SECONDS", 0.5)
    take(projector, 1)
    eventually(lambda: watch.wait("ledger", 1, 0), "it to be told", DEADLINE_SECONDS)

    with psycopg2.connect(servers.postgres_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND query LIKE 'LISTEN%%'",
            (database.url.database,),
        )
        assert cursor.rowcount == 1
    connection.close()

    eventually(lambda: not watch.is_listening, "it to be told", DEADLINE_SECONDS)
    assert not watch.wait("ledger", 1, 0)
    assert waited(database, watch, 1), "by a look"
    eventually(lambda: watch.is_listening, "it to be told", DEADLINE_SECONDS)
    take(projector, 2)
    eventually(lambda: watch.wait("ledger", 2, 0), "it to be told", DEADLINE_SECONDS)


def test_what_is_announced_out_of_order_takes_nothing_back(database, watch):
    announce(database, "ledger", 7, is_level=True)
    announce(database, "ledger", 5, is_level=True)
    announce(database, "other", 9, is_level=True)
    eventually(lambda: watch.wait("other", 9, 0), "it to be told", DEADLINE_SECONDS)

    assert watch.wait("ledger", 7, 0)
    assert not watch.wait("ledger", 8, 0)

"""A relay that stands by tells the one that leads what its process recorded."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from kombu import Exchange, Queue

from shared.kernel import broker, relay, schema
from shared.kernel.database import Database
from shared.kernel.relay import Relay
from tests.integration.kernel.conftest import eventually
from tests.samples.parts import LEDGER, AddAmount

NEVER_SECONDS = 60.0
"""Between two looks of the leader: what it publishes before, it was told of."""
SOON_SECONDS = 5.0


@pytest.fixture
def replica(ledger, postgres_url):
    application = LEDGER.build(Database(postgres_url))
    yield application
    application.close()


@pytest.fixture
def run(amqp_url):
    """Runs a relay of an application in a thread until the test ends."""
    running = []

    def start(application, poll_seconds=NEVER_SECONDS):
        started = Relay(application, amqp_url, poll_seconds=poll_seconds)
        thread = threading.Thread(target=started.run)
        thread.start()
        running.append((started, thread))
        return started

    with broker.connect(amqp_url) as connection:
        broker.declare_events(connection)
        exchange = Exchange(broker.EVENTS, type="topic", passive=True)
        Queue("heard", exchange, routing_key="ledger.#")(connection.channel()).declare()
    yield start
    for started, _ in running:
        started.stop()
    for _, thread in running:
        thread.join(timeout=20)
        assert not thread.is_alive()


def published(application):
    with application.database.reading() as connection:
        row = connection.execute(schema.relay.select()).one_or_none()
    return row.published_sequence if row else 0


def add(application, amount, name="a"):
    request = AddAmount(name=name, amount=amount)
    return application.execute(lambda: application.add_amount(request)).position


def test_what_a_replica_records_is_published_by_the_leader_at_once(ledger, replica, run):
    leader = run(ledger)
    eventually(lambda: leader.is_leading, "the first relay to lead")
    standby = run(replica)

    for amount in range(5):
        last = add(replica, amount)
        eventually(lambda last=last: published(ledger) == last, "the leader", SOON_SECONDS)

    assert not standby.is_leading


def test_many_commits_at_once_are_told_of_too(ledger, replica, run):
    leader = run(ledger)
    eventually(lambda: leader.is_leading, "the first relay to lead")
    run(replica)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(partial(add, replica, 1), map(str, range(80))))

    last = ledger.log.max_notification_id()
    eventually(lambda: published(ledger) == last, "the leader to publish all", SOON_SECONDS)


def test_a_leader_whose_session_is_ended_hands_the_lead_over(ledger, replica, run, servers):
    leader = run(ledger)
    eventually(lambda: leader.is_leading, "the first relay to lead")
    standby = run(replica)

    with replica.database.reading() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks "
            "WHERE locktype = 'advisory' AND granted AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )

    eventually(lambda: leader.is_leading or standby.is_leading, "one of them to lead")
    last = add(replica, 1)
    eventually(lambda: published(ledger) == last, "the event to be published", 20.0)


LEAD_SECONDS = 1
POLL_SECONDS = 0.2


def lead(application):
    """The session that holds the lead, and its age in seconds."""
    with application.database.reading() as connection:
        return connection.exec_driver_sql(
            "SELECT a.pid, extract(epoch FROM clock_timestamp() - a.backend_start) "
            "FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        ).one_or_none()


def test_a_frozen_leader_loses_its_lead_and_finds_out_when_it_thaws(
    ledger, replica, run, monkeypatch
):
    monkeypatch.setattr(relay, "LEAD_SECONDS", LEAD_SECONDS)
    leader = run(ledger, POLL_SECONDS)
    eventually(lambda: leader.is_leading, "the first relay to lead")
    standby = run(replica, POLL_SECONDS)
    is_frozen, thaw = threading.Event(), threading.Event()
    publish = leader.publish_batch

    def freeze(publisher):
        is_frozen.set()
        thaw.wait()
        return publish(publisher)

    monkeypatch.setattr(leader, "publish_batch", freeze)
    try:
        assert is_frozen.wait(SOON_SECONDS)
        last = add(replica, 1)
        eventually(lambda: standby.is_leading, "the other one to lead")
        eventually(lambda: published(replica) == last, "the event to be published")
    finally:
        thaw.set()

    eventually(lambda: not leader.is_leading, "the thawed one to notice")
    last = add(ledger, 2)
    eventually(lambda: published(ledger) == last, "the next event to be published")
    assert standby.is_leading


def test_a_leader_that_has_nothing_to_do_keeps_its_lead(ledger, run, monkeypatch):
    monkeypatch.setattr(relay, "LEAD_SECONDS", LEAD_SECONDS)
    leader = run(ledger, POLL_SECONDS)
    eventually(lambda: leader.is_leading, "the relay to lead")
    pid, _ = lead(ledger)

    longer = 2.5 * LEAD_SECONDS
    eventually(lambda: (found := lead(ledger)) is None or found[1] > longer, "time to pass")

    assert lead(ledger)[0] == pid

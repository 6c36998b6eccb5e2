"""A stored event of a later release is never misread: what meets it waits for that release."""

from uuid import uuid4

import orjson
import pytest
from eventsourcing.persistence import StoredEvent
from sqlalchemy import select

from shared.kernel import parking, schema
from shared.kernel.context import CommandContext, command_context
from shared.kernel.nameko_host import BoundApplication, Runtime
from shared.kernel.parking import ServiceSink
from shared.kernel.relay import Relay
from shared.kernel.rpc import ReplicaOutdatedError, raise_what_is_told
from shared.kernel.serialization import FastMapper, FastTranscoder, NewerEventError
from shared.kernel.settings import ServiceSettings
from shared.kernel.subscription import Subscription
from tests.memory import an_application
from tests.samples.parts import (
    LEDGER,
    Account,
    AccountQuery,
    AddAmount,
    Copy,
    Ledger,
    Mirror,
    ledger_publications,
    mirror_handlers,
)
from tests.samples.services import LedgerService

AT = {"timestamp": {"_type_": "datetime_iso", "_data_": "2026-01-31T12:00:00+00:00"}}
NEWER_FORM = (Account.AmountAdded.TOPIC, {**AT, "pennies": 700, "class_version": 2})
NEWER_TYPE = (
    Account.AmountAdded.TOPIC,
    {**AT, "amount": {"_type_": "Money", "_data_": 7}, "class_version": 2},
)
NEWER_NAME = ("ledger.AccountClosed", {**AT, "reason": "moved"})
NEWER = [NEWER_FORM, NEWER_TYPE, NEWER_NAME]


def store(application, aggregate_id, version, topic, state):
    """Record an event as a process of a later release does."""
    with application.database.transaction() as connection:
        application.log.insert_in(
            connection, [StoredEvent(aggregate_id, version, topic, orjson.dumps(state))], "{}"
        )


def a_ledger(*newer):
    """Two accounts; the first one holds an event of a later release."""
    ledger = an_application(Ledger, publications=ledger_publications)
    ledger.add_amount(AddAmount(name="a", amount=1))
    for number, (topic, state) in enumerate(newer):
        store(ledger, Account.create_id("a"), 3 + number, topic, state)
    ledger.add_amount(AddAmount(name="b", amount=2))
    return ledger


def mapped(topic, state):
    stored = StoredEvent(uuid4(), 3, topic, orjson.dumps(state))
    return FastMapper(FastTranscoder()).to_domain_event(stored)


@pytest.mark.parametrize(("topic", "state"), NEWER)
def test_it_is_refused_by_its_name(topic, state):
    with pytest.raises(NewerEventError, match=topic):
        mapped(topic, state)


@pytest.mark.parametrize("newer", NEWER)
def test_a_command_on_its_aggregate_records_nothing_and_others_go_on(newer):
    ledger = a_ledger(newer)
    before = ledger.log.max_notification_id()

    with pytest.raises(NewerEventError), command_context(CommandContext(idempotency_key="k")):
        ledger.execute(lambda: ledger.add_amount(AddAmount(name="a", amount=5)))

    assert ledger.log.max_notification_id() == before
    with ledger.database.reading() as connection:
        assert connection.execute(select(schema.commands)).all() == []
    ledger.add_amount(AddAmount(name="b", amount=5))


def test_a_command_on_an_aggregate_that_was_kept_from_before_records_nothing():
    ledger = a_ledger()
    ledger.execute(lambda: ledger.add_amount(AddAmount(name="a", amount=4)))
    store(ledger, Account.create_id("a"), 4, *NEWER_FORM)

    for _ in range(2):
        with pytest.raises(NewerEventError):
            ledger.execute(lambda: ledger.add_amount(AddAmount(name="a", amount=5)))


@pytest.mark.parametrize("newer", NEWER)
def test_a_page_of_the_log_that_holds_it_is_refused_whole_unless_its_reader_asks(newer):
    """A short page means the log's end to who reads it."""
    ledger = a_ledger(newer)

    with pytest.raises(NewerEventError):
        ledger.read_contract_events(0, 10)
    envelopes, position = ledger.read_contract_events(0, 10, up_to_newer=True)
    assert [envelope.data["amount"] for envelope in envelopes] == [1]
    with pytest.raises(NewerEventError):
        ledger.read_contract_events(position, 10, up_to_newer=True)


def test_a_relay_publishes_up_to_it_and_no_further():
    ledger = a_ledger(NEWER_FORM)
    relay, published = Relay(ledger, "memory://"), []

    class Outlet:
        def publish(self, envelopes):
            published.extend(envelope.data["amount"] for envelope in envelopes)

    relay.publish_batch(Outlet())
    with pytest.raises(NewerEventError):
        relay.publish_batch(Outlet())

    assert published == [1]
    with ledger.database.reading() as connection:
        position, _ = relay.position(connection)
        assert relay.oldest_waiting(connection, position) is None
    assert position == ledger.log.max_notification_id() - 3


def test_a_listener_stops_before_what_meets_it_and_parks_nothing(monkeypatch):
    monkeypatch.setattr(parking.time, "sleep", lambda _seconds: None)
    ledger, mirror = a_ledger(), an_application(Mirror)
    sink = ServiceSink(mirror, mirror_handlers)
    feed = lambda _source, after, limit: ledger.read_contract_events(after, limit)[0]  # noqa: E731
    subscription = Subscription("mirror", ["ledger"], sink, feed, "memory://")
    subscription.catch_up()
    before = sink.position("ledger")
    copy_id = Copy.create_id(Account.create_id("a"))
    store(mirror, copy_id, 3, "mirror.AmountHeard", {**AT, "pennies": 1, "class_version": 2})
    ledger.add_amount(AddAmount(name="a", amount=3))
    ledger.add_amount(AddAmount(name="b", amount=4))

    with pytest.raises(NewerEventError):
        subscription.catch_up()

    assert sink.position("ledger") == before
    assert parking.list_parked(mirror.database) == []


def test_who_asks_is_told_to_ask_another_replica():
    runtime = Runtime(LEDGER, ServiceSettings("sqlite://", "memory://"))
    runtime.application = a_ledger(NEWER_FORM)
    worker = LedgerService()
    worker.app = BoundApplication(runtime, {})

    told = worker.add_amount(request={"name": "a", "amount": 1})

    with pytest.raises(ReplicaOutdatedError, match="form 2, this release knows 1"):
        raise_what_is_told("ledger", told)
    answered = worker.total(request=AccountQuery(id=Account.create_id("b")).model_dump(mode="json"))
    assert answered["answer"]["total"] == 2

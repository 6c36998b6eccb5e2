"""Connections to a broker: what they acknowledge, and how they come to their end."""

from collections import deque

import pytest
from amqp import spec
from amqp.exceptions import ConnectionError as ClosedByTheBroker
from kombu import Exchange, Producer

from shared.kernel import broker
from tests import servers as real

pytestmark = pytest.mark.integration
COUNT = 7


def publish(connection):
    exchange = Exchange(broker.EVENTS, "topic", no_declare=True)
    producer = Producer(connection.default_channel, exchange=exchange)
    for number in range(COUNT):
        producer.publish(b"%d" % number, routing_key="ledger.account", delivery_mode=2)


def taken(url, number):
    """So many messages of the listener's queue, acknowledged together, if so many come."""
    pending = deque()
    with (
        broker.connect(url) as connection,
        broker.consume(connection, "mirror", ["ledger"], pending.append, prefetch=100),
    ):
        for _ in range(20):
            if len(pending) >= number:
                break
            broker.drain(connection, pending, 0.2, 100)
        bodies = [bytes(message.body) for message in pending]
        if pending:
            broker.acknowledge(connection, pending)
    return bodies


def test_nothing_that_came_is_left_unacknowledged(servers):
    with real.a_virtual_host(servers) as url:
        assert taken(url, 0) == []  # declares the queue
        with broker.connect(url) as connection:
            publish(connection)

        assert taken(url, COUNT) == [b"%d" % number for number in range(COUNT)]
        assert taken(url, 1) == []


def test_in_this_process_what_is_acknowledged_makes_room_for_as_much():
    pending = deque()
    with (
        broker.connect(f"memory://{real.unique('test')}") as connection,
        broker.consume(connection, "mirror", ["ledger"], pending.append, prefetch=COUNT),
    ):
        for _ in range(3):
            publish(connection)
            broker.drain(connection, pending, 1, COUNT)
            assert len(pending) == COUNT
            broker.acknowledge(connection, pending)
            pending.clear()


def test_what_the_broker_has_closed_is_not_made_anew_to_be_dropped(servers):
    connection = broker.connect(servers.amqp_url)
    driver = connection.connection
    connection.default_channel.send_method(spec.Channel.Open, "s", ("",))  # again: an offence
    with pytest.raises(ClosedByTheBroker):
        connection.drain_events(timeout=10)

    broker.drop(connection)

    assert not driver.connected

"""A relay with nothing to publish keeps its connection."""

import time

from shared.kernel import broker
from shared.kernel.relay import _ConfirmedPublisher
from tests.integration.kernel.conftest import eventually

HEARTBEAT_SECONDS = 1


def test_a_relay_that_has_nothing_to_publish_hears_the_brokers_heartbeats(amqp_url, monkeypatch):
    monkeypatch.setattr(broker, "HEARTBEAT_SECONDS", HEARTBEAT_SECONDS)
    with broker.connect(amqp_url) as connection:
        broker.declare_events(connection)
        publisher = _ConfirmedPublisher(connection, amqp_url)
        until = time.monotonic() + 4 * HEARTBEAT_SECONDS

        def stays_alive() -> bool:
            publisher.stay_alive()  # raises once two heartbeats were missed
            return time.monotonic() > until

        assert eventually(stays_alive, "four heartbeats")

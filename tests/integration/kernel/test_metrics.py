"""The fence and a running service tell what happened to them."""

import threading

import pytest
from sqlalchemy import text

from shared.kernel import metrics
from shared.kernel.event_store import EventProcessRecorder
from shared.kernel.relay import Relay
from tests.integration.kernel.conftest import eventually
from tests.samples.parts import AddAmount

pytestmark = pytest.mark.integration


def counted(name):
    return metrics.counted.get_sample_value(name)


def test_a_wait_at_the_fence_is_counted(ledger):
    ledger.add_amount(AddAmount(name="a", amount=1))
    before = counted("ore_fence_waits_total")
    log = EventProcessRecorder(ledger.database)
    with ledger.database.engine.connect() as writing:
        writing.execute(text("SELECT pg_current_xact_id()"))  # may still write below the top
        reader = threading.Thread(target=log.select_behind_fence, args=(0, 10))
        reader.start()
        eventually(lambda: counted("ore_fence_waits_total") == before + 1, "the reader to wait")
        lasting = counted("ore_fence_wait_seconds_count")
        writing.rollback()
        reader.join(10)

    assert counted("ore_fence_wait_seconds_count") == lasting + 1


def test_a_relay_tells_its_position_its_lag_and_how_long_confirms_take(ledger, amqp_url):
    ledger.add_amount(AddAmount(name="a", amount=1))
    relay = Relay(ledger, amqp_url)
    with ledger.database.reading() as connection:
        assert relay.oldest_waiting(connection, 0) is not None
    running = threading.Thread(target=relay.run)
    running.start()
    try:
        end = ledger.log.max_notification_id()

        def position():
            with ledger.database.reading() as connection:
                return relay.position(connection)[0]

        eventually(lambda: position() == end, "the relay to publish")
    finally:
        relay.stop()
        running.join(10)

    with ledger.database.reading() as connection:
        assert relay.oldest_waiting(connection, end) is None
    assert metrics.counted.get_sample_value("ore_confirm_seconds_count", {"service": "ledger"}) >= 1

"""The fence and running services tell what happens to them: each figure by what really happens."""

import threading
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from kombu import Connection
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from shared.kernel import metrics
from shared.kernel.broker import EVENTS
from shared.kernel.clock import effective_at
from shared.kernel.event_store import EventProcessRecorder
from shared.kernel.metrics import exposition
from shared.kernel.nameko_host import Runtime
from shared.kernel.settings import ServiceSettings
from tests import servers as real
from tests.integration.kernel.conftest import a_prepared_database, eventually
from tests.samples.parts import LEDGER, MIRROR, Account, AddAmount, Mirror

pytestmark = pytest.mark.integration
LEDGERS = {"service": "ledger"}
MIRRORS = {"source": "ledger", "subscription": "mirror"}


def counted(name):
    return metrics.counted.get_sample_value(name)


def told(runtime):
    """What Prometheus reads of a process, by name and labels."""
    families = text_string_to_metric_families(exposition(runtime.figures()).decode())
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def figure(runtime, name, **labels):
    return told(runtime).get((name, *sorted(labels.items())))


class Asked:
    """Stands where a service has its `RpcClient`; the ledger answers in this process."""

    def __init__(self, ledger):
        self.ledger = ledger

    def call(self, service, method, request, *, timeout_seconds):
        assert service == "ledger"
        if method == "report_status":
            return {"answer": {"status": self.ledger.status()}}
        page = self.read_feed(service, request["after"], request["limit"])
        return {"answer": {"events": [envelope.to_cloudevent() for envelope in page]}}

    def read_feed(self, _source, after, limit):
        return self.ledger.application.read_contract_events(after, limit)[0]

    def close(self):
        """Nothing is open."""


@contextmanager
def running(loop):
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        yield
    finally:
        loop.stop()
        thread.join(20)


@pytest.fixture
def pair(servers, amqp_url):
    """The ledger and the mirror as a service's process builds each; their loops are not begun."""
    with ExitStack() as stack:
        runtimes = []
        for component in (LEDGER, MIRROR):
            url = stack.enter_context(real.a_postgres_database(servers))
            a_prepared_database(url, component).close()
            settings = ServiceSettings(url, amqp_url, heal_seconds=3600)
            runtimes.append(Runtime(component, settings))
            stack.callback(runtimes[-1].stop)
        ledger, mirror = runtimes
        mirror.rpc.close()
        mirror.rpc = Asked(ledger)
        mirror.subscription.feed = mirror.rpc.read_feed
        yield ledger, mirror


def add(ledger, *amounts):
    for amount in amounts:
        ledger.application.execute(
            lambda: ledger.application.add_amount(AddAmount(name="a", amount=amount))  # noqa: B023
        )


def hears(mirror, *amounts):
    eventually(
        lambda: mirror.application.heard(Account.create_id("a")) == list(amounts),
        f"the mirror to hear {amounts}",
    )


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


def test_a_relay_tells_its_position_its_lag_and_how_long_confirms_take(pair):
    ledger, _ = pair
    with effective_at(datetime.now(UTC) - timedelta(hours=1)):
        add(ledger, 1)
    end = ledger.application.log.max_notification_id()
    before = figure(ledger, "ore_confirm_seconds_count", **LEDGERS) or 0

    assert figure(ledger, "ore_relay_position", **LEDGERS) == 0
    assert figure(ledger, "ore_relay_lag_events", **LEDGERS) == end
    assert 3600 <= figure(ledger, "ore_relay_lag_seconds", **LEDGERS) < 3700
    assert figure(ledger, "ore_relay_leading", **LEDGERS) == 0

    with running(ledger.relay):
        eventually(
            lambda: figure(ledger, "ore_relay_position", **LEDGERS) == end, "the relay to publish"
        )
        assert figure(ledger, "ore_relay_leading", **LEDGERS) == 1

    assert figure(ledger, "ore_relay_lag_events", **LEDGERS) == 0
    assert figure(ledger, "ore_relay_lag_seconds", **LEDGERS) == 0
    assert figure(ledger, "ore_confirm_seconds_count", **LEDGERS) == before + 1
    assert figure(ledger, "ore_confirm_seconds_sum", **LEDGERS) > 0


def test_a_subscription_tells_its_position_its_lag_and_what_is_parked(pair, monkeypatch):
    ledger, mirror = pair
    with effective_at(datetime.now(UTC) - timedelta(hours=1)):
        add(ledger, 1, 2)
    end = ledger.application.log.max_notification_id()
    with running(ledger.relay):
        eventually(
            lambda: figure(ledger, "ore_relay_position", **LEDGERS) == end, "the relay to publish"
        )

    assert figure(mirror, "ore_subscription_position", **MIRRORS) == 0
    assert figure(mirror, "ore_subscription_lag_events", **MIRRORS) == end
    assert 3600 <= figure(mirror, "ore_subscription_lag_seconds", **MIRRORS) < 3700
    assert figure(mirror, "ore_parked_messages", subscription="mirror") == 0

    monkeypatch.setattr(Mirror, "failing_amounts", {2: 99})
    with running(mirror.subscription):
        eventually(
            lambda: figure(mirror, "ore_subscription_position", **MIRRORS) == end,
            "the mirror to follow",
        )

    assert figure(mirror, "ore_subscription_lag_events", **MIRRORS) == 0
    assert figure(mirror, "ore_subscription_lag_seconds", **MIRRORS) == 0
    assert figure(mirror, "ore_parked_messages", subscription="mirror") == 1


def test_a_gap_that_is_healed_is_counted(pair, amqp_url):
    """The broker brings the third message without the second, which was never routed."""
    ledger, mirror = pair
    before = figure(mirror, "ore_gaps_healed_total", subscription="mirror") or 0
    with running(mirror.subscription), running(ledger.relay), Connection(amqp_url) as connection:
        add(ledger, 1)
        hears(mirror, 1)
        channel = connection.default_channel
        channel.queue_unbind("ore.mirror", EVENTS, "ledger.#")
        add(ledger, 2)
        end = ledger.application.log.max_notification_id()
        eventually(
            lambda: figure(ledger, "ore_relay_position", **LEDGERS) == end, "it to be published"
        )
        channel.queue_bind("ore.mirror", EVENTS, "ledger.#")
        assert figure(mirror, "ore_gaps_healed_total", subscription="mirror") in {None, before}

        add(ledger, 3)
        hears(mirror, 1, 2, 3)

    assert figure(mirror, "ore_gaps_healed_total", subscription="mirror") == before + 1
    assert mirror.status()["subscription"]["gaps_healed"] == 1

"""Measures the delivery against bare kombu, alternating in the same run.

    python -m bench.delivery              five rounds; QUICK=1 one small one

A relay publishes a log that is already there; the gateway's subscription takes it into the journal
while the relay publishes; single events at a steady rate tell the delay. The peer publishes bodies
of the same events to a quorum queue and waits for each confirm before the next.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from kombu import Exchange, Producer, Queue
from rich.console import Console
from rich.table import Table

from bench.figures import at_steady_rate, summary
from bench.machine import facts
from services.gateway.journal import Journal, last_position
from services.gateway.projections import metadata as gateway_metadata
from services.gateway.projections.registry import VIEWS
from shared.kernel import broker, schema
from shared.kernel.database import Database
from shared.kernel.relay import Relay
from shared.kernel.subscription import Subscription
from tests import servers as real
from tests.samples.parts import LEDGER, Account, AddAmount

IS_QUICK = bool(os.environ.get("QUICK"))
ROUNDS = 1 if IS_QUICK else 5
EVENTS = 2000 if IS_QUICK else 10_000
ONE_BY_ONE = 500 if IS_QUICK else 2000
DELAYS = 300 if IS_QUICK else 1000
RATE = 100.0
BATCH = 500
LONGEST_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.0002
RESULTS = Path(__file__).parent / "results" / "delivery.json"
TARGETS = {
    "relay / kombu one by one": (4.0, True),
    "into the journal / kombu one by one": (2.5, True),
    "delay p50 / round trip p50": (4.0, False),
    "delay p99 / round trip p99": (10.0, False),
}


class Bench:
    """A log, a relay and a journal on servers of their own."""

    def __init__(self, ledger_url: str, gateway_url: str, amqp_url: str) -> None:
        self.amqp_url = amqp_url
        source, self.gateway = Database(ledger_url), Database(gateway_url)
        with source.transaction() as connection:
            schema.create_v1(connection)
            LEDGER.metadata.create_all(connection)
        with self.gateway.transaction() as connection:
            schema.create_v1(connection)
            gateway_metadata.create_all(connection)
        self.ledger: Any = LEDGER.build(source)
        self.journal = Journal(self.gateway, [view() for view in VIEWS])
        self.journal.prepare()

    def close(self) -> None:
        """Close the connections."""
        self.ledger.close()
        self.gateway.close()

    def record(self, count: int) -> int:
        """Record so many contract events, many to a transaction; the number of the last."""
        for _ in range(0, count, BATCH):
            account = Account(f"bench {uuid4()}")
            for _ in range(BATCH):
                account.add(1)
            self.ledger.save(account)
        return int(self.ledger.log.max_notification_id())

    def published(self) -> int:
        """How far the relay is."""
        with self.ledger.database.reading() as connection:
            row = connection.execute(schema.relay.select()).one_or_none()
        return row.position if row else 0

    def journal_end(self) -> int:
        """The last position in the journal."""
        with self.gateway.reading() as connection:
            return last_position(connection)

    def taken(self, sequence: int) -> bool:
        """Whether the journal holds the ledger's event of this number."""
        return self.journal.position("ledger").sequence >= sequence

    @contextmanager
    def running(self, *loops: Any) -> Iterator[None]:
        """Relay and subscription in threads."""
        threads = [threading.Thread(target=loop.run, daemon=True) for loop in loops]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for loop in loops:
                loop.stop()
            for thread in threads:
                thread.join(LONGEST_SECONDS)

    def relay(self) -> Relay:
        """A relay of the ledger."""
        return Relay(self.ledger, self.amqp_url)

    def subscription(self) -> Subscription:
        """The gateway's subscription, to the ledger."""

        def feed(_source: str, after: int, limit: int) -> list[Any]:
            found: list[Any] = self.ledger.read_contract_events(after, limit)[0]
            return found

        return Subscription("gateway", ["ledger"], self.journal, feed, self.amqp_url)

    def relay_rate(self) -> float:
        """Events per second that a relay publishes, confirmed, with its position stored."""
        last = self.record(EVENTS)
        relay = self.relay()
        started = time.perf_counter()
        with self.running(relay):
            until(lambda: self.published() >= last)
            return EVENTS / (time.perf_counter() - started)

    def end_to_end_rate(self) -> float:
        """Events per second from the log through the broker into the journal, committed."""
        subscription, relay = self.subscription(), self.relay()
        with self.running(subscription):
            until(lambda: self.taken(self.published()))
            last = self.record(EVENTS)  # no relay yet: nothing but the broker can bring it
            started = time.perf_counter()
            with self.running(relay):
                until(lambda: self.taken(last))
                return EVENTS / (time.perf_counter() - started)

    def delays(self) -> dict[str, float]:
        """From a command's commit to its event's commit in the journal, at a steady rate."""
        with self.running(self.relay(), self.subscription()):
            self.ledger.add_amount(AddAmount(name="delay", amount=1))
            until(lambda: self.taken(int(self.ledger.log.max_notification_id())))

            def measure(_number: int) -> float:
                self.ledger.add_amount(AddAmount(name=f"delay {uuid4()}", amount=1))
                started = time.perf_counter()
                last = int(self.ledger.log.max_notification_id())
                until(lambda: self.taken(last))
                return time.perf_counter() - started

            return summary(at_steady_rate(measure, DELAYS, RATE))

    def one_by_one_rate(self) -> float:
        """The peer: messages per second published with kombu, each confirmed before the next."""
        name = f"bench-{uuid4()}"
        exchange = Exchange(name, type="topic", durable=True)
        arguments = {"x-queue-type": "quorum"}
        queue = Queue(name, exchange, routing_key="#", durable=True, queue_arguments=arguments)
        page, _ = self.ledger.read_contract_events(0, 1)
        body = page[0].to_json()
        with broker.connect(self.amqp_url, confirm_publish=True) as connection:
            channel = connection.channel()
            queue(channel).declare()
            producer = Producer(channel, exchange=exchange)
            started = time.perf_counter()
            for _ in range(ONE_BY_ONE):
                producer.publish(body, routing_key="a.b", delivery_mode=2)
            found = ONE_BY_ONE / (time.perf_counter() - started)
            queue(channel).delete()
            exchange(channel).delete()
        return found

    def round_trip(self) -> dict[str, float]:
        """The peer: a bare publish-confirm-consume, in a process of its own."""
        run = subprocess.run(
            [sys.executable, "-m", "bench.peers", "round-trip", self.amqp_url, str(DELAYS), "100"],
            capture_output=True,
            check=True,
            timeout=LONGEST_SECONDS,
        )
        found: dict[str, float] = json.loads(run.stdout)
        return found


def until(holds: Any) -> None:
    """Look again and again.

    Raises:
        TimeoutError: It does not hold within a minute.
    """
    deadline = time.monotonic() + LONGEST_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the delivery did not get there")
        time.sleep(LOOK_AGAIN_SECONDS)


def measured(bench: Bench) -> dict[str, list[float]]:
    """All figures of all rounds; peers and ours take turns."""
    bench.record(BATCH)
    with bench.running(bench.relay(), bench.subscription()):  # declares the queue, fills caches
        until(lambda: bench.taken(int(bench.ledger.log.max_notification_id())))
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        trip, delay = bench.round_trip(), bench.delays()
        row = {
            "kombu one by one, messages/s": bench.one_by_one_rate(),
            "relay, events/s": bench.relay_rate(),
            "into the journal, events/s": bench.end_to_end_rate(),
            "round trip p50, ms": trip["p50_ms"],
            "round trip p99, ms": trip["p99_ms"],
            "delay p50, ms": delay["p50_ms"],
            "delay p99, ms": delay["p99_ms"],
        }
        for name, value in row.items():
            found.setdefault(name, []).append(round(value, 3))
    return found


def ratios(medians: dict[str, float]) -> dict[str, float]:
    """What the medians come to against the peer's."""
    peer = medians["kombu one by one, messages/s"]
    return {
        "relay / kombu one by one": round(medians["relay, events/s"] / peer, 2),
        "into the journal / kombu one by one": round(
            medians["into the journal, events/s"] / peer, 2
        ),
        "delay p50 / round trip p50": round(
            medians["delay p50, ms"] / medians["round trip p50, ms"], 2
        ),
        "delay p99 / round trip p99": round(
            medians["delay p99, ms"] / medians["round trip p99, ms"], 2
        ),
    }


def show(result: dict[str, Any], console: Console) -> None:
    """Print the tables."""
    table = Table(f"{result['rounds']} rounds", "median", "min", "max")
    for name, f in result["figures"].items():
        table.add_row(name, f"{f['median']:g}", f"{f['min']:g}", f"{f['max']:g}")
    console.print(table)
    compared = Table("against bare kombu", "ratio", "target")
    for name, value in result["ratios"].items():
        target, is_least = TARGETS[name]
        colour = "green" if (value >= target) == is_least else "red"
        limit = f"at {'least' if is_least else 'most'} {target:g}"
        compared.add_row(name, f"[{colour}]{value:g}[/{colour}]", limit)
    console.print(compared)


def main() -> None:
    """Measure, print, and keep the figures of a whole run."""
    servers = real.find()
    with (
        real.a_postgres_database(servers) as ledger_url,
        real.a_postgres_database(servers) as gateway_url,
        real.a_virtual_host(servers) as amqp_url,
    ):
        bench = Bench(ledger_url, gateway_url, amqp_url)
        try:
            found = measured(bench)
        finally:
            bench.close()
    figures = {
        name: {"median": statistics.median(v), "min": min(v), "max": max(v)}
        for name, v in found.items()
    }
    result = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts(servers),
        "rounds": ROUNDS,
        "events": EVENTS,
        "figures": figures,
        "ratios": ratios({name: f["median"] for name, f in figures.items()}),
    }
    show(result, Console())
    if not IS_QUICK:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

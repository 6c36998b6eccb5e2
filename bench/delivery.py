"""Measures the delivery against its peers, alternating in the same run.

    python -m bench.delivery              five rounds; QUICK=1 one small one, written to var

See README.md beside this file for what each figure means.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from kombu import Exchange, Producer, Queue
from rich.console import Console
from rich.table import Table

from bench import catch_up, keeping
from bench.figures import at_steady_rate, summary
from bench.following import feed_of
from bench.http_command import AT_ONCE, KINDS, OURS, PEER, Commands
from bench.machine import facts
from services.gateway.journal import Journal, last_position
from services.gateway.projections import metadata as gateway_metadata
from services.gateway.projections.registry import VIEWS
from shared.kernel import broker, schema
from shared.kernel.database import Database, upsert
from shared.kernel.relay import Relay
from shared.kernel.subscription import Subscription
from tests import servers as real
from tests.samples.parts import LEDGER, Account, AddAmount

IS_QUICK = keeping.is_quick()
ROUNDS = 1 if IS_QUICK else 5
EVENTS = 2000 if IS_QUICK else 5000
ONE_BY_ONE = 500 if IS_QUICK else 1500
DELAYS = 200 if IS_QUICK else 600
RATE = 100.0
BATCH = 500
HTTP_SECONDS = 2.0 if IS_QUICK else 4.0
WARM_UP = 20
LONGEST_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.0002
LOOK_RARELY_SECONDS = 0.02
"""Where a whole log is waited for: looking costs what is looked at its processor."""
JST = 10 if IS_QUICK else 60
FOLDED = 2000 if IS_QUICK else 10_000
BY_THE_LIBRARY = 1000 if IS_QUICK else 2000
ONE_BY_ONE_RATE = "kombu publish-confirm, messages/s"
CONSUMED_RATE = "kombu publish-confirm-consume, messages/s"
RELAY, JOURNAL = "relay, events/s", "relay to journal, events/s"
RAW_LOOP, LIBRARY = "raw loop in batches, events/s", "library's ProjectionRunner, events/s"
FOLLOWED = "a view along the journal, events/s"
APPENDED = "journal from a feed, events/s"
CAUGHT_UP = "journal and views from the feeds, events/s"
TRIP, DELAY = "kombu round trip", "commit to effect"
FROM_REPLICA = "commit in another replica to effect"
TARGETS: tuple[tuple[str, str, float, bool], ...] = (  # what, of whom, target, is it a least
    (RELAY, ONE_BY_ONE_RATE, 4.0, True),
    (JOURNAL, CONSUMED_RATE, 2.5, True),
    # "2.5 times that" can also be read of publishing alone, which no consumer slows down.
    (JOURNAL, ONE_BY_ONE_RATE, 2.5, True),
    (FOLLOWED, RAW_LOOP, 0.5, True),
    (CAUGHT_UP, RAW_LOOP, 0.5, True),
    (FOLLOWED, LIBRARY, 45.0, True),
    (CAUGHT_UP, LIBRARY, 45.0, True),
    (f"{DELAY} p50, ms", f"{TRIP} p50, ms", 4.0, False),
    (f"{DELAY} p99, ms", f"{TRIP} p99, ms", 10.0, False),
    (f"{FROM_REPLICA} p50, ms", f"{TRIP} p50, ms", 4.0, False),
    (f"{FROM_REPLICA} p99, ms", f"{TRIP} p99, ms", 10.0, False),
    (f"{AT_ONCE}, requests/s", f"{PEER}, requests/s", 1.5, True),
    (f"{AT_ONCE} p99, ms", f"{PEER} p99, ms", 1.0, False),
    (f"{OURS}, requests/s", f"{PEER}, requests/s", 1.5, True),
    (f"{OURS} p99, ms", f"{PEER} p99, ms", 1.0, False),
)


class Bench:
    """A log, a relay and a journal on servers of their own."""

    def __init__(self, ledger_url: str, mirror_url: str, gateway_url: str, amqp_url: str) -> None:
        self.amqp_url = amqp_url
        self.urls = (ledger_url, mirror_url)
        self.gateway_url = gateway_url
        source, self.gateway, self.mirror = map(Database, (ledger_url, gateway_url, mirror_url))
        with source.transaction() as connection:
            schema.create_v1(connection)
            LEDGER.metadata.create_all(connection)
        with self.gateway.transaction() as connection:
            schema.create_v1(connection)
            gateway_metadata.create_all(connection)
        with self.mirror.transaction() as connection:
            schema.create_v1(connection)
        self.ledger: Any = LEDGER.build(source)
        self.journal = Journal(self.gateway, [view() for view in VIEWS])
        self.journal.prepare()

    def close(self) -> None:
        """Close the connections."""
        self.ledger.close()
        self.gateway.close()
        self.mirror.close()

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
        feed = feed_of(self.ledger)
        return Subscription("gateway", ["ledger"], self.journal, feed, self.amqp_url)

    def relay_rate(self) -> float:
        """Events per second that a relay publishes, confirmed, with its position stored."""
        last = self.record(EVENTS)
        relay = self.relay()
        started = time.perf_counter()
        with self.running(relay):
            until(lambda: self.published() >= last, LOOK_RARELY_SECONDS)
            return EVENTS / (time.perf_counter() - started)

    def end_to_end_rate(self) -> float:
        """Events per second from the log through the broker into the journal, committed."""
        urls = (self.urls[0], self.gateway_url)
        with self.process("bench.journaling", *urls) as told:
            next(iter(told))  # level; from now on nothing but the broker brings what is new
            last = self.record(EVENTS)
            started = time.perf_counter()
            with self.running(self.relay()):
                until(lambda: self.taken(last), LOOK_RARELY_SECONDS)
                return EVENTS / (time.perf_counter() - started)

    def delays(self, ledger: Any, *others: Relay) -> dict[str, float]:
        """From a command's commit to the commit of its effect in another service, steadily.

        Args:
            ledger: Carries the commands out.
            others: Relays that stand by.
        """

        def recorded(name: str) -> int:
            request = AddAmount(name=name, amount=1)
            position = ledger.execute(lambda: ledger.add_amount(request)).position
            return int(position)

        leader = self.relay()
        self.skip_what_is_there()
        with self.process("bench.mirror", *self.urls) as told, self.running(leader):

            def measure(_number: int) -> float:
                last = recorded(f"delay {uuid4()}")
                started = time.perf_counter()
                for line in told:  # on this machine all processes have one clock
                    sequence, moment = line.split()
                    if int(sequence) >= last:
                        return float(moment) - started
                raise RuntimeError("the listening service has ended")

            until(lambda: leader.is_leading)
            with self.running(*others):
                for number in range(WARM_UP):
                    measure(number)
                return summary(at_steady_rate(measure, DELAYS, RATE))

    def replica_delays(self) -> dict[str, float]:
        """The same where another process of the service recorded it than the one that leads."""
        replica: Any = LEDGER.build(Database(self.urls[0]))
        try:
            return self.delays(replica, Relay(replica, self.amqp_url))
        finally:
            replica.close()

    def skip_what_is_there(self) -> None:
        """Let the mirror begin after the last event, as if it had heard all of them."""
        row = {
            "subscription": "mirror",
            "source": "ledger",
            "sequence": self.ledger.log.max_notification_id(),
            "epoch": self.ledger.epoch,
        }
        with self.mirror.transaction() as connection:
            upsert(connection, schema.subscription_positions, row, key=("subscription", "source"))

    @contextmanager
    def process(self, module: str, *urls: str) -> Iterator[Iterable[str]]:
        """A listener in a process of its own, and the lines that it tells."""
        command = [sys.executable, "-m", module, *urls, self.amqp_url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            watch = threading.Timer(LONGEST_SECONDS, process.kill)
            watch.start()
            try:
                yield process.stdout or ()
            finally:
                watch.cancel()
                process.terminate()

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

    def peer(self, *arguments: object) -> Any:
        """A figure of a peer, measured in a process of its own."""
        command = [sys.executable, "-m", "bench.peers", arguments[0], self.amqp_url]
        run = subprocess.run(
            [str(one) for one in (*command, *arguments[1:])],
            capture_output=True,
            check=True,
            timeout=LONGEST_SECONDS,
        )
        return json.loads(run.stdout)


def until(holds: Any, pause_seconds: float = LOOK_AGAIN_SECONDS) -> None:
    """Look again and again.

    Raises:
        TimeoutError: It does not hold within a minute.
    """
    deadline = time.monotonic() + LONGEST_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the delivery did not get there")
        time.sleep(pause_seconds)


def caught_up(servers: real.Servers, ledger_url: str) -> dict[str, float]:
    """How fast projections catch up: the peers', and ours in empty databases."""
    found = {RAW_LOOP: catch_up.raw_loop(ledger_url)}
    found[LIBRARY] = catch_up.library_runner(servers, BY_THE_LIBRARY)
    with real.a_postgres_database(servers) as url:
        gateway = catch_up.Gateway(url)
        found[CAUGHT_UP] = gateway.catch_up_rate(catch_up.a_programme(JST))
        gateway.close()
    with real.a_postgres_database(servers) as url:
        gateway = catch_up.Gateway(url, ())
        found[APPENDED] = gateway.catch_up_rate(catch_up.amounts(FOLDED))
        found[FOLLOWED] = gateway.follow_rate(FOLDED)
        gateway.close()
    return found


def measured(bench: Bench, servers: real.Servers) -> dict[str, list[float]]:
    """All figures of all rounds; peers and ours take turns."""
    bench.record(BATCH)
    with bench.running(bench.relay(), bench.subscription()):  # declares the queue, fills caches
        until(lambda: bench.taken(int(bench.ledger.log.max_notification_id())))
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        keep(found, {ONE_BY_ONE_RATE: bench.one_by_one_rate()})
        keep(found, {RELAY: bench.relay_rate()})
        keep(found, {CONSUMED_RATE: bench.peer("deliver", ONE_BY_ONE)})
        keep(found, {JOURNAL: bench.end_to_end_rate()})
        keep(found, caught_up(servers, bench.urls[0]))
        for what, measure in (
            (TRIP, partial(bench.peer, "round-trip", DELAYS, RATE)),
            (DELAY, partial(bench.delays, bench.ledger)),
            (FROM_REPLICA, bench.replica_delays),
        ):
            of = measure()
            keep(found, {f"{what} {p}, ms": of[f"{p}_ms"] for p in ("p50", "p99")})
    return found


def http_commands(servers: real.Servers, found: dict[str, list[float]]) -> None:
    """An HTTP command and its peer, in turns; nothing else runs then."""
    commands = Commands(servers)
    with commands.running():
        for _ in range(ROUNDS):
            for kind in KINDS:
                of = commands.measure(kind, HTTP_SECONDS)
                row = {f"{kind}, requests/s": of["per_second"]}
                keep(found, row | {f"{kind} {p}, ms": of[f"{p}_ms"] for p in ("p50", "p99")})


def keep(found: dict[str, list[float]], row: dict[str, float]) -> None:
    """Add a round's figures to those of the others, and tell them at once."""
    for name, value in row.items():
        found.setdefault(name, []).append(round(value, 3))
        print(f"{name}: {value:g}", file=sys.stderr, flush=True)


def show(result: dict[str, Any], console: Console) -> None:
    """Print the tables."""
    table = Table(f"{result['rounds']} rounds", "median", "min", "max")
    for name, f in result["figures"].items():
        table.add_row(name, f"{f['median']:g}", f"{f['min']:g}", f"{f['max']:g}")
    console.print(table)
    compared = Table("against the peers", "ratio", "target")
    for one in result["ratios"]:
        colour = "green" if one["is_reached"] else "red"
        compared.add_row(
            f"{one['what']} / {one['of']}", f"[{colour}]{one['ratio']:g}[/{colour}]", one["target"]
        )
    console.print(compared)


def compare(medians: dict[str, float]) -> list[dict[str, Any]]:
    """What the medians come to against the peers'."""
    found = []
    for what, of, target, is_least in TARGETS:
        ratio = medians[what] / medians[of]
        limit = f"at {'least' if is_least else 'most'} {target:g}"
        is_reached = ratio >= target if is_least else ratio <= target
        entry = {"what": what, "of": of, "ratio": round(ratio, 3), "target": limit}
        entry["is_reached"] = is_reached
        found.append(entry)
    return found


def main() -> None:
    """Measure, print, and keep the figures of a whole run."""
    servers = real.find()
    machine = facts(servers)  # before we load it ourselves
    with (
        real.a_postgres_database(servers) as ledger_url,
        real.a_postgres_database(servers) as mirror_url,
        real.a_postgres_database(servers) as gateway_url,
        real.a_virtual_host(servers) as amqp_url,
    ):
        bench = Bench(ledger_url, mirror_url, gateway_url, amqp_url)
        try:
            found = measured(bench, servers)
        finally:
            bench.close()
    http_commands(servers, found)
    figures = {
        name: {"median": statistics.median(v), "min": min(v), "max": max(v)}
        for name, v in found.items()
    }
    result = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "rounds": ROUNDS,
        "events": EVENTS,
        "figures": figures,
        "ratios": compare({name: f["median"] for name, f in figures.items()}),
    }
    show(result, Console())
    keeping.write(result, keeping.place_of("delivery.json"))


if __name__ == "__main__":
    main()

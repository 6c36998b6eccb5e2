"""Measure the event store against the library's own and against bare psycopg2.

QUICK=1 make bench-store
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import psycopg2
from eventsourcing.persistence import StoredEvent
from rich.console import Console
from rich.table import Table

from bench import keeping, machine
from bench.store_subject import STATE
from deploy.local import infra
from shared.kernel import schema
from shared.kernel.application import ServiceApplication
from shared.kernel.database import Database
from tests import servers as real
from tests.samples.parts import Account

ROOT = Path(__file__).parents[1]
SUBJECT = ROOT / "bench" / "store_subject.py"
PEERS = {
    "eventsourcing 9.5": ("es95", "library"),
    "eventsourcing 9.2": ("es92", "library"),
    "eventsourcing_sqlalchemy": ("sqlalchemy", "sqlalchemy"),
}
OURS, BARE, PGBENCH = "ours", "bare psycopg2", "pgbench"
PGBENCH_TABLE = """
CREATE TABLE bare (
    id bigserial PRIMARY KEY, o uuid, v bigint, t text, s bytea, UNIQUE (o, v)
)
"""
PGBENCH_SCRIPT = (
    f"INSERT INTO bare (o, v, t, s) VALUES (gen_random_uuid(), 1, 'thing', '{STATE.decode()}');\n"
)
GROWTH_TURNS, GROWTH_SAMPLES, WARM_UP = 10, 50, 20
FILLED_AT_ONCE = 2_000
TOPIC = Account.AmountAdded.TOPIC
FILLING = (
    b'{"timestamp":{"_type_":"datetime_iso","_data_":"2026-01-01T00:00:00.000001+00:00"},'
    b'"amount":7}'
)
BYTES_AN_EVENT = 1_000
"""Of the disk, generously: rows, three indexes and the log of what was written."""
GROWN = ("append", "read the last 100", "load 50 events", "load any 50 events")
MOST_GROWTH = 1.2
"""An act on a large log may take so many times what it takes on a small one."""
Figure = dict[str, float]
"""``median``, ``min`` and ``max``."""
EIGHT, ONE = "append, 8 writers", "append, 1 writer"
FENCED = "append, 8 writers and a fenced reader"
IN_TURNS = "append, 8 writers, in turns with a reader"
LOAD, SNAPSHOT, FORWARD = "load 50 events", "load with a snapshot", "read forward, events"
TARGETS = (  # ours, of whom, of what, at least
    (EIGHT, "eventsourcing 9.5", EIGHT, 5.0),
    (EIGHT, "eventsourcing 9.2", EIGHT, 2.5),
    (EIGHT, BARE, EIGHT, 0.5),
    (ONE, "eventsourcing 9.5", ONE, 2.2),
    (FENCED, OURS, IN_TURNS, 0.9),
    (LOAD, "eventsourcing 9.5", LOAD, 2.0),
    (SNAPSHOT, "eventsourcing 9.5", LOAD, 3.0),
    (FORWARD, "eventsourcing 9.5", FORWARD, 1.4),
    (FORWARD, BARE, FORWARD, 0.75),
)
console = Console()


def main() -> int:
    """Measure, print, write."""
    is_quick = keeping.is_quick()
    parser = argparse.ArgumentParser(prog="make bench-store")
    parser.add_argument("--out", type=Path, default=keeping.place_of("store.json"))
    parser.add_argument(
        "--only", choices=("rates", "growth"), help="measure this, keep the rest of the file"
    )
    parser.add_argument("--rounds", type=int, default=2 if is_quick else 5)
    parser.add_argument("--largest", type=int, default=10_000_000, help="of the growth's sizes")
    arguments = parser.parse_args()
    infra.up(["postgres", "rabbitmq"])
    servers = real.find(without=("chromium",))
    rounds, seconds = arguments.rounds, 0.7 if is_quick else 1.0
    sizes = (10_000, 100_000) if is_quick else (10_000, 1_000_000, 10_000_000)
    sizes = tuple(size for size in sizes if size <= arguments.largest)
    if shutil.disk_usage(infra.VAR).free < (needed := sizes[-1] * BYTES_AN_EVENT):
        parser.error(f"the growth needs {needed:,} bytes of disk: --largest takes less")
    result: dict[str, Any] = {}
    if arguments.only and arguments.out.exists():
        result = json.loads(arguments.out.read_text())
    result |= {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine.facts(servers),
    }
    if arguments.only != "growth":
        result |= {"rounds": rounds, "per_second": measure(servers, rounds, seconds)}
        result["ratios"] = ratios(result["per_second"])
    if arguments.only != "rates":
        result["growth_us"] = growth(servers, sizes)
        result["growth_ratios"] = growth_ratios(result["growth_us"])
    show(result)
    keeping.write(result, arguments.out)
    return 0


def ratios(per_second: dict[str, Any]) -> list[dict[str, Any]]:
    """What the medians come to against those of the peers."""
    return [
        {
            "what": what,
            "of": f"{other}: {its}" if its != what else other,
            "ratio": round(per_second[OURS][what]["median"] / per_second[other][its]["median"], 3),
            "target": target,
        }
        for what, other, its, target in TARGETS
    ]


def measure(servers: real.Servers, rounds: int, seconds: float) -> dict[str, Any]:
    """Each subject once in each round, each time in an empty database."""
    subjects = {OURS: (sys.executable, "ours"), BARE: (sys.executable, "bare")}
    subjects |= {name: (environment(lock), kind) for name, (lock, kind) in PEERS.items()}
    if pgbench := shutil.which("pgbench"):
        subjects[PGBENCH] = (pgbench, "pgbench")
    found: dict[str, dict[str, list[float]]] = {name: {} for name in subjects}
    for number in range(rounds):
        for name, (python, kind) in subjects.items():
            console.print(f"round {number + 1}: {name}")
            for what, value in run(servers, python, kind, seconds).items():
                found[name].setdefault(what, []).append(value)
    return {
        name: {
            what: {"median": round(median(v)), "min": round(min(v)), "max": round(max(v))}
            for what, v in figures.items()
        }
        for name, figures in found.items()
    }


def environment(lock: str) -> str:
    """The Python of a peer's own environment, made under var/ when it is not there."""
    folder = ROOT / "var" / "bench" / lock
    python = folder / "bin" / "python"
    wanted = ROOT / "bench" / "requirements" / f"{lock}.lock"
    made = folder / "made-of"
    if not made.exists() or made.read_text() != wanted.read_text():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", wanted], check=True
        )
        made.write_text(wanted.read_text())
    return str(python)


def run(servers: real.Servers, python: str, kind: str, seconds: float) -> dict[str, float]:
    """Figures of one subject."""
    if kind == "pgbench":
        return run_pgbench(servers, python, seconds)
    with real.a_postgres_database(servers) as url:
        done = subprocess.run(
            [python, str(SUBJECT), kind, url, str(seconds)],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT) if kind == "ours" else ""},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=300,
        )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def run_pgbench(servers: real.Servers, program: str, seconds: float) -> dict[str, float]:
    """What the server can do when the client costs next to nothing; whole seconds only."""
    found = {}
    with real.a_postgres_database(servers) as url, tempfile.NamedTemporaryFile("w") as script:
        script.write(PGBENCH_SCRIPT)
        script.flush()
        connection = psycopg2.connect(url)
        with connection, connection.cursor() as cursor:
            cursor.execute(PGBENCH_TABLE)
        connection.close()
        for what, clients in ((EIGHT, 8), (ONE, 1)):
            command = [program, "--no-vacuum", "--protocol=prepared", f"--file={script.name}"]
            command += [f"--client={clients}", f"--time={max(1, round(seconds))}", url]
            done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
            tps = [x.split()[2] for x in done.stdout.splitlines() if x.startswith("tps = ")]
            found[what] = float(tps[0]) if tps else 0.0  # it prints none when none was committed
    return found


def growth(servers: real.Servers, sizes: tuple[int, ...]) -> dict[str, dict[str, Figure]]:
    """Microseconds of an append, a tail read and a load, by stored events.

    A store for each size, all filled before the first act is measured; then in turns.

    Returns:
        By size and act: the median of all, and the least and the most of the turns' medians.
    """
    with ExitStack() as stack:
        stores = [
            Grown(stack.enter_context(real.a_postgres_database(servers)), size) for size in sizes
        ]
        taken: dict[int, dict[str, list[list[float]]]] = {
            size: {what: [] for what in GROWN} for size in sizes
        }
        for _ in range(GROWTH_TURNS):
            for store in stores:
                for what, act in store.acts.items():
                    taken[store.size][what].append(durations(act))
        for store in stores:
            store.application.close()
    return {
        str(size): {what: microseconds(turns) for what, turns in acts.items()}
        for size, acts in taken.items()
    }


def microseconds(turns: list[list[float]]) -> Figure:
    """What so many turns of durations in seconds come to."""
    medians = [median(turn) * 1e6 for turn in turns]
    whole = median([one for turn in turns for one in turn]) * 1e6
    return {"median": round(whole, 1), "min": round(min(medians), 1), "max": round(max(medians), 1)}


def growth_ratios(by_size: dict[str, dict[str, Figure]]) -> list[dict[str, Any]]:
    """What each act takes at the largest size against the smallest, and the verdict."""
    if len(by_size) < 2:  # noqa: PLR2004
        return []
    (small, first), *_, (large, last) = by_size.items()
    found = []
    for what in GROWN:
        ratio = round(last[what]["median"] / first[what]["median"], 3)
        row = {"what": what, "at": int(large), "of": int(small), "ratio": ratio}
        found.append(row | {"target": MOST_GROWTH, "is_reached": ratio <= MOST_GROWTH})
    return found


class Grown:
    """A service's store of so many events, and what is done with it."""

    def __init__(self, url: str, size: int) -> None:
        began = time.monotonic()
        database = Database(url)
        with database.transaction() as connection:
            schema.create_v1(connection)
        fill(database, size)
        console.print(f"{size:,} events in {time.monotonic() - began:.0f} s")
        self.size = size
        self.application = ServiceApplication(database)
        self._chance = random.Random(1)
        self._many = size // 50
        self.acts: dict[str, Callable[[], Any]] = dict(
            zip(GROWN, (self.append, self.read_tail, self.load_one, self.load_any), strict=True)
        )

    def append(self) -> None:
        """One event of a new aggregate."""
        self.application.log.insert_events([StoredEvent(uuid4(), 1, TOPIC, STATE)])

    def read_tail(self) -> None:
        """The last 100 events of those that were there at first."""
        pages = self.application.read_log(self.size - 100, 100, whole=False)
        assert len(next(pages)) == 100  # noqa: PLR2004

    def load_one(self) -> None:
        """One aggregate, again and again."""
        self._load(self._many - 1)

    def load_any(self) -> None:
        """Any aggregate: of a large log, one that hardly anybody asked for lately."""
        self._load(self._chance.randrange(self._many))

    def _load(self, number: int) -> None:
        found = self.application.log.select_events(an_aggregate(number))
        assert len([self.application.mapper.to_domain_event(one) for one in found]) == 50  # noqa: PLR2004


def an_aggregate(number: int) -> UUID:
    """The id of one that `fill` made."""
    return UUID(md5(str(number).encode(), usedforsecurity=False).hexdigest())


def fill(database: Database, size: int) -> None:
    """So many events: aggregates of 50, in the bytes of a real one, interleaved.

    All indexes are in place. At the end the table is as autovacuum leaves it: hint bits set,
    statistics known, everything on the disk.
    """
    with database.single_statements() as connection, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET synchronous_commit = off")
        for first in range(0, size // 50, FILLED_AT_ONCE):
            cursor.execute(
                "INSERT INTO events (originator_id, originator_version, topic, state, metadata) "
                "SELECT md5(a::text)::uuid, v, %s, %s, '{}' "
                "FROM generate_series(1, 50) v, generate_series(%s, %s) a",
                (TOPIC, FILLING, first, min(first + FILLED_AT_ONCE, size // 50) - 1),
            )
        cursor.execute("VACUUM ANALYZE events")
        cursor.execute("CHECKPOINT; RESET ALL")


def durations(act: Callable[[], Any]) -> list[float]:
    """Seconds of each of so many."""
    taken = []
    for number in range(GROWTH_SAMPLES + WARM_UP):
        started = time.perf_counter()
        act()
        if number >= WARM_UP:
            taken.append(time.perf_counter() - started)
    return taken


def show(result: dict[str, Any]) -> None:
    """Print the figures."""
    measured = result.get("per_second", {OURS: {}})
    table = Table("a second, median (min–max)", *measured)
    for what in measured[OURS]:
        cells = [figures.get(what) for figures in measured.values()]
        table.add_row(
            what, *(f"{c['median']:,} ({c['min']:,}–{c['max']:,})" if c else "–" for c in cells)
        )
    console.print(table)
    compared = Table("ours", "against", "ratio", "at least")
    for row in result.get("ratios", []):
        colour = "green" if row["ratio"] >= row["target"] else "red"
        compared.add_row(
            row["what"], row["of"], f"[{colour}]{row['ratio']}[/{colour}]", f"{row['target']:g}"
        )
    console.print(compared)
    show_growth(result)


def show_growth(result: dict[str, Any]) -> None:
    """Print what the log's size costs, if it was measured."""
    grown = Table("events; µs", *GROWN)
    for size, figures in result.get("growth_us", {}).items():
        grown.add_row(f"{int(size):,}", *(_told(figures[name]) for name in GROWN))
    console.print(grown)
    verdicts = Table("growth", "from", "to", "ratio", "at most")
    for row in result.get("growth_ratios", []):
        colour = "green" if row["is_reached"] else "red"
        verdicts.add_row(
            row["what"], f"{row['of']:,}", f"{row['at']:,}",
            f"[{colour}]{row['ratio']:.2f}[/{colour}]", f"{row['target']:.2f}",
        )  # fmt: skip
    console.print(verdicts)


def _told(figure: Figure | float) -> str:
    """A figure; one that was kept by an earlier form of this program has a median only."""
    if isinstance(figure, dict):
        return f"{figure['median']:g}\n({figure['min']:g}–{figure['max']:g})"
    return f"{figure:g}"


if __name__ == "__main__":
    sys.exit(main())

"""Measure the event store against the library's own and against bare psycopg2.

QUICK=1 make bench-store
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg2
from eventsourcing.persistence import StoredEvent
from rich.console import Console
from rich.table import Table

from bench import machine
from bench.store_subject import STATE
from deploy.local import infra
from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.event_store import EventRecorder
from tests import servers as real

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results" / "store.json"
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
GROWTH_SAMPLES, WARM_UP = 500, 20
GROWN = ("append", "read the last 100", "load 50 events")
EIGHT, ONE = "append, 8 writers", "append, 1 writer"
FENCED = "append, 8 writers and a fenced reader"
LOAD, SNAPSHOT, FORWARD = "load 50 events", "load with a snapshot", "read forward, events"
TARGETS = (  # ours, of whom, of what, at least
    (EIGHT, "eventsourcing 9.5", EIGHT, 5.0),
    (EIGHT, "eventsourcing 9.2", EIGHT, 2.5),
    (EIGHT, BARE, EIGHT, 0.5),
    (ONE, "eventsourcing 9.5", ONE, 2.2),
    (FENCED, OURS, EIGHT, 0.9),
    (LOAD, "eventsourcing 9.5", LOAD, 2.0),
    (SNAPSHOT, "eventsourcing 9.5", LOAD, 3.0),
    (FORWARD, "eventsourcing 9.5", FORWARD, 1.4),
    (FORWARD, BARE, FORWARD, 0.75),
)
console = Console()


def main() -> int:
    """Measure, print, write."""
    is_quick = os.environ.get("QUICK") == "1"
    parser = argparse.ArgumentParser(prog="make bench-store")
    parser.add_argument("--out", type=Path, default=RESULTS)
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
    show(result)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    console.print(f"written to {arguments.out}")
    return 0


def ratios(per_second: dict[str, Any]) -> list[dict[str, Any]]:
    """What the medians come to against those of the peers."""
    return [
        {
            "what": what,
            "of": f"{other}: {its}" if its != what else other,
            "ratio": round(per_second[OURS][what]["median"] / per_second[other][its]["median"], 2),
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


def growth(servers: real.Servers, sizes: tuple[int, ...]) -> dict[str, dict[str, float]]:
    """Microseconds of an append, a tail read and a load, by stored events."""
    found: dict[str, dict[str, float]] = {}
    with real.a_postgres_database(servers) as url:
        database = Database(url)
        with database.transaction() as connection:
            schema.create_v1(connection)
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        recorder = EventRecorder(database)
        for size in sizes:
            fill(database, size)
            last = recorder.max_notification_id() or 0
            recent = recorder.select_behind_fence(last - 1, 1)[0].stored.originator_id
            acts: dict[str, Callable[[], Any]] = {
                "append": lambda: recorder.insert_events([StoredEvent(uuid4(), 1, "t", b"{}")]),
                "read the last 100": lambda last=last: recorder.select_behind_fence(
                    last - 100, 100
                ),
                "load 50 events": lambda recent=recent: recorder.select_events(recent),
            }
            found[str(size)] = {name: microseconds(act) for name, act in acts.items()}
        database.close()
    return found


def fill(database: Database, size: int) -> None:
    """Events until there are so many, in aggregates of 50."""
    with database.single_statements() as connection:
        cursor = connection.cursor()
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT count(*) FROM events")
        there = cursor.fetchone()[0] // 50
        for first in range(there, size // 50, 20_000):
            cursor.execute(
                "INSERT INTO events (originator_id, originator_version, topic, state) "
                "SELECT md5(a::text)::uuid, v, 't', '{}' "
                "FROM generate_series(%s, %s) a, generate_series(1, 50) v",
                (first + 1, min(first + 20_000, size // 50)),
            )
        cursor.execute("VACUUM ANALYZE events")
        cursor.execute("CHECKPOINT")


def microseconds(act: Callable[[], Any]) -> float:
    """Median of so many."""
    taken = []
    for number in range(GROWTH_SAMPLES + WARM_UP):
        started = time.perf_counter()
        act()
        if number >= WARM_UP:
            taken.append(time.perf_counter() - started)
    return round(median(taken) * 1e6, 1)


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
    grown = Table("stored events", *GROWN)
    for size, figures in result.get("growth_us", {}).items():
        grown.add_row(f"{int(size):,}", *(f"{figures[name]:g} µs" for name in GROWN))
    console.print(grown)


if __name__ == "__main__":
    sys.exit(main())

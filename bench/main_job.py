"""The platform's main job, measured: a whole programme through the REST API, and its peers.

    make bench-main-job            100 JST
    make bench-main-job QUICK=1    10 JST, fewer samples, written to var/bench/quick
    make bench-main-job ARGS="--out other.json --only distributed"

See README.md beside this file for what each figure means.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import keeping, machine
from bench.delay import Delay
from bench.figures import at_steady_rate, summary
from bench.telling import ratios, show
from deploy.local import infra
from deploy.local.databases import drop_environment, make_environment
from platform_cli.migrating import migrate
from shared.kernel.database import Database
from shared.kernel.rpc import RpcClient
from tests import servers as real
from tests.story.checking import check
from tests.story.ledger import Size
from tests.story.processes import Distributed, Embedded, log_shown_on_failure
from tests.story.story import Story

ROOT = Path(__file__).parents[1]
RATE = 20.0
IDLE_SECONDS = 20.0
SIGNING_IN = ("sign_in", "open_accounts")
"""Steps whose time is not the programme's: a password is meant to cost time."""
console = Console(stderr=True)


def main() -> int:
    """Measure, print, write."""
    is_quick = keeping.is_quick()
    parser = argparse.ArgumentParser(prog="make bench-main-job")
    parser.add_argument("--out", type=Path, default=keeping.place_of("main_job.json"))
    parser.add_argument("--threads", type=int, default=6)
    parser.add_argument("--only", choices=["embedded", "distributed"])
    arguments = parser.parse_args()
    size = Size(3, 12, 10) if is_quick else Size(5, 40, 100)
    samples = 60 if is_quick else 200
    infra.up(["postgres", "rabbitmq"])
    servers = real.find(without=("chromium",))
    result: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine.facts(servers),
        "size": {"jst": size.jst, "experts": size.experts, "regions": size.regions},
        "threads": arguments.threads,
    }
    if arguments.only != "distributed":
        result["embedded"] = measure_embedded(size, arguments.threads, samples)
    if arguments.only != "embedded":
        result |= measure_distributed(servers, size, arguments.threads, samples)
        result["ratios"] = ratios(result)
    show(result, console)
    keeping.write(result, arguments.out)
    return 0


# --- the platform ---------------------------------------------------------------------------------


def measure_embedded(size: Size, threads: int, samples: int) -> dict[str, Any]:
    """The story in one process, then idle, then the delay to its views."""
    with tempfile.TemporaryDirectory(prefix="ore-bench-") as name:
        folder = Path(name)
        platform = Embedded(folder / "data", folder / "platform.log")
        with log_shown_on_failure(platform.log), ExitStack() as at_the_end:
            platform.start()
            at_the_end.callback(platform.stop)  # a story that fails leaves no platform running
            assert platform.process is not None
            pid = platform.process.pid
            found: dict[str, Any] = {
                "idle_before": {
                    "memory_mib": round(machine.memory_mib(pid), 1),
                    "cpu_share": round(machine.cpu_share(pid, IDLE_SECONDS), 4),
                }
            }
            story, job = run_story(platform, size, threads)
            found |= job
            found["http_command"] = measure_http(story, {"platform": pid}, samples)
            found["memory_mib"] = {"platform": round(machine.memory_mib(pid), 1)}
            found["idle_after"] = {
                "memory_mib": round(machine.memory_mib(pid), 1),
                "cpu_share": round(machine.cpu_share(pid, IDLE_SECONDS), 4),
            }
        told = run_module("bench.embedded_delay", str(platform.folder), str(samples), str(RATE))
        return found | told


def measure_distributed(
    servers: real.Servers, size: Size, threads: int, samples: int
) -> dict[str, Any]:
    """The story with a process for each service, the delay to the views, and the peers."""
    where = (servers.postgres_url, servers.amqp_url, servers.management_url)
    prefix = real.unique("bench")
    environment = make_environment(*where, prefix)
    try:
        migrate(environment=environment)
        with tempfile.TemporaryDirectory(prefix="ore-bench-") as name:
            platform = Distributed(environment, Path(name) / "platform.log")
            try:
                with log_shown_on_failure(platform.log):
                    return _measure_distributed(platform, size, threads, samples)
            finally:
                platform.stop()
    finally:
        drop_environment(servers.postgres_url, servers.management_url, prefix)


def _measure_distributed(
    platform: Distributed, size: Size, threads: int, samples: int
) -> dict[str, Any]:
    platform.start()
    platform.wait_until_ready()
    broker_url = platform.environment["ORE_BROKER_URL"]
    story, found = run_story(platform, size, threads)
    pids = {name: process.pid for name, process in platform.processes.items()}
    found["memory_mib"] = {name: round(machine.memory_mib(pid), 1) for name, pid in pids.items()}
    found["http_command"] = measure_http(story, pids, samples)
    found["http_command_unwaited"] = measure_unwaited(platform, story, samples)
    database, rpc = Database(platform.database_url), RpcClient(broker_url)
    delay = Delay(rpc, database)
    delay.warm_up()
    found["command_to_view"] = summary(at_steady_rate(delay.measure, samples, RATE))
    found["rpc_command"] = summary(delay.answers)
    rpc.close()
    database.close()
    return {"distributed": found, "peers": measure_peers(broker_url, samples)}


def run_story(
    platform: Embedded | Distributed, size: Size, threads: int
) -> tuple[Story, dict[str, Any]]:
    """The whole programme; every number is compared with the ledger afterwards."""
    story = Story(platform.address, platform.database_url, size, threads=threads, twice=False)
    steps: dict[str, float] = {}
    last: list[tuple[str, float]] = []

    def before_step(step: str) -> None:
        now = time.monotonic()
        if last:
            steps[last[-1][0]] = round(now - last[-1][1], 2)
        last.append((step, now))
        console.print(f"{type(platform).__name__}: {step}")

    story.run(before_step)
    before_step("end")
    commands = [c for c in story.calls.done if c.is_accepted_command and "/tokens" not in c.label]
    seconds = sum(taken for step, taken in steps.items() if step not in SIGNING_IN)
    check(story)
    return story, {
        "seconds": round(seconds, 1),
        "commands": len(commands),
        "commands_per_second": round(len(commands) / seconds, 1),
        "command": summary([c.seconds for c in commands]),
        "not_level_in_time": sum(not c.is_level for c in commands),
        "slowest": _slowest(commands),
        "steps": steps,
    }


def _slowest(commands: list[Any]) -> dict[str, Any]:
    by_label: dict[str, list[float]] = {}
    for command in commands:
        by_label.setdefault(command.label, []).append(command.seconds)
    found = {label: summary(seconds) for label, seconds in by_label.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1]["p50_ms"])[:8])


def measure_http(story: Story, pids: dict[str, int], samples: int) -> dict[str, Any]:
    """Commands one after the other at a steady rate on an idle platform, as their caller sees them.

    The gateway answers once the views show the command. Processor time is that of all the
    platform's processes (not of its servers) by command, all that a command sets off included.
    """
    client = story.staff
    with_team = [jst for jst in story.ledger.qualified if jst.team]

    def measure(number: int) -> float:
        jst = with_team[number % len(with_team)]
        body = {
            "form": "REMOTE_ADVICE",
            "held_on": story.day(0),
            "hours": 1.0,
            "participants": 2,
            "topic": f"Pomiar {number}",
        }
        started = time.perf_counter()
        client.post(f"/cycles/{jst.cycle_id}/activities", body)
        return time.perf_counter() - started

    for number in range(20):
        measure(number)
    before = {name: machine.cpu_seconds(pid) for name, pid in pids.items()}
    found: dict[str, Any] = summary(at_steady_rate(measure, samples, RATE))
    found["cpu_ms"] = {
        name: round((machine.cpu_seconds(pid) - before[name]) / samples * 1000, 2)
        for name, pid in pids.items()
    }
    return found


def measure_unwaited(platform: Distributed, story: Story, samples: int) -> dict[str, Any]:
    """The same through a gateway that answers at once, whether or not the views show it."""
    hasty = Distributed({**platform.environment, "ORE_VIEW_WAIT_SECONDS": "0"}, platform.log)
    try:
        hasty.start("gateway")
        hasty.wait_until_ready()
        waiting, story.staff.address = story.staff.address, hasty.address
        found = measure_http(story, {"gateway": hasty.processes["gateway"].pid}, samples)
        story.staff.address = waiting
    finally:
        hasty.stop()
    return found


# --- the peers ------------------------------------------------------------------------------------


def measure_peers(broker_url: str, samples: int) -> dict[str, Any]:
    """A bare nameko echo and a bare kombu round trip on the same broker, at the same rate."""
    count = str(samples * 3)
    with a_process("bench.peers", "serve", broker_url):
        echo = run_module("bench.peers", "echo", broker_url, count, str(RATE))
    return {
        "nameko_echo": echo,
        "kombu_round_trip": run_module("bench.peers", "round-trip", broker_url, count, str(RATE)),
    }


def run_module(*arguments: str) -> Any:
    """Run a module as a process of its own; what it tells as JSON."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *arguments],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def a_process(*arguments: str) -> Iterator[None]:
    """A module as a process of its own while what is inside runs."""
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", *arguments], cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


if __name__ == "__main__":
    sys.exit(main())

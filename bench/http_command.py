"""An HTTP command through gateway, RPC and store, and the like through Flask and nameko.

Both plan a training: one new aggregate of one event. Both are served alike, by gunicorn with the
same numbers of processes and threads; their clients are one program. What only ours does besides,
it does meanwhile: it checks who asks and what, keeps the first answer for a repetition, updates
the service's read model, publishes the event, and shows it in the gateway's views.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import urllib3

from bench.store import environment
from deploy.local.databases import drop_environment, make_environment
from platform_cli.migrating import migrate
from tests import servers as real
from tests.story.ledger import Size
from tests.story.processes import Distributed, free_port, log_shown_on_failure
from tests.story.steps import eventually
from tests.story.story import Story

ROOT = Path(__file__).parents[1]
CLIENTS = 8
WARM_UP_SECONDS = 2.0
WORKERS, THREADS = 2, 8
"""Of gunicorn: what the gateway has where nobody says otherwise."""
SUBJECT = Path(__file__).with_name("http_subject.py")
OURS, PEER = "HTTP command", "Flask, nameko, eventsourcing"
AT_ONCE = f"{OURS}, answered at once"
KINDS = (PEER, OURS, AT_ONCE)


class Commands:
    """Ours and the peer, started once; measured in turns.

    Args:
        servers: Where their databases and virtual hosts are made.
    """

    def __init__(self, servers: real.Servers) -> None:
        self.servers = servers
        self.given: dict[str, dict[str, Any]] = {}
        """Address, headers and body of each kind."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """While both run."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ore-bench-")))
            self._start_peer(stack, folder / "peer.log")
            self._start_ours(stack, folder / "platform.log")
            for kind in KINDS:
                self.measure(kind, WARM_UP_SECONDS)
            yield

    def measure(self, kind: str, seconds: float) -> dict[str, float]:
        """Requests per second and their durations."""
        given = self.given[kind]
        done = subprocess.run(
            [sys.executable, "-m", "bench.http_load", given["address"], str(seconds), str(CLIENTS)],
            cwd=ROOT,
            input=json.dumps(given),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=seconds + 60,
        )
        found: dict[str, float] = json.loads(done.stdout)
        return found

    def _start_ours(self, stack: ExitStack, log: Path) -> None:
        servers = self.servers
        where = (servers.postgres_url, servers.amqp_url, servers.management_url)
        prefix = real.unique("bench")
        made = make_environment(*where, prefix)
        stack.callback(drop_environment, servers.postgres_url, servers.management_url, prefix)
        migrate(environment=made)
        made |= {"ORE_GATEWAY_WORKERS": str(WORKERS), "ORE_GATEWAY_THREADS": str(THREADS)}
        ours = Distributed(made, log)
        stack.callback(ours.stop)
        hasty = Distributed({**ours.environment, "ORE_VIEW_WAIT_SECONDS": "0"}, log)
        stack.callback(hasty.stop)
        with log_shown_on_failure(log):
            ours.start()
            ours.wait_until_ready()
            hasty.start("gateway")
            hasty.wait_until_ready()
            story = Story(ours.address, ours.database_url, Size(3, 12, 10), twice=False)
            story.sign_in()
            story.create_edition()
        headers = {"Authorization": f"Bearer {story.staff.token}"}
        body = a_training(story)
        for kind, platform in ((OURS, ours), (AT_ONCE, hasty)):
            self.given[kind] = _given(f"{platform.address}/api/v1/trainings", headers, body)
        self.given[PEER] |= {"body": body}

    def _start_peer(self, stack: ExitStack, log: Path) -> None:
        url = stack.enter_context(real.a_postgres_database(self.servers))
        amqp_url = stack.enter_context(real.a_virtual_host(self.servers))
        python = environment("http95")
        port = free_port()
        commands: tuple[tuple[str, ...], ...] = (
            (python, str(SUBJECT), url, amqp_url),
            (
                *(python, "-m", "gunicorn", "--worker-class=gthread", "--keep-alive=5"),
                *(f"--workers={WORKERS}", f"--threads={THREADS}", f"--bind=127.0.0.1:{port}"),
                *("--log-level=warning", "http_subject:app"),
            ),
        )
        path = {"PATH": os.environ["PATH"], "AMQP_URL": amqp_url}
        for command in commands:
            with log.open("ab") as output:
                process = subprocess.Popen(
                    command, cwd=SUBJECT.parent, env=path, stdout=output, stderr=output
                )
            stack.callback(_end, process)
        address = f"http://127.0.0.1:{port}/trainings"
        self.given[PEER] = _given(address, {}, {})
        with log_shown_on_failure(log):
            eventually(lambda: _creates(address), "the peer to answer", 60.0)


def a_training(story: Story) -> dict[str, Any]:
    """A training as the office plans it."""
    held_on = str(story.today + timedelta(days=30))
    return {
        "edition_id": str(story.ledger.edition_id),
        "role": "ROS",
        "title": "Szkolenie",
        "mode": "ON_SITE",
        "venue": "Sulejówek",
        "capacity": 12,
        "sessions": [{"key": "1", "held_on": held_on, "hours": 8, "topics": ["Diagnoza"]}],
        "minimum_attendance_pct": 60,
    }


def _given(address: str, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", **headers}
    return {"address": address, "headers": headers, "body": body}


def _creates(address: str) -> bool:
    try:
        answer = urllib3.request("POST", address, json={}, retries=False, timeout=10.0)
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == 201  # noqa: PLR2004 -- created


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

"""Starts the platform as processes, as its operators do, and ends them by their ids."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random

import urllib3

from platform_cli.distributed import start_process, stop_processes
from platform_cli.registry import PROCESSES
from tests.story.api import Calls
from tests.story.steps import eventually

ROOT = Path(__file__).parents[2]
START_SECONDS = 90.0
LOG_TAIL = 6000


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's variables without those of a platform, which a shell may have, and more."""
    return {k: v for k, v in os.environ.items() if not k.startswith("ORE_")} | dict(more or {})


def ore(*arguments: str, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run the `ore` command; its exit code, and what it printed on one line."""
    done = subprocess.run(
        [sys.executable, "-m", "platform_cli.main", *arguments],
        cwd=ROOT,
        env=dict(os.environ) if environment is None else surroundings(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, " ".join(f"{done.stdout} {done.stderr}".split())


def answers(address: str, path: str = "/health/live") -> bool:
    """Whether the gateway answers."""
    try:
        return urllib3.request("GET", f"{address}{path}", retries=False, timeout=5.0).status == 200
    except urllib3.exceptions.HTTPError:
        return False


class Embedded:
    """The platform in one process.

    Args:
        folder: Of its files.
        log: Where its output goes.
        port: Of its pages; a free one when not given.
    """

    def __init__(self, folder: Path, log: Path, port: int | None = None) -> None:
        self.folder = folder
        self.log = log
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.database_url = f"sqlite:///{folder / 'gateway.db'}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "platform_cli.embedded",
                    "--data", str(self.folder), "--port", str(self.port), "--no-demo",
                ],
                cwd=ROOT,
                env=surroundings({"ORE_ALLOW_BACKDATING": "yes"}),
                stdout=log,
                stderr=log,
            )  # fmt: skip
        eventually(self._is_up, "the embedded platform to answer", START_SECONDS)

    def _is_up(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}:\n{tail(self.log)}")
        return answers(self.address)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.kill()
        return int(self.process.returncode)


class Distributed:
    """The platform as a process for each service, the projector and the gateway.

    Args:
        environment: Its variables; databases migrated already.
        log: Where all output goes.
    """

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.database_url = environment["ORE_GATEWAY_DATABASE_URL"]
        self.log = log
        self.environment = {
            **os.environ,
            "ORE_SECRET_KEY": secrets.token_urlsafe(32),
            "ORE_ALLOW_BACKDATING": "yes",
            "ORE_INSECURE_COOKIES": "yes",
            "ORE_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT),
            **environment,
            "ORE_GATEWAY_BIND": f"127.0.0.1:{self.port}",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start these processes, or all."""
        for name in names or PROCESSES:
            with self.log.open("ab") as log:
                self.processes[name] = start_process(name, self.environment, output=log)

    def wait_until_ready(self) -> None:
        """Wait until every service answers."""
        eventually(self._is_ready, "every service to answer", START_SECONDS)

    def _is_ready(self) -> bool:
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise AssertionError(f"{name} ended with {process.returncode}:\n{tail(self.log)}")
        try:
            answer = urllib3.request(
                "GET", f"{self.address}/health/ready", retries=False, timeout=20.0
            )
        except urllib3.exceptions.HTTPError:
            return False
        return answer.status == 200 and answer.json()["status"] == "ready"

    def kill(self, name: str) -> None:
        """End a process, and the workers that it started, at once."""
        process = self.processes[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a group of its own: its id is the process's
        process.wait()

    def stop(self) -> None:
        """Ask all to end."""
        stop_processes(self.processes)


class Saboteur:
    """Kills something in the middle of a step, while commands are under way.

    Args:
        calls: Tells how many commands were sent.
        seed: Of the moments.
    """

    def __init__(self, calls: Calls, seed: int = 1) -> None:
        self.calls = calls
        self.random = Random(seed)
        self.done: list[str] = []
        self.failures: list[BaseException] = []
        self._threads: list[threading.Thread] = []

    def strike_after(self, commands: int, what: str, strike: Callable[[], None]) -> None:
        """Strike when so many more commands were begun, a few milliseconds into the next one."""
        goal = self.calls.sent + commands
        pause = self.random.uniform(0, 0.04)

        def wait_and_strike() -> None:
            try:
                eventually(lambda: self.calls.sent >= goal, f"command {goal}", 300.0)
                time.sleep(pause)
                strike()
                self.done.append(what)
            except BaseException as error:  # noqa: BLE001 -- told in the main thread
                self.failures.append(error)

        thread = threading.Thread(target=wait_and_strike, daemon=True)
        thread.start()
        self._threads.append(thread)

    def wait(self) -> None:
        """Wait for all strikes; raises what broke in them."""
        for thread in self._threads:
            thread.join(timeout=300)
        if self.failures:
            raise self.failures[0]


@contextlib.contextmanager
def log_shown_on_failure(log: Path) -> Iterator[None]:
    """Print the end of a log when what is inside fails."""
    try:
        yield
    except BaseException:
        print(f"--- end of {log.name}:\n{tail(log)}")  # noqa: T201 -- for pytest's report
        raise


def tail(log: Path) -> str:
    """The end of a log."""
    return log.read_text(errors="replace")[-LOG_TAIL:] if log.exists() else ""

"""Starts every service as a process of its own, and ends them together."""

from __future__ import annotations

import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import IO
from urllib.request import ProxyHandler, build_opener

from rich.console import Console

from platform_cli import registry
from platform_cli.answering import trouble_of
from platform_cli.migrating import migrate
from platform_cli.troubles import CommandError, cannot_listen
from shared.kernel.rpc import RpcClient

GRACE_SECONDS = 25.0
START_SECONDS = 60.0
"""How long the services may take to answer for the first time."""
Processes = Mapping[str, "subprocess.Popen[bytes]"]

DEVELOPMENT_FILE = Path("var") / "development.env"
"""What a shell reads to speak to the development servers."""


def run_distributed(host: str, port: int, *, with_demo: bool, console: Console) -> None:
    """Run all processes until SIGINT or SIGTERM; ends when one of them fails.

    Raises:
        SettingsError: A variable is missing or wrong.
        CommandError: The port is taken, there are no servers, or a process ended by itself.
    """
    _refuse_taken(host, port)
    environment = dict(os.environ)
    if not environment.get("ORE_BROKER_URL"):
        environment |= _development_servers(console)
    environment.setdefault("ORE_SECRET_KEY", secrets.token_urlsafe(32))
    environment["ORE_GATEWAY_BIND"] = f"{host}:{port}"
    if with_demo:
        environment |= {"ORE_DEMO": "yes", "ORE_ALLOW_BACKDATING": "yes"}
    environment.setdefault("ORE_INSECURE_COOKIES", "yes")
    migrate(environment=environment)
    processes = {name: start_process(name, environment) for name in registry.PROCESSES}
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
    try:
        if not _wait_until_answering(environment["ORE_BROKER_URL"], address, processes, stopping):
            return  # asked to stop before
        console.print(f"[bold]The platform is running:[/bold] {address}   (Ctrl-C ends it)")
        if with_demo:
            _load_demo(environment, console)
        while not stopping.wait(0.5):
            _refuse_ended(processes)
    finally:
        stop_processes(processes)


def _refuse_taken(host: str, port: int) -> None:
    """Say now what the gateway would say in its log, after all the others had started."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host.strip("[]"), port), family=family).close()
    except OSError as error:
        raise cannot_listen(error, host, port) from None


def _wait_until_answering(
    broker_url: str, address: str, processes: Processes, stopping: threading.Event
) -> bool:
    """Wait until every service and the pages have answered; ``False`` if asked to stop before.

    Raises:
        CommandError: A process ended, or one does not come.
    """
    rpc = RpcClient(broker_url, timeout_seconds=1)
    deadline = time.monotonic() + START_SECONDS
    asked: dict[str, Callable[[], bool]] = {
        name: partial(_answers, rpc, name) for name in registry.SERVICES
    }
    asked["gateway"] = partial(_is_served, f"{address}/health/live")
    try:
        for name, answers in asked.items():
            while not answers():
                _refuse_ended(processes)
                if stopping.wait(0.2):
                    return False
                if time.monotonic() > deadline:
                    raise CommandError(f"{name} did not answer within {START_SECONDS:g} s.")
    finally:
        rpc.close()
    return True


def _answers(rpc: RpcClient, service: str) -> bool:
    return trouble_of(rpc, service) is None


def _is_served(url: str) -> bool:
    directly = build_opener(ProxyHandler({}))  # a proxy in the environment does not know us
    try:
        with directly.open(url, timeout=1) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def _refuse_ended(processes: Processes) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            raise CommandError(f"{name} ended with exit code {process.returncode}.")


def start_process(
    name: str, environment: dict[str, str], output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start one of the platform's processes; it writes to ``output``, or where we write."""
    return subprocess.Popen(  # noqa: S603 -- our own interpreter and arguments
        [sys.executable, "-m", "platform_cli.serving", name],
        env=environment,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def stop_processes(processes: Processes) -> None:
    """Ask all to finish, and end those that have not after the grace period."""
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes.values():
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _development_servers(console: Console) -> dict[str, str]:
    """PostgreSQL and RabbitMQ for development, with a database for each service."""
    try:
        from deploy.local.databases import development_environment
        from deploy.local.processes import InfraError
    except ImportError:
        from shared.kernel.settings import SettingsError

        raise SettingsError(
            "Set ORE_BROKER_URL and the ORE_…_DATABASE_URL variables: this is no checkout with "
            "development servers."
        ) from None
    console.print("ORE_BROKER_URL is not set: using PostgreSQL and RabbitMQ for development.")
    try:
        environment: dict[str, str] = development_environment()
    except InfraError as error:
        raise CommandError(str(error)) from None
    _keep_for_other_commands(environment)
    console.print(f"For `ore doctor` and the others in another shell: . {DEVELOPMENT_FILE}")
    return environment


def _keep_for_other_commands(environment: Mapping[str, str]) -> None:
    DEVELOPMENT_FILE.parent.mkdir(parents=True, exist_ok=True)
    DEVELOPMENT_FILE.touch(mode=0o600)
    DEVELOPMENT_FILE.write_text(
        "".join(
            f"export {name}={shlex.quote(value)}\n"
            for name, value in sorted(environment.items())
            if name.startswith("ORE_")
        )
    )


def _load_demo(environment: dict[str, str], console: Console) -> None:
    command = [sys.executable, "-m", "platform_cli.main", "demo"]
    if subprocess.run(command, env=environment, check=False).returncode != 0:  # noqa: S603
        console.print(
            "[red]The demonstration was not loaded whole:[/red] `ore demo` goes on with it."
        )

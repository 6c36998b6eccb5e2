"""Starts every service as a process of its own, and ends them together."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from typing import IO

from rich.console import Console

from platform_cli import registry
from platform_cli.migrating import migrate

GRACE_SECONDS = 25.0


def run_distributed(host: str, port: int, *, with_demo: bool, console: Console) -> None:
    """Run all processes until SIGINT or SIGTERM; ends when one of them fails.

    Raises:
        SettingsError: A variable is missing or wrong.
        RuntimeError: A process ended by itself.
    """
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
    console.print(f"[bold]The platform is running:[/bold] http://{host}:{port}   (Ctrl-C ends it)")
    try:
        if with_demo:
            subprocess.run(
                [sys.executable, "-m", "platform_cli.main", "demo"], env=environment, check=False
            )
        while not stopping.wait(0.5):
            for name, process in processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended with exit code {process.returncode}.")
    finally:
        stop_processes(processes)


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


def stop_processes(processes: dict[str, subprocess.Popen[bytes]]) -> None:
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
    except ImportError:
        from shared.kernel.settings import SettingsError

        raise SettingsError(
            "Set ORE_BROKER_URL and the ORE_…_DATABASE_URL variables: this is no checkout with "
            "development servers."
        ) from None
    console.print("ORE_BROKER_URL is not set: using PostgreSQL and RabbitMQ for development.")
    return development_environment()

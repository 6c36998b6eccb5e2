"""The whole platform in one process: ``python -m platform_cli.embedded``.

The same services and gateway as distributed; only the URLs differ: SQLite files in one folder and a
broker inside the process.
"""

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
import eventlet  # noqa: E402

eventlet.monkey_patch(psycopg=False)

import argparse  # noqa: E402
import errno  # noqa: E402
import fcntl  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import eventlet.wsgi  # noqa: E402
from rich.console import Console  # noqa: E402

from platform_cli import registry  # noqa: E402
from platform_cli.configuration import embedded_environment  # noqa: E402
from platform_cli.migrating import migrate  # noqa: E402
from services.gateway.app import create_app  # noqa: E402
from services.gateway.projector import Projector  # noqa: E402
from services.gateway.settings import GatewaySettings  # noqa: E402
from shared.kernel import logs  # noqa: E402
from shared.kernel.database import Database  # noqa: E402
from shared.kernel.nameko_host import build_container, runtime_of  # noqa: E402
from shared.kernel.rpc import RpcClient  # noqa: E402
from shared.kernel.settings import ServiceSettings, SettingsError  # noqa: E402

console = Console(stderr=True)


class CannotStartError(Exception):
    """The platform cannot start; the text says why and what to do."""


@contextmanager
def only_process_of(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process.

    Raises:
        CannotStartError: Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise CannotStartError(
                f"The folder {folder} is in use by process {owner}: the platform runs already. "
                "Stop that one, or choose another folder with --data."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def listen(host: str, port: int) -> Any:
    """A listening socket.

    Raises:
        CannotStartError: The port is taken or not allowed.
    """
    try:
        return eventlet.listen((host, port), reuse_port=False)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStartError(
                f"Port {port} on {host} is taken. Choose another: ore up --port {port + 1} "
                f"(or make run PORT={port + 1})."
            ) from None
        raise CannotStartError(f"Cannot listen on {host}:{port}: {error}.") from None


class EmbeddedPlatform:
    """All services, the projector and the gateway, started and stopped together."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.environment = environment
        migrate(environment=environment)
        self.containers = [
            build_container(
                parts.service_class(), ServiceSettings.from_environment(parts.name, environment)
            )
            for parts in registry.load_all()
        ]
        settings = GatewaySettings.from_environment(environment)
        self.database = Database(settings.database_url)
        self.projector = Projector(
            self.database, settings.broker_url, heal_seconds=float(environment["ORE_HEAL_SECONDS"])
        )
        self.rpc = RpcClient(settings.broker_url, timeout_seconds=settings.rpc_timeout_seconds)
        self.app = create_app(
            settings,
            database=self.database,
            rpc=self.rpc,
            views_moved=self.projector.journal.moved,
        )
        self._projecting: Any = None

    def start(self) -> None:
        """Start everything but the web server."""
        for container in self.containers:
            container.start()
        self._projecting = eventlet.spawn(self.projector.run)

    def stop(self) -> None:
        """Finish what is in hand, then stop."""
        self.projector.stop()
        for container in self.containers:  # nobody asks a service any more that stops next
            runtime_of(container).halt()
        for stopped in [eventlet.spawn(container.stop) for container in self.containers]:
            stopped.wait()
        if self._projecting is not None:
            with eventlet.Timeout(5, False):
                self._projecting.wait()
        self.rpc.close()
        self.database.close()


def run(folder: Path, host: str, port: int, *, with_demo: bool) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        CannotStartError: The folder or the port is taken.
        SettingsError: A setting is wrong.
    """
    with only_process_of(folder):
        listener = listen(host, port)
        environment = embedded_environment(folder)
        if with_demo:
            environment |= {"ORE_DEMO": "yes", "ORE_ALLOW_BACKDATING": "yes"}
        environment |= {k: v for k, v in os.environ.items() if k.startswith("ORE_")}
        platform = EmbeddedPlatform(folder, environment)
        platform.start()
        stopping = eventlet.event.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: eventlet.spawn_n(_send_once, stopping))
        server = eventlet.spawn(
            eventlet.wsgi.server,
            listener,
            platform.app,
            log_output=False,
            debug=False,
            socket_timeout=60,
        )
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
        console.print(f"[bold]The platform is running:[/bold] {address}   (Ctrl-C ends it)")
        if with_demo:
            eventlet.spawn(_load_demo, platform, stopping)
        stopping.wait()
        console.print("Stopping …")
        server.kill()
        listener.close()
        platform.stop()
        console.print("Stopped; the data is in", str(folder))


def _send_once(stopping: Any) -> None:
    if not stopping.ready():
        stopping.send(True)


def _load_demo(platform: EmbeddedPlatform, stopping: Any) -> None:
    from platform_cli.demo.loading import load_demo, print_logins

    try:
        load_demo(platform.database, platform.rpc, console)
        print_logins(console)
    except Exception:  # noqa: BLE001 -- shown whole, then the platform ends
        console.print_exception()
        _send_once(stopping)


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="ore up --embedded")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-demo", action="store_true")
    arguments = parser.parse_args()
    logs.configure(os.environ.get("ORE_LOG_LEVEL") or "WARNING")
    try:
        run(arguments.data, arguments.host, arguments.port, with_demo=not arguments.no_demo)
    except (CannotStartError, SettingsError) as error:
        console.print(f"[red]error:[/red] {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

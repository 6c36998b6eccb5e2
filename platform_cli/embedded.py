"""The whole platform in one process: ``python -m platform_cli.embedded``.

The same services and gateway as distributed; only the URLs differ: SQLite files in one folder and a
broker inside the process.

The tables are brought up to date by a process beside this one, while this one still imports: both
take about a second of processor time, and Alembic does not stay in memory.
"""

from __future__ import annotations

import gc
import os
import warnings

# What is imported stays: looking through it for garbage costs a tenth of the start (`run` ends it).
gc.disable()

# Nobody here asks for names of hosts; eventlet's own resolver is 200 modules to import.
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
import eventlet  # noqa: E402

eventlet.monkey_patch(psycopg=False)

import argparse  # noqa: E402
import fcntl  # noqa: E402
import signal  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator, Mapping  # noqa: E402
from contextlib import contextmanager, suppress  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

from eventlet.support.greenlets import GreenletExit  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.markup import escape  # noqa: E402

from platform_cli.configuration import embedded_environment, servers_named  # noqa: E402
from platform_cli.troubles import LARGEST_PORT, CommandError, cannot_listen  # noqa: E402
from shared.kernel.settings import SettingsError  # noqa: E402

if TYPE_CHECKING:
    from platform_cli.one_process import EmbeddedPlatform

console = Console(stderr=True)
FIRST_PAGE_SECONDS = 1.0
"""How long loading the demonstration waits, so that who opens the address at once sees a page."""
BREAK_OFF_SECONDS = 5.0
INTERRUPTED = 130
"""Exit code after Ctrl-C while starting, as shells count."""


@contextmanager
def only_process_of(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process.

    Raises:
        CommandError: Another process holds it, or it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+")
    except OSError as error:
        raise CommandError(
            f"The folder {folder} cannot be written to ({error.strerror}): choose another with "
            "--data (or make run DATA=…)."
        ) from None
    with lock as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise CommandError(
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
        CommandError: The port is taken or not allowed.
    """
    try:
        return eventlet.listen((host, port), reuse_port=False)
    except OSError as error:
        raise cannot_listen(error, host, port) from None


def refuse_servers(environment: Mapping[str, str]) -> None:
    """Keep to the folder: where the variables of a distributed platform are set, do not start.

    Raises:
        CommandError: They are.
    """
    if names := servers_named(environment):
        raise CommandError(
            f"{', '.join(names)} {'names a server' if len(names) == 1 else 'name servers'}, but "
            "the platform in one process keeps its data in a folder: unset what begins with ORE_, "
            "or start the platform on those servers with ore up --distributed."
        )


def run(folder: Path, host: str, port: int, *, with_demo: bool) -> int:
    """Serve until SIGINT or SIGTERM; the exit code, 1 if the demonstration could not be loaded.

    Raises:
        CommandError: The environment names servers, the folder or the port is taken, or the
            tables could not be migrated.
        SettingsError: A setting is wrong.
    """
    refuse_servers(os.environ)
    with only_process_of(folder):
        listener = listen(host, port)
        environment = embedded_environment(folder)
        if with_demo:
            environment |= {"ORE_DEMO": "yes", "ORE_ALLOW_BACKDATING": "yes"}
        environment |= {k: v for k, v in os.environ.items() if k.startswith("ORE_")}
        with migrating(environment):
            from eventlet import wsgi

            from platform_cli.one_process import EmbeddedPlatform, import_all
            from shared.kernel import logs

            import_all()
        logs.configure(os.environ.get("ORE_LOG_LEVEL") or "WARNING")
        platform = EmbeddedPlatform(environment)
        platform.start()
        gc.freeze()
        gc.enable()
        stopping = eventlet.event.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: eventlet.spawn_n(_send_once, stopping, 0))
        server = eventlet.spawn(
            wsgi.server,
            listener,
            platform.app,
            log_output=False,
            debug=False,
            socket_timeout=60,
        )
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
        console.print(f"[bold]The platform is running:[/bold] {address}   (Ctrl-C ends it)")
        loading = None
        if with_demo:
            loading = eventlet.spawn_after(FIRST_PAGE_SECONDS, _load_demo, platform, stopping)
        code: int = stopping.wait()
        console.print("Stopping …")
        if loading is not None:
            _break_off(loading)
        server.kill()
        listener.close()
        platform.stop()
        console.print("Stopped; the data is in", str(folder))
        return code


@contextmanager
def migrating(environment: Mapping[str, str]) -> Iterator[None]:
    """Bring all tables to the newest shape while what is inside runs.

    Raises:
        CommandError: It failed; its own words stand above.
    """
    command = [sys.executable, "-m", "platform_cli.migrating", "--tables"]
    variables = {**os.environ, **environment}
    with subprocess.Popen(command, env=variables) as process:  # noqa: S603 -- our own program
        yield
    if process.returncode != 0:
        raise CommandError("The databases could not be brought up to date; see above.")


def _send_once(stopping: Any, code: int) -> None:
    if not stopping.ready():
        stopping.send(code)


def _load_demo(platform: EmbeddedPlatform, stopping: Any) -> None:
    from sqlalchemy.exc import DBAPIError

    from platform_cli.answering import NO_ANSWER, first_line
    from platform_cli.demo.loading import load_demo, print_logins

    try:
        load_demo(platform.database, platform.rpc, console)
        print_logins(console)
    except Exception as error:  # noqa: BLE001 -- told, then the platform ends
        expected = (*NO_ANSWER, CommandError, DBAPIError, OSError)
        if not isinstance(error, expected):
            console.print_exception()
        why = first_line(error).rstrip(".")
        console.print(
            f"[red]error:[/red] The demonstration could not be loaded ({escape(why)}); the next "
            "start goes on where it stopped."
        )
        _send_once(stopping, 1)


def _break_off(loading: Any) -> None:
    """End loading the demonstration before what it speaks to; over already is well, too."""
    loading.kill()
    with suppress(GreenletExit), eventlet.Timeout(BREAK_OFF_SECONDS, False):
        loading.wait()


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {LARGEST_PORT}: {text!r}")
    return int(text)


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="ore up --embedded")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--no-demo", action="store_true")
    arguments = parser.parse_args()
    try:
        return run(arguments.data, arguments.host, arguments.port, with_demo=not arguments.no_demo)
    except (CommandError, SettingsError) as error:
        console.print(f"[red]error:[/red] {escape(str(error))}")
        return 1
    except KeyboardInterrupt:  # before there was anything to stop
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())

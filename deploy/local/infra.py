"""Servers and a browser for tests and development: ``python -m deploy.local.infra up|down|status``.

Each part is taken from the first place that has it:

1. the environment: ``ORE_TEST_POSTGRES_URL``; ``ORE_TEST_RABBITMQ_URL`` together with
   ``ORE_TEST_RABBITMQ_MANAGEMENT_URL``; ``ORE_CHROMIUM`` (a named part that does not work is an
   error, not a reason to look further);
2. what an earlier ``up`` started, or a server that runs at its usual port and lets us in;
3. a container, if a Docker engine answers;
4. Debian's packages, installed with apt-get if need be, with private servers in ``var/``.

What was found is written to ``var/infra.json``, which the tests read.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from deploy.local import debian, postgres, rabbitmq
from deploy.local.containers import ContainerPostgres, ContainerRabbitMQ, engine_answers
from deploy.local.postgres import PrivatePostgres, server_version
from deploy.local.processes import InfraError, find_program, make_folder
from deploy.local.rabbitmq import PrivateRabbitMQ, broker_version

VAR = Path(__file__).resolve().parents[2] / "var"
RECORD = VAR / "infra.json"
PARTS = ("postgres", "rabbitmq", "chromium")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
USUAL_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
USUAL_RABBITMQ = ("amqp://guest:guest@127.0.0.1:5672//", "http://guest:guest@127.0.0.1:15672")

PostgresServer = PrivatePostgres | ContainerPostgres
RabbitMQServer = PrivateRabbitMQ | ContainerRabbitMQ
AnyContainer = TypeVar("AnyContainer", ContainerPostgres, ContainerRabbitMQ)


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server; the URL is a superuser's."""

    url: str
    version: str
    how: str
    programs: str = ""
    """Folder of its ``pg_dump`` and ``pg_restore``; empty where those on the path fit."""


@dataclass(frozen=True)
class RabbitMQ:
    """A RabbitMQ broker; both URLs are an administrator's."""

    amqp_url: str
    management_url: str
    version: str
    how: str


@dataclass(frozen=True)
class Chromium:
    """A Chromium or Chrome program."""

    path: str
    version: str
    how: str


def postgres_server() -> PostgresServer | None:
    """Return the server that ``up`` started for us and that runs; ``None`` if it is not ours."""
    for server in (PrivatePostgres(VAR / "postgres"), ContainerPostgres(VAR / "postgres")):
        if server.exists() and server.is_running():
            return server
    return None


def rabbitmq_server() -> RabbitMQServer | None:
    """Return the broker that ``up`` started for us and that runs; ``None`` if it is not ours."""
    for server in (PrivateRabbitMQ(VAR / "rabbitmq"), ContainerRabbitMQ(VAR / "rabbitmq")):
        if server.exists() and server.is_running():
            return server
    return None


def find_postgres() -> Postgres:
    """Give a PostgreSQL server, from the first place that has one."""
    if url := os.environ.get("ORE_TEST_POSTGRES_URL"):
        return Postgres(
            url,
            _named("ORE_TEST_POSTGRES_URL", lambda: server_version(url)),
            "named by ORE_TEST_POSTGRES_URL",
        )
    ours = postgres_server()
    if ours is None:
        with contextlib.suppress(InfraError):
            version = server_version(USUAL_POSTGRES)
            return Postgres(USUAL_POSTGRES, version, "already running on this machine")
        ours = _container(ContainerPostgres(VAR / "postgres"))
    if ours is None:
        if postgres.binaries() is None:
            _install("postgres", "PostgreSQL", "ORE_TEST_POSTGRES_URL")
        ours = PrivatePostgres(VAR / "postgres")
    ours.start()
    programs = str(ours.programs()) if isinstance(ours, ContainerPostgres) else ""
    return Postgres(ours.url, server_version(ours.url), ours.describe(), programs)


def find_rabbitmq() -> RabbitMQ:
    """Give a RabbitMQ broker, from the first place that has one."""
    if amqp_url := os.environ.get("ORE_TEST_RABBITMQ_URL"):
        management_url = os.environ.get("ORE_TEST_RABBITMQ_MANAGEMENT_URL")
        if not management_url:
            raise InfraError(
                "ORE_TEST_RABBITMQ_URL is set but ORE_TEST_RABBITMQ_MANAGEMENT_URL is not: "
                "the tests need both."
            )
        version = _named("ORE_TEST_RABBITMQ_URL", lambda: broker_version(amqp_url, management_url))
        return RabbitMQ(amqp_url, management_url, version, "named by ORE_TEST_RABBITMQ_URL")
    ours = rabbitmq_server()
    if ours is None:
        with contextlib.suppress(InfraError):
            version = broker_version(*USUAL_RABBITMQ)
            return RabbitMQ(*USUAL_RABBITMQ, version, "already running on this machine")
        ours = _container(ContainerRabbitMQ(VAR / "rabbitmq"))
    if ours is None:
        if rabbitmq.script() is None:
            _install("rabbitmq", "RabbitMQ", "ORE_TEST_RABBITMQ_URL")
        ours = PrivateRabbitMQ(VAR / "rabbitmq")
    ours.start()
    version = broker_version(ours.amqp_url, ours.management_url)
    return RabbitMQ(ours.amqp_url, ours.management_url, version, ours.describe())


def find_chromium() -> Chromium:
    """Give a Chromium or Chrome program, from the first place that has one."""
    if path := os.environ.get("ORE_CHROMIUM"):
        version = _named("ORE_CHROMIUM", lambda: _browser_version(path))
        return Chromium(path, version, "named by ORE_CHROMIUM")
    if (found := _browser()) is None:
        _install("chromium", "Chromium", "ORE_CHROMIUM")
        found = _browser()
    if found is None:
        raise InfraError("Chromium was installed, but none of its usual names is on the path.")
    return Chromium(found, _browser_version(found), "installed package")


def up(parts: Sequence[str] = PARTS) -> dict[str, dict[str, str]]:
    """Give the parts, starting what is missing, and record them; what runs already is kept.

    Returns:
        The whole record by part, as in ``var/infra.json``.

    Raises:
        InfraError: A part is not to be had; the parts before it stay up and recorded.
    """
    with _one_at_a_time():
        for part in PARTS:
            if part in parts:
                record = asdict(_finders()[part]())
                _write({**read(), part: record})
    return read()


def down(parts: Sequence[str] = PARTS, *, wipe: bool = False) -> None:
    """Stop what ``up`` started, and nothing else.

    Args:
        parts: Which parts.
        wipe: Delete their data as well; otherwise it stays for the next ``up``.
    """
    with _one_at_a_time():
        record = read()
        for server in _ours(parts):
            if wipe:
                server.wipe()
                shutil.rmtree(server.folder, ignore_errors=True)
            elif server.is_running():
                server.stop()
        for part in parts:
            record.pop(part, None)
        _write(record)


def read() -> dict[str, dict[str, str]]:
    """Return what ``up`` recorded, by part; empty when it never ran."""
    if not RECORD.is_file():
        return {}
    found: dict[str, dict[str, str]] = json.loads(RECORD.read_text())
    return found


def summary(record: dict[str, dict[str, str]]) -> list[str]:
    """Say in one line per part what it is and where, without secrets."""
    lines = []
    if found := record.get("postgres"):
        lines.append(f"PostgreSQL {found['version']} at {_place(found['url'])} ({found['how']})")
    if found := record.get("rabbitmq"):
        place = _place(found["amqp_url"])
        lines.append(f"RabbitMQ {found['version']} at {place} ({found['how']})")
    if found := record.get("chromium"):
        lines.append(f"Chromium {found['version']} at {found['path']} ({found['how']})")
    return lines


def status() -> tuple[list[str], bool]:
    """Return one line per part, and whether all three answer now."""
    record = read()
    checks: dict[str, Callable[[dict[str, str]], str]] = {
        "postgres": lambda found: server_version(found["url"]),
        "rabbitmq": lambda found: broker_version(found["amqp_url"], found["management_url"]),
        "chromium": lambda found: _browser_version(found["path"]),
    }
    lines, all_answer = [], True
    for part in PARTS:
        if part not in record:
            lines.append(f"{part}: not up")
            all_answer = False
            continue
        try:
            checks[part](record[part])
            lines += summary({part: record[part]})
        except InfraError as error:
            lines.append(f"{part}: recorded, but does not answer ({error})")
            all_answer = False
    return lines, all_answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all asked for is there, 1 with one sentence otherwise."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.infra", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("command", choices=["up", "down", "status"])
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    parser.add_argument("--wipe", action="store_true", help="with down: delete the data, too")
    asked = parser.parse_args(arguments)
    parts = asked.only.split(",")
    if unknown := sorted(set(parts) - set(PARTS)):
        parser.error(f"unknown part {unknown[0]!r}; there are {', '.join(PARTS)}")
    try:
        if asked.command == "up":
            print(*summary(up(parts)), sep="\n")
        elif asked.command == "down":
            down(parts, wipe=asked.wipe)
        else:
            lines, all_answer = status()
            print(*lines, sep="\n")
            return 0 if all_answer else 1
    except InfraError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _ours(parts: Sequence[str]) -> list[PostgresServer | RabbitMQServer]:
    """Return the servers that an ``up`` once started for us, running or not."""
    servers: list[PostgresServer | RabbitMQServer] = []
    if "postgres" in parts:
        servers += [PrivatePostgres(VAR / "postgres"), ContainerPostgres(VAR / "postgres")]
    if "rabbitmq" in parts:
        servers += [PrivateRabbitMQ(VAR / "rabbitmq"), ContainerRabbitMQ(VAR / "rabbitmq")]
    return [server for server in servers if server.exists()]


def _finders() -> dict[str, Callable[[], Postgres | RabbitMQ | Chromium]]:
    return {"postgres": find_postgres, "rabbitmq": find_rabbitmq, "chromium": find_chromium}


def _named(variable: str, ask: Callable[[], str]) -> str:
    try:
        return ask()
    except InfraError as error:
        raise InfraError(
            f"What {variable} names cannot be used: {str(error).rstrip('.')}."
        ) from error


def _container(server: AnyContainer) -> AnyContainer | None:
    if not engine_answers():
        return None
    try:
        server.start()
    except InfraError as error:
        # An engine without images is as good as none: the packages may still do.
        print(f"No container for {server.image}: {error}", file=sys.stderr)
        server.wipe()
        return None
    return server


def _install(part: str, name: str, variable: str) -> None:
    try:
        debian.install_packages(debian.PACKAGES[part])
    except InfraError as error:
        raise InfraError(f"No {name}: {error}, or name one in {variable}.") from error


def _browser() -> str | None:
    return next((path for name in BROWSERS if (path := find_program(name))), None)


def _browser_version(path: str) -> str:
    try:
        done = subprocess.run(
            [path, "--version"], check=True, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise InfraError(f"`{path} --version` failed: {error}") from error
    # "Chromium 156.0.8078.79 built on Debian …", "Google Chrome 156.0.8078.79"
    return next((word for word in done.stdout.split() if word[0].isdigit()), "of unknown version")


def _place(url: str) -> str:
    return url.rpartition("@")[2].split("/")[0]


def _write(record: dict[str, dict[str, str]]) -> None:
    draft = RECORD.with_suffix(".draft")
    draft.write_text(json.dumps(record, indent=2) + "\n")
    draft.chmod(0o600)
    draft.replace(RECORD)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    make_folder(VAR)
    with (VAR / "infra.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())

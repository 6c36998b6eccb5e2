"""Backs up every database of the platform, and puts a backup into an empty system.

Each database is saved in one snapshot, listeners before the services they listen to: so no
listener in the backup has seen what its source in the backup does not hold, and after a restore
each reads from its source's log what it is behind.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.engine import URL

from platform_cli import registry
from platform_cli.configuration import embedded_environment, migration_url
from platform_cli.installation import environment_of, is_distributed, is_running
from platform_cli.parked import actor
from platform_cli.troubles import CommandError
from shared.kernel import epochs, schema
from shared.kernel.database import Database
from shared.kernel.operator_acts import OperatorAct, record_act
from shared.kernel.positions import accept_epoch

MANIFEST = "manifest.json"
FORMAT = 1
GATEWAY = "gateway"
SECRET = "secret-key"  # noqa: S105 -- a file's name
PIECE = 1 << 20
ATTEMPTS = 5


@dataclass(frozen=True)
class Saved:
    """One database in a backup."""

    name: str
    file: str
    kind: str
    """``sqlite`` or ``postgresql``."""
    sha256: str
    epoch: str | None
    highest: int
    """The highest event number handed out, >= 0."""
    positions: dict[str, int]
    """How far it had followed each source."""
    rows: dict[str, int]
    """Rows of each table, by which the copy was read back."""


def order() -> tuple[str, ...]:
    """The databases, each listener before its sources; a circle is cut where fewest listen."""
    sources = {p.name: set(p.component.sources or ()) for p in registry.load_all()}
    ordered, waiting = [GATEWAY], sorted(sources)
    while waiting:
        heard = {n: sum(n in sources[other] for other in waiting) for n in waiting}
        ordered.append(min(waiting, key=lambda name: heard[name]))
        waiting.remove(ordered[-1])
    return tuple(ordered)


def back_up(target: Path, folder: Path) -> list[Saved]:
    """Save every database into a new folder and read each copy back.

    The platform may run. The manifest is written last: a folder without it is no backup.

    Raises:
        CommandError: The folder is not empty, a tool is missing, or a copy is not what was saved.
    """
    environment = environment_of(folder)
    if target.exists() and any(target.iterdir()):
        raise CommandError(f"{target} is not empty: name a new folder.")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    saved = {name: _save(name, environment, target) for name in order()}
    for _ in range(ATTEMPTS):  # services that listen to each other: until nobody is ahead
        overtaken = [n for n in saved if ahead_of(n, saved.values())]
        for name in overtaken:
            saved[name] = _save(name, environment, target)
    if not is_distributed() and (folder / SECRET).exists():
        shutil.copy(folder / SECRET, target / SECRET)
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(),
        "databases": [asdict(one) for one in saved.values()],
    }
    (target / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return list(saved.values())


def ahead_of(name: str, saved: Iterable[Saved]) -> list[str]:
    """Who in a backup has followed a service further than the service's own copy goes."""
    everybody = list(saved)
    highest = next((one.highest for one in everybody if one.name == name), 0)
    return [one.name for one in everybody if one.positions.get(name, 0) > highest]


def _save(name: str, environment: Mapping[str, str], target: Path) -> Saved:
    database = Database(migration_url(name, environment))
    try:
        save = _save_sqlite if database.is_sqlite else _save_postgres
        return save(database, name, target)
    finally:
        database.close()


def check(target: Path) -> list[Saved]:
    """Read a backup's manifest and see that every file is as it was written.

    Raises:
        CommandError: It is none, or a file is missing or damaged.
    """
    try:
        manifest = json.loads((target / MANIFEST).read_text())
        saved = [Saved(**one) for one in manifest["databases"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(
            f"{target} is no whole backup ({type(error).__name__}): {MANIFEST} is written last."
        ) from error
    for one in saved:
        path = target / one.file
        if not path.exists() or _sha256(path) != one.sha256:
            raise CommandError(f"{path} is missing or damaged: use another backup.")
    return saved


def restore(target: Path, folder: Path) -> list[Saved]:
    """Put a backup into an empty system, and begin a new epoch in every store.

    Args:
        target: The backup.
        folder: Of the embedded platform, where no distributed one is configured.

    Returns:
        What was restored.

    Raises:
        CommandError: The backup is damaged, or the system is not empty.
    """
    saved = check(target)
    environment = _environment(folder)
    databases = {one.name: Database(migration_url(one.name, environment)) for one in saved}
    try:
        for one in saved:
            _refuse_what_is_not_empty(one, databases[one.name])
        for one in saved:
            if one.kind == "sqlite":
                databases[one.name].close()
                shutil.copy(target / one.file, str(databases[one.name].url.database))
            else:
                _restore_postgres(target / one.file, databases[one.name])
            _read_back(one, _rows_of(databases[one.name]))
        _begin_epochs(saved, databases)
    finally:
        for database in databases.values():
            database.close()
    if not is_distributed() and (target / SECRET).exists():
        shutil.copy(target / SECRET, folder / SECRET)
        (folder / SECRET).chmod(0o600)
    return saved


def put_back(target: Path, folder: Path, name: str) -> Saved:
    """Put one database of a backup in the place of what is there now.

    Its service must be stopped. The store then counts as restored: its service records nothing
    until `ore reconcile` has compared it with what its listeners hold.

    Raises:
        CommandError: The backup is damaged or has no such database, or the platform is running.
    """
    chosen = [one for one in check(target) if one.name == name]
    if not chosen:
        raise CommandError(f"{target} holds no database {name!r}.")
    (one,) = chosen
    database = Database(migration_url(name, _environment(folder)))
    try:
        if database.is_sqlite != (one.kind == "sqlite"):
            raise CommandError(f"{name} was saved from {one.kind}, and is none here.")
        if database.is_sqlite:
            database.close()
            path = Path(str(database.url.database))
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            shutil.copy(target / one.file, path)
        else:
            _restore_postgres(target / one.file, database, "--clean", "--if-exists")
        _read_back(one, _rows_of(database))
        with database.transaction() as connection:
            record_act(connection, OperatorAct(actor(), "restore", name, "done"))
    finally:
        database.close()
    return one


def _environment(folder: Path) -> Mapping[str, str]:
    if is_distributed():
        return dict(os.environ)
    if is_running(folder):
        raise CommandError("The platform is running and holds its files: stop it first.")
    return {**embedded_environment(folder), **os.environ}


def _refuse_what_is_not_empty(one: Saved, database: Database) -> None:
    if database.is_sqlite != (one.kind == "sqlite"):
        raise CommandError(
            f"{one.name} was saved from {one.kind}: restore it to the same kind of database."
        )
    if database.is_sqlite and not Path(str(database.url.database)).exists():
        return
    with database.reading() as connection:
        if inspect(connection).get_table_names():
            raise CommandError(
                f"{one.name}'s database is not empty. Restore into new databases, or a new folder."
            )


def _begin_epochs(saved: list[Saved], databases: Mapping[str, Database]) -> None:
    """A new epoch for each store, followed by the listeners that were restored with it.

    Whoever was not restored with it (another system that reads the feed) sees the new epoch.
    """
    for one in saved:
        if one.name == GATEWAY:
            continue
        with databases[one.name].transaction() as connection:
            seen = max((other.positions.get(one.name, 0) for other in saved), default=0)
            epoch = epochs.begin_epoch(connection, max(seen, one.highest))
            record_act(connection, OperatorAct(actor(), "restore", f"{one.name} {epoch}", "done"))
        for other in saved:
            if one.name in other.positions:
                with databases[other.name].transaction() as connection:
                    # One that is ahead keeps its effects, and goes on where its source ends.
                    accept_epoch(connection, other.name, one.name, epoch, one.highest)


# --- one database ---------------------------------------------------------------------------------


def _save_sqlite(database: Database, name: str, target: Path) -> Saved:
    path = target / f"{name}.db"
    source = sqlite3.connect(str(database.url.database))
    copy = sqlite3.connect(path)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        source.close()
        copy.close()
    return _describe_sqlite(name, path)


def _describe_sqlite(name: str, path: Path) -> Saved:
    database = Database(f"sqlite:///{path}")
    try:
        with database.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            if found != "ok":
                raise CommandError(f"{path} is damaged: {found}")
            described = _describe(connection)
    finally:
        database.close()
    copy = sqlite3.connect(path)
    copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    copy.close()
    return Saved(name, path.name, "sqlite", _sha256(path), **described)


def _save_postgres(database: Database, name: str, target: Path) -> Saved:
    """Dump and describe in the same snapshot, then read the dump back and compare."""
    path = target / f"{name}.dump"
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        described = _describe(connection)
        _run(
            database.url,
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={path}",
            "--exclude-schema=ore_rebuild_*",
        )
    saved = Saved(name, path.name, "postgresql", _sha256(path), **described)
    _read_back(saved, _rows_in_dump(database.url, path))
    return saved


def _describe(connection: Connection) -> dict[str, Any]:
    t = schema.subscription_positions
    return {
        "epoch": epochs.stored_epoch(connection),
        "highest": epochs.highest_number(connection),
        "positions": {row.source: row.sequence for row in connection.execute(select(t))},
        "rows": _count_rows(connection),
    }


def _count_rows(connection: Connection) -> dict[str, int]:
    return {
        table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()  # noqa: S608 -- names from the database itself
        for table in sorted(inspect(connection).get_table_names())
    }


def _rows_of(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return _count_rows(connection)


def _rows_in_dump(url: URL, path: Path) -> dict[str, int]:
    """Rows of each table as the dump itself tells them, every byte of it read."""
    rows: dict[str, int] = {}
    table = None
    with _reading(url, "pg_restore", "--data-only", "--file=-", str(path)) as lines:
        for line in lines:
            if table is None:
                if line.startswith("COPY "):
                    table = line.split(" ", 2)[1].rpartition(".")[2].strip('"')
                    rows[table] = 0
            elif line == "\\.\n":
                table = None
            else:
                rows[table] += 1
    return rows


def _read_back(saved: Saved, found: Mapping[str, int]) -> None:
    if dict(found) != saved.rows:
        other = sorted(
            name for name in {*found, *saved.rows} if found.get(name) != saved.rows.get(name)
        )
        raise CommandError(
            f"{saved.file} is not what was saved: rows differ in {', '.join(other)}."
        )


def _restore_postgres(path: Path, database: Database, *options: str) -> None:
    _run(
        database.url,
        "pg_restore",
        *options,
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={database.url.database}",
        str(path),
    )


# --- PostgreSQL's programs ------------------------------------------------------------------------


def _run(url: URL, program: str, *arguments: str) -> None:
    with _reading(url, program, *arguments) as lines:
        for _ in lines:
            pass


@contextmanager
def _reading(url: URL, program: str, *arguments: str) -> Iterator[Iterator[str]]:
    """What a program of PostgreSQL writes, line by line; it must end well."""
    found = shutil.which(program)
    if found is None:
        raise CommandError(f"{program} is not installed: it comes with PostgreSQL's client.")
    process = subprocess.Popen(  # noqa: S603 -- PostgreSQL's own program
        [found, *arguments],
        env={**os.environ, **_connection_of(url)},  # a password on a command line can be seen
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
    )
    try:
        yield iter(process.stdout or ())
        _, said = process.communicate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode:
        raise CommandError(f"{program}: {(said.strip().splitlines() or ['failed'])[-1]}")


def _connection_of(url: URL) -> dict[str, str]:
    """As the programs' environment names it; of several servers, all in their order."""
    _, found = url.get_dialect()().create_connect_args(url)
    given = {
        "PGHOST": found.get("host"),
        "PGPORT": found.get("port"),
        "PGUSER": found.get("user"),
        "PGPASSWORD": found.get("password"),
        "PGDATABASE": found.get("dbname") or found.get("database"),
        "PGTARGETSESSIONATTRS": found.get("target_session_attrs"),
    }
    return {name: str(value) for name, value in given.items() if value}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()

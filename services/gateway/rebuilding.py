"""Makes a view again beside the running one, and switches when it is level.

The new rows are made in a shadow that nobody reads: a schema of its own on PostgreSQL, a file (or
memory) of its own on SQLite. Meanwhile the old rows are read and kept up as ever. At the end one
short transaction holds the projector, takes over the shadow and the few entries that came last.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, delete, exc, func, select
from sqlalchemy.schema import CreateSchema, DropSchema

from services.gateway.journal import BATCH, journal, read_entries, view_positions
from services.gateway.projections import View
from services.gateway.projections.registry import VIEWS
from services.gateway.write_behind import prepare_write_behind, send, write_behind
from shared.kernel import schema as kernel
from shared.kernel.database import Database, upsert
from shared.kernel.operator_acts import OperatorAct, record_act
from shared.kernel.refusal import NotFoundError

PREFIX = "ore_rebuild_"
SWITCH_ATTEMPTS = 40
SWITCH_PAUSE_SECONDS = 0.25
SWITCH_LOCK_MS = 800
"""Below PostgreSQL's deadlock_timeout: where a reader and we wait for each other, we give way."""
LOCK_SPACE = 0x6F7265

Progress = Callable[[int, int], None]
"""Told ``(entries read, entries in all)`` after each batch."""


class RebuildRunningError(Exception):
    """This view is being rebuilt already; the text is its name."""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did."""

    entries: int
    """Journal entries read, >= 0."""
    settled: int
    """Parked messages of this view that the rebuild took over and that left the list."""


def rebuild(
    database: Database, view_name: str, *, actor: str, progress: Progress | None = None
) -> Rebuilt:
    """Make a view again from the first event on, beside the running one.

    An error or an interruption, at any moment, leaves the view as it was; what is left of the
    shadow goes away here, or with the next rebuild or migration.

    Args:
        database: The gateway's; on PostgreSQL with the role that owns the tables.
        view_name: Name of the view.
        actor: Who asks for it, for the record.
        progress: Told how far it is.

    Raises:
        NotFoundError: No view has this name.
        RebuildRunningError: Somebody is rebuilding it.
        Exception: Whatever the view raises for an entry that it cannot take.
    """
    view = next((kind() for kind in VIEWS if kind.name == view_name), None)
    if view is None:
        raise NotFoundError(what="view", id=view_name)
    clear_leftovers(database)
    prepare_write_behind(database)
    with _shadow(database, view) as shadow:
        built = _Built()
        while not _is_near_the_end(database, built.position):
            with database.reading() as connection:
                entries = read_entries(connection, built.position, BATCH)
                total = connection.execute(select(func.count()).select_from(journal)).scalar_one()
            with shadow.writing() as connection:
                write_behind(connection)
                view.apply(connection, entries)
                send(connection)
            built = _Built(entries[-1][0].position, built.entries + len(entries))
            if progress:
                progress(built.entries, total)
        shadow.prepare_switch()
        return _switch(shadow, built, actor)


@dataclass(frozen=True)
class _Built:
    """How far the shadow is: position in the journal, and entries read."""

    position: int = 0
    entries: int = 0


def rebuild_all(database: Database, *, actor: str) -> None:
    """Rebuild every view, one after the other."""
    for kind in VIEWS:
        rebuild(database, kind.name, actor=actor)


def _is_near_the_end(database: Database, position: int) -> bool:
    """Whether so little is left that the projector may wait for it."""
    with database.reading() as connection:
        left = select(journal.c.position).where(journal.c.position > position).limit(BATCH)
        return len(connection.execute(left).all()) < BATCH


def _switch(shadow: Shadow, built: _Built, actor: str) -> Rebuilt:
    """Let readers see the new rows, level with the journal, in one transaction."""
    for _ in range(SWITCH_ATTEMPTS - 1):
        try:
            return _switch_once(shadow, built, actor)
        except exc.OperationalError:  # a long reader or writer held something: come again
            time.sleep(SWITCH_PAUSE_SECONDS)
    return _switch_once(shadow, built, actor)


def _switch_once(shadow: Shadow, built: _Built, actor: str) -> Rebuilt:
    view, position, read = shadow.view, built.position, built.entries
    with shadow.database.transaction() as connection:
        # As the projector does before it appends: until we commit, nothing comes after the rest.
        connection.execute(select(view_positions).order_by(view_positions.c.view).with_for_update())
        shadow.take_over(connection)
        while entries := read_entries(connection, position, BATCH):
            view.apply(connection, entries)
            position = entries[-1][0].position
            read += len(entries)
        values = {"view": view.name, "position": position}
        upsert(connection, view_positions, values, key=("view",))
        settled = _settle_parked(connection, view, actor)
        record_act(connection, OperatorAct(actor, "view.rebuild", view.name, "done"))
    return Rebuilt(read, settled)


def _settle_parked(connection: Connection, view: View, actor: str) -> int:
    """What was parked for the view has had its effect now: it leaves the list, on the record."""
    t = kernel.parked_messages
    ours = t.c.subscription == f"view:{view.name}"
    numbers = connection.execute(select(t.c.id).where(ours, t.c.source.is_not(None))).scalars()
    settled = list(numbers)
    for number in settled:
        target = f"{number}: view:{view.name}"
        record_act(connection, OperatorAct(actor, "parked.replay", target, "done", "view rebuilt"))
        connection.execute(delete(t).where(t.c.id == number))
    return len(settled)


# --- shadows --------------------------------------------------------------------------------------


class Shadow:
    """Where a view's new rows are made."""

    def __init__(self, database: Database, view: View) -> None:
        self.database = database
        self.view = view

    def writing(self) -> Any:
        """A transaction in which the view's table names mean the shadow's tables."""
        raise NotImplementedError

    def prepare_switch(self) -> None:
        """Whatever can be done before the projector has to wait."""

    def take_over(self, connection: Connection) -> None:
        """Put the shadow's rows in the place of the view's, in the given transaction."""
        raise NotImplementedError


class _SchemaShadow(Shadow):
    """PostgreSQL: tables of the same names in a schema of their own, moved at the end."""

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.view.name}"

    def create(self) -> None:
        """Make the tables, with the grants of those that they will replace."""
        with self.database.transaction() as connection:
            connection.execute(CreateSchema(self.name))
            copies = MetaData(schema=self.name)
            for table in self.view.tables:
                table.to_metadata(copies, schema=self.name)
            copies.create_all(connection)
            for table in self.view.tables:
                _copy_rights(connection, table, self.name)

    def drop(self) -> None:
        """Take the tables away, if they are there."""
        with self.database.transaction() as connection:
            connection.execute(DropSchema(self.name, cascade=True, if_exists=True))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """See `Shadow.writing`."""
        with self.database.transaction(is_repeatable=True) as connection:
            connection.exec_driver_sql(f'SET LOCAL search_path TO "{self.name}"')
            yield connection

    def prepare_switch(self) -> None:
        """Readers of the new tables need statistics from the first moment."""
        with self.database.transaction() as connection:
            for table in self.view.tables:
                connection.exec_driver_sql(f'ANALYZE "{self.name}"."{table.name}"')

    def take_over(self, connection: Connection) -> None:
        """Drop the old tables and move the new ones to their place; their size does not matter."""
        place = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        names = [f'"{place}"."{table.name}"' for table in self.view.tables]
        patience = SWITCH_LOCK_MS // len(names)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience}")
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
        for table in reversed(self.view.tables):
            connection.exec_driver_sql(f'DROP TABLE "{place}"."{table.name}"')
        for table in self.view.tables:
            connection.exec_driver_sql(
                f'ALTER TABLE "{self.name}"."{table.name}" SET SCHEMA "{place}"'
            )


def _copy_rights(connection: Connection, table: Table, schema: str) -> None:
    """Give the new table the owner and the grants of the old one."""
    new = f'"{schema}"."{table.name}"'
    owner = connection.exec_driver_sql(
        "SELECT quote_ident(r.rolname) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
        "WHERE c.oid = to_regclass(%s) AND r.rolname <> current_user",
        (f'"{table.name}"',),
    ).scalar_one_or_none()
    grants = connection.exec_driver_sql(
        "SELECT quote_ident(r.rolname), string_agg(a.privilege_type, ', ') FROM pg_class c, "
        "aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee "
        "WHERE c.oid = to_regclass(%s) AND a.grantee <> c.relowner GROUP BY r.rolname",
        (f'"{table.name}"',),
    ).all()
    for role, privileges in grants:
        connection.exec_driver_sql(f"GRANT {privileges} ON {new} TO {role}")
    if owner:
        connection.exec_driver_sql(f"ALTER TABLE {new} OWNER TO {owner}")


class _FileShadow(Shadow):
    """SQLite: a database of its own, so that building takes no lock of the running platform."""

    def __init__(self, database: Database, view: View, path: Path | None) -> None:
        super().__init__(database, view)
        self.path = path
        self.shadow = Database(f"sqlite:///{path}" if path else "sqlite://")

    def create(self) -> None:
        """Make the tables."""
        with self.shadow.transaction() as connection:
            for table in self.view.tables:
                table.create(connection)

    def drop(self) -> None:
        """Take the file away."""
        self.shadow.close()
        if self.path:
            _remove_files(self.path)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """See `Shadow.writing`."""
        with self.shadow.transaction(is_repeatable=True) as connection:
            yield connection

    def take_over(self, connection: Connection) -> None:
        """Copy the rows as they are stored."""
        self.view.clear(connection)
        for table in self.view.tables:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            marks = ", ".join("?" for _ in table.columns)
            copy = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 -- names of our own tables
            with self.shadow.reading() as shadow:
                rows = shadow.exec_driver_sql(f'SELECT {names} FROM "{table.name}"')  # noqa: S608 -- names of our own tables
                while some := rows.fetchmany(BATCH):
                    connection.exec_driver_sql(copy, [tuple(row) for row in some])


@contextmanager
def _shadow(database: Database, view: View) -> Iterator[Shadow]:
    """An empty shadow that nobody else has; gone at the end, however it ends."""
    with _held(database, view.name) as is_ours:
        if not is_ours:
            raise RebuildRunningError(view.name)
        shadow: _SchemaShadow | _FileShadow = (
            _FileShadow(database, view, _shadow_file(database, view.name))
            if database.is_sqlite
            else _SchemaShadow(database, view)
        )
        try:
            shadow.create()
            yield shadow
        finally:
            shadow.drop()


def clear_leftovers(database: Database) -> list[str]:
    """Take away the shadows of rebuilds that were killed.

    Returns:
        The names of their views.
    """
    cleared = []
    for name in _existing_shadows(database):
        with _held(database, name) as is_ours:
            if is_ours:
                _drop_by_name(database, name)
                cleared.append(name)
    return cleared


def _existing_shadows(database: Database) -> list[str]:
    if database.is_sqlite:
        first = _shadow_file(database, "")
        if first is None:
            return []
        return sorted(
            path.name.removeprefix(first.name)
            for path in first.parent.glob(f"{first.name}*")
            if not path.name.endswith(("-wal", "-shm", ".lock"))
        )
    with database.reading() as connection:
        names = connection.exec_driver_sql(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY 1", (PREFIX,)
        ).scalars()
        return [str(name).removeprefix(PREFIX) for name in names]


def _drop_by_name(database: Database, name: str) -> None:
    path = _shadow_file(database, name)
    if path is not None:
        _remove_files(path)
        return
    with database.transaction() as connection:
        connection.execute(DropSchema(f"{PREFIX}{name}", cascade=True, if_exists=True))


@contextmanager
def _held(database: Database, name: str) -> Iterator[bool]:
    """Whether this process has the rebuild of a view; the operating system or server lets it go."""
    if not database.is_sqlite:
        engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            try:
                yield connection.exec_driver_sql(
                    "SELECT pg_try_advisory_lock(%s, hashtext(%s))",
                    (LOCK_SPACE, f"{PREFIX}{name}"),
                ).scalar_one()
            finally:
                connection.invalidate()  # ends the session, and the lock with it
        return
    path = _shadow_file(database, name)
    if path is None:
        yield True
        return
    lock = path.with_name(f"{path.name}.lock")
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            lock.unlink(missing_ok=True)


def _shadow_file(database: Database, name: str) -> Path | None:
    """Where a view's shadow is on SQLite; ``None`` for a database in memory."""
    file = database.url.database if database.is_sqlite else None
    if not file or file == ":memory:":
        return None
    return Path(f"{file}.{PREFIX}{name}")


def _remove_files(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)

"""One service's own database: an SQLite file or PostgreSQL, told apart by its URL only."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
from psycopg2.extras import wait_select
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Table,
    TypeDecorator,
    bindparam,
    create_engine,
    event,
    exc,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

Answered = TypeVar("Answered")
LOCK_TIMEOUT_MS = 10_000
STATEMENT_TIMEOUT_MS = 60_000
POOL_TIMEOUT_SECONDS = 30.0
GREETING_AFTER_SECONDS = 1.0
KEEP_SECONDS = 60.0
UNREACHABLE: tuple[type[Exception], ...] = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
)
"""What is raised when a database does not answer, as the driver and SQLAlchemy name it."""


# Both ends give the other up that vanished without a word, after 19 s; the system's own keep-alive
# takes two hours. On the server a session keeps its locks, and a relay its lead. What is prepared
# has one good plan at every size of a log; left to itself, the server plans a long log's pages anew
# each time.
_POSTGRES_ARGUMENTS: dict[str, Any] = {
    "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} "
    "-c idle_in_transaction_session_timeout=60000 -c tcp_user_timeout=19000 "
    "-c plan_cache_mode=force_generic_plan "
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3",
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 19_000,
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite alone would hand it back without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone, keep the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Session:
    """A driver's connection and, in ``info``, what was prepared on it."""

    __slots__ = ("cursor", "dbapi_connection", "info", "used_at")

    def __init__(self, connection: Any) -> None:
        self.dbapi_connection = connection
        self.cursor = connection.cursor
        self.info: dict[str, str] = {}
        self.used_at = 0.0


class _Sessions:
    """A pool for one statement at a time: SQLAlchemy's costs as much as the statement itself."""

    def __init__(self, connect: Callable[[], Any], size: int) -> None:
        self._connect, self._size = connect, size
        self._idle: deque[Session] = deque()
        self._places = threading.Semaphore(2 * size)

    def take(self, timeout_seconds: float = POOL_TIMEOUT_SECONDS) -> Session:
        """The idle one that was used last, or a new one."""
        if not self._places.acquire(timeout=timeout_seconds):
            raise exc.TimeoutError("no connection became free")
        with suppress(IndexError):
            return self._idle.pop()
        try:
            return Session(self._connect())
        except BaseException:
            self._places.release()
            raise

    def give_back(self, session: Session, *, keep: bool) -> None:
        """Keep it for the next, or close it.

        More than the size are kept as long as they are used: to make one costs ten statements.
        """
        session.used_at = time.monotonic()
        if keep:
            self._idle.append(session)
        else:
            session.dbapi_connection.close()
        self._places.release()
        with suppress(IndexError):
            if session.used_at - self._idle[-1 - self._size].used_at > KEEP_SECONDS:
                self._idle.popleft().dbapi_connection.close()

    def close(self) -> None:
        """Close those that are idle."""
        while self._idle:
            with suppress(IndexError):
                self._idle.pop().dbapi_connection.close()


class Database:
    """Connections to one database.

    Args:
        url: ``sqlite:///path``, ``sqlite://`` (in memory, for tests) or ``postgresql://…``.
        pool_size: Connections kept open; more are opened under load, up to twice as many.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = _driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # SQLite has one writer: waiting here is fair and keeps other green threads running.
        self._writer = threading.Lock()
        self.engine = self._sqlite_engine() if self.is_sqlite else self._postgres_engine(pool_size)
        # On PostgreSQL each query sees what is committed when it begins, in a transaction or not:
        # without one, two round trips less.
        self._reader = (
            self.engine
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._single_statements = _Sessions(self._connect_autocommit, pool_size)
        self.ahead = _Sessions(partial(self._connect_autocommit, async_=True), 1)
        """Connections on which the driver does not wait for an answer (PostgreSQL only)."""

    def _postgres_engine(self, pool_size: int) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=pool_size,
            hide_parameters=True,  # an error's text must not quote a person's data
            pool_use_lifo=True,  # what was used a moment ago needs no greeting
            connect_args=_POSTGRES_ARGUMENTS,
        )
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_greet_after_a_pause, engine))
        return engine

    def _connect_autocommit(self, **how: Any) -> Any:
        _, arguments = self.engine.dialect.create_connect_args(self.url)
        connection = psycopg2.connect(**arguments, **_POSTGRES_ARGUMENTS, **how)
        if how:
            wait_select(connection)
        else:
            connection.autocommit = True
        return connection

    def _sqlite_engine(self) -> Engine:
        arguments: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": 10}}
        if not self.url.database or self.url.database == ":memory:":
            arguments["poolclass"] = StaticPool
        else:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self.url, hide_parameters=True, **arguments)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def transaction(self, *, is_repeatable: bool = False) -> Iterator[Connection]:
        """A connection in a writing transaction: committed at the end, rolled back on an error.

        Args:
            is_repeatable: What is written would be written again if it were lost, e.g. a position
                or what is made from a log. It then need not reach the disk before this returns: a
                killed process loses nothing, a power cut perhaps the last moments.
        """
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                if is_repeatable:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield connection
            return
        with self._writer, self.engine.connect() as connection:
            connection.execution_options(is_writing=True, is_repeatable=is_repeatable)
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries, and for nothing else."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def single_statements(self) -> Iterator[Session]:
        """A driver's connection on which each statement is a transaction: one round trip each.

        PostgreSQL only. It is not asked beforehand whether it still lives: whoever uses it must
        be ready for a lost connection (`is_lost`), and none of the idle ones is used again then.
        """
        sessions = self._single_statements
        session = sessions.take()
        is_alive = True
        try:
            yield session
        except psycopg2.Error as error:
            is_alive = not is_lost(error)
            if not is_alive:  # what ended one connection has probably ended them all
                sessions.close()
            raise
        finally:
            sessions.give_back(session, keep=is_alive)

    def ask(self, query: Callable[[Session], Answered]) -> Answered:
        """Read in a single statement; PostgreSQL only.

        Reading has no effect: on a lost connection it is done again, once, on a new one.
        """
        try:
            with self.single_statements() as session:
                return query(session)
        except psycopg2.Error as error:
            if not is_lost(error):
                raise
        with self.single_statements() as session:
            return query(session)

    def close(self) -> None:
        """Close all connections."""
        self._single_statements.close()
        self.ahead.close()
        self.engine.dispose()


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, so that what became of the statement is not known."""
    if not isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return False
    code = error.pgcode
    return code is None or code.startswith(("08", "57P0"))


def _driver_url(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg2")
    return parsed


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _greet_after_a_pause(
    engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Meet a server that was restarted meanwhile here, not in a command.

    SQLAlchemy's own ``pool_pre_ping`` asks at each use, which is a good part of what a short
    command costs.
    """
    used_at = record.info.get("used_at")
    if used_at is None or time.monotonic() - used_at < GREETING_AFTER_SECONDS:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except engine.dialect.loaded_dbapi.Error as error:
        raise exc.DisconnectionError("the server has left the connection") from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Write-ahead log, full durability, and transactions begun by us instead of the driver."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("is_writing"):
        connection.exec_driver_sql("BEGIN")
        return
    level = "NORMAL" if options.get("is_repeatable") else "FULL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def upsert(
    connection: Connection, table: Table, values: Mapping[str, Any], *, key: Sequence[str]
) -> None:
    """Insert a row, or overwrite the given columns of the row that has the same key."""
    statement = _upsert_statement(table, tuple(values), tuple(key), connection.dialect.name)
    connection.execute(statement, dict(values))


@lru_cache(maxsize=500)
def _upsert_statement(
    table: Table, columns: tuple[str, ...], key: tuple[str, ...], dialect: str
) -> Executable:
    """Built once for each table and set of columns: building costs more than running it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Any = insert(table).values({name: bindparam(name) for name in columns})
    changed = {name: statement.excluded[name] for name in columns if name not in key}
    upserting: Executable = (
        statement.on_conflict_do_update(index_elements=list(key), set_=changed)
        if changed
        else statement.on_conflict_do_nothing(index_elements=list(key))
    )
    return upserting

"""Databases in memory, handed on from test to test.

SQLAlchemy keeps the SQL of a statement with the engine. To make it takes longer than most tests
run, and so do tables. Both are made once: who closes a database leaves its engine to the next
test, and what it holds is overwritten there.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, MetaData

from shared.kernel import schema
from shared.kernel.application import ServiceApplication
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.kernel.publication import Publications

App = TypeVar("App", bound=ServiceApplication)
_idle: defaultdict[object, list[Engine]] = defaultdict(list)
_blank: dict[object, Database] = {}


class MemoryDatabase(Database):
    """A database of one's own in memory, as it is before anything has happened.

    Args:
        kind: What has the same tables and is asked the same has the same kind.
        make: Makes the tables of this kind; called for the first one.
    """

    def __init__(self, kind: object, make: Callable[[Connection], object]) -> None:
        self._kind = kind
        self._is_open = True
        super().__init__("sqlite://")
        if kind not in _blank:
            _blank[kind] = Database("sqlite://")
            with _blank[kind].transaction() as connection:
                make(connection)
        copy_into(self, _blank[kind])

    def _sqlite_engine(self) -> Engine:
        return _idle[self._kind].pop() if _idle[self._kind] else super()._sqlite_engine()

    def close(self) -> None:
        """Leave it to the next test; an application closes its own again when it is collected."""
        if self._is_open:
            self._is_open = False
            _idle[self._kind].append(self.engine)


def copy_into(target: Database, source: Database) -> None:
    """Let a database in memory hold what another one holds, and nothing else."""
    with _driver(source) as read, _driver(target) as written:
        read.backup(written)


@contextmanager
def _driver(database: Database) -> Iterator[sqlite3.Connection]:
    connection = database.engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        yield driver
    finally:
        connection.close()


def an_application(
    application_class: type[App],
    clock: Clock | None = None,
    publications: Publications | None = None,
    metadata: MetaData | None = None,
) -> App:
    """The real application on a database in memory, with the kernel's tables and its own.

    ``metadata`` holds the service's tables; those of its projections are found without it.
    """
    tables = {t.metadata for p in application_class.projections for t in p.tables}
    tables |= {metadata} if metadata is not None else set()

    def make(connection: Connection) -> None:
        schema.create_v1(connection)
        for one in tables:
            one.create_all(connection)

    database = MemoryDatabase((application_class, metadata), make)
    return application_class(database, clock, publications)

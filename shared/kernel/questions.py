"""Queries that every request asks: compiled once, and asked on the driver's own connection.

What SQLAlchemy does around a query takes several times as long as a short query itself.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, Uuid

from shared.kernel.database import Database, Session

_Compiled: TypeAlias = tuple[str, dict[str, Any], list[Callable[[Any], Any] | None]]
"""Text, constants that stand in it, and how each column's value is read."""


class Question:
    """A query with named parameters, asked in a transaction of its own.

    Args:
        statement: A select with bind parameters; its columns need names of their own.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        columns = list(statement.selected_columns)
        # The rows of both ways are read alike: by the columns' names.
        self._row: Any = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]  # noqa: PYI024
        self._types = [column.type for column in columns]
        self._compiled: _Compiled | None = None

    def rows(self, database: Database, **parameters: Any) -> list[Any]:
        """The rows, as named tuples.

        Raises:
            OperationalError: The database cannot be reached (SQLAlchemy's, or psycopg2's own).
        """
        if database.is_sqlite:
            with database.reading() as connection:
                return list(connection.execute(self._statement, parameters))
        query, constants, readers = self._compiled or self._compile(database)
        bound = constants | {name: _written(value) for name, value in parameters.items()}

        def ask(session: Session) -> list[Any]:
            with session.cursor() as cursor:
                cursor.execute(query, bound)
                rows: list[Any] = cursor.fetchall()
            return rows

        return [
            self._row._make(
                value if read is None or value is None else read(value)
                for value, read in zip(row, readers, strict=True)
            )
            for row in database.ask(ask)
        ]

    def one_or_none(self, database: Database, **parameters: Any) -> Any:
        """The only row, or ``None``."""
        rows = self.rows(database, **parameters)
        if len(rows) > 1:
            raise LookupError(f"{len(rows)} rows where at most one is expected")
        return rows[0] if rows else None

    def _compile(self, database: Database) -> _Compiled:
        dialect = database.engine.dialect
        compiled = self._statement.compile(dialect=dialect)
        readers: list[Callable[[Any], Any] | None] = [
            UUID
            if isinstance(kind, Uuid)
            else kind.dialect_impl(dialect).result_processor(dialect, None)
            for kind in self._types
        ]
        done: _Compiled = (compiled.string, dict(compiled.params), readers)
        self._compiled = done
        return done


def _written(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value

"""From an event to a row, and from a row to what a query gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Executable,
    Row,
    Select,
    Table,
    bindparam,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from shared.contracts.base import ContractModel

T = TypeVar("T")


def same_named(event: ContractModel, table: Table) -> dict[str, Any]:
    """Values of the event's fields for the table's columns of the same names."""
    names = {column.name for column in table.columns} & set(type(event).model_fields)
    as_json = {name for name in names if isinstance(table.c[name].type, JSON)}
    values = event.model_dump(include=names - as_json)
    plain = {
        name: value.value if isinstance(value, Enum) else value for name, value in values.items()
    }
    return plain | event.model_dump(mode="json", include=as_json)


def change_row(
    connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]
) -> None:
    """Set columns of the rows with this key; nothing happens where there is none."""
    wanted = {f"of_{name}": value for name, value in key.items()}
    connection.execute(_change_statement(table, tuple(key), tuple(values)), wanted | values)


@lru_cache(maxsize=500)
def _change_statement(table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> Executable:
    """Built once for each table and its columns: building costs more than running it."""
    changed: dict[str, Any] = {name: bindparam(name) for name in columns}
    return update(table).where(*_is_row(table, key)).values(changed)


def find_row(connection: Connection, table: Table, **key: Any) -> Row[Any] | None:
    """The row with this primary key."""
    wanted = {f"of_{name}": value for name, value in key.items()}
    return connection.execute(_find_statement(table, tuple(key)), wanted).one_or_none()


@lru_cache(maxsize=500)
def _find_statement(table: Table, key: tuple[str, ...]) -> Select[Any]:
    return select(table).where(*_is_row(table, key))


def _is_row(table: Table, key: tuple[str, ...]) -> list[ColumnElement[bool]]:
    return [table.c[name] == bindparam(f"of_{name}") for name in key]


def write_where(
    connection: Connection,
    table: Table,
    values: dict[str, Any],
    key: tuple[str, ...],
    condition: Callable[[Any], ColumnElement[bool]],
) -> None:
    """Insert a row, or overwrite the one with the same key where a condition holds.

    One statement that reads nothing back: many of them wait for each other and go out together.

    Args:
        connection: In a transaction.
        table: Of the row.
        values: Of its columns.
        key: Its primary key.
        condition: From the values given (``excluded``), of the row that is there; a function of a
            module, because the statement is built once for each.
    """
    dialect = connection.dialect.name
    statement = _write_statement(table, tuple(values), key, condition, dialect)
    connection.execute(statement, values)


@lru_cache(maxsize=500)
def _write_statement(
    table: Table,
    columns: tuple[str, ...],
    key: tuple[str, ...],
    condition: Callable[[Any], ColumnElement[bool]],
    dialect: str,
) -> Executable:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values({name: bindparam(name) for name in columns})
    changed = {name: statement.excluded[name] for name in columns if name not in key}
    writing: Executable = statement.on_conflict_do_update(
        index_elements=list(key), set_=changed, where=condition(statement.excluded)
    )
    return writing


def read_as(kind: type[T], row: Any, /, **converted: Any) -> T:
    """A dataclass from a row's columns of the same names, and from values made of others."""
    names = (field.name for field in fields(kind))  # type: ignore[arg-type]
    plain = {name: getattr(row, name) for name in names if name not in converted}
    return kind(**plain, **converted)

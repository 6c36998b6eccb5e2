"""From an event to a row, and from a row to what a query gives."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import JSON, Connection, Row, Table, select, update

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
    statement = update(table).where(*(table.c[name] == value for name, value in key.items()))
    connection.execute(statement.values(**values))


def find_row(connection: Connection, table: Table, **key: Any) -> Row[Any] | None:
    """The row with this primary key."""
    query = select(table).where(*(table.c[name] == value for name, value in key.items()))
    return connection.execute(query).one_or_none()


def read_as(kind: type[T], row: Any, /, **converted: Any) -> T:
    """A dataclass from a row's columns of the same names, and from values made of others."""
    names = (field.name for field in fields(kind))  # type: ignore[arg-type]
    plain = {name: getattr(row, name) for name in names if name not in converted}
    return kind(**plain, **converted)

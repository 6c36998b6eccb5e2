"""A page of a list, and how a list is narrowed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, true

from services.gateway.projections.polish import fold

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some consecutive rows of a list, and how many the whole list has."""

    rows: tuple[T, ...]
    total: int
    offset: int
    limit: int | None

    @property
    def next_offset(self) -> int | None:
        """Offset of the page after this one; ``None`` on the last."""
        end = self.offset + len(self.rows)
        return end if self.rows and end < self.total else None

    @property
    def previous_offset(self) -> int | None:
        """Offset of the page before this one; ``None`` on the first."""
        if self.offset == 0:
            return None
        return 0 if self.limit is None else max(0, self.offset - self.limit)


@dataclass(frozen=True, kw_only=True)
class ListFilter:
    """What every list takes. ``None`` narrows nothing, an empty tuple leaves nothing."""

    offset: int = 0
    limit: int | None = 50
    """At most so many rows; ``None`` for all of them (exports)."""


def read_page(
    connection: Connection,
    query: Select[Any],
    filters: ListFilter,
    order: tuple[ColumnElement[Any], ...],
    read: Callable[[Any], T],
) -> Page[T]:
    """The rows of a query that lie on the asked page.

    Args:
        connection: To the gateway's database.
        query: All rows of the list, in any order.
        filters: Offset and limit.
        order: A total order: ends with a unique column.
        read: Makes a result of a row.
    """
    found = connection.execute(query.order_by(*order).offset(filters.offset).limit(filters.limit))
    rows = tuple(read(row) for row in found)
    return Page(rows, count_rows(connection, query), filters.offset, filters.limit)


def count_rows(connection: Connection, query: Select[Any]) -> int:
    """How many rows a query has; >= 0."""
    rows = query.order_by(None).subquery()
    return connection.execute(select(func.count()).select_from(rows)).scalar_one()


def given(*conditions: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """All of the conditions that were given at all."""
    return and_(true(), *(condition for condition in conditions if condition is not None))


def equals(column: ColumnElement[Any], value: object) -> ColumnElement[bool] | None:
    """The column has this value; no condition for ``None``."""
    return None if value is None else column == _stored(value)


def one_of(
    column: ColumnElement[Any], values: Collection[object] | None
) -> ColumnElement[bool] | None:
    """The column has one of these values; no condition for ``None``, never true for none."""
    return None if values is None else column.in_([_stored(value) for value in values])


def is_set(column: ColumnElement[Any], wanted: bool | None) -> ColumnElement[bool] | None:  # noqa: FBT001 -- the answer that is looked for
    """The column has a value, or (``False``) has none; no condition for ``None``."""
    if wanted is None:
        return None
    return column.is_not(None) if wanted else column.is_(None)


def has_words(folded: ColumnElement[str], text: str | None) -> ColumnElement[bool] | None:
    """The folded column holds every word of the text, in any order; no condition without words."""
    words = fold(text).split()
    return and_(*(folded.contains(word, autoescape=True) for word in words)) if words else None


def _stored(value: object) -> object:
    return value.value if isinstance(value, Enum) else value

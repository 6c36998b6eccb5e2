"""The views' tables on an SQLite database in memory, filled from a story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from services.gateway.projections import View, metadata
from services.gateway.projections.registry import VIEWS
from shared.kernel.database import Database
from tests.unit.gateway.projections.stories import Told

OF_THE_ORDER = {"position"}
"""Columns that name a place in the journal: they differ with the order in which it was filled."""


def an_empty_gateway() -> Database:
    """A database with all tables of the gateway's own metadata."""
    database = Database("sqlite://")
    with database.transaction() as connection:
        metadata.create_all(connection)
    return database


def show(connection: Connection, told: Iterable[Told], *views: type[View]) -> None:
    """Let the views (all for none named) take over events in this order."""
    entries = [each.entry(position) for position, each in enumerate(told, start=1)]
    for view in views or VIEWS:
        view().apply(connection, entries)


@cache
def the_gateway() -> Database:
    """One database for all tests: what they write is rolled back."""
    return an_empty_gateway()


@contextmanager
def shown(told: Iterable[Told]) -> Iterator[Connection]:
    """A connection to the views of a story."""
    with the_gateway().engine.connect() as connection, connection.begin() as transaction:
        show(connection, told)
        yield connection
        transaction.rollback()


def rows_of(
    connection: Connection, view: type[View], leave_out: set[str] = OF_THE_ORDER
) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a view's tables, in an order of their own."""
    return {
        table.name: sorted(
            (
                tuple(row)
                for row in connection.execute(
                    select(*(c for c in table.c if c.name not in leave_out))
                )
            ),
            key=repr,
        )
        for table in view.tables
    }

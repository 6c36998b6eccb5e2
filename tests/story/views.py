"""Every row of every view, to compare before and after they are made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from platform_cli import registry
from services.gateway.projections.registry import VIEWS
from shared.kernel.database import Database

Rows = dict[str, list[str]]


def dump(urls: Mapping[str, str]) -> Rows:
    """Rows by table: the gateway's views, and each service's read models.

    Args:
        urls: Of the databases, by service and ``gateway``.
    """
    found: Rows = {}
    database = Database(urls["gateway"])
    with database.reading() as connection:
        found |= _rows("gateway", connection, (t for view in VIEWS for t in view.tables))
    database.close()
    for name in registry.SERVICES:
        application = registry.load(name).component.build(Database(urls[name]))
        tables = [table for model in application.read_models for table in model.tables]
        with application.database.reading() as connection:
            found |= _rows(name, connection, tables)
        application.close()
        application.database.close()
    return found


def _rows(owner: str, connection: Connection, tables: Iterable[Table]) -> Rows:
    return {
        f"{owner}.{table.name}": sorted(
            repr(tuple(row)) for row in connection.execute(select(table))
        )
        for table in tables
    }


def differences(before: Rows, after: Rows) -> dict[str, Any]:
    """Tables whose rows differ, with the rows that only one side has."""
    return {
        name: {
            "only before": sorted(set(before.get(name, [])) - set(after.get(name, [])))[:3],
            "only after": sorted(set(after.get(name, [])) - set(before.get(name, [])))[:3],
        }
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }

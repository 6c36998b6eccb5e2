"""How far the gateway's journal and its views are, for Prometheus and for readiness."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from services.gateway.journal import (
    SOURCES,
    SUBSCRIPTION,
    journal,
    last_position,
    level_position,
    view_positions,
)
from shared.kernel.database import Database
from shared.kernel.metrics import Asks, Figures
from shared.kernel.positions import read_position

FAR_BEHIND = 10_000
"""More events than this missing in the views: what they show is not the present."""
_RECORDED_AT = select(journal.c.recorded_at).order_by(journal.c.position).limit(1)


def gateway_figures(database: Database, rpc: Asks) -> Figures:
    """Position and lag of the gateway's subscription and views; nothing without a database."""
    figures = Figures()
    meaning = "Whether the gateway's database answers"
    try:
        with database.reading() as connection:
            positions = {
                source: read_position(connection, SUBSCRIPTION, source).sequence
                for source in SOURCES
            }
            _add_views(figures, connection)
            figures.add_parked(connection, SUBSCRIPTION)
    except SQLAlchemyError:
        figures.add("ore_gateway_connected", meaning, 0)
        return figures
    figures.add("ore_gateway_connected", meaning, 1)
    figures.add_subscription(SUBSCRIPTION, positions, rpc)
    return figures


def _add_views(figures: Figures, connection: Connection) -> None:
    end = last_position(connection)
    figures.add("ore_gateway_journal_position", "End of the gateway's journal", end)
    for view, position in connection.execute(select(view_positions)).all():
        waits = _RECORDED_AT.where(journal.c.position > position)
        oldest = connection.execute(waits).scalar_one_or_none() if position < end else None
        figures.add_progress("view", position, end, oldest, view=view)


def database_state(database: Database) -> tuple[bool, dict[str, Any]]:
    """Whether the gateway's database answers and its views are near the journal's end."""
    try:
        with database.reading() as connection:
            behind = last_position(connection) - level_position(connection)
    except SQLAlchemyError as error:
        return False, {"database": type(error).__name__}
    return behind <= FAR_BEHIND, {"database": "connected", "views_behind": behind}

"""Operations: is everything up, how far behind is it, what is parked. No personal data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy import select

from services.gateway.clients import services
from services.gateway.journal import SOURCES, journal, last_position, view_positions
from services.gateway.panel import area, reading
from services.gateway.runtime import runtime
from shared.kernel.parking import list_parked
from shared.kernel.rpc import ServiceFailedError, ServiceUnavailableError

blueprint = area("operations")

MOST_PARKED = 50


@dataclass(frozen=True)
class ServiceState:
    """What a service says of itself, or why it says nothing."""

    name: str
    status: dict[str, Any] | None
    trouble: str | None

    @property
    def lag(self) -> int | None:
        """Recorded events that the relay has not passed yet; >= 0."""
        if self.status is None:
            return None
        return max(0, int(self.status["last_event"]) - int(self.status["relay"]["position"]))


@dataclass(frozen=True)
class ViewState:
    """How far a view of the gateway is."""

    name: str
    position: int
    lag: int
    """Journal entries that it does not show yet; >= 0."""


@blueprint.get("/panel/operacje")
def show_operations() -> str:
    """Each service's own report, the journal and the views, and what waits for a person."""
    states = [_state(name) for name in SOURCES]
    with reading() as connection:
        last = last_position(connection)
        newest = connection.execute(
            select(journal.c.recorded_at).where(journal.c.position == last)
        ).scalar_one_or_none()
        rows = connection.execute(select(view_positions).order_by(view_positions.c.view))
        views = [ViewState(row.view, row.position, max(0, last - row.position)) for row in rows]
    parked = list_parked(runtime().database)
    return render_template(
        "operations/show.html",
        states=states,
        last_events={s.name: s.status["last_event"] for s in states if s.status},
        last=last,
        newest=newest,
        views=views,
        parked=parked[:MOST_PARKED],
        parked_total=len(parked),
    )


def _state(name: str) -> ServiceState:
    try:
        return ServiceState(name, services().status(name), None)
    except (ServiceUnavailableError, ServiceFailedError) as error:
        return ServiceState(name, None, str(error))

"""The platform's events for other systems: everything since the first, in order; schemas."""

from __future__ import annotations

import time
from importlib import resources
from typing import Annotated, Any

import orjson
from flask import Response, current_app, request
from pydantic import Field
from sqlalchemy import select

from services.gateway.blueprints.api.base import blueprint, found, reading
from services.gateway.blueprints.api.operation import json_response, operation
from services.gateway.journal import journal, last_position, level_position
from services.gateway.runtime import runtime
from shared.contracts import advisory, hdr, monitoring, recruitment
from shared.contracts.base import Answer, ContractEvent, Request
from shared.kernel.envelope import SEQUENCE_DIGITS

BATCH_TYPE = "application/cloudevents-batch+json"
SCHEMA_TYPE = "application/schema+json"
LONGEST_WAIT_SECONDS = 25
LOOK_AGAIN_SECONDS = 0.5
EVENT_TYPES: dict[str, type[ContractEvent]] = {
    event.event_type(): event
    for module in (recruitment, advisory, hdr, monitoring)
    for event in module.EVENTS
}


class EventsQuery(Request):
    """Which part of the history."""

    after: Annotated[int, Field(ge=0, description="Journal position of the last event seen.")] = 0
    limit: Annotated[int, Field(ge=1, le=1000, description="How many at most.")] = 100
    timeout: Annotated[
        float,
        Field(
            ge=0, le=LONGEST_WAIT_SECONDS, description="Seconds to wait where there is none yet."
        ),
    ] = 0


class JournalPosition(Answer):
    """How far the platform's history goes, and how far the views have followed it."""

    position: int
    views_position: int


class EventSchema(Answer):
    """A type of event and where its schema is."""

    type: str
    schema_url: str
    description: str


@blueprint.get("/events")
@operation(
    "Events after a position, as a CloudEvents batch",
    query=EventsQuery,
    answer=tuple[dict[str, Any], ...],
    answer_type=BATCH_TYPE,
)
def list_events(query: EventsQuery) -> Response:
    """An empty batch is the end; the address of the next one is in the ``Link`` header.

    Each event has its place as ``journalposition``, so that one can go on from any of them. Their
    order is that of the journal: kept for each source, and the same for every reader.
    """
    rows = _wait_for_events(query)
    last = rows[-1][0] if rows else query.after
    events = [
        orjson.loads(body) | {"journalposition": f"{position:0{SEQUENCE_DIGITS}d}"}
        for position, body in rows
    ]
    response = json_response(events, media_type=BATCH_TYPE)
    response.headers["Link"] = f'<{request.path}?after={last}&limit={query.limit}>; rel="next"'
    response.headers["Ore-Journal-Position"] = str(last)
    return response


@blueprint.get("/events/position")
@operation("How far the history goes", answer=JournalPosition)
def get_position() -> JournalPosition:
    with reading() as connection:
        return JournalPosition(
            position=last_position(connection), views_position=level_position(connection)
        )


@blueprint.get("/schemas")
@operation("Types of events", answer=tuple[EventSchema, ...])
def list_schemas() -> object:
    return tuple(
        EventSchema(
            type=name,
            schema_url=f"/api/v1/schemas/{name}",
            description=(event.__doc__ or "").strip(),
        )
        for name, event in sorted(EVENT_TYPES.items())
    )


@blueprint.get("/schemas/<event_type>")
@operation("The JSON schema of an event's data", answer=dict[str, Any], answer_type=SCHEMA_TYPE)
def get_schema(event_type: str) -> Response:
    event = found(EVENT_TYPES.get(event_type), "schema", event_type)
    folder = resources.files("shared.contracts") / "schemas" / event.OWNER
    published = (folder / f"{event.__name__}.v{event.VERSION}.json").read_bytes()
    response = current_app.response_class(published, content_type=SCHEMA_TYPE)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _wait_for_events(query: EventsQuery) -> list[tuple[int, str]]:
    """The next events; where there is none, as soon as one comes, or none after the time limit."""
    deadline = time.monotonic() + query.timeout
    while True:
        with reading() as connection:
            found_rows = connection.execute(
                select(journal.c.position, journal.c.body)
                .where(journal.c.position > query.after)
                .order_by(journal.c.position)
                .limit(query.limit)
            ).all()
        remaining = deadline - time.monotonic()
        if found_rows or remaining <= 0:
            return [(row.position, row.body) for row in found_rows]
        _pause(min(LOOK_AGAIN_SECONDS, remaining))


def _pause(seconds: float) -> None:
    moved = runtime().views_moved
    if moved is None:
        time.sleep(seconds)
        return
    with moved:
        moved.wait(seconds)

"""Alive, connected, how far behind; and the figures for Prometheus. No personal data."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from services.gateway.clients import services
from services.gateway.journal import SOURCES, SUBSCRIPTION, last_position, level_position
from services.gateway.progress import gateway_figures
from services.gateway.runtime import runtime
from shared.kernel.metrics import exposition
from shared.kernel.positions import parked_count, read_position
from shared.kernel.rpc import ServiceFailedError, ServiceUnavailableError

blueprint = Blueprint("health", __name__)


@blueprint.get("/health/live")
def live() -> Response:
    """The process answers."""
    return jsonify(status="alive")


@blueprint.get("/health/ready")
def ready() -> tuple[Response, int]:
    """Connected, and how far behind: the gateway's views and every service.

    With ``?only=gateway`` the services are not asked: a replica's own health check comes often.
    """
    state = gateway_state()
    is_alone = request.args.get("only") == "gateway"
    asked = {} if is_alone else {name: service_state(name) for name in SOURCES}
    is_ready = state["database"] == "connected"
    is_whole = is_ready and all(found["connected"] for found in asked.values())
    status = "ready" if is_whole else "degraded" if is_ready else "unavailable"
    return jsonify(status=status, gateway=state, services=asked), 200 if is_ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """The same figures for Prometheus."""
    body = exposition(gateway_figures(runtime().database, runtime().rpc))
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def gateway_state() -> dict[str, Any]:
    """How the gateway's own database and views are doing."""
    try:
        with runtime().database.reading() as connection:
            connection.execute(text("SELECT 1"))
            return {
                "database": "connected",
                "journal_position": last_position(connection),
                "views_position": level_position(connection),
                "sources": {
                    source: read_position(connection, SUBSCRIPTION, source).sequence
                    for source in SOURCES
                },
                "parked": parked_count(connection),
            }
    except SQLAlchemyError as error:
        return {"database": type(error).__name__}


def service_state(name: str) -> dict[str, Any]:
    """What a service says of itself, or that it does not answer."""
    try:
        status = services().status(name)
    except (ServiceUnavailableError, ServiceFailedError) as error:
        return {"connected": False, "reason": type(error).__name__}
    return {"connected": True, **_public(status)}


def _public(status: dict[str, Any]) -> dict[str, Any]:
    """The figures, and whether there is trouble; its text may name hosts."""
    return {
        name: _public(value) if isinstance(value, dict) else value
        for name, value in status.items()
        if name != "trouble"
    } | ({"is_troubled": bool(status["trouble"])} if "trouble" in status else {})

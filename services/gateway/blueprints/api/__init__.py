"""The REST API under ``/api/v1``: resources, one module for each area.

Every operation is a function with `operation`, which checks the request, documents it and shapes
the answer. Modules are imported here, so that their operations are there.
"""

from __future__ import annotations

from services.gateway.blueprints.api import (
    advisory,
    calls,
    documentation,
    editions,
    events,
    hdrs,
    identity,
    monitoring,
    programme,
    trainings,
)
from services.gateway.blueprints.api.base import blueprint

__all__ = [
    "advisory",
    "blueprint",
    "calls",
    "documentation",
    "editions",
    "events",
    "hdrs",
    "identity",
    "monitoring",
    "programme",
    "trainings",
]

"""The services there are, and where their parts stand."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

SERVICES = ("recruitment", "advisory", "hdr", "monitoring")
PROCESSES = (*SERVICES, "projector", "gateway")
"""What runs as a process of its own when the platform is distributed."""


@dataclass(frozen=True)
class ServiceParts:
    """One service: its component (no transport) and how to get its nameko class."""

    name: str
    component: Any

    def service_class(self) -> type[Any]:
        """The nameko service; importing it needs a process that may be patched by eventlet."""
        module = importlib.import_module(f"services.{self.name}.service")
        service: type[Any] = getattr(module, f"{self.name.capitalize()}Service")
        return service


def migrations_of(name: str) -> str:
    """The package of a service's or the gateway's migrations; nothing is imported for it."""
    return f"services.{name}.migrations"


def load(name: str) -> ServiceParts:
    """The parts of one service."""
    module = importlib.import_module(f"services.{name}.component")
    return ServiceParts(name, module.COMPONENT)


def load_all() -> tuple[ServiceParts, ...]:
    """The parts of every service."""
    return tuple(load(name) for name in SERVICES)

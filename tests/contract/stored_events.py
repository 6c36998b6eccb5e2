"""Every event that the services store, and the example of each that was stored once."""

from __future__ import annotations

import importlib
import json
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.domain import CanMutateAggregate
from eventsourcing.persistence import StoredEvent

from platform_cli import registry
from shared.kernel.aggregate import Aggregate
from shared.kernel.application import ServiceApplication
from tests.memory import an_application

SNAPSHOTS = Path(__file__).parent / "snapshots"
EXAMPLE_ID = UUID("5b0c3a86-0f3a-4a35-9a3e-6f2f8c1d7e90")


def aggregates(service: str) -> list[type[Aggregate]]:
    """The aggregates of a service, found in its domain's modules."""
    package = importlib.import_module(f"services.{service}.domain")
    modules = [
        importlib.import_module(f"{package.__name__}.{module.name}")
        for module in pkgutil.iter_modules(package.__path__)
    ]
    return sorted(
        {
            member
            for module in modules
            for member in vars(module).values()
            if isinstance(member, type)
            and issubclass(member, Aggregate)
            and member.__module__ == module.__name__
        },
        key=lambda cls: cls.__name__,
    )


def stored_event_classes(service: str) -> list[type[Any]]:
    """The events nested in a service's aggregates, their common base left out."""
    return [
        cls
        for aggregate in aggregates(service)
        for cls in vars(aggregate).values()
        if isinstance(cls, type) and issubclass(cls, CanMutateAggregate) and cls.__name__ != "Event"
    ]


def stored_names_and_versions() -> set[str]:
    """``<service>.<Event>.v<N>`` for every version of every event that was ever stored."""
    return {
        f"{cls.TOPIC}.v{version}"
        for service in registry.SERVICES
        for cls in stored_event_classes(service)
        for version in range(1, getattr(cls, "class_version", 1) + 1)
    }


def snapshots() -> dict[str, Path]:
    """The stored examples by ``<service>.<Event>.v<N>``."""
    return {f"{path.parent.name}.{path.stem}": path for path in sorted(SNAPSHOTS.rglob("*.json"))}


@cache
def application(service: str) -> ServiceApplication:
    """The service's real application; its database stays empty."""
    component = registry.load(service).component
    made: ServiceApplication = an_application(
        component.application, publications=component.publications, metadata=component.metadata
    )
    return made


def read(name: str, **changes: Any) -> Any:
    """The domain event that a snapshot is read as, some of its plain fields changed."""
    service, event_name, _ = name.split(".")
    state = snapshots()[name].read_bytes()
    stored = StoredEvent(
        originator_id=EXAMPLE_ID,
        originator_version=1,
        topic=f"{service}.{event_name}",
        state=json.dumps(json.loads(state) | changes).encode() if changes else state,
    )
    return application(service).mapper.to_domain_event(stored)


def newest_snapshots() -> list[str]:
    """The snapshot of the newest version of every event."""
    newest: dict[str, int] = {}
    for name in snapshots():
        event_name, _, version = name.rpartition(".v")
        newest[event_name] = max(newest.get(event_name, 0), int(version))
    return [f"{event_name}.v{version}" for event_name, version in sorted(newest.items())]

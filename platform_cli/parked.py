"""Parked messages: who waits, why, and what an operator decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from platform_cli import registry
from platform_cli.configuration import database_url
from platform_cli.installation import environment_of, is_distributed, is_running
from services.gateway.journal import Journal
from services.gateway.projections.registry import VIEWS
from shared.kernel import parking
from shared.kernel.database import Database
from shared.kernel.parking import ParkedMessage, ServiceSink
from shared.kernel.refusal import NotFoundError

PLACES = (*registry.SERVICES, "gateway")


def list_all(folder: Path) -> list[tuple[str, ParkedMessage]]:
    """Every parked message with the part of the platform where it waits."""
    environment = environment_of(folder)
    found = []
    for place in PLACES:
        database = Database(database_url(place, environment))
        found += [(place, message) for message in parking.list_parked(database)]
        database.close()
    return found


def find(place: str, parked_id: int, folder: Path) -> ParkedMessage:
    """One parked message.

    Raises:
        NotFoundError: There is none with this number there.
    """
    with _database(place, environment_of(folder)) as database:
        return _find(database, parked_id)


def replay(place: str, parked_id: int, folder: Path) -> None:
    """Handle a parked message again; it leaves the list in the transaction of its effect.

    Raises:
        NotFoundError: It is not there, or an earlier one of its subject waits.
        RuntimeError: The embedded platform is running.
        Exception: Whatever its handler raises; it stays parked.
    """
    environment = _environment_for_changes(folder)
    if place == "gateway":
        with _database(place, environment) as database:
            journal = Journal(database, [view() for view in VIEWS])
            journal.replay(_find(database, parked_id))
        return
    component = registry.load(place).component
    application = component.build(Database(database_url(place, environment)))
    try:
        sink = ServiceSink(application, component.handlers)
        sink.replay(_find(application.database, parked_id))
    finally:
        application.close()


def discard(place: str, parked_id: int, folder: Path) -> None:
    """Take a parked message off the list for good.

    Raises:
        NotFoundError: It is not there.
        RuntimeError: The embedded platform is running.
    """
    with _database(place, _environment_for_changes(folder)) as database:
        parking.discard(database, parked_id)


def _find(database: Database, parked_id: int) -> ParkedMessage:
    message = next((m for m in parking.list_parked(database) if m.id == parked_id), None)
    if message is None:
        raise NotFoundError(what="parked message", id=str(parked_id))
    return message


def _environment_for_changes(folder: Path) -> Mapping[str, str]:
    environment = environment_of(folder)
    if not is_distributed() and is_running(folder):
        raise RuntimeError("The platform is running: stop it first (embedded has one process).")
    return environment


@contextmanager
def _database(place: str, environment: Mapping[str, str]) -> Iterator[Database]:
    database = Database(database_url(place, environment))
    try:
        yield database
    finally:
        database.close()

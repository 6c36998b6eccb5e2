"""Parked messages: who waits, why, and what an operator decides."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from platform_cli import registry
from platform_cli.configuration import database_url
from platform_cli.installation import environment_of, is_distributed, is_running
from platform_cli.troubles import CommandError
from services.gateway.journal import Journal
from services.gateway.projections.registry import VIEWS
from shared.kernel import parked_acts, parking
from shared.kernel.database import Database
from shared.kernel.operator_acts import OperatorAct, list_acts
from shared.kernel.parked_acts import Outcome
from shared.kernel.parking import ParkedMessage, ServiceSink
from shared.kernel.refusal import NotFoundError

PLACES = (*registry.SERVICES, "gateway")


def actor() -> str:
    """Who works at the command line, as it is recorded: a number, not a name."""
    return f"cli:{os.getuid()}"


def list_all(folder: Path) -> list[tuple[str, ParkedMessage]]:
    """Every parked message with the part of the platform where it waits."""
    environment = environment_of(folder)
    found = []
    for place in PLACES:
        with _database(place, environment) as database:
            found += [(place, message) for message in parking.list_parked(database)]
    return found


def list_acts_everywhere(folder: Path, limit: int) -> list[tuple[str, OperatorAct]]:
    """The operators' latest acts in all parts of the platform, newest first."""
    environment = environment_of(folder)
    found = []
    for place in PLACES:
        with _database(place, environment) as database:
            found += [(place, act) for act in list_acts(database, limit)]
    return sorted(found, key=lambda entry: str(entry[1].recorded_at), reverse=True)[:limit]


def find(place: str, parked_id: int, folder: Path) -> ParkedMessage:
    """One parked message.

    Raises:
        NotFoundError: There is none with this number there.
    """
    with _database(place, environment_of(folder)) as database:
        return parked_acts.choose(database, parked_id)[0]


def settle(
    place: str,
    parked_id: int | None,
    folder: Path,
    *,
    is_whole_subject: bool = False,
    is_discarding: bool = False,
    reason: str | None = None,
) -> list[tuple[ParkedMessage, Outcome]]:
    """Replay or discard one message, all of its subject, or all of a place (no number).

    Returns:
        What became of each message.

    Raises:
        NotFoundError: It is not there.
        InvalidRequestError: Something is to be discarded without a reason.
        CommandError: The embedded platform is running.
    """
    with _database(place, _environment_for_changes(folder)) as database:
        messages = parked_acts.choose(database, parked_id, is_whole_subject=is_whole_subject)
        by_id = {message.id: message for message in messages}
        outcomes = parked_acts.settle(
            database,
            messages,
            _replay(place, database),
            is_discarding=is_discarding,
            actor=actor(),
            reason=reason,
        )
    return [(by_id[outcome.id], outcome) for outcome in outcomes]


def _replay(place: str, database: Database) -> parked_acts.Replay | None:
    """How messages of a place are handled again; ``None`` where nothing listens."""
    if place == "gateway":
        return Journal(database, [view() for view in VIEWS]).replay
    component = registry.load(place).component
    if component.handlers is None:
        return None
    return ServiceSink(component.build(database), component.handlers).replay


def _environment_for_changes(folder: Path) -> Mapping[str, str]:
    environment = environment_of(folder)
    if not is_distributed() and is_running(folder):
        raise CommandError(
            "The platform is running and holds its files. Replay and discard on the page "
            "/panel/operacje (signed in as an operator), or stop the platform first."
        )
    return environment


@contextmanager
def _database(place: str, environment: Mapping[str, str]) -> Iterator[Database]:
    if place not in PLACES:
        raise NotFoundError(what=f"part of the platform; name one of {', '.join(PLACES)}", id=place)
    database = Database(database_url(place, environment))
    try:
        yield database
    finally:
        database.close()

"""Parked messages of the whole platform, for the operations page: the services' and the views'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.gateway.clients import services
from services.gateway.journal import SOURCES, Journal
from services.gateway.projections.registry import VIEWS
from services.gateway.runtime import runtime
from shared.kernel import parked_acts, parking
from shared.kernel.operator_acts import OperatorAct, list_acts
from shared.kernel.parked_acts import Outcome
from shared.kernel.parking import ParkedMessage
from shared.kernel.refusal import NotFoundError
from shared.kernel.rpc import ServiceFailedError, ServiceUnavailableError

GATEWAY = "gateway"
PLACES = (*SOURCES, GATEWAY)
MOST = 200


@dataclass(frozen=True)
class Parked:
    """What one part of the platform holds for a person."""

    place: str
    total: int
    messages: tuple[ParkedMessage, ...]
    acts: tuple[OperatorAct, ...]
    trouble: str | None = None
    """Why it says nothing."""


def parked_everywhere() -> list[Parked]:
    """Every part's parked messages and acts; a part that does not answer says why."""
    return [_parked_or_trouble(place) for place in PLACES]


def parked_in(place: str) -> Parked:
    """One part's parked messages and acts.

    Raises:
        NotFoundError: There is no such part.
        ServiceUnavailableError: It does not answer.
    """
    if place not in PLACES:
        raise NotFoundError(what="parked message", id=place)
    if place == GATEWAY:
        database = runtime().database
        messages = parking.list_parked(database)
        return Parked(
            place, len(messages), tuple(messages[:MOST]), tuple(list_acts(database, MOST))
        )
    answer = services().caller.list_parked(place, MOST)
    return Parked(
        place,
        answer["total"],
        tuple(_timed(ParkedMessage(**m), m, "parked_at") for m in answer["messages"]),
        tuple(_timed(OperatorAct(**a), a, "recorded_at") for a in answer["acts"]),
    )


def find(place: str, number: int) -> ParkedMessage:
    """One parked message.

    Raises:
        NotFoundError: It is not there.
    """
    return find_with_subject(place, number)[0]


def find_with_subject(place: str, number: int) -> tuple[ParkedMessage, list[ParkedMessage]]:
    """One parked message, and all about its subject, itself too, in their order; asked once.

    Raises:
        NotFoundError: It is not there.
    """
    messages = parked_in(place).messages
    found = next((m for m in messages if m.id == number), None)
    if found is None:
        raise NotFoundError(what="parked message", id=f"{place} {number}")
    return found, [m for m in messages if _subject(m) == _subject(found)]


def settle(
    place: str,
    number: int | None,
    *,
    is_whole_subject: bool = False,
    is_discarding: bool = False,
    actor: str,
    reason: str | None = None,
) -> list[Outcome]:
    """Replay or discard one message, all of its subject, or all of a place; recorded there.

    Raises:
        Refusal: It is not there any more, or a reason is missing.
        ServiceUnavailableError: The service does not answer: what it did is seen in its acts.
    """
    if place != GATEWAY:
        request: dict[str, Any] = {
            "act": "discard" if is_discarding else "replay",
            "parked_id": number,
            "is_whole_subject": is_whole_subject,
            "reason": reason or None,
        }
        answer = services().caller.settle_parked(place, request)
        return [Outcome(**outcome) for outcome in answer["outcomes"]]
    here = runtime()
    return parked_acts.settle(
        here.database,
        parked_acts.choose(here.database, number, is_whole_subject=is_whole_subject),
        Journal(here.database, [view() for view in VIEWS]).replay,
        is_discarding=is_discarding,
        actor=actor,
        reason=reason,
    )


def _parked_or_trouble(place: str) -> Parked:
    try:
        return parked_in(place)
    except (ServiceUnavailableError, ServiceFailedError) as error:
        return Parked(place, 0, (), (), str(error))


def _timed(thing: Any, data: Mapping[str, Any], field: str) -> Any:
    return replace(thing, **{field: datetime.fromisoformat(data[field])})


def _subject(message: ParkedMessage) -> tuple[str | None, ...]:
    return message.subscription, message.source, message.subject

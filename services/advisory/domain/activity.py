"""Support that a team gave a JST: a meeting, a workshop, advice on site or from afar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.advisory.domain.errors import ActivityBeforeEditionError, ActivityInFutureError
from shared.contracts.advisory import ActivityForm


@dataclass(frozen=True)
class Support:
    """What was given, as the team logs it."""

    form: ActivityForm
    held_on: date
    hours: float
    """Quarters of an hour are the finest step."""
    participants: int
    topic: str
    task_codes: tuple[str, ...] = ()
    """Tasks of the expert's role, e.g. ``PRO-03``."""
    note: str = ""


@dataclass(frozen=True)
class Activity:
    """Support that was logged, at the stage that the cycle was in."""

    activity_id: UUID
    stage: str
    support: Support


def support_was_given_within_the_edition(
    held_on: date, *, today: date, edition_starts_on: date
) -> None:
    """Support is logged once it was given, and belongs to its edition.

    Args:
        held_on: The day of the support.
        today: The day of logging in Europe/Warsaw; support of the same day counts as given.
        edition_starts_on: First day of the edition.

    Raises:
        ActivityInFutureError: The day is still to come.
        ActivityBeforeEditionError: The edition had not begun.
    """
    if held_on > today:
        raise ActivityInFutureError(
            field="held_on", held_on=held_on.isoformat(), today=today.isoformat()
        )
    if held_on < edition_starts_on:
        raise ActivityBeforeEditionError(
            field="held_on", held_on=held_on.isoformat(), starts_on=edition_starts_on.isoformat()
        )

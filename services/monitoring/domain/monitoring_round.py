"""MonitoringRound: one time of asking how HDRs are implemented, from opening to closing.

It asks about the HDRs that are published when it opens, as they are then. A due date is a day,
and the whole of that day in Europe/Warsaw still counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Self
from uuid import UUID, uuid5

from eventsourcing.domain import event

from services.monitoring.domain.errors import (
    DueDateNotLaterError,
    HdrsNotPublishedError,
    NothingToMonitorError,
    NotInRoundError,
    RoundAlreadyClosedError,
    RoundClosedError,
    RoundNotOpenError,
    RoundPeriodError,
    RoundSlugTakenError,
)
from shared.contracts.monitoring import MonitoredHdr
from shared.kernel.aggregate import Aggregate, FirstEvent

ROUNDS = UUID("5c9f0a4e-6a0c-5d55-9a57-0f3f4f0c8a11")
"""Namespace of the rounds' ids: a slug belongs to one round."""


class MonitoringRound(Aggregate):
    """A round of monitoring in an edition."""

    TOPIC = "monitoring.MonitoringRound"

    class Opened(Aggregate.Event, FirstEvent):
        """A round began; ``hdrs`` are what it asks about, as they were published then."""

        TOPIC = "monitoring.RoundOpened"
        edition_id: UUID
        slug: str
        name: str
        opens_on: date
        due_on: date
        hdrs: list[MonitoredHdr]

    class DueDateMoved(Aggregate.Event):
        """Answers became due on a later day."""

        TOPIC = "monitoring.RoundDueDateMoved"
        due_on: date
        previous_due_on: date
        reason: str

    class Closed(Aggregate.Event):
        """The round ended; records after this are corrections."""

        TOPIC = "monitoring.RoundClosed"

    @classmethod
    def open(
        cls,
        *,
        edition_id: UUID,
        slug: str,
        name: str,
        opens_on: date,
        due_on: date,
        published: Sequence[MonitoredHdr],
        only: Sequence[UUID] | None = None,
        is_slug_taken: bool = False,
    ) -> Self:
        """Open a round.

        Args:
            edition_id: The edition whose HDRs it asks about.
            slug: Readable part of its address.
            name: What people call it.
            opens_on: First day on which reports are taken.
            due_on: Last day on which a report is in time; not before ``opens_on``.
            published: The edition's published HDRs, in the order in which to ask.
            only: Ids of those to ask about; all of them if ``None``.
            is_slug_taken: Whether another round has the slug.
        """
        if is_slug_taken:
            raise RoundSlugTakenError(field="slug", slug=slug)
        if due_on < opens_on:
            raise RoundPeriodError(
                field="due_on", opens_on=opens_on.isoformat(), due_on=due_on.isoformat()
            )
        asked = published if only is None else _only(only, published)
        if not asked:
            raise NothingToMonitorError(edition_id=str(edition_id))
        return cls(
            edition_id=edition_id,
            slug=slug,
            name=name,
            opens_on=opens_on,
            due_on=due_on,
            hdrs=list(asked),
        )

    @staticmethod
    def create_id(slug: str) -> UUID:
        """The same slug is always the same round."""
        return uuid5(ROUNDS, slug)

    @event(Opened)
    def __init__(
        self,
        *,
        edition_id: UUID,
        slug: str,
        name: str,
        opens_on: date,
        due_on: date,
        hdrs: list[MonitoredHdr],
    ) -> None:
        self.edition_id = edition_id
        self.slug = slug
        self.name = name
        self.opens_on = opens_on
        self.due_on = due_on
        self.hdrs = {hdr.hdr_id: hdr for hdr in hdrs}
        self.is_closed = False

    def move_due_date(self, due_on: date, reason: str) -> None:
        """Give more time."""
        self._refuse_if_closed()
        if due_on <= self.due_on:
            raise DueDateNotLaterError(
                field="due_on",
                due_on=due_on.isoformat(),
                previous_due_on=self.due_on.isoformat(),
            )
        self._move_due_date(due_on=due_on, previous_due_on=self.due_on, reason=reason)

    @event(DueDateMoved)
    def _move_due_date(self, due_on: date, previous_due_on: date, reason: str) -> None:
        self.due_on = due_on

    def close(self) -> None:
        """End the round."""
        self._refuse_if_closed()
        self._close()

    @event(Closed)
    def _close(self) -> None:
        self.is_closed = True

    def hdr(self, hdr_id: UUID) -> MonitoredHdr:
        """An HDR as this round asks about it.

        Raises:
            NotInRoundError: It does not ask about that one.
        """
        if hdr_id not in self.hdrs:
            raise NotInRoundError(round_id=str(self.id), hdr_id=str(hdr_id))
        return self.hdrs[hdr_id]

    def is_late_for_first_record(self, today: date) -> bool:
        """Whether a first report of today is late; the due date itself is still in time.

        Args:
            today: The day in Europe/Warsaw.

        Raises:
            RoundNotOpenError: The round takes no reports yet.
            RoundClosedError: It takes no first reports any more.

        Source:
            DR-02 for the day.
        """
        if today < self.opens_on:
            raise RoundNotOpenError(opens_on=self.opens_on.isoformat())
        if self.is_closed:
            raise RoundClosedError(round_name=self.name, due_on=self.due_on.isoformat())
        return today > self.due_on

    def _refuse_if_closed(self) -> None:
        if self.is_closed:
            raise RoundAlreadyClosedError(round_id=str(self.id))


def _only(hdr_ids: Sequence[UUID], published: Sequence[MonitoredHdr]) -> list[MonitoredHdr]:
    known = {hdr.hdr_id for hdr in published}
    unknown = [
        {
            "field": f"hdr_ids.{position}",
            "rule": "HDR_NOT_PUBLISHED",
            "message": "no published HDR of the edition has this id",
            "parameters": {"hdr_id": str(hdr_id)},
        }
        for position, hdr_id in enumerate(hdr_ids)
        if hdr_id not in known
    ]
    if unknown:
        raise HdrsNotPublishedError(fields=unknown)
    return [hdr for hdr in published if hdr.hdr_id in hdr_ids]

"""The one base class of our aggregates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.domain import AggregateCreated, AggregateEvent, BaseAggregate

from shared.kernel.clock import current_time


class Aggregate(BaseAggregate[UUID]):
    """Event-sourced aggregate whose stored names are explicit.

    Set ``TOPIC`` on the subclass: the library then refuses any event of it
    without a ``TOPIC`` of its own, so modules and classes can be renamed or
    moved without touching what is stored.
    """

    @staticmethod
    def create_id(*_: Any, **__: Any) -> UUID:
        """Random id; aggregates that exist once per pair override this."""
        return uuid4()

    class Event(AggregateEvent):
        """Base of the aggregate's events; stamped with the moment of the command."""

        @staticmethod
        def create_timestamp() -> datetime:
            """Moment at which the command takes effect."""
            return current_time()


class FirstEvent(AggregateCreated):
    """Mixed into the event that starts an aggregate.

    ``eventsourcing.domain.Aggregate`` brings an implicit ``Created`` event,
    which has no ``TOPIC`` and so cannot be used together with explicit names.
    """

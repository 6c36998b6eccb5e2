"""Aggregates as a command left them, so that the next one reads only what came after."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

MOST_COPIES = 7
"""Of one aggregate, besides the one kept last: about as many as commands are at work."""


@dataclass(frozen=True)
class Kept:
    """An aggregate and the last event that it holds, as that is stored."""

    aggregate: Any
    last: StoredEvent


class AggregateCache:
    """The aggregates used last, each in the hands of one command at a time.

    Who takes one has it alone, until it is kept again after a commit: so nothing need be copied,
    and what a refused command did to it is never seen. Commands on one aggregate at the same time
    read one each, and these are all kept. It is only a place to begin reading at: the reader asks
    the log from the kept event on, and believes neither an aggregate whose event is not there any
    more nor one that another process has since carried on.

    Args:
        size: Of how many aggregates; the one not used for the longest time leaves.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[UUID, list[Kept]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, aggregate_id: UUID) -> Kept | None:
        """The aggregate, which is then no longer here; ``None`` when it is not kept."""
        with self._lock:
            copies = self._kept.get(aggregate_id)
            return copies.pop() if copies else None

    def keep(self, aggregates: Sequence[Kept]) -> None:
        """Keep aggregates that hold nothing but what is committed."""
        with self._lock:
            for kept in aggregates:
                copies = self._kept.setdefault(kept.aggregate.id, [])
                copies[:] = [c for c in copies if c.aggregate is not kept.aggregate][-MOST_COPIES:]
                copies.append(kept)
                self._kept.move_to_end(kept.aggregate.id)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

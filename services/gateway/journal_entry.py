"""What the journal knows of one contract event, besides its data."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class JournalEntry(NamedTuple):
    """One place in the merged history of the platform."""

    position: int
    """Place in the journal; the order in which the gateway took the events over."""
    source: str
    sequence: int
    """Number in the source's log."""
    type: str
    subject: str
    time: datetime
    """When it happened; aware, UTC."""
    recorded_at: datetime
    """When the gateway took it over; aware, UTC."""
    message_id: str
    correlation_id: str | None
    causation_id: str | None

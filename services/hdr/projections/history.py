"""History: the steps in the life of each HDR and each summary, oldest first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Integer, String, Table, Text, Uuid, insert, select

from services.hdr.domain.hdr import Hdr
from services.hdr.domain.summary import Summary
from services.hdr.projections import metadata
from shared.contracts.hdr import HdrHistoryEntry
from shared.kernel.database import UtcDateTime
from shared.kernel.projection import Projection, handles

history = Table(
    "history",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("what", String(100), nullable=False),
    Column("reason", Text),
)


class History(Projection):
    """One row for each event."""

    name = "history"
    tables = (history,)

    @handles(
        Hdr.Opened,
        Hdr.DraftSaved,
        Hdr.Submitted,
        Hdr.EditingStarted,
        Hdr.SubstantiveEditingFinished,
        Hdr.Proofread,
        Hdr.Returned,
        Hdr.Published,
        Hdr.Withdrawn,
        Summary.FormChosen,
        Summary.FormChanged,
        Summary.DraftSaved,
        Summary.Submitted,
        Summary.Returned,
        Summary.Approved,
        Summary.Published,
    )
    def on_step(self, connection: Connection, event: Any) -> None:
        """Every event is a step; the ones that give a reason keep it."""
        connection.execute(
            insert(history).values(
                subject_id=event.originator_id,
                version=event.originator_version,
                at=event.timestamp,
                what=type(event).TOPIC,
                reason=getattr(event, "reason", None),
            )
        )


def steps_of(connection: Connection, subject_id: UUID) -> tuple[HdrHistoryEntry, ...]:
    """The steps of one HDR or summary, oldest first."""
    t = history.c
    rows = connection.execute(
        select(t.at, t.what, t.version, t.reason)
        .where(t.subject_id == subject_id)
        .order_by(t.version)
    )
    return tuple(HdrHistoryEntry.model_validate(row._asdict()) for row in rows)

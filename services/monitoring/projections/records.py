"""``records``: which HDRs reported in a round."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Column, Connection, Index, Table, Uuid, insert, select

from services.monitoring.domain.monitoring_record import MonitoringRecord
from services.monitoring.projections import metadata
from shared.kernel.database import UtcDateTime
from shared.kernel.projection import Projection, handles

records = Table(
    "records",
    metadata,
    Column("record_id", Uuid, primary_key=True),
    Column("round_id", Uuid, nullable=False),
    Column("hdr_id", Uuid, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index("records_by_round", "round_id"),
)


class Records(Projection):
    """One row for each HDR that reported in a round."""

    name = "records"
    tables = (records,)

    @handles(MonitoringRecord.Recorded)
    def on_recorded(self, connection: Connection, event: MonitoringRecord.Recorded) -> None:
        """A row for the first report; corrections leave it as it is."""
        connection.execute(
            insert(records).values(
                record_id=event.originator_id,
                round_id=event.round_id,
                hdr_id=event.hdr_id,
                recorded_at=event.timestamp,
            )
        )


def recorded_hdr_ids(connection: Connection, round_id: UUID) -> tuple[UUID, ...]:
    """The HDRs that reported in a round, in the order of their first reports."""
    query = (
        select(records.c.hdr_id)
        .where(records.c.round_id == round_id)
        .order_by(records.c.recorded_at, records.c.record_id)
    )
    return tuple(connection.scalars(query))

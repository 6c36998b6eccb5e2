"""What hdr told: the published HDRs, as monitoring asks about them.

Copies of another's facts, kept up by the subscription; made again by reading hdr's log anew.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Connection, Index, Table, Uuid, select, update

from services.monitoring.projections import metadata
from shared.contracts.monitoring import MonitoredHdr
from shared.kernel.database import upsert

published_hdrs = Table(
    "published_hdrs",
    metadata,
    Column("hdr_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("hdr", JSON, nullable=False),
    Column("is_withdrawn", Boolean, nullable=False),
    Index("published_hdrs_by_edition", "edition_id"),
)


def keep_hdr(connection: Connection, edition_id: UUID, hdr: MonitoredHdr) -> None:
    """Keep the newest published version of an HDR."""
    values = {
        "hdr_id": hdr.hdr_id,
        "edition_id": edition_id,
        "hdr": hdr.model_dump(mode="json"),
        "is_withdrawn": False,
    }
    upsert(connection, published_hdrs, values, key=["hdr_id"])


def keep_withdrawal(connection: Connection, hdr_id: UUID) -> None:
    """Keep that an HDR is no longer public; an unknown one changes nothing."""
    connection.execute(
        update(published_hdrs).where(published_hdrs.c.hdr_id == hdr_id).values(is_withdrawn=True)
    )


def published_in(connection: Connection, edition_id: UUID) -> list[MonitoredHdr]:
    """The published HDRs of an edition, by voivodeship, name of the JST and title."""
    query = select(published_hdrs.c.hdr).where(
        published_hdrs.c.edition_id == edition_id, published_hdrs.c.is_withdrawn.is_(False)
    )
    hdrs = [MonitoredHdr.model_validate(hdr) for hdr in connection.scalars(query)]
    return sorted(hdrs, key=lambda h: (h.jst.voivodeship, h.jst.name, h.title, str(h.hdr_id)))

"""Contact data of summaries: the one place of hdr that holds personal data.

Never in events or publications, so that they can be erased without touching the text.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import JSON, Column, Connection, Table, Uuid, delete, select

from services.hdr.projections import metadata
from shared.contracts.hdr import Document
from shared.kernel.database import upsert

summary_contacts = Table(
    "summary_contacts",
    metadata,
    Column("summary_id", Uuid, primary_key=True),
    Column("document", JSON, nullable=False),
)


def keep_contact(connection: Connection, summary_id: UUID, document: Document) -> None:
    """Keep the elements of a summary that are not public; none at all leaves no row."""
    if document:
        values = {"summary_id": summary_id, "document": document}
        upsert(connection, summary_contacts, values, key=["summary_id"])
    else:
        erase_contact(connection, summary_id)


def erase_contact(connection: Connection, summary_id: UUID) -> None:
    """Forget the person; erasing twice is no error."""
    connection.execute(delete(summary_contacts).where(summary_contacts.c.summary_id == summary_id))


def contact_of(connection: Connection, summary_id: UUID) -> Document:
    """The elements of a summary that are not public; empty when there are none."""
    t = summary_contacts.c
    found: Document | None = connection.execute(
        select(t.document).where(t.summary_id == summary_id)
    ).scalar_one_or_none()
    return found or {}

"""``editions``: the programme's editions with their configuration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Connection, Date, Index, Integer, String, Table, Uuid, select

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.rows import change_row, find_row, read_as
from shared.contracts import recruitment
from shared.contracts.recruitment import EditionConfiguration, PublicationGrouping, SupportArea
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

editions = Table(
    "editions",
    metadata,
    Column("edition_id", Uuid, primary_key=True),
    Column("slug", String(80), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("configuration", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("editions_by_slug", "slug"),
)


@dataclass(frozen=True)
class EditionRow:
    """An edition with its configuration of now."""

    edition_id: UUID
    slug: str
    configuration: EditionConfiguration
    created_at: datetime
    changed_at: datetime
    version: int
    """How often it was configured; give it back as ``expected_version``. >= 1"""


class Editions(View):
    """One row for each edition."""

    name = "editions"
    tables = (editions,)

    @handles(recruitment.EditionCreated)
    def on_created(
        self, connection: Connection, event: recruitment.EditionCreated, entry: JournalEntry
    ) -> None:
        """A row for the edition."""
        values = {"edition_id": event.edition_id, "created_at": entry.time, "version": 1}
        values |= _values(event.configuration, entry)
        upsert(connection, editions, values, key=("edition_id",))

    @handles(recruitment.EditionReconfigured)
    def on_reconfigured(
        self, connection: Connection, event: recruitment.EditionReconfigured, entry: JournalEntry
    ) -> None:
        """The new configuration."""
        key = {"edition_id": event.edition_id}
        row = find_row(connection, editions, **key)
        if row is not None:
            values = _values(event.configuration, entry) | {"version": row.version + 1}
            change_row(connection, editions, key, values)


def list_editions(connection: Connection) -> list[EditionRow]:
    """All editions, the newest first day first."""
    query = select(editions).order_by(editions.c.starts_on.desc(), editions.c.edition_id)
    return [_read(row) for row in connection.execute(query)]


def find_edition(connection: Connection, edition_id: UUID) -> EditionRow | None:
    """An edition by its id."""
    row = find_row(connection, editions, edition_id=edition_id)
    return _read(row) if row else None


def find_edition_by_slug(connection: Connection, slug: str) -> EditionRow | None:
    """An edition by the readable part of its address."""
    row = connection.execute(select(editions).where(editions.c.slug == slug)).first()
    return _read(row) if row else None


def known_areas(connection: Connection) -> dict[str, SupportArea]:
    """Every support area of any edition by its code, worded as in the newest, by its number."""
    areas = {
        area.code: area
        for edition in reversed(list_editions(connection))
        for area in edition.configuration.areas
    }
    return dict(sorted(areas.items(), key=lambda item: (item[1].number, item[0])))


def grouping_of(connection: Connection, edition_id: UUID) -> PublicationGrouping:
    """How an edition's catalogue groups its HDRs; ``KIND`` for an edition not known yet."""
    edition = find_edition(connection, edition_id)
    return edition.configuration.publication_grouping if edition else PublicationGrouping.KIND


def _values(configuration: EditionConfiguration, entry: JournalEntry) -> dict[str, Any]:
    return {
        "slug": configuration.slug,
        "starts_on": configuration.starts_on,
        "ends_on": configuration.ends_on,
        "configuration": configuration.model_dump(mode="json"),
        "changed_at": entry.time,
    }


def _read(row: Any) -> EditionRow:
    return read_as(
        EditionRow, row, configuration=EditionConfiguration.model_validate(row.configuration)
    )

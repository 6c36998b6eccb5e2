"""``local_governments``: the register of JST as of its newest state, and its imports."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    case,
    select,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.jst_columns import CODE_WITHOUT_KIND, jst_sort_key
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    equals,
    given,
    has_words,
    one_of,
    read_page,
)
from services.gateway.projections.polish import fold
from services.gateway.projections.rows import read_as, same_named
from shared.contracts import recruitment
from shared.contracts.base import JstKind, JstRef
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

local_governments = Table(
    "local_governments",
    metadata,
    Column("jst_id", Uuid, primary_key=True),
    Column("code", String(7), nullable=False),
    Column("code6", String(6), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("voivodeship", String(2), nullable=False),
    Column("county", String(200)),
    Column("has_county_rights", Boolean, nullable=False),
    Column("is_closed", Boolean, nullable=False),
    Column("state_on", Date, nullable=False),
    Column("sort_key", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Index("local_governments_by_code6", "code6"),
    Index("local_governments_by_place", "voivodeship", "kind"),
)

register_imports = Table(
    "register_imports",
    metadata,
    Column("import_id", Uuid, primary_key=True),
    Column("state_on", Date, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("registered", Integer, nullable=False),
    Column("renamed", Integer, nullable=False),
    Column("kind_changed", Integer, nullable=False),
    Column("closed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
)


@dataclass(frozen=True)
class JstRow:
    """A JST of the register. ``jst`` is how it is now, not as of any past event."""

    jst: JstRef
    is_closed: bool
    """Gone from the official register since ``state_on``."""
    state_on: date
    """State of the official register at which it last changed."""


@dataclass(frozen=True)
class ImportRow:
    """One state of the official register that was taken over."""

    import_id: UUID
    state_on: date
    imported_at: datetime
    registered: int
    renamed: int
    kind_changed: int
    closed: int
    unchanged: int


@dataclass(frozen=True, kw_only=True)
class JstFilter(ListFilter):
    """Which JST of the register."""

    text: str | None = None
    """Words or beginnings of name, county or code; without regard to case and Polish accents."""
    kind: JstKind | None = None
    voivodeships: tuple[str, ...] | None = None
    includes_closed: bool = False


class LocalGovernments(View):
    """One row for each JST ever seen in the register."""

    name = "local_governments"
    tables = (local_governments, register_imports)

    @handles(
        recruitment.LocalGovernmentRegistered,
        recruitment.LocalGovernmentRenamed,
        recruitment.LocalGovernmentKindChanged,
    )
    def on_present(
        self,
        connection: Connection,
        event: recruitment.LocalGovernmentRegistered
        | recruitment.LocalGovernmentRenamed
        | recruitment.LocalGovernmentKindChanged,
        entry: JournalEntry,
    ) -> None:
        """The JST as the register has it now."""
        values = _values(event.jst) | {"is_closed": False, "state_on": event.state_on}
        upsert(connection, local_governments, values, key=("jst_id",))

    @handles(recruitment.LocalGovernmentClosed)
    def on_closed(
        self, connection: Connection, event: recruitment.LocalGovernmentClosed, entry: JournalEntry
    ) -> None:
        """The JST stays, marked as gone."""
        values = _values(event.jst) | {"is_closed": True, "state_on": event.state_on}
        upsert(connection, local_governments, values, key=("jst_id",))

    @handles(recruitment.RegisterImported)
    def on_imported(
        self, connection: Connection, event: recruitment.RegisterImported, entry: JournalEntry
    ) -> None:
        """What the import changed."""
        values = same_named(event, register_imports) | {"imported_at": entry.time}
        upsert(connection, register_imports, values, key=("import_id",))


def search_jst(connection: Connection, filters: JstFilter) -> Page[JstRow]:
    """The picker: JST by name, code, county, kind, voivodeship.

    With a text the JST whose name or code begins with it come first, then by name in Polish order.
    """
    t = local_governments.c
    query = select(local_governments).where(
        given(
            equals(t.kind, filters.kind),
            one_of(t.voivodeship, filters.voivodeships),
            has_words(t.folded, filters.text),
            None if filters.includes_closed else t.is_closed.is_(False),
        )
    )
    start = fold(filters.text)
    begins = t.folded.startswith(start, autoescape=True) | t.code.startswith(start, autoescape=True)
    order = (case((begins, 0), else_=1), t.sort_key, t.jst_id)
    return read_page(connection, query, filters, order, _read)


def find_jst(connection: Connection, code: str) -> JstRow | None:
    """A JST by its TERYT code of today, or by one it had before its kind changed (DR-50)."""
    t = local_governments.c
    query = (
        select(local_governments)
        .where(t.code6 == code[:CODE_WITHOUT_KIND])
        .order_by(case((t.code == code, 0), else_=1), t.is_closed, t.jst_id)
    )
    row = connection.execute(query).first()
    return _read(row) if row else None


def jst_by_ids(connection: Connection, jst_ids: Collection[UUID]) -> dict[UUID, JstRow]:
    """Those JST of the ids that the register knows."""
    query = select(local_governments).where(local_governments.c.jst_id.in_(jst_ids))
    return {row.jst_id: _read(row) for row in connection.execute(query)}


def list_imports(connection: Connection, limit: int = 20) -> list[ImportRow]:
    """Imports of the register, newest first; the first is the register's state of now."""
    t = register_imports.c
    query = select(register_imports).order_by(t.imported_at.desc(), t.import_id).limit(limit)
    return [read_as(ImportRow, row) for row in connection.execute(query)]


def _values(jst: JstRef) -> dict[str, Any]:
    return {
        "jst_id": jst.id,
        "code": jst.code,
        "code6": jst.code[:CODE_WITHOUT_KIND],
        "name": jst.name,
        "kind": jst.kind.value,
        "voivodeship": jst.voivodeship,
        "county": jst.county,
        "has_county_rights": jst.has_county_rights,
        "sort_key": jst_sort_key(jst),
        "folded": fold(jst.name, jst.code, jst.county),
    }


def _read(row: Any) -> JstRow:
    jst = JstRef(
        id=row.jst_id,
        code=row.code,
        name=row.name,
        kind=JstKind(row.kind),
        voivodeship=row.voivodeship,
        county=row.county,
        has_county_rights=row.has_county_rights,
    )
    return JstRow(jst, row.is_closed, row.state_on)

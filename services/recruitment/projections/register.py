"""The register of JST as it stands, and the states of it that were imported."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    RowMapping,
    Table,
    Text,
    Uuid,
    func,
    select,
    update,
)

from services.recruitment.domain.local_government import LocalGovernment
from services.recruitment.domain.register_import import Held, KnownUnit, RegisterImport
from services.recruitment.projections import metadata
from shared.contracts.base import JstRef
from shared.kernel.database import upsert
from shared.kernel.projection import Projection, handles

local_governments = Table(
    "local_governments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("voivodeship", Text, nullable=False),
    Column("county", Text),
    Column("has_county_rights", Boolean, nullable=False),
    Column("state_on", Date, nullable=False),
    Column("is_closed", Boolean, nullable=False),
    Index("local_governments_by_code", "code"),
)
register_imports = Table(
    "register_imports",
    metadata,
    Column("import_id", Uuid, primary_key=True),
    Column("state_on", Date, nullable=False),
    Column("is_partial", Boolean, nullable=False),
    Column("registered", Integer, nullable=False),
    Column("renamed", Integer, nullable=False),
    Column("kind_changed", Integer, nullable=False),
    Column("closed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
)


class Register(Projection):
    """Which JST are there, closed ones too, and how far the register has come."""

    name: ClassVar[str] = "register"
    tables: ClassVar[tuple[Table, ...]] = (local_governments, register_imports)

    @handles(
        LocalGovernment.Registered,
        LocalGovernment.Reopened,
        LocalGovernment.Renamed,
        LocalGovernment.KindChanged,
    )
    def hold(self, connection: Connection, event: LocalGovernment.Registered) -> None:
        """The JST is in the register, as the event says."""
        values = {**event.jst.model_dump(), "state_on": event.state_on, "is_closed": False}
        upsert(connection, local_governments, values, key=("id",))

    @handles(LocalGovernment.Closed)
    def close(self, connection: Connection, event: LocalGovernment.Closed) -> None:
        """The JST is gone."""
        connection.execute(
            update(local_governments)
            .where(local_governments.c.id == event.jst.id)
            .values(state_on=event.state_on, is_closed=True)
        )

    @handles(RegisterImport.Completed)
    def note_import(self, connection: Connection, event: RegisterImport.Completed) -> None:
        """A state was imported."""
        values = {
            "import_id": event.originator_id,
            "state_on": event.state_on,
            "is_partial": event.is_partial,
            "registered": event.registered,
            "renamed": event.renamed,
            "kind_changed": event.kind_changed,
            "closed": event.closed,
            "unchanged": event.unchanged,
        }
        upsert(connection, register_imports, values, key=("import_id",))


def known_units(connection: Connection) -> dict[UUID, KnownUnit]:
    """Every JST ever registered, by id."""
    rows = connection.execute(select(local_governments)).mappings()
    return {row["id"]: _unit(row) for row in rows}


def unit_with_code(connection: Connection, code: str) -> KnownUnit | None:
    """The JST that has this code now, or had it when it was closed."""
    query = select(local_governments).where(local_governments.c.code == code)
    row = connection.execute(query).mappings().one_or_none()
    return _unit(row) if row else None


def held(connection: Connection) -> Held:
    """The newest states imported so far."""
    t = register_imports.c
    newest = select(func.max(t.state_on))
    return Held(
        newest_on=connection.execute(newest).scalar(),
        newest_complete_on=connection.execute(newest.where(~t.is_partial)).scalar(),
    )


def _unit(row: RowMapping) -> KnownUnit:
    return KnownUnit(JstRef.model_validate(row), row["state_on"], row["is_closed"])

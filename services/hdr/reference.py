"""What hdr remembers of other services' facts: editions, JST as they are now, teams of cycles.

Written by `subscriptions`, in the transaction of the message; no events of our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import JSON, Column, Connection, Integer, Table, Uuid, select

from services.hdr.projections import metadata
from shared.contracts.base import JstRef
from shared.kernel.database import upsert

editions = Table(
    "editions",
    metadata,
    Column("edition_id", Uuid, primary_key=True),
    Column("hdr_template_version", Integer, nullable=False),
    Column("summary_forms", JSON, nullable=False),
)

local_governments = Table(
    "local_governments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("jst", JSON, nullable=False),
)

cycle_teams = Table(
    "cycle_teams",
    metadata,
    Column("cycle_id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
)


@dataclass(frozen=True)
class EditionRules:
    """What an edition lays down about its HDRs."""

    hdr_template_version: int
    summary_forms: tuple[str, ...]


def keep_edition(
    connection: Connection, edition_id: UUID, template_version: int, forms: Sequence[str]
) -> None:
    """Remember what an edition lays down; a later configuration replaces it."""
    values = {
        "edition_id": edition_id,
        "hdr_template_version": template_version,
        "summary_forms": list(forms),
    }
    upsert(connection, editions, values, key=["edition_id"])


def edition_rules(connection: Connection, edition_id: UUID) -> EditionRules | None:
    """What an edition lays down; ``None`` while its configuration has not come here yet."""
    t = editions.c
    row = connection.execute(
        select(t.hdr_template_version, t.summary_forms).where(t.edition_id == edition_id)
    ).one_or_none()
    return EditionRules(row.hdr_template_version, tuple(row.summary_forms)) if row else None


def keep_local_government(connection: Connection, jst: JstRef) -> None:
    """Remember a JST as the register has it now."""
    values = {"id": jst.id, "jst": jst.model_dump(mode="json")}
    upsert(connection, local_governments, values, key=["id"])


def local_government(connection: Connection, jst_id: UUID) -> JstRef | None:
    """A JST as the register has it now; ``None`` when the register has not come here yet."""
    t = local_governments.c
    found = connection.execute(select(t.jst).where(t.id == jst_id)).scalar_one_or_none()
    return JstRef.model_validate(found) if found else None


def keep_team(connection: Connection, cycle_id: UUID, team_id: UUID) -> None:
    """Remember which team advises the JST of a cycle; a later one replaces it."""
    upsert(connection, cycle_teams, {"cycle_id": cycle_id, "team_id": team_id}, key=["cycle_id"])


def team_of(connection: Connection, cycle_id: UUID) -> UUID | None:
    """The team that advises the JST of a cycle; ``None`` before one was assigned."""
    t = cycle_teams.c
    found: UUID | None = connection.execute(
        select(t.team_id).where(t.cycle_id == cycle_id)
    ).scalar_one_or_none()
    return found

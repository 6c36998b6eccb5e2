"""What recruitment told: experts of the roster and the rules of editions.

Copies of others' facts, kept up by the subscription; made again by reading recruitment's log anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    String,
    Table,
    Uuid,
    bindparam,
    select,
    update,
)

from services.advisory.domain.facts import EditionRules, Roster, RosterExpert
from services.advisory.projections import metadata
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import EditionConfiguration, ExpertEnteredRoster
from shared.kernel.database import Database, upsert
from shared.kernel.questions import Question

experts = Table(
    "experts",
    metadata,
    Column("expert_id", Uuid, primary_key=True),
    Column("role", String(10), nullable=False),
    Column("voivodeship", String(2), nullable=False),
    Column("employer_jst_id", Uuid),
    Column("is_active", Boolean, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("edition_id", Uuid, primary_key=True),
    Column("starts_on", Date, nullable=False),
    Column("voivodeships", JSON, nullable=False),
    Column("areas", JSON, nullable=False),
    Column("stages", JSON, nullable=False),
)
_EDITION = Question(select(editions).where(editions.c.edition_id == bindparam("of_edition")))


def keep_expert(connection: Connection, entry: ExpertEnteredRoster) -> None:
    """Keep an expert who entered the roster, or entered it again."""
    values = {
        "expert_id": entry.expert_id,
        "role": entry.role.value,
        "voivodeship": entry.voivodeship,
        "employer_jst_id": entry.employer_jst.id if entry.employer_jst else None,
        "is_active": True,
    }
    upsert(connection, experts, values, key=["expert_id"])


def keep_departure(connection: Connection, expert_id: UUID) -> None:
    """Keep that an expert left the roster; an unknown one changes nothing."""
    connection.execute(
        update(experts).where(experts.c.expert_id == expert_id).values(is_active=False)
    )


def keep_edition(
    connection: Connection, edition_id: UUID, configuration: EditionConfiguration
) -> None:
    """Keep the newest rules of an edition."""
    values = {
        "edition_id": edition_id,
        "starts_on": configuration.starts_on,
        "voivodeships": list(configuration.voivodeships),
        "areas": [area.code for area in configuration.areas],
        "stages": [stage.code for stage in configuration.stages],
    }
    upsert(connection, editions, values, key=["edition_id"])


def roster_of(connection: Connection, expert_ids: Iterable[UUID]) -> Roster:
    """The known ones of some experts, by id."""
    rows = connection.execute(select(experts).where(experts.c.expert_id.in_(tuple(expert_ids))))
    return {
        row.expert_id: RosterExpert(
            expert_id=row.expert_id,
            role=ExpertRole(row.role),
            voivodeship=row.voivodeship,
            employer_jst_id=row.employer_jst_id,
            is_active=row.is_active,
        )
        for row in rows
    }


def edition_rules(database: Database, edition_id: UUID) -> EditionRules | None:
    """The rules of an edition; ``None`` when it is not known."""
    row = _EDITION.one_or_none(database, of_edition=edition_id)
    if row is None:
        return None
    return EditionRules(
        edition_id=row.edition_id,
        starts_on=row.starts_on,
        voivodeships=frozenset(row.voivodeships),
        areas=frozenset(row.areas),
        stages=tuple(row.stages),
    )

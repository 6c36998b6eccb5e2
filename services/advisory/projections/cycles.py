"""``cycles``: which cycles there are, and which JST a team advises."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Index,
    String,
    Table,
    Uuid,
    func,
    insert,
    select,
    update,
)

from services.advisory.domain.advisory_cycle import AdvisoryCycle
from services.advisory.projections import metadata
from shared.contracts.base import JstRef
from shared.kernel.database import UtcDateTime
from shared.kernel.projection import Projection, handles

CODE_WITHOUT_KIND = 6
"""Digits of a commune's code that stay when its kind changes (DR-50)."""

cycles = Table(
    "cycles",
    metadata,
    Column("cycle_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("jst_key", String(6), nullable=False),
    Column("jst", JSON, nullable=False),
    Column("team_id", Uuid),
    Column("is_completed", Boolean, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Index("cycles_by_edition", "edition_id"),
    Index("cycles_by_jst", "jst_key"),
    Index("cycles_by_team", "team_id"),
)


class Cycles(Projection):
    """One row for each cycle."""

    name = "cycles"
    tables = (cycles,)

    @handles(AdvisoryCycle.Opened)
    def on_opened(self, connection: Connection, event: AdvisoryCycle.Opened) -> None:
        """A row for the new cycle."""
        connection.execute(
            insert(cycles).values(
                cycle_id=event.originator_id,
                edition_id=event.edition_id,
                jst_key=_key(event.jst.code),
                jst=event.jst.model_dump(mode="json"),
                team_id=None,
                is_completed=False,
                opened_at=event.timestamp,
            )
        )

    @handles(AdvisoryCycle.TeamAssigned)
    def on_team_assigned(self, connection: Connection, event: AdvisoryCycle.TeamAssigned) -> None:
        """The team that advises from now on."""
        _update(connection, event.originator_id, team_id=event.team_id)

    @handles(AdvisoryCycle.Completed)
    def on_completed(self, connection: Connection, event: AdvisoryCycle.Completed) -> None:
        """The advice is over."""
        _update(connection, event.originator_id, is_completed=True)


def existing(connection: Connection, cycle_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that a cycle has."""
    return set(
        connection.scalars(select(cycles.c.cycle_id).where(cycles.c.cycle_id.in_(cycle_ids)))
    )


def advised_by(connection: Connection, team_id: UUID) -> list[JstRef]:
    """The JST whose open cycles a team is assigned to, oldest first."""
    query = (
        select(cycles.c.jst)
        .where(cycles.c.team_id == team_id, cycles.c.is_completed.is_(False))
        .order_by(cycles.c.opened_at, cycles.c.cycle_id)
    )
    return [JstRef.model_validate(jst) for jst in connection.scalars(query)]


def page(
    connection: Connection,
    *,
    edition_id: UUID | None,
    jst_code: str | None,
    offset: int,
    limit: int,
) -> tuple[int, list[UUID]]:
    """A page of cycles, oldest first, and how many there are in all.

    Args:
        connection: To this service's database.
        edition_id: Only this edition's, if given.
        jst_code: Only this JST's, if given; the code may be of another kind than the cycle was
            opened with.
        offset: How many to leave out, >= 0.
        limit: At most so many, >= 1.
    """
    matching = select(cycles.c.cycle_id)
    if edition_id is not None:
        matching = matching.where(cycles.c.edition_id == edition_id)
    if jst_code is not None:
        matching = matching.where(cycles.c.jst_key == _key(jst_code))
    total = connection.scalar(select(func.count()).select_from(matching.subquery()))
    ordered = matching.order_by(cycles.c.opened_at, cycles.c.cycle_id)
    return total or 0, list(connection.scalars(ordered.offset(offset).limit(limit)))


def _key(jst_code: str) -> str:
    return jst_code[:CODE_WITHOUT_KIND]


def _update(connection: Connection, cycle_id: UUID, **values: object) -> None:
    connection.execute(update(cycles).where(cycles.c.cycle_id == cycle_id).values(**values))

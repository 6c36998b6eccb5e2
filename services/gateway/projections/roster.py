"""``roster``: the programme's experts, without any personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    Select,
    String,
    Table,
    Uuid,
    func,
    or_,
    select,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.jst_columns import jst_columns, jst_or_none, jst_values
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    equals,
    given,
    has_words,
    one_of,
    read_page,
)
from services.gateway.projections.rows import change_row, read_as, same_named
from services.gateway.projections.teams import team_cycles, teams
from shared.contracts import recruitment
from shared.contracts.base import ExpertRole, JstRef
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

experts = Table(
    "experts",
    metadata,
    Column("expert_id", Uuid, primary_key=True),
    Column("application_id", Uuid, nullable=False),
    Column("training_id", Uuid, nullable=False),
    Column("edition_id", Uuid, nullable=False),
    Column("role", String(10), nullable=False),
    Column("voivodeship", String(2), nullable=False),
    *jst_columns(nullable=True),
    Column("training_hours", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Column("leaving_reason_code", String(60)),
    Index("experts_by_place", "voivodeship", "role"),
    Index("experts_by_edition", "edition_id"),
    Index("experts_by_application", "application_id"),
)


@dataclass(frozen=True)
class ExpertRow:
    """An expert; the name is recruitment's to tell (``list_experts``)."""

    expert_id: UUID
    application_id: UUID
    training_id: UUID
    edition_id: UUID
    role: ExpertRole
    voivodeship: str
    employer_jst: JstRef | None
    training_hours: int
    is_active: bool
    entered_at: datetime
    left_at: datetime | None
    leaving_reason_code: str | None
    teams: int
    """Teams not dissolved in which the expert has a slot."""
    open_cycles: int
    """Cycles not completed which these teams advise."""


@dataclass(frozen=True, kw_only=True)
class ExpertFilter(ListFilter):
    """Which experts."""

    edition_id: UUID | None = None
    role: ExpertRole | None = None
    voivodeships: tuple[str, ...] | None = None
    is_active: bool | None = True
    """``None`` for those who left, too."""
    is_in_team: bool | None = None
    expert_ids: tuple[UUID, ...] | None = None
    text: str | None = None
    """Words of the employer JST's name or code; people's names are not here."""


class Roster(View):
    """One row for each expert."""

    name = "roster"
    tables = (experts,)

    @handles(recruitment.ExpertEnteredRoster)
    def on_entered(
        self, connection: Connection, event: recruitment.ExpertEnteredRoster, entry: JournalEntry
    ) -> None:
        """A row for the expert."""
        values = same_named(event, experts) | {
            "is_active": True,
            "entered_at": entry.time,
        }
        upsert(connection, experts, values | jst_values(event.employer_jst), key=("expert_id",))

    @handles(recruitment.ExpertLeftRoster)
    def on_left(
        self, connection: Connection, event: recruitment.ExpertLeftRoster, entry: JournalEntry
    ) -> None:
        """No longer available."""
        values = {
            "is_active": False,
            "left_at": entry.time,
            "leaving_reason_code": event.reason_code,
        }
        change_row(connection, experts, {"expert_id": event.expert_id}, values)


def list_experts(connection: Connection, filters: ExpertFilter) -> Page[ExpertRow]:
    """Experts by voivodeship, role and day of entering."""
    t = experts.c
    has_team = _active_teams().exists()
    query = _experts().where(
        given(
            equals(t.edition_id, filters.edition_id),
            equals(t.role, filters.role),
            one_of(t.voivodeship, filters.voivodeships),
            equals(t.is_active, filters.is_active),
            one_of(t.expert_id, filters.expert_ids),
            has_words(t.jst_folded, filters.text),
            None if filters.is_in_team is None else has_team.is_(filters.is_in_team),
        )
    )
    order = (t.voivodeship, t.role.desc(), t.entered_at, t.expert_id)
    return read_page(connection, query, filters, order, _read)


def find_expert(connection: Connection, expert_id: UUID) -> ExpertRow | None:
    """An expert by the id, also one who left."""
    row = connection.execute(_experts().where(experts.c.expert_id == expert_id)).one_or_none()
    return _read(row) if row else None


def _active_teams() -> Select[Any]:
    """Teams not dissolved in which the expert of the row around it has a slot."""
    t, expert_id = teams.c, experts.c.expert_id
    return (
        select(t.team_id)
        .where(or_(t.ros_expert_id == expert_id, t.pro_expert_id == expert_id))
        .where(t.dissolved_at.is_(None))
        .correlate(experts)
    )


def _experts() -> Select[Any]:
    active, c = _active_teams(), team_cycles.c
    advised = (
        select(func.count())
        .select_from(team_cycles)
        .where(c.is_completed.is_(False), c.team_id.in_(active))
        .correlate(experts)
    )
    number = active.with_only_columns(func.count())
    return select(
        experts,
        number.scalar_subquery().label("teams"),
        advised.scalar_subquery().label("open_cycles"),
    )


def _read(row: Any) -> ExpertRow:
    return read_as(ExpertRow, row, role=ExpertRole(row.role), employer_jst=jst_or_none(row))

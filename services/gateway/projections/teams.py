"""``teams``: advisory teams, who is and was in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    Uuid,
    func,
    or_,
    select,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    equals,
    given,
    has_words,
    is_set,
    one_of,
    read_page,
)
from services.gateway.projections.polish import fold, sort_key
from services.gateway.projections.rows import change_row, read_as, same_named
from shared.contracts import advisory
from shared.contracts.base import ExpertRole
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

teams = Table(
    "teams",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("name", String(200), nullable=False),
    Column("voivodeship", String(2), nullable=False),
    Column("ros_expert_id", Uuid, nullable=False),
    Column("pro_expert_id", Uuid, nullable=False),
    Column("formed_at", UtcDateTime, nullable=False),
    Column("dissolved_at", UtcDateTime),
    Column("dissolution_reason", Text),
    Column("sort_key", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Index("teams_by_edition", "edition_id"),
    Index("teams_by_voivodeship", "voivodeship"),
    Index("teams_by_ros_expert", "ros_expert_id"),
    Index("teams_by_pro_expert", "pro_expert_id"),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("role", String(10), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("expert_id", Uuid, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("replacement_reason", Text),
    Index("team_members_by_expert", "expert_id"),
)

team_cycles = Table(
    "team_cycles",
    metadata,
    Column("cycle_id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("is_completed", Boolean, nullable=False),
    Index("team_cycles_by_team", "team_id", "is_completed"),
)


@dataclass(frozen=True)
class TeamRow:
    """An advisory team: exactly one ROS and one PRO expert."""

    team_id: UUID
    edition_id: UUID
    name: str
    voivodeship: str
    ros_expert_id: UUID
    pro_expert_id: UUID
    formed_at: datetime
    dissolved_at: datetime | None
    dissolution_reason: str | None
    open_cycles: int
    """Cycles not completed which it advises."""

    @property
    def is_dissolved(self) -> bool:
        """Whether it ended its work."""
        return self.dissolved_at is not None


@dataclass(frozen=True)
class MemberRow:
    """One person's time in one slot of a team."""

    role: ExpertRole
    expert_id: UUID
    since: datetime
    until: datetime | None
    """``None`` for who is in the slot now, or was when the team was dissolved."""
    replacement_reason: str | None
    """Why the slot went to the next person."""


@dataclass(frozen=True, kw_only=True)
class TeamFilter(ListFilter):
    """Which teams."""

    edition_id: UUID | None = None
    voivodeships: tuple[str, ...] | None = None
    expert_id: UUID | None = None
    """Teams in which this expert has a slot now."""
    is_dissolved: bool | None = False
    """``None`` for both."""
    text: str | None = None


class Teams(View):
    """One row for each team, each time somebody had a slot, and each cycle with its team."""

    name = "teams"
    tables = (teams, team_members, team_cycles)

    @handles(advisory.TeamFormed)
    def on_formed(
        self, connection: Connection, event: advisory.TeamFormed, entry: JournalEntry
    ) -> None:
        """A row for the team, and its two members."""
        values = same_named(event, teams) | {
            "formed_at": entry.time,
            "sort_key": sort_key(event.name),
            "folded": fold(event.name),
        }
        upsert(connection, teams, values, key=("team_id",))
        for role in ExpertRole:
            expert_id = getattr(event, _SLOT[role])
            slot = {"team_id": event.team_id, "role": role.value}
            _enter(connection, slot, 1, expert_id, entry.time)

    @handles(advisory.TeamMemberReplaced)
    def on_replaced(
        self, connection: Connection, event: advisory.TeamMemberReplaced, entry: JournalEntry
    ) -> None:
        """The slot's new member; the earlier one's time ends."""
        slot = {"team_id": event.team_id, "role": event.role.value}
        change_row(
            connection, teams, {"team_id": event.team_id}, {_SLOT[event.role]: event.expert_id}
        )
        t = team_members.c
        last = connection.execute(
            select(func.max(t.number)).where(t.team_id == event.team_id, t.role == slot["role"])
        ).scalar_one()
        end = {"until": entry.time, "replacement_reason": event.reason}
        change_row(connection, team_members, slot | {"number": last}, end)
        _enter(connection, slot, (last or 0) + 1, event.expert_id, entry.time)

    @handles(advisory.TeamDissolved)
    def on_dissolved(
        self, connection: Connection, event: advisory.TeamDissolved, entry: JournalEntry
    ) -> None:
        """The team's end."""
        values = {"dissolved_at": entry.time, "dissolution_reason": event.reason}
        change_row(connection, teams, {"team_id": event.team_id}, values)

    @handles(advisory.TeamAssigned)
    def on_assigned(
        self, connection: Connection, event: advisory.TeamAssigned, entry: JournalEntry
    ) -> None:
        """Whom the team advises."""
        values = {"cycle_id": event.cycle_id, "team_id": event.team_id, "is_completed": False}
        upsert(connection, team_cycles, values, key=("cycle_id",))

    @handles(advisory.CycleCompleted)
    def on_cycle_completed(
        self, connection: Connection, event: advisory.CycleCompleted, entry: JournalEntry
    ) -> None:
        """The team has one open cycle less."""
        change_row(connection, team_cycles, {"cycle_id": event.cycle_id}, {"is_completed": True})


def _enter(
    connection: Connection, slot: dict[str, Any], number: int, expert_id: UUID, since: datetime
) -> None:
    values = slot | {"number": number, "expert_id": expert_id, "since": since}
    upsert(connection, team_members, values, key=("team_id", "role", "number"))


_SLOT = {ExpertRole.ROS: "ros_expert_id", ExpertRole.PRO: "pro_expert_id"}


def list_teams(connection: Connection, filters: TeamFilter) -> Page[TeamRow]:
    """Teams by name in Polish order."""
    t = teams.c
    query = _teams().where(
        given(
            equals(t.edition_id, filters.edition_id),
            one_of(t.voivodeship, filters.voivodeships),
            has_member(filters.expert_id),
            is_set(t.dissolved_at, filters.is_dissolved),
            has_words(t.folded, filters.text),
        )
    )
    return read_page(connection, query, filters, (t.sort_key, t.team_id), _read)


def find_team(connection: Connection, team_id: UUID) -> TeamRow | None:
    """A team by its id, also a dissolved one."""
    row = connection.execute(_teams().where(teams.c.team_id == team_id)).one_or_none()
    return _read(row) if row else None


def member_history(connection: Connection, team_id: UUID) -> list[MemberRow]:
    """Who had which slot and when; by role, the earliest first."""
    t = team_members.c
    query = select(team_members).where(t.team_id == team_id).order_by(t.role.desc(), t.number)
    return [
        MemberRow(ExpertRole(row.role), row.expert_id, row.since, row.until, row.replacement_reason)
        for row in connection.execute(query)
    ]


def has_member(expert_id: UUID | None) -> ColumnElement[bool] | None:
    """The expert has one of the team's slots now; no condition for ``None``."""
    if expert_id is None:
        return None
    return or_(teams.c.ros_expert_id == expert_id, teams.c.pro_expert_id == expert_id)


def expert_ids_of(row: Any) -> tuple[UUID, ...]:
    """The members in a row that was joined with a team, or with none; ROS first."""
    return tuple(one for one in (row.ros_expert_id, row.pro_expert_id) if one is not None)


def _teams() -> Select[Any]:
    c = team_cycles.c
    open_cycles = (
        select(func.count())
        .where(c.team_id == teams.c.team_id, c.is_completed.is_(False))
        .scalar_subquery()
    )
    return select(teams, open_cycles.label("open_cycles"))


def _read(row: Any) -> TeamRow:
    return read_as(TeamRow, row)

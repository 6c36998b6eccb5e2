"""``cycles``: the advisory cycle of each JST: stages, area, team, support given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Date,
    Float,
    Index,
    Integer,
    ScalarSelect,
    Select,
    String,
    Table,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    update,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.jst_columns import jst_columns, jst_of, jst_values
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
from services.gateway.projections.rows import change_row, find_row, read_as, same_named
from services.gateway.projections.teams import expert_ids_of, has_member, teams
from shared.contracts import advisory, hdr
from shared.contracts.advisory import ActivityForm
from shared.contracts.base import JstKind, JstRef
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

cycles = Table(
    "cycles",
    metadata,
    Column("cycle_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    *jst_columns(),
    Column("stages", JSON, nullable=False),
    Column("current_stage", String(60)),
    Column("stage_entered_at", UtcDateTime, nullable=False),
    Column("area_code", String(60)),
    Column("team_id", Uuid),
    Column("team_assigned_at", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("diagnosis_closed_at", UtcDateTime),
    Column("directions_set_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    Column("last_event_at", UtcDateTime, nullable=False),
    Column("last_activity_on", Date),
    Column("activity_count", Integer, nullable=False),
    Column("activity_hours", Float, nullable=False),
    Column("diagnosis", JSON),
    Column("priorities", JSON),
    Column("directions", Text),
    Column("tools", JSON),
    Index("cycles_by_edition", "edition_id", "current_stage"),
    Index("cycles_by_jst", "jst_id"),
    Index("cycles_by_team", "team_id"),
    Index("cycles_by_voivodeship", "jst_voivodeship"),
)

cycle_stages = Table(
    "cycle_stages",
    metadata,
    Column("cycle_id", Uuid, primary_key=True),
    Column("stage", String(60), primary_key=True),
    Column("entered_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
)

cycle_activities = Table(
    "cycle_activities",
    metadata,
    Column("activity_id", Uuid, primary_key=True),
    Column("cycle_id", Uuid, nullable=False),
    Column("team_id", Uuid, nullable=False),
    Column("form", String(40), nullable=False),
    Column("stage", String(60), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("hours", Float, nullable=False),
    Column("participants", Integer, nullable=False),
    Column("topic", String(200), nullable=False),
    Column("logged_at", UtcDateTime, nullable=False),
    Index("cycle_activities_by_cycle", "cycle_id", "held_on"),
    Index("cycle_activities_by_team", "team_id"),
)

cycle_teams = Table(
    "cycle_teams",
    metadata,
    Column("cycle_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("reason", Text),
)


cycle_hdrs = Table(
    "cycle_hdrs",
    metadata,
    Column("hdr_id", Uuid, primary_key=True),
    Column("cycle_id", Uuid, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Index("cycle_hdrs_by_cycle", "cycle_id"),
)


class CycleState(StrEnum):
    """Whether work goes on in a cycle."""

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"


@dataclass(frozen=True)
class CycleRow:
    """One advisory cycle; its diagnosis and notes in full are advisory's to tell."""

    cycle_id: UUID
    edition_id: UUID
    jst: JstRef
    """As of the opening of the cycle."""
    stages: tuple[str, ...]
    current_stage: str | None
    """``None`` when all are completed."""
    stage_entered_at: datetime
    """When the current stage began (or the last was completed)."""
    area_code: str | None
    team_id: UUID | None
    team_name: str | None
    """``None`` without a team, and while the team is not known here yet."""
    expert_ids: tuple[UUID, ...]
    """The team's members now, ROS first; for who may see the cycle."""
    hdr_id: UUID | None
    """The cycle's HDR once there is one."""
    opened_at: datetime
    diagnosis_closed_at: datetime | None
    completed_at: datetime | None
    last_event_at: datetime
    """When anything was last recorded in the cycle."""
    last_activity_on: date | None
    """Newest day of a logged activity."""
    activity_count: int
    activity_hours: float

    @property
    def state(self) -> CycleState:
        """Whether work goes on."""
        return CycleState.OPEN if self.completed_at is None else CycleState.COMPLETED


@dataclass(frozen=True)
class StageRow:
    """One stage of a cycle."""

    stage: str
    entered_at: datetime | None
    """``None`` when it is not reached yet."""
    completed_at: datetime | None


@dataclass(frozen=True)
class ActivityRow:
    """One logged activity."""

    activity_id: UUID
    cycle_id: UUID
    team_id: UUID
    form: ActivityForm
    stage: str
    held_on: date
    hours: float
    participants: int
    topic: str
    logged_at: datetime


@dataclass(frozen=True)
class AssignmentRow:
    """A team's time with a cycle."""

    team_id: UUID
    team_name: str | None
    since: datetime
    until: datetime | None
    reason: str | None
    """Why this team came in place of the one before."""


@dataclass(frozen=True)
class CycleOutcome:
    """What a cycle settled so far; JSON values as in the contract events."""

    diagnosis: dict[str, Any] | None
    priorities: tuple[str, ...]
    directions: str | None
    tools: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class CycleFilter(ListFilter):
    """Which cycles."""

    edition_id: UUID | None = None
    kind: JstKind | None = None
    area_code: str | None = None
    voivodeships: tuple[str, ...] | None = None
    jst_id: UUID | None = None
    jst_ids: tuple[UUID, ...] | None = None
    team_id: UUID | None = None
    expert_id: UUID | None = None
    """Cycles advised by a team in which this expert has a slot now."""
    stage: str | None = None
    state: CycleState | None = None
    has_team: bool | None = None
    text: str | None = None
    """Words of the JST's name, county or code."""


class Cycles(View):
    """One row for each cycle, its stages, its activities, its teams, its HDR."""

    name = "cycles"
    tables = (cycles, cycle_stages, cycle_activities, cycle_teams, cycle_hdrs)

    @handles(advisory.CycleOpened)
    def on_opened(
        self, connection: Connection, event: advisory.CycleOpened, entry: JournalEntry
    ) -> None:
        """A row for the cycle and one for each stage."""
        first = event.stages[0] if event.stages else None
        values = same_named(event, cycles) | {
            "current_stage": first,
            "stage_entered_at": entry.time,
            "opened_at": entry.time,
            "last_event_at": entry.time,
            "activity_count": 0,
            "activity_hours": 0.0,
        }
        upsert(connection, cycles, values | jst_values(event.jst), key=("cycle_id",))
        for stage in event.stages:
            _set_stage(connection, event.cycle_id, stage)
        if first:
            _set_stage(connection, event.cycle_id, first, entered_at=entry.time)

    @handles(advisory.TeamAssigned)
    def on_team(
        self, connection: Connection, event: advisory.TeamAssigned, entry: JournalEntry
    ) -> None:
        """The team that advises from now on; the earlier one's time ends."""
        values = {"team_id": event.team_id, "team_assigned_at": entry.time}
        _change(connection, event.cycle_id, entry, **values)
        t = cycle_teams.c
        last = connection.execute(
            select(func.max(t.number)).where(t.cycle_id == event.cycle_id)
        ).scalar_one()
        key = {"cycle_id": event.cycle_id, "number": last}
        change_row(connection, cycle_teams, key, {"until": entry.time})
        values = {
            "cycle_id": event.cycle_id,
            "number": (last or 0) + 1,
            "team_id": event.team_id,
            "since": entry.time,
            "reason": event.reason,
        }
        upsert(connection, cycle_teams, values, key=("cycle_id", "number"))

    @handles(advisory.AreaChosen)
    def on_area(
        self, connection: Connection, event: advisory.AreaChosen, entry: JournalEntry
    ) -> None:
        """The area of now."""
        _change(connection, event.cycle_id, entry, area_code=event.area_code)

    @handles(advisory.DiagnosisClosed)
    def on_diagnosis(
        self, connection: Connection, event: advisory.DiagnosisClosed, entry: JournalEntry
    ) -> None:
        """Diagnosis and priorities are settled."""
        values = same_named(event, cycles)
        settled = {name: values[name] for name in ("area_code", "diagnosis", "priorities")}
        _change(connection, event.cycle_id, entry, **settled, diagnosis_closed_at=entry.time)

    @handles(advisory.DirectionsSet)
    def on_directions(
        self, connection: Connection, event: advisory.DirectionsSet, entry: JournalEntry
    ) -> None:
        """Directions and tools are settled."""
        values = same_named(event, cycles) | {"directions_set_at": entry.time}
        _change(connection, values.pop("cycle_id"), entry, **values)

    @handles(advisory.StageCompleted)
    def on_stage(
        self, connection: Connection, event: advisory.StageCompleted, entry: JournalEntry
    ) -> None:
        """One stage ends, the next begins."""
        values = {"current_stage": event.next_stage, "stage_entered_at": entry.time}
        _change(connection, event.cycle_id, entry, **values)
        _set_stage(connection, event.cycle_id, event.stage, completed_at=entry.time)
        if event.next_stage:
            _set_stage(connection, event.cycle_id, event.next_stage, entered_at=entry.time)

    @handles(advisory.ActivityLogged)
    def on_activity(
        self, connection: Connection, event: advisory.ActivityLogged, entry: JournalEntry
    ) -> None:
        """A row for the activity; the cycle's sums follow."""
        values = same_named(event, cycle_activities) | {"logged_at": entry.time}
        upsert(connection, cycle_activities, values, key=("activity_id",))
        wanted = {"of_cycle_id": event.cycle_id, "at": entry.time}
        connection.execute(_ADD_UP, wanted)

    @handles(advisory.CycleCompleted)
    def on_completed(
        self, connection: Connection, event: advisory.CycleCompleted, entry: JournalEntry
    ) -> None:
        """All stages are done."""
        values = {"completed_at": entry.time, "current_stage": None}
        _change(connection, event.cycle_id, entry, **values)

    @handles(hdr.HDROpened)
    def on_hdr(self, connection: Connection, event: hdr.HDROpened, entry: JournalEntry) -> None:
        """The cycle's HDR, kept apart: the cycle may not be known here yet."""
        values = same_named(event, cycle_hdrs) | {"opened_at": entry.time}
        upsert(connection, cycle_hdrs, values, key=("hdr_id",))


def _of_activities(figure: ColumnElement[Any]) -> ScalarSelect[Any]:
    of_cycle = cycle_activities.c.cycle_id == bindparam("of_cycle_id")
    return select(figure).where(of_cycle).scalar_subquery()


_ADD_UP = (
    update(cycles)
    .where(cycles.c.cycle_id == bindparam("of_cycle_id"))
    .values(
        activity_count=_of_activities(func.count(cycle_activities.c.activity_id)),
        activity_hours=_of_activities(func.sum(cycle_activities.c.hours)),
        last_activity_on=_of_activities(func.max(cycle_activities.c.held_on)),
        last_event_at=bindparam("at"),
    )
)
"""Read and written by the server alone."""


def _change(connection: Connection, cycle_id: UUID, entry: JournalEntry, **values: Any) -> None:
    values["last_event_at"] = entry.time
    change_row(connection, cycles, {"cycle_id": cycle_id}, values)


def _set_stage(connection: Connection, cycle_id: UUID, stage: str, **values: Any) -> None:
    values |= {"cycle_id": cycle_id, "stage": stage}
    upsert(connection, cycle_stages, values, key=("cycle_id", "stage"))


def list_cycles(connection: Connection, filters: CycleFilter) -> Page[CycleRow]:
    """Cycles by the JST's name in Polish order."""
    t = cycles.c
    is_completed = None if filters.state is None else filters.state == CycleState.COMPLETED
    query = _cycles().where(
        given(
            equals(t.edition_id, filters.edition_id),
            equals(t.jst_kind, filters.kind),
            equals(t.area_code, filters.area_code),
            one_of(t.jst_voivodeship, filters.voivodeships),
            equals(t.jst_id, filters.jst_id),
            one_of(t.jst_id, filters.jst_ids),
            equals(t.team_id, filters.team_id),
            has_member(filters.expert_id),
            equals(t.current_stage, filters.stage),
            is_set(t.completed_at, is_completed),
            is_set(t.team_id, filters.has_team),
            has_words(t.jst_folded, filters.text),
        )
    )
    return read_page(connection, query, filters, (t.jst_sort_key, t.cycle_id), _read)


def find_cycle(connection: Connection, cycle_id: UUID) -> CycleRow | None:
    """A cycle by its id."""
    row = connection.execute(_cycles().where(cycles.c.cycle_id == cycle_id)).one_or_none()
    return _read(row) if row else None


def stages_of(connection: Connection, cycle_id: UUID) -> list[StageRow]:
    """A cycle's stages in the order of work."""
    cycle = find_row(connection, cycles, cycle_id=cycle_id)
    order = list(cycle.stages) if cycle else []
    found = connection.execute(select(cycle_stages).where(cycle_stages.c.cycle_id == cycle_id))
    rows = [read_as(StageRow, row) for row in found]
    return sorted(
        rows, key=lambda r: (order.index(r.stage) if r.stage in order else len(order), r.stage)
    )


def activities_of(connection: Connection, cycle_id: UUID) -> list[ActivityRow]:
    """A cycle's logged activities, the newest day first."""
    t = cycle_activities.c
    query = select(cycle_activities).where(t.cycle_id == cycle_id)
    rows = connection.execute(query.order_by(t.held_on.desc(), t.logged_at.desc(), t.activity_id))
    return [read_as(ActivityRow, row, form=ActivityForm(row.form)) for row in rows]


def assignments_of(connection: Connection, cycle_id: UUID) -> list[AssignmentRow]:
    """The teams of a cycle, the first first."""
    t = cycle_teams.c
    query = (
        select(cycle_teams, teams.c.name.label("team_name"))
        .outerjoin(teams, teams.c.team_id == t.team_id)
        .where(t.cycle_id == cycle_id)
        .order_by(t.number)
    )
    return [read_as(AssignmentRow, row) for row in connection.execute(query)]


def outcome_of(connection: Connection, cycle_id: UUID) -> CycleOutcome | None:
    """What a cycle settled so far; ``None`` for an unknown cycle."""
    row = find_row(connection, cycles, cycle_id=cycle_id)
    if row is None:
        return None
    return CycleOutcome(
        row.diagnosis, tuple(row.priorities or ()), row.directions, tuple(row.tools or ())
    )


_OUTCOME = {"diagnosis", "priorities", "directions", "tools"}


def _cycles() -> Select[Any]:
    h = cycle_hdrs.c
    hdr_id = (
        select(h.hdr_id)
        .where(h.cycle_id == cycles.c.cycle_id)
        .order_by(h.opened_at, h.hdr_id)
        .limit(1)
        .scalar_subquery()
    )
    return select(
        *(column for column in cycles.c if column.name not in _OUTCOME),
        teams.c.name.label("team_name"),
        teams.c.ros_expert_id,
        teams.c.pro_expert_id,
        hdr_id.label("hdr_id"),
    ).outerjoin_from(cycles, teams, teams.c.team_id == cycles.c.team_id)


def _read(row: Any) -> CycleRow:
    return read_as(
        CycleRow, row, jst=jst_of(row), stages=tuple(row.stages), expert_ids=expert_ids_of(row)
    )

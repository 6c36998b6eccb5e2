"""``attention``: what is late or stands still, asked of the other views for a given day.

No tables of its own: being late is a matter of the day on which one asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, not_, or_, select

from services.gateway.projections.applications import applications
from services.gateway.projections.calls import CallState, calls, invites_from, state_on
from services.gateway.projections.cycles import cycles
from services.gateway.projections.hdrs import EDITORIAL_STATES, hdrs
from services.gateway.projections.jst_columns import jst_of, jst_or_none
from services.gateway.projections.monitoring import asked_hdrs, records, rounds
from services.gateway.projections.pages import ListFilter, Page, equals, given, one_of
from services.gateway.projections.polish import sort_key
from services.gateway.projections.teams import expert_ids_of, has_member, teams
from shared.contracts.base import JstRef
from shared.contracts.recruitment import ApplicationStatus, CallKind
from shared.kernel.clock import WARSAW, local_day


class AttentionKind(StrEnum):
    """What is the matter."""

    TEAM_MISSING = "TEAM_MISSING"
    """An open cycle has no team. Link: cycle."""
    STAGE_OVERDUE = "STAGE_OVERDUE"
    """An open cycle has been in its stage for too long. Link: cycle."""
    ACTIVITY_MISSING = "ACTIVITY_MISSING"
    """An open cycle with a team has had no logged activity for too long. Link: cycle."""
    MONITORING_OVERDUE = "MONITORING_OVERDUE"
    """An HDR did not report in a round that is due and not closed. Link: record."""
    ASSESSMENT_MISSING = "ASSESSMENT_MISSING"
    """An application has no prepared decision though the deadline has passed. Link: application."""
    EDITING_WAITING = "EDITING_WAITING"
    """A handed-in HDR has been in an editorial state for too long. Link: hdr."""
    RESULTS_OVERDUE = "RESULTS_OVERDUE"
    """A call's results are not published though the promised day has passed. Link: call."""


class Target(StrEnum):
    """What a row of the list opens."""

    CYCLE = "CYCLE"
    """``target_id``: cycle id."""
    HDR = "HDR"
    """``target_id``: HDR id."""
    RECORD = "RECORD"
    """``target_id``: HDR id; ``parameters["round_id"]``: round id."""
    APPLICATION = "APPLICATION"
    """``target_id``: application id."""
    CALL = "CALL"
    """``target_id``: call id; ``parameters["slug"]``: its address."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """After how many full days something counts as late."""

    stage_days: int = 45
    activity_days: int = 30
    editing_days: int = 14


@dataclass(frozen=True)
class AttentionRow:
    """One thing that waits for somebody."""

    kind: AttentionKind
    edition_id: UUID
    jst: JstRef | None
    """``None`` for a call and for an application of an expert."""
    voivodeship: str | None
    """``None`` for a call, which can invite from several."""
    since: date
    """Day in Europe/Warsaw from which it waits: stage entered, last activity, day due, …"""
    days: int
    """Days from ``since`` to today, >= 0."""
    target: Target
    target_id: UUID
    expert_ids: tuple[UUID, ...]
    """Experts whose business it is, where it is about a cycle with a team."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """STAGE_OVERDUE: stage. EDITING_WAITING: state. MONITORING_OVERDUE: round_id, round_name,
    title. ASSESSMENT_MISSING: receipt_number, call_id, call_title, status. RESULTS_OVERDUE: slug,
    call_title."""


@dataclass(frozen=True, kw_only=True)
class AttentionFilter(ListFilter):
    """Which rows."""

    edition_id: UUID | None = None
    kinds: tuple[AttentionKind, ...] | None = None
    voivodeships: tuple[str, ...] | None = None
    """A call counts for every voivodeship that it invites from."""
    jst_ids: tuple[UUID, ...] | None = None
    """Only what concerns these JST; calls never do."""
    expert_id: UUID | None = None
    """Only what concerns cycles of this expert's teams."""


def attention(
    connection: Connection,
    today: date,
    filters: AttentionFilter | None = None,
    thresholds: Thresholds | None = None,
) -> Page[AttentionRow]:
    """What is late or stands still today, the longest wait first.

    Args:
        connection: To the gateway's database.
        today: The day in Europe/Warsaw. A wait of exactly the threshold's days is not late yet;
            a due day is in time until its end (DR-02).
        filters: Narrowing by edition, kind, scope.
        thresholds: Full days; see `Thresholds` for the defaults.

    Returns:
        One row for each matter; the same cycle can be there for several kinds. ``days`` is >= 0,
        for due days >= 1.

    Source:
        Experience design, "needs attention"; feature K1.
    """
    filters = filters or AttentionFilter()
    rows = sorted(_all(connection, today, filters, thresholds or Thresholds()), key=_order)
    end = None if filters.limit is None else filters.offset + filters.limit
    return Page(tuple(rows[filters.offset : end]), len(rows), filters.offset, filters.limit)


def attention_counts(
    connection: Connection,
    today: date,
    filters: AttentionFilter | None = None,
    thresholds: Thresholds | None = None,
) -> dict[AttentionKind, int]:
    """How many rows `attention` has of each kind with the same choices.

    Returns:
        Every kind has a key; counts >= 0, unit: matters. A kind that ``filters.kinds`` leaves out
        has 0.

    Source:
        Feature K1, "action needed" tiles.
    """
    rows = _all(connection, today, filters or AttentionFilter(), thresholds or Thresholds())
    counts = Counter(row.kind for row in rows)
    return {kind: counts[kind] for kind in AttentionKind}


def _order(row: AttentionRow) -> tuple[date, int, str, str]:
    name = row.jst.name if row.jst else ""
    return row.since, list(AttentionKind).index(row.kind), sort_key(name), str(row.target_id)


def _all(
    connection: Connection, today: date, filters: AttentionFilter, thresholds: Thresholds
) -> Iterator[AttentionRow]:
    asked = _Asked(connection, today, filters, thresholds)
    for kind, find in _FINDERS.items():
        if filters.kinds is None or kind in filters.kinds:
            yield from find(asked)


@dataclass(frozen=True)
class _Asked:
    connection: Connection
    today: date
    filters: AttentionFilter
    thresholds: Thresholds

    def before(self, days: int) -> datetime:
        """First moment of the day that many days ago: what is earlier waits longer."""
        return datetime.combine(self.today - timedelta(days=days), time.min, WARSAW)

    def row(
        self, kind: AttentionKind, row: Any, since: date, target: Target, **more: Any
    ) -> AttentionRow:
        """A row about one JST's matter."""
        return AttentionRow(
            kind=kind,
            edition_id=row.edition_id,
            jst=jst_of(row),
            voivodeship=row.jst_voivodeship,
            since=since,
            days=max(0, (self.today - since).days),
            target=target,
            expert_ids=expert_ids_of(row),
            **more,
        )

    def scope(self, edition_id: ColumnElement[Any], columns: Any) -> ColumnElement[bool]:
        """Narrowing of what is about a JST and a cycle; ``columns`` has ``jst_…``."""
        return given(
            equals(edition_id, self.filters.edition_id),
            one_of(columns.jst_voivodeship, self.filters.voivodeships),
            one_of(columns.jst_id, self.filters.jst_ids),
            has_member(self.filters.expert_id),
        )


def _open_cycles(asked: _Asked, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    query = (
        select(
            cycles,
            teams.c.ros_expert_id,
            teams.c.pro_expert_id,
        )
        .outerjoin_from(cycles, teams, teams.c.team_id == cycles.c.team_id)
        .where(cycles.c.completed_at.is_(None), *conditions)
        .where(asked.scope(cycles.c.edition_id, cycles.c))
    )
    return asked.connection.execute(query).all()


def _without_team(asked: _Asked) -> Iterator[AttentionRow]:
    for row in _open_cycles(asked, cycles.c.team_id.is_(None)):
        yield asked.row(
            AttentionKind.TEAM_MISSING,
            row,
            local_day(row.opened_at),
            Target.CYCLE,
            target_id=row.cycle_id,
        )


def _overdue_stages(asked: _Asked) -> Iterator[AttentionRow]:
    limit = asked.before(asked.thresholds.stage_days)
    for row in _open_cycles(asked, cycles.c.stage_entered_at < limit):
        yield asked.row(
            AttentionKind.STAGE_OVERDUE,
            row,
            local_day(row.stage_entered_at),
            Target.CYCLE,
            target_id=row.cycle_id,
            parameters={"stage": row.current_stage or ""},
        )


def _without_activity(asked: _Asked) -> Iterator[AttentionRow]:
    t, limit = cycles.c, asked.before(asked.thresholds.activity_days)
    is_quiet = or_(t.last_activity_on.is_(None), t.last_activity_on < limit.date())
    for row in _open_cycles(asked, t.team_id.is_not(None), t.team_assigned_at < limit, is_quiet):
        assigned = local_day(row.team_assigned_at)
        since = max(assigned, row.last_activity_on or assigned)
        yield asked.row(
            AttentionKind.ACTIVITY_MISSING, row, since, Target.CYCLE, target_id=row.cycle_id
        )


def _overdue_monitoring(asked: _Asked) -> Iterator[AttentionRow]:
    a, r = asked_hdrs.c, rounds.c
    recorded = select(records.c.hdr_id).where(
        records.c.round_id == a.round_id, records.c.hdr_id == a.hdr_id
    )
    query = (
        select(
            asked_hdrs,
            r.edition_id,
            r.due_on,
            r.name,
            teams.c.ros_expert_id,
            teams.c.pro_expert_id,
        )
        .join_from(asked_hdrs, rounds, r.round_id == a.round_id)
        .outerjoin(hdrs, hdrs.c.hdr_id == a.hdr_id)
        .outerjoin(cycles, cycles.c.cycle_id == hdrs.c.cycle_id)
        .outerjoin(teams, teams.c.team_id == cycles.c.team_id)
        .where(r.closed_at.is_(None), r.due_on < asked.today)
        .where(hdrs.c.withdrawn_at.is_(None), not_(recorded.exists()))
        .where(asked.scope(r.edition_id, a))
    )
    for row in asked.connection.execute(query):
        yield asked.row(
            AttentionKind.MONITORING_OVERDUE,
            row,
            row.due_on,
            Target.RECORD,
            target_id=row.hdr_id,
            parameters={
                "round_id": str(row.round_id),
                "round_name": row.name,
                "title": row.title,
            },
        )


def _without_assessment(asked: _Asked) -> Iterator[AttentionRow]:
    a, c, filters = applications.c, calls.c, asked.filters
    if filters.expert_id is not None:
        return
    is_of_jst = a.kind == CallKind.JST.value
    query = (
        select(applications, c.closes_on, c.closed_at, c.title.label("call_title"))
        .join_from(applications, calls, c.call_id == a.call_id)
        .where(
            a.status.in_([ApplicationStatus.RECEIVED.value, ApplicationStatus.CHECKED.value]),
            state_on(asked.today) == CallState.ASSESSING.value,
            given(
                equals(a.edition_id, filters.edition_id),
                one_of(a.voivodeship, filters.voivodeships),
                None if filters.jst_ids is None else and_(is_of_jst, a.jst_id.in_(filters.jst_ids)),
            ),
        )
    )
    for row in asked.connection.execute(query):
        closed = local_day(row.closed_at) if row.closed_at else row.closes_on
        since = min(closed, row.closes_on)
        yield AttentionRow(
            kind=AttentionKind.ASSESSMENT_MISSING,
            edition_id=row.edition_id,
            jst=jst_or_none(row) if row.kind == CallKind.JST.value else None,
            voivodeship=row.voivodeship,
            since=since,
            days=max(0, (asked.today - since).days),
            target=Target.APPLICATION,
            target_id=row.application_id,
            expert_ids=(),
            parameters={
                "receipt_number": row.receipt_number,
                "call_id": str(row.call_id),
                "call_title": row.call_title,
                "status": row.status,
            },
        )


def _waiting_for_editing(asked: _Asked) -> Iterator[AttentionRow]:
    t = hdrs.c
    query = (
        select(hdrs, teams.c.ros_expert_id, teams.c.pro_expert_id)
        .outerjoin_from(hdrs, cycles, cycles.c.cycle_id == t.cycle_id)
        .outerjoin(teams, teams.c.team_id == cycles.c.team_id)
        .where(
            t.state.in_([state.value for state in EDITORIAL_STATES]),
            t.state_since < asked.before(asked.thresholds.editing_days),
            asked.scope(t.edition_id, t),
        )
    )
    for row in asked.connection.execute(query):
        yield asked.row(
            AttentionKind.EDITING_WAITING,
            row,
            local_day(row.state_since),
            Target.HDR,
            target_id=row.hdr_id,
            parameters={"state": row.state},
        )


def _overdue_results(asked: _Asked) -> Iterator[AttentionRow]:
    c, filters = calls.c, asked.filters
    if filters.expert_id is not None or filters.jst_ids is not None:
        return
    query = select(calls).where(
        c.results_published_at.is_(None),
        c.cancelled_at.is_(None),
        c.results_by < asked.today,
        given(equals(c.edition_id, filters.edition_id), invites_from(filters.voivodeships)),
    )
    for row in asked.connection.execute(query):
        yield AttentionRow(
            kind=AttentionKind.RESULTS_OVERDUE,
            edition_id=row.edition_id,
            jst=None,
            voivodeship=None,
            since=row.results_by,
            days=(asked.today - row.results_by).days,
            target=Target.CALL,
            target_id=row.call_id,
            expert_ids=(),
            parameters={"slug": row.slug, "call_title": row.title},
        )


_FINDERS: Mapping[AttentionKind, Callable[[_Asked], Iterator[AttentionRow]]] = {
    AttentionKind.TEAM_MISSING: _without_team,
    AttentionKind.STAGE_OVERDUE: _overdue_stages,
    AttentionKind.ACTIVITY_MISSING: _without_activity,
    AttentionKind.MONITORING_OVERDUE: _overdue_monitoring,
    AttentionKind.ASSESSMENT_MISSING: _without_assessment,
    AttentionKind.EDITING_WAITING: _waiting_for_editing,
    AttentionKind.RESULTS_OVERDUE: _overdue_results,
}

"""The panel's first page by role, and the rows behind each of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection

from services.gateway import attention_texts, happenings, labels
from services.gateway.accounts import Role
from services.gateway.auth import principal
from services.gateway.i18n import format_short_day
from services.gateway.i18n import gettext as _
from services.gateway.labels import Labels
from services.gateway.pages import Filter, Filters, choices
from services.gateway.panel import (
    Answered,
    Names,
    area,
    area_filter,
    as_uuid,
    csv_answer,
    edition_filter,
    kind_filter,
    kind_of,
    narrowed,
    read_list,
    reading,
    region_filter,
    wants_csv,
)
from services.gateway.projections.attention import (
    AttentionFilter,
    AttentionKind,
    attention,
    attention_counts,
)
from services.gateway.projections.cycles import CycleFilter, CycleRow, CycleState, list_cycles
from services.gateway.projections.hdrs import HdrFilter, HdrRow, editing_queue, list_hdrs
from services.gateway.projections.local_governments import jst_by_ids
from services.gateway.projections.monitoring import RecordFilter, list_records
from services.gateway.projections.programme_funnel import (
    ExpertFunnelFilter,
    ExpertMilestone,
    FunnelFilter,
    Milestone,
    expert_rows,
    funnel_rows,
    programme_funnel,
)
from services.gateway.projections.summaries import SummaryFilter, list_summaries
from services.gateway.projections.teams import TeamFilter, list_teams
from services.gateway.projections.timeline import TimelineFilter, recent
from services.gateway.runtime import runtime
from services.gateway.scope import list_scope
from shared.contracts.base import ExpertRole, JstRef
from shared.contracts.hdr import HdrState, SummaryState

blueprint = area("dashboard")

CHANGE_DAYS = 30
SHORT_LIST = 8
QUEUE_LENGTH = 15

JST_MILESTONES: Labels = {
    Milestone.APPLIED: lazy("JST that applied"),
    Milestone.QUALIFIED: lazy("JST that qualified"),
    Milestone.CYCLE_OPENED: lazy("opened cycles"),
    Milestone.AREA_CHOSEN: lazy("chosen support areas"),
    Milestone.DIAGNOSIS_CLOSED: lazy("closed diagnoses"),
    Milestone.HDR_SUBMITTED: lazy("submitted HDRs"),
    Milestone.HDR_PUBLISHED: lazy("published HDRs"),
    Milestone.MONITORED: lazy("answers in monitoring"),
    Milestone.SUMMARISED: lazy("published summaries"),
}
EXPERT_MILESTONES: Labels = {
    ExpertMilestone.APPLIED: lazy("experts who applied"),
    ExpertMilestone.QUALIFIED: lazy("experts who qualified"),
    ExpertMilestone.TRAINED: lazy("experts who completed a training"),
    ExpertMilestone.IN_TEAM: lazy("experts in teams"),
}


@dataclass(frozen=True)
class Figure:
    """One number of the funnel, with its change and the rows behind it."""

    text: str
    number: int
    change: int
    """Since ``CHANGE_DAYS`` days ago."""
    href: str


@dataclass(frozen=True)
class Task:
    """One thing that the reader can do next."""

    jst: JstRef
    text: str
    href: str
    note: str = ""
    due: date | None = None


@blueprint.get("/panel")
def show_dashboard() -> str:
    """What the reader's role asks first."""
    caller, today = principal(), runtime().clock.today()
    parts: dict[str, Any] = {}
    with reading() as connection:
        if caller.has(Role.PROGRAMME_STAFF, Role.COORDINATOR):
            parts |= _programme(connection)
        if caller.has(Role.EXPERT, Role.JST):
            parts["tasks"] = _tasks(connection)
        if caller.has(Role.EXPERT):
            parts["teams"] = list_teams(connection, narrowed(TeamFilter, limit=None)).rows
        if caller.has(Role.EXPERT, Role.JST):
            parts["cycles"] = list_cycles(connection, narrowed(CycleFilter, limit=None)).rows
        if caller.has(Role.EDITOR):
            parts |= _queue(connection)
        if caller.has(Role.PROGRAMME_STAFF, Role.COORDINATOR, Role.EXPERT, Role.JST):
            parts |= _attention(connection, today)
            happened = _recent(connection, SHORT_LIST)
            parts["happened"] = [(row, jst) for row, jst in happened]
    return render_template(
        "dashboard/show.html",
        filters=Filters((edition_filter(),)),
        today=today,
        sentence=happenings.sentence,
        target=happenings.target,
        roles=sorted(labels.label(labels.ROLES, role) for role in caller.roles),
        **parts,
    )


@blueprint.get("/panel/lejek")
def list_funnel_rows() -> Answered:
    """The JST behind a number of the funnel."""
    milestones = choices(JST_MILESTONES, first=_("took part in any way"))
    filters = Filters(
        (
            Filter("etap", _("Reached"), milestones),
            edition_filter(),
            region_filter(),
            kind_filter(),
            area_filter(),
            Filter("szukaj", _("Name or code")),
        )
    )
    milestone = filters["etap"]
    rows, paging = read_list(
        lambda connection, chosen: funnel_rows(
            connection, Milestone(milestone) if milestone else None, chosen
        ),
        narrowed(
            FunnelFilter,
            edition_id=as_uuid(filters["edycja"]),
            voivodeship=filters["woj"],
            kind=kind_of(filters),
            area_code=filters["obszar"],
            text=filters["szukaj"],
        ),
    )
    if wants_csv():
        return csv_answer(
            "jst",
            (
                _("TERYT code"),
                _("Name"),
                _("Kind"),
                _("Voivodeship"),
                _("Edition"),
                _("Support area"),
                *(str(text) for text in JST_MILESTONES.values()),
            ),
            (
                (
                    row.jst.code,
                    row.jst.name,
                    labels.jst_kind(row.jst),
                    labels.voivodeship(row.jst.voivodeship),
                    Names.edition(row.edition_id),
                    Names.area(row.area_code),
                    *(_day(row.milestones.get(Milestone(key))) for key in JST_MILESTONES),
                )
                for row in rows
            ),
        )
    return render_template(
        "dashboard/funnel.html",
        filters=filters,
        rows=rows,
        paging=paging,
        milestones=JST_MILESTONES,
        chosen=milestone,
    )


@blueprint.get("/panel/lejek/eksperci")
def list_funnel_experts() -> Answered:
    """The candidates for expert behind a number of the funnel."""
    filters = Filters(
        (
            Filter("etap", _("Reached"), choices(EXPERT_MILESTONES, first=_("all"))),
            edition_filter(),
            region_filter(),
            Filter("rola", _("Role"), (("", _("all")), ("ROS", "ROS"), ("PRO", "PRO"))),
        )
    )
    milestone, role = filters["etap"], filters["rola"]
    rows, paging = read_list(
        lambda connection, chosen: expert_rows(
            connection, ExpertMilestone(milestone) if milestone else None, chosen
        ),
        narrowed(
            ExpertFunnelFilter,
            edition_id=as_uuid(filters["edycja"]),
            voivodeship=filters["woj"],
            role=ExpertRole(role) if role else None,
        ),
    )
    if wants_csv():
        return csv_answer(
            "eksperci",
            (
                _("Receipt number"),
                _("Role"),
                _("Voivodeship"),
                _("Edition"),
                *(str(text) for text in EXPERT_MILESTONES.values()),
            ),
            (
                (
                    row.receipt_number,
                    row.role.value,
                    labels.voivodeship(row.voivodeship),
                    Names.edition(row.edition_id),
                    *(_day(row.milestones.get(ExpertMilestone(key))) for key in EXPERT_MILESTONES),
                )
                for row in rows
            ),
        )
    return render_template(
        "dashboard/funnel_experts.html",
        filters=filters,
        rows=rows,
        paging=paging,
        milestones=EXPERT_MILESTONES,
        chosen=milestone,
    )


@blueprint.get("/panel/uwagi")
def list_attention() -> Answered:
    """Everything that waits for somebody, the longest wait first."""
    filters = Filters(
        (
            Filter("rodzaj", _("What"), choices(attention_texts.KINDS, first=_("all"))),
            edition_filter(),
            region_filter(),
        )
    )
    kind, today = filters["rodzaj"], runtime().clock.today()
    rows, paging = read_list(
        lambda connection, chosen: attention(connection, today, chosen),
        narrowed(
            AttentionFilter,
            kinds=(AttentionKind(kind),) if kind else None,
            edition_id=as_uuid(filters["edycja"]),
            voivodeship=filters["woj"],
        ),
    )
    if wants_csv():
        return csv_answer(
            "uwagi",
            (
                _("What"),
                _("TERYT code"),
                _("JST"),
                _("Voivodeship"),
                _("Since"),
                _("Days"),
                _("Matter"),
            ),
            (
                (
                    str(attention_texts.KINDS[row.kind]),
                    row.jst.code if row.jst else "",
                    row.jst.name if row.jst else "",
                    labels.voivodeship(row.voivodeship),
                    row.since.isoformat(),
                    row.days,
                    attention_texts.sentence(row),
                )
                for row in rows
            ),
        )
    return render_template(
        "dashboard/attention.html",
        filters=filters,
        rows=rows,
        paging=paging,
        kinds=attention_texts.KINDS,
        sentence=attention_texts.sentence,
        act=attention_texts.act,
    )


@blueprint.get("/panel/zdarzenia")
def list_recent() -> Answered:
    """What happened lately to the JST in the reader's scope."""
    with reading() as connection:
        wanted = _recent_filter(connection)
    rows, paging = read_list(recent, wanted)
    with reading() as connection:
        known = _jst_of_rows(connection, rows)
    if wants_csv():
        return csv_answer(
            "zdarzenia",
            (_("When"), _("TERYT code"), _("JST"), _("What happened"), _("Event")),
            (
                (
                    row.time.isoformat(),
                    jst.code if jst else "",
                    jst.name if jst else "",
                    happenings.sentence(row),
                    row.type,
                )
                for row, jst in ((row, known.get(row.jst_id)) for row in rows)
            ),
        )
    return render_template(
        "dashboard/recent.html",
        happened=[(row, known.get(row.jst_id)) for row in rows],
        paging=paging,
        sentence=happenings.sentence,
        target=happenings.target,
    )


# --- parts of the first page ----------------------------------------------------------------------


def _programme(connection: Connection) -> dict[str, Any]:
    edition_id = as_uuid(request.args.get("edycja"))
    regions = list_scope(principal().scope)["voivodeships"]
    now = programme_funnel(connection, edition_id, regions)
    before = programme_funnel(
        connection, edition_id, regions, at=runtime().clock.now() - timedelta(days=CHANGE_DAYS)
    )
    chosen: dict[str, Any] = {"edycja": edition_id}
    return {
        "jst_figures": [
            Figure(
                str(text),
                now.jst[key],
                now.jst[key] - before.jst[key],
                url_for(".list_funnel_rows", etap=key, **chosen),
            )
            for key, text in ((Milestone(k), t) for k, t in JST_MILESTONES.items())
        ],
        "expert_figures": [
            Figure(
                str(text),
                now.experts[key],
                now.experts[key] - before.experts[key],
                url_for(".list_funnel_experts", etap=key, **chosen),
            )
            for key, text in ((ExpertMilestone(k), t) for k, t in EXPERT_MILESTONES.items())
        ],
        "by_region": _by_region(now.by_voivodeship(), edition_id),
        "change_days": CHANGE_DAYS,
    }


def _by_region(
    counts: Mapping[str, Mapping[Milestone, int]], edition_id: UUID | None
) -> list[tuple[str, list[tuple[int, str]]]]:
    """Voivodeships with their numbers, each with the address of its rows."""
    return [
        (
            labels.voivodeship(code),
            [
                (
                    numbers.get(Milestone(key), 0),
                    url_for(".list_funnel_rows", etap=key, woj=code, edycja=edition_id),
                )
                for key in JST_MILESTONES
            ],
        )
        for code, numbers in sorted(counts.items())
    ]


def _attention(connection: Connection, today: date) -> dict[str, Any]:
    wanted = narrowed(
        AttentionFilter, edition_id=as_uuid(request.args.get("edycja")), limit=SHORT_LIST
    )
    page = attention(connection, today, wanted)
    counts = attention_counts(connection, today, wanted)
    return {
        "waiting": page.rows,
        "waiting_total": page.total,
        "waiting_counts": [
            (str(attention_texts.KINDS[kind]), number, url_for(".list_attention", rodzaj=kind))
            for kind, number in counts.items()
            if number
        ],
        "waiting_sentence": attention_texts.sentence,
        "waiting_act": attention_texts.act,
    }


def _queue(connection: Connection) -> dict[str, Any]:
    submitted = SummaryFilter(
        states=(SummaryState.SUBMITTED, SummaryState.APPROVED), limit=QUEUE_LENGTH
    )
    return {
        "queue": editing_queue(connection, HdrFilter(limit=QUEUE_LENGTH)).rows,
        "summary_queue": list_summaries(connection, submitted).rows,
    }


def _recent_filter(connection: Connection, **more: Any) -> TimelineFilter:
    """What the reader may see of what happened: own regions, or own units."""
    scope = list_scope(principal().scope)
    if "expert_id" in scope:
        own = list_cycles(connection, CycleFilter(expert_id=scope["expert_id"], limit=None))
        return TimelineFilter(jst_ids=tuple(row.jst.id for row in own.rows), **more)
    return TimelineFilter(**scope, **more)


def _recent(connection: Connection, limit: int) -> list[tuple[Any, JstRef | None]]:
    rows = recent(connection, _recent_filter(connection, limit=limit)).rows
    known = _jst_of_rows(connection, rows)
    return [(row, known.get(row.jst_id)) for row in rows]


def _jst_of_rows(connection: Connection, rows: Any) -> dict[UUID, JstRef]:
    found = jst_by_ids(connection, {row.jst_id for row in rows})
    return {jst_id: row.jst for jst_id, row in found.items()}


def _tasks(connection: Connection) -> list[Task]:
    """What the reader's JST, or the JST they advise, can do next."""
    tasks = [
        Task(
            record.jst,
            _("Answer the monitoring round “%(round)s”", round=record.round_name),
            url_for("monitoring.answer", round_id=record.round_id, hdr_id=record.hdr_id),
            due=record.due_on,
        )
        for record in list_records(
            connection,
            narrowed(RecordFilter, is_recorded=False, is_round_closed=False, limit=None),
        ).rows
    ]
    hdrs = {row.hdr_id: row for row in list_hdrs(connection, narrowed(HdrFilter, limit=None)).rows}
    cycles = list_cycles(connection, narrowed(CycleFilter, state=CycleState.OPEN, limit=None)).rows
    for cycle in cycles:
        task = _cycle_task(cycle, hdrs.get(cycle.hdr_id) if cycle.hdr_id else None)
        if task:
            tasks.append(task)
    summaries = list_summaries(connection, narrowed(SummaryFilter, limit=None)).rows
    begun = {summary.hdr_id for summary in summaries}
    tasks += [
        Task(
            summary.jst,
            _("Write the summary of the implementation"),
            url_for("summaries.show_summary", summary_id=summary.summary_id),
            note=_("Returned: %(reason)s", reason=summary.return_reason)
            if summary.return_reason
            else "",
        )
        for summary in summaries
        if summary.state is SummaryState.DRAFT
    ]
    tasks += [
        Task(
            row.jst,
            _("Choose how to sum up the implementation, when the time has come"),
            url_for("summaries.choose_form", hdr_id=row.hdr_id),
        )
        for row in hdrs.values()
        if row.state is HdrState.PUBLISHED and row.hdr_id not in begun
    ]
    return tasks


def _cycle_task(cycle: CycleRow, hdr: HdrRow | None) -> Task | None:
    here: dict[str, Any] = {"cycle_id": cycle.cycle_id}
    if hdr is not None and hdr.state is HdrState.DRAFT:
        return Task(
            cycle.jst,
            _("Write the HDR and hand it in"),
            url_for("hdrs.show_hdr", hdr_id=hdr.hdr_id),
            note=_("Returned: %(reason)s", reason=hdr.return_reason) if hdr.return_reason else "",
        )
    texts = {
        "AREA_CHOICE": (_("Choose the support area"), url_for("cycles.choose_area", **here)),
        "DIAGNOSIS": (_("Write the diagnosis and close it"), url_for("cycles.show_cycle", **here)),
        "DIRECTIONS": (
            _("Settle the directions of implementation"),
            url_for("cycles.set_directions", **here),
        ),
    }
    if cycle.current_stage in texts:
        text, href = texts[cycle.current_stage]
        return Task(cycle.jst, text, href)
    return None


def _day(moment: Any) -> str:
    return format_short_day(moment) if moment else ""

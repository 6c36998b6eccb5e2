"""The programme at one look: funnel, what needs attention, the card of a JST and its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from services.gateway.auth import principal
from services.gateway.blueprints.api.base import (
    AnyCase,
    RegionalQuery,
    Voivodeships,
    Words,
    blueprint,
    found,
    narrowed,
    reading,
)
from services.gateway.blueprints.api.operation import Listed, ListQuery, listed, operation
from services.gateway.projections import attention, programme_funnel, timeline
from services.gateway.projections.applications import (
    ApplicationFilter,
    ApplicationRow,
    list_applications,
)
from services.gateway.projections.attention import AttentionFilter, AttentionKind, AttentionRow
from services.gateway.projections.cycles import CycleFilter, CycleRow, list_cycles
from services.gateway.projections.hdrs import HdrFilter, HdrRow, list_hdrs
from services.gateway.projections.local_governments import JstRow, find_jst
from services.gateway.projections.monitoring import RecordFilter, RecordRow, list_records
from services.gateway.projections.programme_funnel import (
    ExpertCell,
    ExpertFunnelFilter,
    ExpertFunnelRow,
    ExpertMilestone,
    FunnelCell,
    FunnelFilter,
    FunnelRow,
    Milestone,
)
from services.gateway.projections.summaries import SummaryFilter, SummaryRow, list_summaries
from services.gateway.projections.timeline import TimelineFilter, TimelineRow
from services.gateway.runtime import runtime
from services.gateway.scope import list_scope
from shared.contracts.base import Answer, Code, ExpertRole, JstKind, Request
from shared.contracts.recruitment import CallKind

Moment = Annotated[
    AwareDatetime | None, Field(description="As of this moment, with its time zone.")
]


class FunnelQuery(Request):
    """Of what the funnel speaks."""

    edition_id: UUID | None = None
    voivodeship: Voivodeships = None
    at: Moment = None


class FunnelRowsQuery(RegionalQuery):
    """Which JST."""

    milestone: Annotated[Milestone | None, AnyCase] = None
    has_reached: bool = True
    edition_id: UUID | None = None
    kind: Annotated[JstKind | None, AnyCase] = None
    area_code: Code | None = None
    has_area: bool | None = None
    at: Moment = None
    text: Words = None


class ExpertRowsQuery(RegionalQuery):
    """Which candidates for expert."""

    milestone: Annotated[ExpertMilestone | None, AnyCase] = None
    has_reached: bool = True
    edition_id: UUID | None = None
    role: Annotated[ExpertRole | None, AnyCase] = None
    at: Moment = None
    text: Words = None


class AttentionQuery(RegionalQuery):
    """Which matters."""

    edition_id: UUID | None = None
    kind: Annotated[tuple[AttentionKind, ...] | None, Field(max_length=7)] = None
    stage_days: int = Field(default=45, ge=0, le=3650)
    activity_days: int = Field(default=30, ge=0, le=3650)
    editing_days: int = Field(default=14, ge=0, le=3650)


class TimelineQuery(ListQuery):
    """Which part of a timeline."""

    type: Annotated[tuple[str, ...] | None, Field(max_length=40)] = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class Funnel(Answer):
    """How many JST and experts reached what: in all, and where. Numbers are participations."""

    model_config = ConfigDict(from_attributes=True)

    jst: Mapping[Milestone, int]
    experts: Mapping[ExpertMilestone, int]
    cells: tuple[FunnelCell, ...]
    expert_cells: tuple[ExpertCell, ...]


class JstCard(Answer):
    """What the programme knows of a JST: its way through every edition."""

    jst: JstRow
    applications: tuple[ApplicationRow, ...]
    cycles: tuple[CycleRow, ...]
    hdrs: tuple[HdrRow, ...]
    records: tuple[RecordRow, ...]
    summaries: tuple[SummaryRow, ...]


@blueprint.get("/funnel")
@operation("How many reached what", query=FunnelQuery, answer=Funnel)
def get_funnel(query: FunnelQuery) -> Funnel:
    region = list_scope(principal().scope, query.voivodeship)["voivodeships"]
    with reading() as connection:
        return Funnel.model_validate(
            programme_funnel.programme_funnel(connection, query.edition_id, region, query.at)
        )


@blueprint.get("/funnel/rows")
@operation("The JST behind a number", query=FunnelRowsQuery, answer=Listed[FunnelRow])
def list_funnel_rows(query: FunnelRowsQuery) -> object:
    with reading() as connection:
        page = programme_funnel.funnel_rows(
            connection, query.milestone, narrowed(FunnelFilter, query)
        )
    return listed(page.rows, page.total, query)


@blueprint.get("/funnel/experts")
@operation(
    "The candidates for expert behind a number",
    query=ExpertRowsQuery,
    answer=Listed[ExpertFunnelRow],
)
def list_funnel_experts(query: ExpertRowsQuery) -> object:
    with reading() as connection:
        page = programme_funnel.expert_rows(
            connection, query.milestone, narrowed(ExpertFunnelFilter, query)
        )
    return listed(page.rows, page.total, query)


@blueprint.get("/attention")
@operation(
    "What is late or stands still, the longest wait first",
    query=AttentionQuery,
    answer=Listed[AttentionRow],
)
def list_attention(query: AttentionQuery) -> object:
    thresholds = attention.Thresholds(
        stage_days=query.stage_days,
        activity_days=query.activity_days,
        editing_days=query.editing_days,
    )
    with reading() as connection:
        page = attention.attention(
            connection,
            runtime().clock.today(),
            narrowed(AttentionFilter, query, kinds=query.kind),
            thresholds,
        )
    return listed(page.rows, page.total, query)


@blueprint.get("/jst/<jst_code>")
@operation("The card of a JST", answer=JstCard)
def get_jst(jst_code: str) -> JstCard:
    """Who applies as an expert is no business of the JST that employs them."""
    with reading() as connection:
        row = found(find_jst(connection, jst_code), "jst", jst_code)
        jst_id = row.jst.id
        return JstCard(
            jst=row,
            applications=list_applications(
                connection, ApplicationFilter(jst_id=jst_id, kind=CallKind.JST, limit=None)
            ).rows,
            cycles=list_cycles(connection, CycleFilter(jst_id=jst_id, limit=None)).rows,
            hdrs=list_hdrs(connection, HdrFilter(jst_id=jst_id, limit=None)).rows,
            records=list_records(connection, RecordFilter(jst_id=jst_id, limit=None)).rows,
            summaries=list_summaries(connection, SummaryFilter(jst_id=jst_id, limit=None)).rows,
        )


@blueprint.get("/jst/<jst_code>/timeline")
@operation(
    "Everything that happened to a JST, the newest first",
    query=TimelineQuery,
    answer=Listed[TimelineRow],
)
def get_timeline(jst_code: str, query: TimelineQuery) -> object:
    with reading() as connection:
        row = found(find_jst(connection, jst_code), "jst", jst_code)
        filters = TimelineFilter(
            types=query.type,
            since=query.since,
            until=query.until,
            offset=query.offset,
            limit=query.limit,
        )
        page = timeline.timeline(connection, row.jst.id, filters)
    return listed(page.rows, page.total, query)

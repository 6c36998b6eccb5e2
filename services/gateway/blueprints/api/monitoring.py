"""Monitoring rounds, records, and the public report."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from flask import url_for
from pydantic import ConfigDict

from services.gateway.accounts import Role
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
    unscoped,
)
from services.gateway.blueprints.api.operation import Listed, listed, operation
from services.gateway.clients import services
from services.gateway.projections import monitoring
from services.gateway.projections.monitoring import (
    Factors,
    Known,
    RecordFilter,
    RecordRow,
    RoundFilter,
    RoundRow,
)
from shared.contracts.base import (
    Answer,
    Code,
    CreatedAnswer,
    DoneAnswer,
    JstKind,
    Request,
    VersionAnswer,
)
from shared.contracts.monitoring import (
    ActionState,
    MoveRoundDueDate,
    OpenRound,
    RecordAnswer,
    RecordMonitoring,
    RecordQuery,
    RoundRequest,
)


class RoundListQuery(RegionalQuery):
    """Which rounds; regions narrow the numbers, not the rounds."""

    edition_id: UUID | None = None
    is_closed: bool | None = None


class RecordListQuery(RegionalQuery):
    """Which asked HDRs of a round."""

    kind: Annotated[JstKind | None, AnyCase] = None
    area_code: Code | None = None
    is_recorded: bool | None = None
    is_late: bool | None = None
    text: Words = None


class ReportQuery(Request):
    """Of what a report speaks."""

    voivodeship: Voivodeships = None
    known: Annotated[Known, AnyCase] = Known.NOW


class Figures(Answer):
    """The numbers of a report for one group of HDRs; ratios in [0, 1], null for "of nothing"."""

    model_config = ConfigDict(from_attributes=True)

    asked: int
    recorded: int
    response_rate_ratio: float | None
    on_time: int
    on_time_ratio: float | None
    late: int
    actions: int
    actions_by_state: Mapping[ActionState, int]
    indicators_with_value: int
    indicators_without_value: int
    indicators_reaching_target: int
    reaching_target_ratio: float | None
    mean_attainment_ratio: float | None
    """Plain mean over the indicators with a value; may be below 0 and above 1."""


class RoundReport(Answer):
    """The aggregated report of a round."""

    model_config = ConfigDict(from_attributes=True)

    round: RoundRow
    known: Known
    overall: Figures
    by_kind: Mapping[JstKind, Figures]
    by_area: Mapping[str, Figures]
    by_voivodeship: Mapping[str, Figures]
    factors: tuple[Factors, ...]
    changed_after_closing: int


@blueprint.post("/rounds")
@operation(
    "Open a monitoring round",
    request=OpenRound,
    answer=CreatedAnswer,
    status=201,
    location=lambda answer: url_for("api.get_round", round_id=answer.id),
)
def open_round(message: OpenRound) -> CreatedAnswer:
    return services().monitoring.open_round(message)


@blueprint.post("/rounds/<uuid:round_id>/close")
@operation("End a round", request=RoundRequest, answer=DoneAnswer)
def close_round(message: RoundRequest) -> DoneAnswer:
    return services().monitoring.close_round(message)


@blueprint.post("/rounds/<uuid:round_id>/move-due-date")
@operation("Give more time", request=MoveRoundDueDate, answer=DoneAnswer)
def move_round_due_date(message: MoveRoundDueDate) -> DoneAnswer:
    return services().monitoring.move_round_due_date(message)


@blueprint.get("/rounds")
@operation("Rounds, the latest first", query=RoundListQuery, answer=Listed[RoundRow])
def list_rounds(query: RoundListQuery) -> object:
    with reading() as connection:
        page = monitoring.list_rounds(connection, unscoped(RoundFilter, query))
    return listed(page.rows, page.total, query)


@blueprint.get("/rounds/<uuid:round_id>")
@operation("One round with its numbers", answer=RoundRow)
def get_round(round_id: UUID) -> RoundRow:
    with reading() as connection:
        return found(monitoring.find_round(connection, round_id), "round", round_id)


@blueprint.get("/rounds/<uuid:round_id>/report")
@operation("The report of a round", query=ReportQuery, answer=RoundReport)
def get_report(round_id: UUID, query: ReportQuery) -> RoundReport:
    """What a JST says it needs is for the programme's staff and coordinators only."""
    with reading() as connection:
        report = found(
            monitoring.report(connection, round_id, query.voivodeship, query.known),
            "round",
            round_id,
        )
    if not principal().has(Role.PROGRAMME_STAFF, Role.COORDINATOR):
        factors = tuple(dataclasses.replace(f, support_needed="") for f in report.factors)
        report = dataclasses.replace(report, factors=factors)
    return RoundReport.model_validate(report)


@blueprint.get("/rounds/<uuid:round_id>/records")
@operation(
    "Whom a round asks, in the caller's scope, and who reported",
    query=RecordListQuery,
    answer=Listed[RecordRow],
)
def list_records(round_id: UUID, query: RecordListQuery) -> object:
    with reading() as connection:
        page = monitoring.list_records(connection, narrowed(RecordFilter, query, round_id=round_id))
    return listed(page.rows, page.total, query)


@blueprint.get("/rounds/<uuid:round_id>/records/<uuid:hdr_id>")
@operation("What a round asks an HDR, with its newest report", answer=RecordAnswer)
def get_record(round_id: UUID, hdr_id: UUID) -> RecordAnswer:
    return services().monitoring.get_record(RecordQuery(round_id=round_id, hdr_id=hdr_id))


@blueprint.put("/rounds/<uuid:round_id>/records/<uuid:hdr_id>")
@operation("Report on an HDR, or correct it", request=RecordMonitoring, answer=VersionAnswer)
def record_monitoring(message: RecordMonitoring) -> VersionAnswer:
    return services().monitoring.record_monitoring(message)

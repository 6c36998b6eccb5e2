"""Trainings of experts and the roster."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from flask import url_for

from services.gateway.auth import principal
from services.gateway.blueprints.api.base import (
    AnyCase,
    RegionalQuery,
    Words,
    blueprint,
    narrowed,
    reading,
)
from services.gateway.blueprints.api.operation import Listed, ListQuery, listed, operation
from services.gateway.clients import services
from services.gateway.projections import trainings
from services.gateway.projections.trainings import TrainingFilter, TrainingRow
from services.gateway.scope import list_scope
from shared.contracts.base import CreatedAnswer, DoneAnswer, ExpertRole
from shared.contracts.recruitment import (
    CompleteTraining,
    EnrolCandidate,
    ExpertAnswer,
    ExpertsQuery,
    PlanTraining,
    RecordAttendance,
    RemoveExpert,
    TrainingAnswer,
    TrainingOutcome,
    TrainingQuery,
)


class TrainingListQuery(ListQuery):
    """Which trainings."""

    edition_id: UUID | None = None
    role: Annotated[ExpertRole | None, AnyCase] = None
    is_completed: bool | None = None
    text: Words = None


class ExpertListQuery(RegionalQuery):
    """Which experts."""

    role: Annotated[ExpertRole | None, AnyCase] = None
    text: Words = None


@blueprint.post("/trainings")
@operation(
    "Plan a training",
    request=PlanTraining,
    answer=CreatedAnswer,
    status=201,
    location=lambda answer: url_for("api.get_training", training_id=answer.id),
)
def plan_training(message: PlanTraining) -> CreatedAnswer:
    return services().recruitment.plan_training(message)


@blueprint.post("/trainings/<uuid:training_id>/enrolments")
@operation("Give a qualified candidate a place", request=EnrolCandidate, answer=DoneAnswer)
def enrol_candidate(message: EnrolCandidate) -> DoneAnswer:
    return services().recruitment.enrol_candidate(message)


@blueprint.post("/trainings/<uuid:training_id>/attendance")
@operation("Record who was present at a session", request=RecordAttendance, answer=DoneAnswer)
def record_attendance(message: RecordAttendance) -> DoneAnswer:
    return services().recruitment.record_attendance(message)


@blueprint.post("/trainings/<uuid:training_id>/complete")
@operation("End a training", request=CompleteTraining, answer=TrainingOutcome)
def complete_training(message: CompleteTraining) -> TrainingOutcome:
    """Who attended enough enters the roster."""
    return services().recruitment.complete_training(message)


@blueprint.get("/trainings")
@operation(
    "Trainings without names, the latest first",
    query=TrainingListQuery,
    answer=Listed[TrainingRow],
)
def list_trainings(query: TrainingListQuery) -> object:
    with reading() as connection:
        page = trainings.list_trainings(connection, narrowed(TrainingFilter, query))
    return listed(page.rows, page.total, query)


@blueprint.get("/trainings/<uuid:training_id>")
@operation("One training with its participants' names", answer=TrainingAnswer)
def get_training(training_id: UUID) -> TrainingAnswer:
    return services().recruitment.get_training(TrainingQuery(training_id=training_id))


@blueprint.get("/experts")
@operation(
    "The roster with names, of the caller's regions",
    query=ExpertListQuery,
    answer=Listed[ExpertAnswer],
)
def list_experts(query: ExpertListQuery) -> object:
    answer = services().recruitment.list_experts(
        ExpertsQuery(
            role=query.role,
            text=query.text,
            offset=query.offset,
            limit=query.limit,
            voivodeships=list_scope(principal().scope, query.voivodeship)["voivodeships"],
        )
    )
    return listed(answer.experts, answer.total, query)


@blueprint.post("/experts/<uuid:expert_id>/remove")
@operation("Take an expert off the roster", request=RemoveExpert, answer=DoneAnswer)
def remove_expert(message: RemoveExpert) -> DoneAnswer:
    return services().recruitment.remove_expert(message)

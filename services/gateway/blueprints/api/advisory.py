"""Advisory teams and advisory cycles."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from flask import url_for

from services.gateway.blueprints.api.base import (
    AnyCase,
    RegionalQuery,
    Words,
    blueprint,
    found,
    narrowed,
    reading,
    require_region,
)
from services.gateway.blueprints.api.operation import Listed, listed, operation
from services.gateway.clients import services
from services.gateway.projections import cycles, teams
from services.gateway.projections.cycles import CycleFilter, CycleRow, CycleState
from services.gateway.projections.teams import MemberRow, TeamFilter, TeamRow
from shared.contracts.advisory import (
    AssignTeam,
    ChooseArea,
    CloseDiagnosis,
    CompleteStage,
    CycleAnswer,
    CycleQuery,
    DissolveTeam,
    FormTeam,
    LogActivity,
    RecordDiagnosis,
    ReplaceTeamMember,
    SetDirections,
)
from shared.contracts.base import (
    Answer,
    Code,
    CreatedAnswer,
    DoneAnswer,
    JstKind,
    VersionAnswer,
)


class TeamListQuery(RegionalQuery):
    """Which teams."""

    edition_id: UUID | None = None
    is_dissolved: bool | None = False
    text: Words = None


class CycleListQuery(RegionalQuery):
    """Which cycles."""

    edition_id: UUID | None = None
    kind: Annotated[JstKind | None, AnyCase] = None
    area_code: Code | None = None
    jst_id: UUID | None = None
    team_id: UUID | None = None
    stage: Code | None = None
    state: Annotated[CycleState | None, AnyCase] = None
    has_team: bool | None = None
    text: Words = None


class TeamDetail(Answer):
    """A team, and who was in it when."""

    team: TeamRow
    members: tuple[MemberRow, ...]


# --- teams --------------------------------------------------------------------------------------


@blueprint.post("/teams")
@operation(
    "Form a team of one ROS and one PRO expert",
    request=FormTeam,
    answer=CreatedAnswer,
    status=201,
    location=lambda answer: url_for("api.get_team", team_id=answer.id),
)
def form_team(message: FormTeam) -> CreatedAnswer:
    require_region(message.voivodeship)
    return services().advisory.form_team(message)


@blueprint.post("/teams/<uuid:team_id>/replace-member")
@operation(
    "Give one slot of a team to another expert", request=ReplaceTeamMember, answer=DoneAnswer
)
def replace_team_member(message: ReplaceTeamMember) -> DoneAnswer:
    return services().advisory.replace_team_member(message)


@blueprint.post("/teams/<uuid:team_id>/dissolve")
@operation("End a team", request=DissolveTeam, answer=DoneAnswer)
def dissolve_team(message: DissolveTeam) -> DoneAnswer:
    return services().advisory.dissolve_team(message)


@blueprint.get("/teams")
@operation("Teams in the caller's scope", query=TeamListQuery, answer=Listed[TeamRow])
def list_teams(query: TeamListQuery) -> object:
    with reading() as connection:
        page = teams.list_teams(connection, narrowed(TeamFilter, query))
    return listed(page.rows, page.total, query)


@blueprint.get("/teams/<uuid:team_id>")
@operation("One team, and who was in it when", answer=TeamDetail)
def get_team(team_id: UUID) -> object:
    with reading() as connection:
        row = found(teams.find_team(connection, team_id), "team", team_id)
        return TeamDetail(team=row, members=tuple(teams.member_history(connection, team_id)))


# --- cycles ---------------------------------------------------------------------------------------


@blueprint.get("/cycles")
@operation("Cycles in the caller's scope", query=CycleListQuery, answer=Listed[CycleRow])
def list_cycles(query: CycleListQuery) -> object:
    with reading() as connection:
        page = cycles.list_cycles(connection, narrowed(CycleFilter, query))
    return listed(page.rows, page.total, query)


@blueprint.get("/cycles/<uuid:cycle_id>")
@operation("One cycle in full", answer=CycleAnswer)
def get_cycle(cycle_id: UUID) -> CycleAnswer:
    return services().advisory.get_cycle(CycleQuery(cycle_id=cycle_id))


@blueprint.post("/cycles/<uuid:cycle_id>/team")
@operation("Give a team a JST to advise", request=AssignTeam, answer=DoneAnswer)
def assign_team(message: AssignTeam) -> DoneAnswer:
    return services().advisory.assign_team(message)


@blueprint.post("/cycles/<uuid:cycle_id>/area")
@operation("Choose or change the support area", request=ChooseArea, answer=DoneAnswer)
def choose_area(message: ChooseArea) -> DoneAnswer:
    return services().advisory.choose_area(message)


@blueprint.post("/cycles/<uuid:cycle_id>/diagnosis")
@operation("Save the diagnosis", request=RecordDiagnosis, answer=VersionAnswer)
def record_diagnosis(message: RecordDiagnosis) -> VersionAnswer:
    return services().advisory.record_diagnosis(message)


@blueprint.post("/cycles/<uuid:cycle_id>/diagnosis/close")
@operation("Settle the diagnosis", request=CloseDiagnosis, answer=DoneAnswer)
def close_diagnosis(message: CloseDiagnosis) -> DoneAnswer:
    return services().advisory.close_diagnosis(message)


@blueprint.post("/cycles/<uuid:cycle_id>/directions")
@operation("Settle the directions of implementation", request=SetDirections, answer=DoneAnswer)
def set_directions(message: SetDirections) -> DoneAnswer:
    return services().advisory.set_directions(message)


@blueprint.post("/cycles/<uuid:cycle_id>/stages/<stage>/complete")
@operation(
    "Complete a stage that has no operation of its own", request=CompleteStage, answer=DoneAnswer
)
def complete_stage(message: CompleteStage) -> DoneAnswer:
    return services().advisory.complete_stage(message)


@blueprint.post("/cycles/<uuid:cycle_id>/activities")
@operation("Log support that was given", request=LogActivity, answer=CreatedAnswer, status=201)
def log_activity(message: LogActivity) -> CreatedAnswer:
    return services().advisory.log_activity(message)

"""What advisory tells others: each domain event as its contract event, or nothing."""

from __future__ import annotations

from services.advisory.domain.advisory_cycle import AdvisoryCycle
from services.advisory.domain.advisory_team import AdvisoryTeam
from shared.contracts import advisory as contracts
from shared.contracts.advisory import ActivityForm
from shared.contracts.base import ExpertRole
from shared.kernel.publication import Publications

publications = Publications("advisory")


@publications.of(AdvisoryTeam.Formed)
def team_formed(event: AdvisoryTeam.Formed) -> contracts.TeamFormed:
    """All of it."""
    return contracts.TeamFormed(
        team_id=event.originator_id,
        edition_id=event.edition_id,
        name=event.name,
        voivodeship=event.voivodeship,
        ros_expert_id=event.ros_expert_id,
        pro_expert_id=event.pro_expert_id,
    )


@publications.of(AdvisoryTeam.MemberReplaced)
def team_member_replaced(event: AdvisoryTeam.MemberReplaced) -> contracts.TeamMemberReplaced:
    """All of it."""
    return contracts.TeamMemberReplaced(
        team_id=event.originator_id,
        role=ExpertRole(event.role),
        expert_id=event.expert_id,
        previous_expert_id=event.previous_expert_id,
        reason=event.reason,
    )


@publications.of(AdvisoryTeam.Dissolved)
def team_dissolved(event: AdvisoryTeam.Dissolved) -> contracts.TeamDissolved:
    """All of it."""
    return contracts.TeamDissolved(team_id=event.originator_id, reason=event.reason)


@publications.of(AdvisoryCycle.Opened)
def cycle_opened(event: AdvisoryCycle.Opened) -> contracts.CycleOpened:
    """All of it."""
    return contracts.CycleOpened(
        cycle_id=event.originator_id,
        edition_id=event.edition_id,
        jst=event.jst,
        stages=tuple(event.stages),
    )


@publications.of(AdvisoryCycle.TeamAssigned)
def team_assigned(event: AdvisoryCycle.TeamAssigned) -> contracts.TeamAssigned:
    """All of it."""
    return contracts.TeamAssigned(
        cycle_id=event.originator_id,
        team_id=event.team_id,
        previous_team_id=event.previous_team_id,
        reason=event.reason,
    )


@publications.of(AdvisoryCycle.AreaChosen)
def area_chosen(event: AdvisoryCycle.AreaChosen) -> contracts.AreaChosen:
    """The choice; the areas considered and the reason stay inside."""
    return contracts.AreaChosen(
        cycle_id=event.originator_id,
        area_code=event.area_code,
        previous_area_code=event.previous_area_code,
    )


@publications.of(AdvisoryCycle.DiagnosisClosed)
def diagnosis_closed(event: AdvisoryCycle.DiagnosisClosed) -> contracts.DiagnosisClosed:
    """All of it: the HDR begins with it. What was recorded before it was closed stays inside."""
    return contracts.DiagnosisClosed(
        cycle_id=event.originator_id,
        edition_id=event.edition_id,
        jst=event.jst,
        area_code=event.area_code,
        team_id=event.team_id,
        diagnosis=event.diagnosis,
        priorities=tuple(event.priorities),
    )


@publications.of(AdvisoryCycle.StageCompleted)
def stage_completed(event: AdvisoryCycle.StageCompleted) -> contracts.StageCompleted:
    """All of it."""
    return contracts.StageCompleted(
        cycle_id=event.originator_id, stage=event.stage, next_stage=event.next_stage
    )


@publications.of(AdvisoryCycle.DirectionsSet)
def directions_set(event: AdvisoryCycle.DirectionsSet) -> contracts.DirectionsSet:
    """All of it."""
    return contracts.DirectionsSet(
        cycle_id=event.originator_id, directions=event.directions, tools=tuple(event.tools)
    )


@publications.of(AdvisoryCycle.ActivityLogged)
def activity_logged(event: AdvisoryCycle.ActivityLogged) -> contracts.ActivityLogged:
    """What took place; the note and the task codes stay inside."""
    return contracts.ActivityLogged(
        cycle_id=event.originator_id,
        activity_id=event.activity_id,
        team_id=event.team_id,
        form=ActivityForm(event.form),
        stage=event.stage,
        held_on=event.held_on,
        hours=event.hours,
        participants=event.participants,
        topic=event.topic,
    )


@publications.of(AdvisoryCycle.Completed)
def cycle_completed(event: AdvisoryCycle.Completed) -> contracts.CycleCompleted:
    """All of it."""
    return contracts.CycleCompleted(cycle_id=event.originator_id)

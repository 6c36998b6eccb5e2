"""Who may take a place in a team, and which team may advise which JST."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.advisory.domain.errors import (
    ConflictOfInterestError,
    ExpertLeftRosterError,
    ExpertOutsideRegionError,
    NotInRosterError,
    TeamCompositionError,
    TeamDissolvedError,
    TeamOfOtherEditionError,
    TeamOutsideRegionError,
)
from services.advisory.domain.facts import CandidateTeam, Roster, RosterExpert
from shared.contracts.base import ExpertRole, JstRef


def trained_expert_of_the_region(
    expert_id: UUID, roster: Roster, *, role: ExpertRole, voivodeship: str, field: str
) -> RosterExpert:
    """The expert who may take a team's slot.

    Args:
        expert_id: Who shall take the slot.
        roster: At least this expert, if known.
        role: The slot's role.
        voivodeship: The team's voivodeship, TERYT code.
        field: The request's field to name in a refusal.

    Raises:
        NotInRosterError: Nobody of this id is known.
        ExpertLeftRosterError: The expert is no longer available.
        TeamCompositionError: The expert has the other role.
        ExpertOutsideRegionError: The expert works in another voivodeship.

    Source:
        DR-13, DR-20.
    """
    expert = roster.get(expert_id)
    if expert is None:
        raise NotInRosterError(field=field, expert_id=str(expert_id))
    if not expert.is_active:
        raise ExpertLeftRosterError(field=field, expert_id=str(expert_id))
    if expert.role != role:
        raise TeamCompositionError(
            field=field, role=role, expert_id=str(expert_id), expert_role=expert.role
        )
    if expert.voivodeship != voivodeship:
        raise ExpertOutsideRegionError(
            field=field,
            expert_id=str(expert_id),
            voivodeship=voivodeship,
            expert_voivodeship=expert.voivodeship,
        )
    return expert


def no_member_works_for_an_advised_jst(
    members: Iterable[RosterExpert], advised: Iterable[JstRef], *, field: str
) -> None:
    """Advice comes from outside: no expert advises the JST that employs them.

    JST are compared by id: a rename or another kind does not end an employment.

    Raises:
        ConflictOfInterestError: One does; it names the first such pair.

    Source:
        DR-23.
    """
    jst_by_id = {jst.id: jst for jst in advised}
    for member in members:
        employer = jst_by_id.get(member.employer_jst_id) if member.employer_jst_id else None
        if employer is not None:
            raise ConflictOfInterestError(
                field=field,
                expert_id=str(member.expert_id),
                jst_code=employer.code,
                jst_name=employer.name,
            )


def team_that_may_advise(team: CandidateTeam, *, edition_id: UUID, jst: JstRef) -> None:
    """A JST is advised by a working team of its edition and region, from outside.

    Raises:
        TeamDissolvedError: The team ended its work.
        TeamOfOtherEditionError: It works in another edition.
        TeamOutsideRegionError: It works in another voivodeship than the JST's.
        ConflictOfInterestError: A member works for the JST.

    Source:
        DR-21, DR-23.
    """
    team_id = str(team.team_id)
    if team.is_dissolved:
        raise TeamDissolvedError(field="team_id", team_id=team_id)
    if team.edition_id != edition_id:
        raise TeamOfOtherEditionError(field="team_id", team_id=team_id)
    if team.voivodeship != jst.voivodeship:
        raise TeamOutsideRegionError(
            field="team_id",
            team_id=team_id,
            voivodeship=team.voivodeship,
            jst_voivodeship=jst.voivodeship,
        )
    no_member_works_for_an_advised_jst(team.members, [jst], field="team_id")

"""AdvisoryTeam: one ROS and one PRO expert of a voivodeship, from forming to dissolving.

A public method is a command: it may refuse, otherwise it records. Only the method below each
``@event`` changes state.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from services.advisory.domain.errors import (
    RegionNotInEditionError,
    TeamDissolvedError,
    TeamStillAdvisingError,
)
from services.advisory.domain.facts import CandidateTeam, EditionRules, Roster
from services.advisory.domain.policies import (
    no_member_works_for_an_advised_jst,
    trained_expert_of_the_region,
)
from shared.contracts.base import ExpertRole, JstRef
from shared.kernel.aggregate import Aggregate, FirstEvent


class AdvisoryTeam(Aggregate):
    """Two experts who advise JST together."""

    TOPIC = "advisory.AdvisoryTeam"

    class Formed(Aggregate.Event, FirstEvent):
        """A team was formed: exactly one ROS and one PRO expert."""

        TOPIC = "advisory.TeamFormed"
        edition_id: UUID
        name: str
        voivodeship: str
        ros_expert_id: UUID
        pro_expert_id: UUID

    class MemberReplaced(Aggregate.Event):
        """One slot went to another expert."""

        TOPIC = "advisory.TeamMemberReplaced"
        role: str
        expert_id: UUID
        previous_expert_id: UUID
        reason: str

    class Dissolved(Aggregate.Event):
        """The team ended its work."""

        TOPIC = "advisory.TeamDissolved"
        reason: str

    @classmethod
    def form(
        cls,
        edition: EditionRules,
        *,
        name: str,
        voivodeship: str,
        ros_expert_id: UUID,
        pro_expert_id: UUID,
        roster: Roster,
    ) -> Self:
        """Form a team.

        Args:
            edition: The edition it works in.
            name: What people call it; 1 to 200 characters.
            voivodeship: Where it works, TERYT code.
            ros_expert_id: Who takes the ROS slot.
            pro_expert_id: Who takes the PRO slot.
            roster: At least those two, as far as they are known.

        Source:
            DR-20, DR-22.
        """
        if voivodeship not in edition.voivodeships:
            raise RegionNotInEditionError(field="voivodeship", voivodeship=voivodeship)
        for role, expert_id in ((ExpertRole.ROS, ros_expert_id), (ExpertRole.PRO, pro_expert_id)):
            trained_expert_of_the_region(
                expert_id,
                roster,
                role=role,
                voivodeship=voivodeship,
                field=f"{role.lower()}_expert_id",
            )
        return cls(
            edition_id=edition.edition_id,
            name=name,
            voivodeship=voivodeship,
            ros_expert_id=ros_expert_id,
            pro_expert_id=pro_expert_id,
        )

    @event(Formed)
    def __init__(
        self,
        edition_id: UUID,
        name: str,
        voivodeship: str,
        ros_expert_id: UUID,
        pro_expert_id: UUID,
    ) -> None:
        self.edition_id = edition_id
        self.name = name
        self.voivodeship = voivodeship
        self.members = {ExpertRole.ROS: ros_expert_id, ExpertRole.PRO: pro_expert_id}
        self.is_dissolved = False

    def replace_member(
        self,
        role: ExpertRole,
        expert_id: UUID,
        reason: str,
        *,
        roster: Roster,
        advised: Iterable[JstRef],
    ) -> None:
        """Give one slot to another expert; the one who holds it already changes nothing.

        Args:
            role: The slot.
            expert_id: Who takes it.
            reason: Why, for the history.
            roster: At least that expert, if known.
            advised: The JST that the team advises now.

        Source:
            DR-23, DR-25.
        """
        self._refuse_if_dissolved()
        if self.members[role] == expert_id:
            return
        expert = trained_expert_of_the_region(
            expert_id, roster, role=role, voivodeship=self.voivodeship, field="expert_id"
        )
        no_member_works_for_an_advised_jst([expert], advised, field="expert_id")
        self._replace_member(
            role=role,
            expert_id=expert_id,
            previous_expert_id=self.members[role],
            reason=reason,
        )

    @event(MemberReplaced)
    def _replace_member(
        self, role: str, expert_id: UUID, previous_expert_id: UUID, reason: str
    ) -> None:
        self.members[ExpertRole(role)] = expert_id

    def dissolve(self, reason: str, *, open_cycles: int) -> None:
        """End the team.

        Args:
            reason: Why, for the history.
            open_cycles: How many cycles that are not completed it advises.
        """
        self._refuse_if_dissolved()
        if open_cycles:
            raise TeamStillAdvisingError(team_id=str(self.id), cycles=open_cycles)
        self._dissolve(reason=reason)

    @event(Dissolved)
    def _dissolve(self, reason: str) -> None:
        self.is_dissolved = True

    def as_candidate(self, roster: Roster) -> CandidateTeam:
        """The team as one that may be given a JST, with its members as the roster knows them."""
        return CandidateTeam(
            team_id=self.id,
            edition_id=self.edition_id,
            voivodeship=self.voivodeship,
            is_dissolved=self.is_dissolved,
            members=tuple(roster[expert_id] for expert_id in self.members.values()),
        )

    def _refuse_if_dissolved(self) -> None:
        if self.is_dissolved:
            raise TeamDissolvedError(team_id=str(self.id))

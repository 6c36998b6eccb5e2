"""Advisory's use cases: one public method for each command or query."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.advisory import reference
from services.advisory.answers import cycle_answer
from services.advisory.domain.activity import Support
from services.advisory.domain.advisory_cycle import AdvisoryCycle
from services.advisory.domain.advisory_team import AdvisoryTeam
from services.advisory.domain.facts import EditionRules, Roster
from services.advisory.projections import cycles
from shared.contracts.advisory import (
    AssignTeam,
    ChooseArea,
    CloseDiagnosis,
    CompleteStage,
    CycleAnswer,
    CycleQuery,
    CyclesAnswer,
    CyclesQuery,
    Diagnosis,
    DissolveTeam,
    FormTeam,
    LogActivity,
    ManagementTool,
    RecordDiagnosis,
    ReplaceTeamMember,
    SetDirections,
)
from shared.contracts.base import CreatedAnswer, DoneAnswer, JstRef, VersionAnswer
from shared.kernel.application import ServiceApplication
from shared.kernel.refusal import NotFoundError


class Advisory(ServiceApplication):
    """The advisory service, without any transport."""

    name = "advisory"
    projections = (cycles.Cycles,)
    value_types = (JstRef, Diagnosis, ManagementTool)

    # --- teams ------------------------------------------------------------------------------

    def form_team(self, request: FormTeam) -> CreatedAnswer:
        """Form a team of one ROS and one PRO expert.

        Returns:
            Id of the new team.

        Raises:
            NotFoundError: No such edition.
            RegionNotInEditionError: The edition does not work in that voivodeship.
            NotInRosterError: An expert is not known.
            ExpertLeftRosterError: An expert is no longer available.
            TeamCompositionError: An expert has the other slot's role.
            ExpertOutsideRegionError: An expert works in another voivodeship.

        Records:
            ``advisory.TeamFormed``
        """
        team = AdvisoryTeam.form(
            self._edition(request.edition_id),
            name=request.name,
            voivodeship=request.voivodeship,
            ros_expert_id=request.ros_expert_id,
            pro_expert_id=request.pro_expert_id,
            roster=self._roster([request.ros_expert_id, request.pro_expert_id]),
        )
        self.save(team)
        return CreatedAnswer(id=team.id)

    def replace_team_member(self, request: ReplaceTeamMember) -> DoneAnswer:
        """Give one slot of a team to another expert of that role.

        Raises:
            NotFoundError: No such team.
            TeamDissolvedError: The team ended its work.
            NotInRosterError: The expert is not known.
            ExpertLeftRosterError: The expert is no longer available.
            TeamCompositionError: The expert has the other role.
            ExpertOutsideRegionError: The expert works in another voivodeship.
            ConflictOfInterestError: The expert works for a JST that the team advises.

        Records:
            ``advisory.TeamMemberReplaced``, unless the expert holds the slot already.
        """
        team = self.load(AdvisoryTeam, request.team_id)
        team.replace_member(
            request.role,
            request.expert_id,
            request.reason,
            roster=self._roster([request.expert_id]),
            advised=self._advised_by(team.id),
        )
        self.save(team)
        return DoneAnswer()

    def dissolve_team(self, request: DissolveTeam) -> DoneAnswer:
        """End a team.

        Raises:
            NotFoundError: No such team.
            TeamDissolvedError: It ended before.
            TeamStillAdvisingError: It advises an open cycle.

        Records:
            ``advisory.TeamDissolved``
        """
        team = self.load(AdvisoryTeam, request.team_id)
        team.dissolve(request.reason, open_cycles=len(self._advised_by(team.id)))
        self.save(team)
        return DoneAnswer()

    # --- cycles -----------------------------------------------------------------------------

    def open_cycles(self, edition_id: UUID, qualified: Iterable[JstRef]) -> None:
        """Open the cycle of each qualified JST that has none in the edition yet.

        Args:
            edition_id: The edition in which they qualified.
            qualified: The JST, any order; repeats count once.

        Raises:
            NotFoundError: No such edition.

        Records:
            ``advisory.CycleOpened`` for each.
        """
        wanted = {AdvisoryCycle.create_id(edition_id, jst): jst for jst in qualified}
        with self.database.reading() as connection:
            opened = cycles.existing(connection, tuple(wanted))
        stages = list(self._edition(edition_id).stages)
        self.save(
            *(
                AdvisoryCycle(edition_id=edition_id, jst=jst, stages=stages)
                for cycle_id, jst in wanted.items()
                if cycle_id not in opened
            )
        )

    def assign_team(self, request: AssignTeam) -> DoneAnswer:
        """Give a team a JST to advise.

        Raises:
            NotFoundError: No such cycle, or no such team.
            CycleCompletedError: The advice is over.
            TeamDissolvedError: The team ended its work.
            TeamOfOtherEditionError: The team works in another edition.
            TeamOutsideRegionError: The team works in another voivodeship.
            ConflictOfInterestError: A member works for the JST.
            ReplacementReasonMissingError: Another team is assigned, and no reason is given.

        Records:
            ``advisory.TeamAssigned``, unless it is assigned already.
        """
        cycle = self.load(AdvisoryCycle, request.cycle_id)
        team = self.load(AdvisoryTeam, request.team_id)
        roster = self._roster(team.members.values())
        cycle.assign_team(team.as_candidate(roster), request.reason)
        self.save(cycle)
        return DoneAnswer()

    def choose_area(self, request: ChooseArea) -> DoneAnswer:
        """Choose or change the support area of a cycle.

        Raises:
            NotFoundError: No such cycle.
            StaleVersionError: Something else was recorded in the cycle meanwhile.
            StageNotReachedError: Neither the area choice nor the diagnosis has begun.
            AreaSettledError: The diagnosis is closed.
            UnknownAreaError: An area is none of the edition's.

        Records:
            ``advisory.AreaChosen``, unless nothing changes; ``advisory.StageCompleted`` the first
            time.
        """
        cycle = self.load(AdvisoryCycle, request.cycle_id, request.expected_version)
        cycle.choose_area(
            request.area_code,
            edition_areas=self._edition(cycle.edition_id).areas,
            other_candidate_areas=request.other_candidate_areas,
            reason=request.reason,
        )
        self.save(cycle)
        return DoneAnswer()

    def record_diagnosis(self, request: RecordDiagnosis) -> VersionAnswer:
        """Save the diagnosis and the priorities of a cycle.

        Returns:
            The cycle's version afterwards.

        Raises:
            NotFoundError: No such cycle.
            StaleVersionError: Somebody saved meanwhile.
            StageNotReachedError: The diagnosis has not begun.
            DiagnosisClosedError: It is closed.

        Records:
            ``advisory.DiagnosisRecorded``, unless nothing changes.
        """
        cycle = self.load(AdvisoryCycle, request.cycle_id, request.expected_version)
        cycle.record_diagnosis(request.diagnosis, request.priorities)
        self.save(cycle)
        return VersionAnswer(version=cycle.version)

    def close_diagnosis(self, request: CloseDiagnosis) -> DoneAnswer:
        """Settle the diagnosis of a cycle; its HDR can be written from then on.

        Raises:
            NotFoundError: No such cycle.
            StageNotReachedError: The diagnosis has not begun.
            DiagnosisClosedError: It is closed already.
            DiagnosisMissingError: Nothing was recorded.
            AreaMissingError: No area was chosen.
            TeamMissingError: No team is assigned.

        Records:
            ``advisory.DiagnosisClosed``, ``advisory.StageCompleted``
        """
        cycle = self.load(AdvisoryCycle, request.cycle_id)
        cycle.close_diagnosis()
        self.save(cycle)
        return DoneAnswer()

    def receive_hdr(self, cycle_id: UUID, hdr_id: UUID) -> None:
        """Note that the HDR of a cycle was handed in; only the first time counts.

        Raises:
            NotFoundError: No such cycle.

        Records:
            ``advisory.HdrHandedIn``, ``advisory.StageCompleted``
        """
        cycle = self.load(AdvisoryCycle, cycle_id)
        cycle.receive_hdr(hdr_id)
        self.save(cycle)

    def set_directions(self, request: SetDirections) -> DoneAnswer:
        """Settle the directions of implementation with their management tools.

        Raises:
            NotFoundError: No such cycle.
            StageNotReachedError: The stage has not begun.
            DirectionsSettledError: They are set already.

        Records:
            ``advisory.DirectionsSet``, ``advisory.StageCompleted``; ``advisory.CycleCompleted``
            after the last stage.
        """
        cycle = self.load(AdvisoryCycle, request.cycle_id)
        cycle.set_directions(request.directions, request.tools)
        self.save(cycle)
        return DoneAnswer()

    def complete_stage(self, request: CompleteStage) -> DoneAnswer:
        """Complete a stage that has no command of its own.

        Raises:
            NotFoundError: No such cycle.
            UnknownStageError: The cycle has no such stage.
            StageHasOwnCommandError: What is done in the stage completes it.
            StageAlreadyCompletedError: It was completed before.
            StageNotReachedError: It lies ahead.

        Records:
            ``advisory.StageCompleted``; ``advisory.CycleCompleted`` after the last stage.
        """
        cycle = self.load(AdvisoryCycle, request.cycle_id)
        cycle.complete_stage(request.stage)
        self.save(cycle)
        return DoneAnswer()

    def log_activity(self, request: LogActivity) -> CreatedAnswer:
        """Log support that the assigned team gave.

        Returns:
            Id of the activity.

        Raises:
            NotFoundError: No such cycle.
            TeamMissingError: No team is assigned.
            ActivityInFutureError: The support is still to be given.
            ActivityBeforeEditionError: The edition had not begun.

        Records:
            ``advisory.ActivityLogged``
        """
        cycle = self.load(AdvisoryCycle, request.cycle_id)
        support = Support(
            form=request.form,
            held_on=request.held_on,
            hours=request.hours,
            participants=request.participants,
            topic=request.topic,
            task_codes=request.task_codes,
            note=request.note,
        )
        activity_id = cycle.log_activity(
            support,
            today=self.clock.today(),
            edition_starts_on=self._edition(cycle.edition_id).starts_on,
        )
        self.save(cycle)
        return CreatedAnswer(id=activity_id)

    # --- queries ----------------------------------------------------------------------------

    def get_cycle(self, request: CycleQuery) -> CycleAnswer:
        """One cycle in full.

        Raises:
            NotFoundError: No such cycle.
        """
        return cycle_answer(self.load(AdvisoryCycle, request.cycle_id))

    def list_cycles(self, request: CyclesQuery) -> CyclesAnswer:
        """A page of cycles, oldest first; a JST is found under any code that it had."""
        with self.database.reading() as connection:
            total, cycle_ids = cycles.page(
                connection,
                edition_id=request.edition_id,
                jst_code=request.jst_code,
                offset=request.offset,
                limit=request.limit,
            )
        found = tuple(cycle_answer(self.load(AdvisoryCycle, cycle_id)) for cycle_id in cycle_ids)
        return CyclesAnswer(total=total, cycles=found)

    # --- others' facts ----------------------------------------------------------------------

    def _edition(self, edition_id: UUID) -> EditionRules:
        edition = reference.edition_rules(self.database, edition_id)
        if edition is None:
            raise NotFoundError(what="Edition", id=str(edition_id))
        return edition

    def _roster(self, expert_ids: Iterable[UUID]) -> Roster:
        with self.database.reading() as connection:
            return reference.roster_of(connection, expert_ids)

    def _advised_by(self, team_id: UUID) -> list[JstRef]:
        with self.database.reading() as connection:
            return cycles.advised_by(connection, team_id)

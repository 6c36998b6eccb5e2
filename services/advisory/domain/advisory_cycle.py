"""AdvisoryCycle: the advice that one JST gets in one edition, from qualification to the last stage.

A public method is a command: it may refuse, otherwise it records. Only the method below each
``@event`` changes state. Work that completes a stage records what was done and then the stage.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID, uuid5

from eventsourcing.domain import event

from services.advisory.domain.activity import (
    Activity,
    Support,
    support_was_given_within_the_edition,
)
from services.advisory.domain.errors import (
    AreaMissingError,
    AreaSettledError,
    CycleCompletedError,
    DiagnosisClosedError,
    DiagnosisMissingError,
    DirectionsSettledError,
    ReplacementReasonMissingError,
    StageAlreadyCompletedError,
    StageHasOwnCommandError,
    TeamMissingError,
    UnknownAreaError,
)
from services.advisory.domain.facts import CandidateTeam
from services.advisory.domain.policies import team_that_may_advise
from services.advisory.domain.stages import (
    AREA_CHOICE,
    DIAGNOSIS,
    DIRECTIONS,
    HDR,
    STAGES_WITH_OWN_WORK,
    Stages,
)
from shared.contracts.advisory import ActivityForm, Diagnosis, ManagementTool
from shared.contracts.base import JstRef
from shared.kernel.aggregate import Aggregate, FirstEvent
from shared.kernel.snapshots import SnapshotState


class AdvisoryCycleSnapshot(SnapshotState):
    """What a snapshot keeps."""

    edition_id: UUID
    jst: JstRef
    stages: Stages
    team_id: UUID | None
    area_code: str | None
    other_candidate_areas: tuple[str, ...]
    diagnosis: Diagnosis | None
    priorities: tuple[str, ...]
    is_diagnosis_closed: bool
    hdr_id: UUID | None
    directions: str | None
    tools: tuple[ManagementTool, ...]
    activities: list[Activity]


class AdvisoryCycle(Aggregate):
    """The advice of one JST in one edition; there is one for each such pair."""

    TOPIC = "advisory.AdvisoryCycle"
    SNAPSHOT = AdvisoryCycleSnapshot

    class Opened(Aggregate.Event, FirstEvent):
        """The advisory cycle of a qualified JST began, with the edition's stages."""

        TOPIC = "advisory.CycleOpened"
        edition_id: UUID
        jst: JstRef
        stages: list[str]

    class TeamAssigned(Aggregate.Event):
        """A team was given the JST; it takes the place of the previous one."""

        TOPIC = "advisory.TeamAssigned"
        team_id: UUID
        previous_team_id: UUID | None
        reason: str | None

    class AreaChosen(Aggregate.Event):
        """The JST chose, or changed, its support area."""

        TOPIC = "advisory.AreaChosen"
        area_code: str
        previous_area_code: str | None
        other_candidate_areas: list[str]
        reason: str

    class DiagnosisRecorded(Aggregate.Event):
        """A state of the diagnosis and the priorities was saved."""

        TOPIC = "advisory.DiagnosisRecorded"
        diagnosis: Diagnosis
        priorities: list[str]

    class DiagnosisClosed(Aggregate.Event):
        """The diagnosis was settled, with the area, team and priorities of that moment."""

        TOPIC = "advisory.DiagnosisClosed"
        edition_id: UUID
        jst: JstRef
        area_code: str
        team_id: UUID
        diagnosis: Diagnosis
        priorities: list[str]

    class HdrHandedIn(Aggregate.Event):
        """The JST's HDR was handed in for the first time."""

        TOPIC = "advisory.HdrHandedIn"
        hdr_id: UUID

    class DirectionsSet(Aggregate.Event):
        """The directions of implementation and the management tools were settled."""

        TOPIC = "advisory.DirectionsSet"
        directions: str
        tools: list[ManagementTool]

    class StageCompleted(Aggregate.Event):
        """The current stage was completed; there is no next one after the last."""

        TOPIC = "advisory.StageCompleted"
        stage: str
        next_stage: str | None

    class ActivityLogged(Aggregate.Event):
        """Support that the assigned team gave was logged; ``hours`` in quarters of an hour."""

        TOPIC = "advisory.ActivityLogged"
        activity_id: UUID
        team_id: UUID
        stage: str
        form: str
        held_on: date
        hours: float
        participants: int
        topic: str
        task_codes: list[str]
        note: str

    class Completed(Aggregate.Event):
        """All stages were completed."""

        TOPIC = "advisory.CycleCompleted"

    @staticmethod
    def create_id(edition_id: UUID, jst: JstRef) -> UUID:
        """The same pair of edition and JST always has the same cycle."""
        return uuid5(edition_id, str(jst.id))

    @event(Opened)
    def __init__(self, edition_id: UUID, jst: JstRef, stages: Sequence[str]) -> None:
        self.edition_id = edition_id
        self.jst = jst
        self.stages = Stages(tuple(stages))
        self.team_id: UUID | None = None
        self.area_code: str | None = None
        self.other_candidate_areas: tuple[str, ...] = ()
        self.diagnosis: Diagnosis | None = None
        self.priorities: tuple[str, ...] = ()
        self.is_diagnosis_closed = False
        self.hdr_id: UUID | None = None
        self.directions: str | None = None
        self.tools: tuple[ManagementTool, ...] = ()
        self.activities: list[Activity] = []

    # --- team -----------------------------------------------------------------------------------

    def assign_team(self, team: CandidateTeam, reason: str | None = None) -> None:
        """Give the JST a team; the team it has already changes nothing.

        Args:
            team: The team, with its members as the roster knows them now.
            reason: Why the assigned team is replaced; not needed for the first one.

        Source:
            DR-21, DR-23, DR-25.
        """
        if team.team_id == self.team_id:
            return
        if self.stages.current is None:
            raise CycleCompletedError(cycle_id=str(self.id))
        team_that_may_advise(team, edition_id=self.edition_id, jst=self.jst)
        if self.team_id and not reason:
            raise ReplacementReasonMissingError(field="reason", previous_team_id=str(self.team_id))
        self._assign_team(team_id=team.team_id, previous_team_id=self.team_id, reason=reason)

    @event(TeamAssigned)
    def _assign_team(
        self, team_id: UUID, previous_team_id: UUID | None, reason: str | None
    ) -> None:
        self.team_id = team_id

    # --- area and diagnosis ---------------------------------------------------------------------

    def choose_area(
        self,
        area_code: str,
        *,
        edition_areas: Collection[str],
        other_candidate_areas: Sequence[str] = (),
        reason: str = "",
    ) -> None:
        """Choose or change the support area; the first choice completes the stage.

        Args:
            area_code: One of the edition's areas.
            edition_areas: Codes of the edition's areas as they are now.
            other_candidate_areas: Areas that were considered, too; any order.
            reason: Why this one; may be empty.

        Source:
            DR-31, DR-32.
        """
        self.stages.require_reached(AREA_CHOICE, DIAGNOSIS)
        if self.is_diagnosis_closed:
            raise AreaSettledError(area_code=self.area_code)
        candidates = tuple(other_candidate_areas)
        _refuse_unknown_areas(area_code, candidates, edition_areas)
        if (area_code, candidates) == (self.area_code, self.other_candidate_areas):
            return
        self._choose_area(
            area_code=area_code,
            previous_area_code=self.area_code,
            other_candidate_areas=list(candidates),
            reason=reason,
        )
        self._complete_stages_whose_work_is_done()

    @event(AreaChosen)
    def _choose_area(
        self,
        area_code: str,
        previous_area_code: str | None,
        other_candidate_areas: list[str],
        reason: str,
    ) -> None:
        self.area_code = area_code
        self.other_candidate_areas = tuple(other_candidate_areas)

    def record_diagnosis(self, diagnosis: Diagnosis, priorities: Sequence[str]) -> None:
        """Save the diagnosis and the priorities; the same again changes nothing."""
        self.stages.require_reached(DIAGNOSIS)
        self._refuse_if_diagnosis_closed()
        if (diagnosis, tuple(priorities)) != (self.diagnosis, self.priorities):
            self._record_diagnosis(diagnosis=diagnosis, priorities=list(priorities))

    @event(DiagnosisRecorded)
    def _record_diagnosis(self, diagnosis: Diagnosis, priorities: list[str]) -> None:
        self.diagnosis = diagnosis
        self.priorities = tuple(priorities)

    def close_diagnosis(self) -> None:
        """Settle diagnosis, priorities and area; completes the stage."""
        self.stages.require_reached(DIAGNOSIS)
        self._refuse_if_diagnosis_closed()
        if self.diagnosis is None:
            raise DiagnosisMissingError(cycle_id=str(self.id))
        if self.area_code is None:
            raise AreaMissingError(cycle_id=str(self.id))
        self.trigger_event(
            self.DiagnosisClosed,
            edition_id=self.edition_id,
            jst=self.jst,
            area_code=self.area_code,
            team_id=self._assigned_team(),
            diagnosis=self.diagnosis,
            priorities=list(self.priorities),
        )
        self._complete_stages_whose_work_is_done()

    @event(DiagnosisClosed)
    def _close_diagnosis(self) -> None:
        self.is_diagnosis_closed = True

    def _refuse_if_diagnosis_closed(self) -> None:
        if self.is_diagnosis_closed:
            raise DiagnosisClosedError(cycle_id=str(self.id))

    # --- HDR, directions, stages without work of their own --------------------------------------

    def receive_hdr(self, hdr_id: UUID) -> None:
        """Note that the HDR was handed in; a later hand-in changes nothing.

        It may come before the stage: the stage is then completed as soon as it is reached.
        """
        if self.hdr_id is not None:
            return
        self._receive_hdr(hdr_id=hdr_id)
        self._complete_stages_whose_work_is_done()

    @event(HdrHandedIn)
    def _receive_hdr(self, hdr_id: UUID) -> None:
        self.hdr_id = hdr_id

    def set_directions(self, directions: str, tools: Sequence[ManagementTool]) -> None:
        """Settle the directions of implementation; completes the stage."""
        self.stages.require_reached(DIRECTIONS)
        if self.directions is not None:
            raise DirectionsSettledError(cycle_id=str(self.id))
        self._set_directions(directions=directions, tools=list(tools))
        self._complete_stages_whose_work_is_done()

    @event(DirectionsSet)
    def _set_directions(self, directions: str, tools: list[ManagementTool]) -> None:
        self.directions = directions
        self.tools = tuple(tools)

    def complete_stage(self, stage: str) -> None:
        """Complete the current stage, where it has no work of its own here."""
        is_completed = self.stages.is_completed(stage)
        if stage in STAGES_WITH_OWN_WORK:
            raise StageHasOwnCommandError(field="stage", stage=stage)
        if is_completed:
            raise StageAlreadyCompletedError(
                field="stage", stage=stage, current=self.stages.current
            )
        self.stages.require_reached(stage)
        self._complete_current_stage()
        self._complete_stages_whose_work_is_done()

    def _complete_stages_whose_work_is_done(self) -> None:
        done = {
            AREA_CHOICE: self.area_code is not None,
            DIAGNOSIS: self.is_diagnosis_closed,
            HDR: self.hdr_id is not None,
            DIRECTIONS: self.directions is not None,
        }
        while done.get(self.stages.current or "", False):
            self._complete_current_stage()

    def _complete_current_stage(self) -> None:
        self._complete_stage(stage=self.stages.current, next_stage=self.stages.following)
        if self.stages.current is None:
            self._complete()

    @event(StageCompleted)
    def _complete_stage(self, stage: str | None, next_stage: str | None) -> None:
        self.stages = self.stages.advance()

    @event(Completed)
    def _complete(self) -> None:
        """Nothing more changes: that no stage is left says it."""

    # --- activities -----------------------------------------------------------------------------

    def log_activity(self, support: Support, *, today: date, edition_starts_on: date) -> UUID:
        """Log support that the assigned team gave, at the stage the cycle is in.

        Args:
            support: What was given.
            today: The day in Europe/Warsaw.
            edition_starts_on: First day of the cycle's edition.

        Returns:
            Id of the activity.

        Source:
            DR-33.
        """
        team_id = self._assigned_team()
        support_was_given_within_the_edition(
            support.held_on, today=today, edition_starts_on=edition_starts_on
        )
        activity_id = uuid5(self.id, f"activity {len(self.activities) + 1}")
        fields = vars(support) | {"task_codes": list(support.task_codes)}
        self.trigger_event(
            self.ActivityLogged,
            activity_id=activity_id,
            team_id=team_id,
            stage=self.stages.current_or_last,
            **fields,
        )
        return activity_id

    @event(ActivityLogged)
    def _log_activity(
        self,
        *,
        activity_id: UUID,
        stage: str,
        form: str,
        held_on: date,
        hours: float,
        participants: int,
        topic: str,
        task_codes: list[str],
        note: str,
    ) -> None:
        support = Support(
            form=ActivityForm(form),
            held_on=held_on,
            hours=hours,
            participants=participants,
            topic=topic,
            task_codes=tuple(task_codes),
            note=note,
        )
        self.activities.append(Activity(activity_id, stage, support))

    def _assigned_team(self) -> UUID:
        if self.team_id is None:
            raise TeamMissingError(cycle_id=str(self.id))
        return self.team_id


def _refuse_unknown_areas(
    area_code: str, candidates: Sequence[str], edition_areas: Collection[str]
) -> None:
    named = {"area_code": area_code}
    named |= {f"other_candidate_areas.{n}": code for n, code in enumerate(candidates)}
    for field, code in named.items():
        if code not in edition_areas:
            raise UnknownAreaError(field=field, area_code=code)

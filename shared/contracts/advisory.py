"""Advisory's contracts: advisory teams and the advisory cycle of a JST."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import (
    Answer,
    Code,
    ContractEvent,
    ContractModel,
    ExpertRole,
    JstCode,
    JstRef,
    LongText,
    OptionalText,
    Request,
    ShortText,
    VoivodeshipCode,
)


class ActivityForm(StrEnum):
    """Forms in which a team supports a JST."""

    INFO_CONSULTATION = "INFO_CONSULTATION"
    WORKSHOP = "WORKSHOP"
    ON_SITE_ADVICE = "ON_SITE_ADVICE"
    REMOTE_ADVICE = "REMOTE_ADVICE"


class Diagnosis(ContractModel):
    """What a JST and its team found out about its needs."""

    sources: LongText
    findings: LongText
    strengths: LongText
    difficulties: LongText


class ManagementTool(ContractModel):
    """A management tool or solution chosen for implementation, with the reason."""

    name: ShortText
    reason: LongText


# --- events -------------------------------------------------------------------------------------


class AdvisoryEvent(ContractEvent):
    """Base of what advisory tells others."""

    OWNER: ClassVar[str] = "advisory"


class TeamFormed(AdvisoryEvent):
    """An advisory team was formed: exactly one ROS and one PRO expert."""

    team_id: UUID
    edition_id: UUID
    name: ShortText
    voivodeship: VoivodeshipCode
    ros_expert_id: UUID
    pro_expert_id: UUID


class TeamMemberReplaced(AdvisoryEvent):
    """One slot of a team went to another expert."""

    team_id: UUID
    role: ExpertRole
    expert_id: UUID
    previous_expert_id: UUID
    reason: LongText


class TeamDissolved(AdvisoryEvent):
    """A team ended its work."""

    team_id: UUID
    reason: LongText


class CycleOpened(AdvisoryEvent):
    """The advisory cycle of a qualified JST began."""

    cycle_id: UUID
    edition_id: UUID
    jst: JstRef
    stages: tuple[Code, ...]
    """In the order of work."""


class TeamAssigned(AdvisoryEvent):
    """A team was given a JST to advise; a later one replaces the earlier."""

    cycle_id: UUID
    team_id: UUID
    previous_team_id: UUID | None = None
    reason: str | None = None


class AreaChosen(AdvisoryEvent):
    """The JST chose, or changed, its support area."""

    cycle_id: UUID
    area_code: Code
    previous_area_code: Code | None = None


class DiagnosisClosed(AdvisoryEvent):
    """The diagnosis and the development priorities are settled."""

    cycle_id: UUID
    edition_id: UUID
    jst: JstRef
    area_code: Code
    team_id: UUID | None
    diagnosis: Diagnosis
    priorities: tuple[ShortText, ...]


class StageCompleted(AdvisoryEvent):
    """One stage of a cycle is done; ``next_stage`` is ``None`` after the last."""

    cycle_id: UUID
    stage: Code
    next_stage: Code | None


class DirectionsSet(AdvisoryEvent):
    """The directions of implementation and the management tools are settled."""

    cycle_id: UUID
    directions: LongText
    tools: tuple[ManagementTool, ...]


class ActivityLogged(AdvisoryEvent):
    """A meeting, training, consultation or remote support took place."""

    cycle_id: UUID
    activity_id: UUID
    team_id: UUID
    form: ActivityForm
    stage: Code
    held_on: date
    hours: float
    """Hours, in quarters."""
    participants: int
    """People."""
    topic: ShortText


class CycleCompleted(AdvisoryEvent):
    """All stages of a cycle are done."""

    cycle_id: UUID


EVENTS: tuple[type[AdvisoryEvent], ...] = (
    TeamFormed,
    TeamMemberReplaced,
    TeamDissolved,
    CycleOpened,
    TeamAssigned,
    AreaChosen,
    DiagnosisClosed,
    StageCompleted,
    DirectionsSet,
    ActivityLogged,
    CycleCompleted,
)


# --- requests and answers -----------------------------------------------------------------------


class FormTeam(Request):
    """Form a team of one ROS and one PRO expert of a voivodeship. Answer: CreatedAnswer."""

    edition_id: UUID
    name: ShortText
    voivodeship: VoivodeshipCode
    ros_expert_id: UUID
    pro_expert_id: UUID


class ReplaceTeamMember(Request):
    """Give one slot of a team to another expert of that role. Answer: DoneAnswer."""

    team_id: UUID
    role: ExpertRole
    expert_id: UUID
    reason: LongText


class DissolveTeam(Request):
    """End a team; refused while it advises an open cycle. Answer: DoneAnswer."""

    team_id: UUID
    reason: LongText


class AssignTeam(Request):
    """Give a team a JST to advise; replacing another needs a reason. Answer: DoneAnswer."""

    cycle_id: UUID
    team_id: UUID
    reason: LongText | None = None


class ChooseArea(Request):
    """Choose or change the support area, until the diagnosis is closed. Answer: DoneAnswer."""

    cycle_id: UUID
    area_code: Code
    reason: OptionalText = ""
    other_candidate_areas: tuple[Code, ...] = Field(default=(), max_length=12)
    expected_version: int | None = Field(default=None, ge=1)


class RecordDiagnosis(Request):
    """Save the diagnosis and priorities, as often as needed, until it is closed.

    Answer: VersionAnswer.
    """

    cycle_id: UUID
    diagnosis: Diagnosis
    priorities: tuple[ShortText, ...] = Field(min_length=1, max_length=10)
    expected_version: int | None = Field(default=None, ge=1)


class CloseDiagnosis(Request):
    """Settle the diagnosis; opens the HDR stage. Answer: DoneAnswer."""

    cycle_id: UUID


class SetDirections(Request):
    """Settle directions of implementation with management tools. Answer: DoneAnswer."""

    cycle_id: UUID
    directions: LongText
    tools: tuple[ManagementTool, ...] = Field(min_length=1, max_length=20)


class CompleteStage(Request):
    """Complete a stage that has no command of its own (e.g. implementation support).

    Answer: DoneAnswer.
    """

    cycle_id: UUID
    stage: Code


class LogActivity(Request):
    """Log support that was given. Answer: CreatedAnswer."""

    cycle_id: UUID
    form: ActivityForm
    held_on: date
    hours: float = Field(gt=0, le=24, multiple_of=0.25)
    participants: int = Field(ge=1, le=1000)
    topic: ShortText
    task_codes: tuple[ShortText, ...] = Field(default=(), max_length=20)
    note: OptionalText = ""


class CycleQuery(Request):
    """``get_cycle``: one cycle in full. Answer: CycleAnswer."""

    cycle_id: UUID


class ActivityAnswer(Answer):
    """One logged activity."""

    activity_id: UUID
    form: ActivityForm
    stage: Code
    held_on: date
    hours: float
    participants: int
    topic: str
    task_codes: tuple[str, ...]
    note: str


class CycleAnswer(Answer):
    """One advisory cycle in full."""

    cycle_id: UUID
    edition_id: UUID
    jst: JstRef
    stages: tuple[Code, ...]
    current_stage: Code | None
    """``None`` when all are completed."""
    area_code: Code | None
    team_id: UUID | None
    diagnosis: Diagnosis | None
    priorities: tuple[str, ...]
    is_diagnosis_closed: bool
    directions: str | None
    tools: tuple[ManagementTool, ...]
    activities: tuple[ActivityAnswer, ...]
    version: int


class CyclesQuery(Request):
    """``list_cycles``: cycles, by JST code or edition. Answer: CyclesAnswer."""

    edition_id: UUID | None = None
    jst_code: JstCode | None = None
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=100, ge=1, le=500)


class CyclesAnswer(Answer):
    """A page of cycles and how many there are in all."""

    total: int
    cycles: tuple[CycleAnswer, ...]

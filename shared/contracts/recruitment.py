"""Recruitment's contracts: editions, register of JST, calls, applications, training, roster."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import (
    Answer,
    Code,
    ContractEvent,
    ContractModel,
    Email,
    ExpertRole,
    JstCode,
    JstKind,
    JstRef,
    LocalizedText,
    LongText,
    OptionalText,
    Request,
    ShortText,
    Slug,
    VoivodeshipCode,
)


class CallKind(StrEnum):
    """Whom a call invites: experts of one role, or JST."""

    PRO = "PRO"
    ROS = "ROS"
    JST = "JST"


class CallStage(StrEnum):
    """Where a call stands for those who run it."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class Decision(StrEnum):
    """Outcome of the assessment of an application."""

    QUALIFIED = "QUALIFIED"
    RESERVE = "RESERVE"
    REJECTED = "REJECTED"


class PublicationGrouping(StrEnum):
    """How an edition's catalogue groups its HDRs."""

    KIND = "KIND"
    KIND_MERGED = "KIND_MERGED"
    REGION = "REGION"


class TrainingMode(StrEnum):
    """Where a training is held."""

    ON_SITE = "ON_SITE"
    ONLINE = "ONLINE"
    MIXED = "MIXED"


class SupportArea(ContractModel):
    """One of the areas in which an edition supports JST."""

    code: Code
    number: int = Field(ge=1, le=99)
    """Place in the programme's list of areas."""
    name: LocalizedText


class StageDefinition(ContractModel):
    """One gated stage of the advisory cycle; the edition's list gives the order of work."""

    code: Code
    name: LocalizedText


class TeamSize(ContractModel):
    """How many people a JST delegates."""

    minimum: int = Field(ge=1, le=50)
    """People."""
    maximum: int = Field(ge=1, le=50)
    """People."""


class EditionConfiguration(ContractModel):
    """Everything that differs between editions."""

    slug: Slug
    name: LocalizedText
    starts_on: date
    ends_on: date
    voivodeships: tuple[VoivodeshipCode, ...] = Field(min_length=1, max_length=16)
    areas: tuple[SupportArea, ...] = Field(min_length=1, max_length=99)
    stages: tuple[StageDefinition, ...] = Field(min_length=1, max_length=20)
    """In the order of work."""
    jst_team_size: TeamSize
    publication_grouping: PublicationGrouping
    role_labels: dict[ExpertRole, LocalizedText]
    hdr_template_version: int = Field(ge=1)
    """Of HDRs opened from now on."""
    summary_forms: tuple[Code, ...] = Field(min_length=1)
    """Codes of the forms that the edition offers."""


# --- events -------------------------------------------------------------------------------------


class RecruitmentEvent(ContractEvent):
    """Base of what recruitment tells others."""

    OWNER: ClassVar[str] = "recruitment"


class EditionCreated(RecruitmentEvent):
    """An edition of the programme was set up."""

    edition_id: UUID
    configuration: EditionConfiguration


class EditionReconfigured(RecruitmentEvent):
    """An edition's configuration was replaced."""

    edition_id: UUID
    configuration: EditionConfiguration


class LocalGovernmentRegistered(RecruitmentEvent):
    """A JST was first seen in the official register."""

    jst: JstRef
    state_on: date
    """Day of the register's state that has it."""


class LocalGovernmentRenamed(RecruitmentEvent):
    """A JST has another name since the named state of the register."""

    jst: JstRef
    previous_name: str
    state_on: date
    """Day of the register's first state that has the new name."""


class LocalGovernmentKindChanged(RecruitmentEvent):
    """A JST has another kind, and so another seven-digit code."""

    jst: JstRef
    previous_kind: JstKind
    previous_code: JstCode
    state_on: date
    """Day of the register's first state that has the new kind."""


class LocalGovernmentClosed(RecruitmentEvent):
    """A JST is gone from the official register."""

    jst: JstRef
    state_on: date
    """Day of the register's first state without it."""


class RegisterImported(RecruitmentEvent):
    """One state of the official register was taken over, all of it or nothing."""

    import_id: UUID
    state_on: date
    """Day of the register's state."""
    registered: int
    """JST that are new, or back."""
    renamed: int
    """JST with another name."""
    kind_changed: int
    """JST of another kind."""
    closed: int
    """JST that are gone."""
    unchanged: int
    """JST as they were."""


class CallPublished(RecruitmentEvent):
    """A call was made public."""

    call_id: UUID
    edition_id: UUID
    kind: CallKind
    slug: Slug
    title: ShortText
    text: LongText
    opens_on: date
    """First day of applications."""
    closes_on: date
    """Last day of applications, all of it."""
    results_by: date
    """Last day on which the results are due."""
    contact_email: Email
    """Of the office that runs the call."""
    places: int | None = None
    """How many can be qualified; ``None`` for no limit."""
    training_dates: tuple[date, ...] = ()
    covered_costs: tuple[ShortText, ...] = ()
    """What candidates need not pay, in words."""
    voivodeships: tuple[VoivodeshipCode, ...]
    privacy_notice_version: ShortText


class CallExtended(RecruitmentEvent):
    """A call's deadline was moved to a later day."""

    call_id: UUID
    closes_on: date
    """The new last day of applications, all of it."""
    previous_closes_on: date
    reason: LongText


class CallClosed(RecruitmentEvent):
    """A call takes no more applications."""

    call_id: UUID


class CallCancelled(RecruitmentEvent):
    """A call was called off."""

    call_id: UUID
    reason: LongText


class ApplicationSubmitted(RecruitmentEvent):
    """An application was received. Received is not qualified."""

    application_id: UUID
    call_id: UUID
    edition_id: UUID
    kind: CallKind
    receipt_number: str
    """What the candidate can quote, e.g. ``PRO-7K3M-92QD``."""
    voivodeship: VoivodeshipCode
    jst: JstRef | None = None
    """The JST that applies, or the expert's employer if it is one."""
    is_late_admission: bool = False


class ApplicationWithdrawn(RecruitmentEvent):
    """The candidate took the application back."""

    application_id: UUID
    call_id: UUID


class ApplicationChecked(RecruitmentEvent):
    """The formal check was recorded; its outcome stays inside until the results are published."""

    application_id: UUID
    call_id: UUID


class ApplicationDecided(RecruitmentEvent):
    """A decision was prepared; what it is stays inside until the results are published."""

    application_id: UUID
    call_id: UUID


class ApplicantErased(RecruitmentEvent):
    """Who applied was erased; the application stays, nameless. Copies elsewhere go as well."""

    application_id: UUID
    call_id: UUID


class PublishedResult(ContractModel):
    """One row of published results."""

    application_id: UUID
    receipt_number: str
    decision: Decision
    reserve_rank: int | None = None
    """1 moves up first; ``None`` unless on the reserve list."""
    voivodeship: VoivodeshipCode
    jst: JstRef | None = None


class ResultsPublished(RecruitmentEvent):
    """All results of a call, in one act."""

    call_id: UUID
    edition_id: UUID
    kind: CallKind
    slug: Slug
    results: tuple[PublishedResult, ...]


class ReservePromoted(RecruitmentEvent):
    """A candidate on the reserve list became qualified after publication."""

    call_id: UUID
    edition_id: UUID
    kind: CallKind
    result: PublishedResult
    """The row of the results as it is now."""
    reason: LongText


class TrainingSession(ContractModel):
    """One day of a training."""

    key: ShortText
    """Its name within the training."""
    held_on: date
    hours: int = Field(ge=1, le=12)
    """Whole hours."""
    topics: tuple[ShortText, ...] = Field(min_length=1)


class TrainingPlanned(RecruitmentEvent):
    """A training of experts was planned."""

    training_id: UUID
    edition_id: UUID
    role: ExpertRole
    title: ShortText
    mode: TrainingMode
    venue: ShortText
    capacity: int
    """People."""
    sessions: tuple[TrainingSession, ...]


class CandidateEnrolled(RecruitmentEvent):
    """A qualified candidate got a place in a training."""

    training_id: UUID
    application_id: UUID
    voivodeship: VoivodeshipCode


class AttendanceRecorded(RecruitmentEvent):
    """Who was present at one session, by application id."""

    training_id: UUID
    session_key: str
    present: tuple[UUID, ...]


class TrainingCompleted(RecruitmentEvent):
    """A training ended; who completed it, by application id."""

    training_id: UUID
    completed: tuple[UUID, ...]
    not_completed: tuple[UUID, ...]


class ExpertEnteredRoster(RecruitmentEvent):
    """A trained candidate became an expert of the programme."""

    expert_id: UUID
    application_id: UUID
    training_id: UUID
    edition_id: UUID
    role: ExpertRole
    voivodeship: VoivodeshipCode
    employer_jst: JstRef | None = None
    training_hours: int
    """Hours attended in the training."""


class ExpertLeftRoster(RecruitmentEvent):
    """An expert is no longer available to the programme."""

    expert_id: UUID
    reason_code: Code


EVENTS: tuple[type[RecruitmentEvent], ...] = (
    EditionCreated,
    EditionReconfigured,
    LocalGovernmentRegistered,
    LocalGovernmentRenamed,
    LocalGovernmentKindChanged,
    LocalGovernmentClosed,
    RegisterImported,
    CallPublished,
    CallExtended,
    CallClosed,
    CallCancelled,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ApplicationChecked,
    ApplicationDecided,
    ApplicantErased,
    ResultsPublished,
    ReservePromoted,
    TrainingPlanned,
    CandidateEnrolled,
    AttendanceRecorded,
    TrainingCompleted,
    ExpertEnteredRoster,
    ExpertLeftRoster,
)


# --- requests and answers -----------------------------------------------------------------------


class CreateEdition(Request):
    """Set up an edition. Answer: CreatedAnswer."""

    configuration: EditionConfiguration


class ReconfigureEdition(Request):
    """Replace an edition's configuration; its slug stays. Answer: DoneAnswer."""

    edition_id: UUID
    configuration: EditionConfiguration
    expected_version: int | None = Field(default=None, ge=1)


class ImportRegister(Request):
    """Take over one state of the official TERC register. Answer: RegisterImportAnswer."""

    content: str = Field(min_length=1, max_length=5_000_000)
    """The file as text: UTF-8, with or without BOM, any line ends, ``;`` between columns."""
    is_partial: bool = False
    """A file with part of the country: units missing from it are not taken for gone."""


class RegisterImportAnswer(Answer):
    """What an import changed."""

    import_id: UUID
    state_on: date
    registered: int
    renamed: int
    kind_changed: int
    closed: int
    unchanged: int


class CallTerms(Request):
    """What a call promises and whom it invites."""

    kind: CallKind
    slug: Slug
    title: ShortText
    text: LongText
    opens_on: date
    closes_on: date
    results_by: date
    contact_email: Email
    places: int | None = Field(default=None, ge=1, le=10_000)
    training_dates: tuple[date, ...] = Field(default=(), max_length=30)
    covered_costs: tuple[ShortText, ...] = Field(default=(), max_length=30)
    privacy_notice_version: ShortText


class DraftCall(CallTerms):
    """Prepare a call; it is not public yet. Answer: CreatedAnswer."""

    edition_id: UUID


class ReviseCall(CallTerms):
    """Replace what a draft says; its edition stays. Answer: VersionAnswer."""

    call_id: UUID
    expected_version: int | None = Field(default=None, ge=1)
    """The version that the editor saw; ``None`` overwrites whatever there is."""


class CallRequest(Request):
    """Names one call: ``publish_call``, ``close_call`` (DoneAnswer), ``get_call`` (CallAnswer)."""

    call_id: UUID


class ExtendCall(Request):
    """Move a call's deadline to a later day. Answer: DoneAnswer."""

    call_id: UUID
    closes_on: date
    reason: LongText


class CancelCall(Request):
    """Call a call off. Answer: DoneAnswer."""

    call_id: UUID
    reason: LongText


class CallAnswer(Answer):
    """One call as those who run it see it, drafts too."""

    call_id: UUID
    edition_id: UUID
    state: CallStage
    kind: CallKind
    slug: str
    title: str
    text: str
    opens_on: date
    closes_on: date
    results_by: date
    contact_email: str
    places: int | None
    training_dates: tuple[date, ...]
    covered_costs: tuple[str, ...]
    privacy_notice_version: str
    version: int


class CallsQuery(Request):
    """``list_calls``: calls of any state, the last changed first. Answer: CallsAnswer."""

    state: CallStage | None = None
    edition_id: UUID | None = None
    text: str | None = Field(default=None, max_length=200)
    """Words of title or address."""
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=50, ge=1, le=500)


class CallsAnswer(Answer):
    """A page of calls and how many there are in all."""

    total: int
    calls: tuple[CallAnswer, ...]


class Applicant(Request):
    """The person who applies, or who applies for a JST: personal data, kept apart from events."""

    full_name: ShortText
    email: Email
    phone: str | None = Field(default=None, pattern=r"^\+?[0-9 ()-]{7,20}$")


class SubmitApplication(Request):
    """Apply in a call. Answer: Receipt."""

    call_id: UUID
    applicant: Applicant
    voivodeship: VoivodeshipCode | None = None
    """Where an expert wants to work; a JST's own voivodeship is taken from the register."""
    jst_code: JstCode | None = None
    """The JST that applies (JST call), or the expert's employer if it is a JST."""
    answers: dict[str, OptionalText] = Field(default_factory=dict, max_length=50)
    privacy_notice_version: ShortText
    late_admission_reason: LongText | None = None
    """Only programme staff: admits an application after the deadline, with the reason."""


class Receipt(Answer):
    """Proof that an application was received. ``access_key`` opens it later; it is shown once."""

    DERIVED: ClassVar[Mapping[str, str]] = {"access_key": "application_id"}

    application_id: UUID
    receipt_number: str
    access_key: str
    received_at: datetime


class WithdrawApplication(Request):
    """Take an application back. Answer: DoneAnswer."""

    application_id: UUID
    access_key: str | None = Field(default=None, max_length=200)
    """The candidate's key; staff act without it."""
    reason: OptionalText = ""


class CheckApplication(Request):
    """Record the formal check. Answer: DoneAnswer."""

    application_id: UUID
    passed: bool
    remarks: OptionalText = ""
    expected_version: int | None = Field(default=None, ge=1)


class DecideApplication(Request):
    """Prepare the decision; it takes effect when the results are published. Answer: DoneAnswer."""

    application_id: UUID
    decision: Decision
    reason: OptionalText = ""
    reserve_rank: int | None = Field(default=None, ge=1, le=10_000)
    expected_version: int | None = Field(default=None, ge=1)


class PromoteReserve(Request):
    """Qualify a candidate from the reserve list after publication. Answer: DoneAnswer."""

    application_id: UUID
    reason: LongText


class ErasureGround(StrEnum):
    """Why personal data are erased: the grounds of article 17(1) RODO that a call can have."""

    OWN_REQUEST = "OWN_REQUEST"
    """The person asked for it or objected, and nothing overrides that: 17(1)(c)."""
    RETENTION_ENDED = "RETENTION_ENDED"
    """The time for which the call's notice promised to keep them is over: 17(1)(a)."""
    UNLAWFUL = "UNLAWFUL"
    """They should never have been taken, e.g. somebody else's name was given: 17(1)(d)."""


class EraseApplicant(Request):
    """Forget who applied, for good; the application stays. Answer: DoneAnswer."""

    application_id: UUID
    ground: ErasureGround


class ApplicationQuery(Request):
    """``get_application``: one application with its personal data. Answer: ApplicationAnswer."""

    application_id: UUID
    access_key: str | None = Field(default=None, max_length=200)
    """Given by a candidate; staff ask without it. A wrong key is answered like an unknown id."""


class ApplicationStatus(StrEnum):
    """Where an application stands, as its reader may know it."""

    RECEIVED = "RECEIVED"
    CHECKED = "CHECKED"
    DECIDED = "DECIDED"
    WITHDRAWN = "WITHDRAWN"
    QUALIFIED = "QUALIFIED"
    RESERVE = "RESERVE"
    REJECTED = "REJECTED"


class ApplicationAnswer(Answer):
    """One application. A candidate sees RECEIVED until the results are published."""

    application_id: UUID
    call_id: UUID
    kind: CallKind
    receipt_number: str
    status: ApplicationStatus
    received_at: datetime
    voivodeship: VoivodeshipCode
    jst: JstRef | None
    applicant: Applicant | None
    """``None`` once the personal data were erased."""
    answers: dict[str, str]
    privacy_notice_version: str
    check_passed: bool | None = None
    check_remarks: str = ""
    prepared_decision: Decision | None = None
    decision_reason: str = ""
    reserve_rank: int | None = None
    late_admission_reason: str | None = None
    version: int


class ApplicationsQuery(Request):
    """``list_applications``: staff's list of a call, oldest first. Answer: ApplicationsAnswer."""

    call_id: UUID | None = None
    status: ApplicationStatus | None = None
    voivodeships: tuple[VoivodeshipCode, ...] | None = None
    text: str | None = Field(default=None, max_length=200)
    """Part of a name, receipt number or JST name."""
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=50, ge=1, le=500)


class ApplicationsAnswer(Answer):
    """A page of applications and how many there are in all."""

    total: int
    applications: tuple[ApplicationAnswer, ...]


class PlanTraining(Request):
    """Plan a training of experts. Answer: CreatedAnswer."""

    edition_id: UUID
    role: ExpertRole
    title: ShortText
    mode: TrainingMode
    venue: ShortText
    capacity: int = Field(ge=1, le=1000)
    sessions: tuple[TrainingSession, ...] = Field(min_length=1, max_length=30)
    minimum_attendance_pct: int = Field(default=80, ge=1, le=100)
    """Share of the hours a participant must attend to complete."""


class EnrolCandidate(Request):
    """Give a qualified candidate a place. Answer: DoneAnswer."""

    training_id: UUID
    application_id: UUID


class RecordAttendance(Request):
    """Who was present at one session; a second record replaces the first. Answer: DoneAnswer."""

    training_id: UUID
    session_key: ShortText
    present: tuple[UUID, ...] = Field(max_length=1000)
    expected_version: int | None = Field(default=None, ge=1)


class CompleteTraining(Request):
    """End a training; who attended enough enters the roster. Answer: TrainingOutcome."""

    training_id: UUID


class TrainingOutcome(Answer):
    """Who completed a training: application id and the expert's id."""

    experts: dict[UUID, UUID]
    not_completed: tuple[UUID, ...]


class TrainingQuery(Request):
    """``get_training``: one training with its participants. Answer: TrainingAnswer."""

    training_id: UUID


class Participant(Answer):
    """A candidate enrolled in a training."""

    application_id: UUID
    full_name: str | None
    receipt_number: str
    hours_attended: int
    attended_sessions: tuple[str, ...]
    has_completed: bool | None = None


class TrainingAnswer(Answer):
    """A training with its participants."""

    training_id: UUID
    edition_id: UUID
    role: ExpertRole
    title: str
    mode: TrainingMode
    venue: str
    capacity: int
    minimum_attendance_pct: int
    sessions: tuple[TrainingSession, ...]
    participants: tuple[Participant, ...]
    is_completed: bool
    version: int


class ExpertsQuery(Request):
    """``list_experts``: the roster with names. Answer: ExpertsAnswer."""

    role: ExpertRole | None = None
    voivodeships: tuple[VoivodeshipCode, ...] | None = None
    expert_ids: tuple[UUID, ...] | None = Field(default=None, max_length=500)
    text: str | None = Field(default=None, max_length=200)
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=100, ge=1, le=500)


class ExpertAnswer(Answer):
    """An expert of the roster."""

    expert_id: UUID
    role: ExpertRole
    full_name: str | None
    email: str | None
    voivodeship: VoivodeshipCode
    employer_jst: JstRef | None
    training_hours: int
    is_active: bool


class ExpertsAnswer(Answer):
    """A page of the roster and how many there are in all."""

    total: int
    experts: tuple[ExpertAnswer, ...]


class RemoveExpert(Request):
    """Take an expert off the roster. Answer: DoneAnswer."""

    expert_id: UUID
    reason_code: Code

"""Monitoring's contracts: rounds and what each HDR reported in them."""

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
    JstRef,
    LongText,
    OptionalText,
    Request,
    ShortText,
    Slug,
)


class ActionState(StrEnum):
    """How far an action of an HDR has come."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    DROPPED = "DROPPED"
    POSTPONED = "POSTPONED"


class ActionReport(ContractModel):
    """State of one action. DROPPED needs a reason; POSTPONED a reason and a new date."""

    key: ShortText
    state: ActionState
    new_date: date | None = None
    reason: str | None = Field(default=None, max_length=2000)


class IndicatorReport(ContractModel):
    """Value of one indicator, in the indicator's own unit; ``None`` when not measured yet."""

    key: ShortText
    value: float | None = Field(default=None, allow_inf_nan=False)


class MonitoredAction(ContractModel):
    """An action as the HDR states it."""

    key: ShortText
    description: str


class MonitoredIndicator(ContractModel):
    """An indicator as the HDR states it, in its own unit."""

    key: ShortText
    name: str
    unit: str
    baseline: float
    target: float


class MonitoredHdr(ContractModel):
    """A published HDR that a round asks about."""

    hdr_id: UUID
    jst: JstRef
    area_code: Code
    title: str
    actions: tuple[MonitoredAction, ...]
    indicators: tuple[MonitoredIndicator, ...]


class IndicatorResult(ContractModel):
    """A reported value against baseline and target, all in the indicator's unit."""

    key: ShortText
    name: str
    unit: str
    baseline: float
    target: float
    value: float | None
    attainment_ratio: float | None
    """(value - baseline) / (target - baseline), not rounded, not capped; ``None`` when there is no
    value. Where target equals baseline: 1 if the value is at the target, else 0."""


# --- events -------------------------------------------------------------------------------------


class MonitoringEvent(ContractEvent):
    """Base of what monitoring tells others."""

    OWNER: ClassVar[str] = "monitoring"


class RoundOpened(MonitoringEvent):
    """A monitoring round began; it asks about these HDRs."""

    round_id: UUID
    edition_id: UUID
    slug: Slug
    name: ShortText
    opens_on: date
    due_on: date
    """Last day on which a first record is in time."""
    hdrs: tuple[MonitoredHdr, ...]


class RoundClosed(MonitoringEvent):
    """A monitoring round ended; records after this are corrections."""

    round_id: UUID


class RoundDueDateMoved(MonitoringEvent):
    """A round's answers are due on a later day."""

    round_id: UUID
    due_on: date
    previous_due_on: date
    reason: LongText


class MonitoringRecorded(MonitoringEvent):
    """A JST reported on its HDR in a round; a later record of the pair replaces the earlier."""

    record_id: UUID
    round_id: UUID
    hdr_id: UUID
    jst: JstRef
    area_code: Code
    revision: int
    """1 for the first record, 2 for its first correction, and so on."""
    is_late: bool
    """The first record came after the day on which it was due."""
    actions: tuple[ActionReport, ...]
    indicators: tuple[IndicatorResult, ...]
    helping_factors: OptionalText
    hindering_factors: OptionalText
    changes_made: OptionalText
    support_needed: OptionalText


EVENTS: tuple[type[MonitoringEvent], ...] = (
    RoundOpened,
    RoundClosed,
    RoundDueDateMoved,
    MonitoringRecorded,
)


# --- requests and answers -----------------------------------------------------------------------


class OpenRound(Request):
    """Open a round for all published HDRs of an edition. Answer: CreatedAnswer."""

    edition_id: UUID
    slug: Slug
    name: ShortText
    opens_on: date
    due_on: date
    hdr_ids: tuple[UUID, ...] | None = Field(default=None, max_length=5000)
    """Only these; all published HDRs of the edition when not given."""


class RoundRequest(Request):
    """Names one round: ``close_round`` -> DoneAnswer, ``get_round`` -> RoundAnswer."""

    round_id: UUID


class MoveRoundDueDate(Request):
    """Give more time. Answer: DoneAnswer."""

    round_id: UUID
    due_on: date
    reason: LongText


class RecordMonitoring(Request):
    """Report on one HDR in a round, or correct the report. Answer: VersionAnswer."""

    round_id: UUID
    hdr_id: UUID
    actions: tuple[ActionReport, ...] = Field(max_length=500)
    indicators: tuple[IndicatorReport, ...] = Field(max_length=500)
    helping_factors: OptionalText = ""
    hindering_factors: OptionalText = ""
    changes_made: OptionalText = ""
    support_needed: OptionalText = ""
    expected_version: int | None = Field(default=None, ge=0)
    """0 while nothing was reported yet."""


class RecordQuery(Request):
    """``get_record``: what an HDR is asked and what it reported. Answer: RecordAnswer."""

    round_id: UUID
    hdr_id: UUID


class RecordAnswer(Answer):
    """The questions of a round for one HDR, with its newest report if there is one."""

    round_id: UUID
    round_name: str
    due_on: date
    is_round_closed: bool
    hdr: MonitoredHdr
    is_recorded: bool
    is_late: bool
    revision: int
    """0 when nothing was reported yet."""
    actions: tuple[ActionReport, ...]
    indicators: tuple[IndicatorResult, ...]
    helping_factors: str
    hindering_factors: str
    changes_made: str
    support_needed: str
    version: int | None


class RoundAnswer(Answer):
    """A round and which HDRs reported."""

    round_id: UUID
    edition_id: UUID
    slug: str
    name: str
    opens_on: date
    due_on: date
    is_closed: bool
    hdr_ids: tuple[UUID, ...]
    recorded_hdr_ids: tuple[UUID, ...]
    version: int

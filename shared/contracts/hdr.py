"""Hdr's contracts: development schedules (HDR), their editing and publication, summaries.

The document of an HDR or a summary is a mapping whose elements are named by a template, and a
template is data: version 1 of the HDR template has ``title``, ``implementation_period``,
``diagnosis_summary``, ``priorities``, ``main_goal``, ``objectives``, ``actions``, ``indicators``,
``management_tools``, ``implementation_directions``, ``monitoring_plan`` and ``risks``.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import (
    Answer,
    Code,
    ContractEvent,
    ContractModel,
    JstRef,
    LocalizedText,
    LongText,
    Request,
    Slug,
)

Document = dict[str, Any]
"""Elements by name: text, mapping or list of mappings; JSON values only, at most 1 MB."""


class HdrState(StrEnum):
    """Where an HDR stands on its way to publication."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    SUBSTANTIVE_EDITING = "SUBSTANTIVE_EDITING"
    LANGUAGE_PROOFREADING = "LANGUAGE_PROOFREADING"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


class SummaryState(StrEnum):
    """Where a summary stands on its way to publication."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"


class SummaryForm(StrEnum):
    """The three forms in which an HDR's implementation is summed up."""

    GOOD_PRACTICE = "GOOD_PRACTICE"
    REFLECTION_STUDY = "REFLECTION_STUDY"
    MINI_REPORTAGE = "MINI_REPORTAGE"


class Finding(ContractModel):
    """One thing a document lacks or breaks, by its template."""

    element: str
    """Address in the document, e.g. ``actions[2].ends_on`` or ``main_goal``."""
    rule: Code
    """The rule's code, e.g. ``REQUIRED``, ``INSIDE_PERIOD``, ``OBJECTIVE_HAS_ACTION``."""
    label: LocalizedText
    """The element's name, for people."""
    parameters: dict[str, str] = Field(default_factory=dict)


# --- events -------------------------------------------------------------------------------------


class HdrEvent(ContractEvent):
    """Base of what hdr tells others."""

    OWNER: ClassVar[str] = "hdr"


class HDROpened(HdrEvent):
    """An HDR can be written: the diagnosis of its cycle is closed."""

    hdr_id: UUID
    cycle_id: UUID
    edition_id: UUID
    jst: JstRef
    area_code: Code
    template_version: int


class HDRSubmitted(HdrEvent):
    """A complete HDR was handed in for editing."""

    hdr_id: UUID
    cycle_id: UUID
    submission: int
    """1 for the first hand-in, 2 after the first return, and so on."""


class HDRStateChanged(HdrEvent):
    """An HDR moved from one editorial state to another."""

    hdr_id: UUID
    cycle_id: UUID
    previous_state: HdrState
    state: HdrState


class HDRReturned(HdrEvent):
    """An editing step gave the HDR back to its authors, with a reason."""

    hdr_id: UUID
    cycle_id: UUID
    returned_from: HdrState
    reason: LongText


class HDRPublished(HdrEvent):
    """A version of an HDR was made public, with its full text."""

    hdr_id: UUID
    cycle_id: UUID
    edition_id: UUID
    jst: JstRef
    """The JST as it was when the HDR was published: the catalogue groups by this kind."""
    area_code: Code
    template_version: int
    published_version: int
    """1 for the first publication."""
    slug: Slug
    title: str
    starts_on: date
    """First day of the implementation period."""
    ends_on: date
    """Last day of the implementation period."""
    document: Document
    """Its public elements."""


class HDRWithdrawn(HdrEvent):
    """A published HDR was taken down; its address stays, with the reason."""

    hdr_id: UUID
    cycle_id: UUID
    reason: LongText


class SummaryFormChosen(HdrEvent):
    """The JST chose in which form it sums up the implementation."""

    summary_id: UUID
    hdr_id: UUID
    edition_id: UUID
    jst: JstRef
    area_code: Code
    form: SummaryForm
    previous_form: SummaryForm | None = None


class SummaryStateChanged(HdrEvent):
    """A summary moved from one state to another."""

    summary_id: UUID
    hdr_id: UUID
    previous_state: SummaryState
    state: SummaryState
    reason: str | None = None


class SummaryPublished(HdrEvent):
    """A summary was made public, with its text but without contact data."""

    summary_id: UUID
    hdr_id: UUID
    edition_id: UUID
    jst: JstRef
    area_code: Code
    form: SummaryForm
    template_version: int
    slug: Slug
    title: str
    document: Document
    """Its public elements."""


EVENTS: tuple[type[HdrEvent], ...] = (
    HDROpened,
    HDRSubmitted,
    HDRStateChanged,
    HDRReturned,
    HDRPublished,
    HDRWithdrawn,
    SummaryFormChosen,
    SummaryStateChanged,
    SummaryPublished,
)


# --- requests and answers -----------------------------------------------------------------------


class HdrRequest(Request):
    """Names one HDR.

    For ``get_hdr`` (answer: HdrAnswer), ``submit_hdr`` (JST), ``start_editing``,
    ``finish_substantive_editing``, ``finish_proofreading`` (editor), ``publish_hdr`` (staff);
    answer of these: DoneAnswer.
    """

    hdr_id: UUID


class SaveHdrDraft(Request):
    """Save the document, complete or not. Answer: VersionAnswer.

    Authors save in DRAFT; an editor saves in SUBSTANTIVE_EDITING and LANGUAGE_PROOFREADING.
    """

    hdr_id: UUID
    document: Document
    expected_version: int | None = Field(default=None, ge=1)


class ReturnHdr(Request):
    """Give an HDR back to its authors, with the reason. Answer: DoneAnswer."""

    hdr_id: UUID
    reason: LongText


class WithdrawHdr(Request):
    """Take a published HDR down, with the reason. Answer: DoneAnswer."""

    hdr_id: UUID
    reason: LongText


class HdrHistoryEntry(Answer):
    """One step in the life of an HDR or summary."""

    at: datetime
    what: str
    """Stored name of the event, e.g. ``hdr.HdrReturned``."""
    version: int
    reason: str | None = None


class HdrAnswer(Answer):
    """One HDR in full, with what its template still misses."""

    hdr_id: UUID
    cycle_id: UUID
    edition_id: UUID
    jst: JstRef
    area_code: Code
    team_id: UUID | None
    state: HdrState
    template_version: int
    document: Document
    findings: tuple[Finding, ...]
    """What stands between the document and submission; empty when it is complete."""
    return_reason: str | None
    published_version: int | None
    slug: str | None
    history: tuple[HdrHistoryEntry, ...]
    version: int


class TemplateField(ContractModel):
    """One field of a group or of a list's rows."""

    name: str
    label: LocalizedText
    type: str
    """``text``, ``long_text``, ``date``, ``number``, ``integer``, ``boolean`` or ``reference``."""
    is_required: bool
    refers_to: str | None = None
    """For ``reference``: the list element whose ``key`` it names."""
    hint: LocalizedText | None = None


class TemplateElement(ContractModel):
    """One element of a template."""

    name: str
    label: LocalizedText
    type: str
    """A value (as of a field), ``group`` (one mapping) or ``list`` (rows with a ``key``)."""
    is_required: bool
    fields: tuple[TemplateField, ...] = ()
    minimum_rows: int = 0
    key_prefix: str | None = None
    hint: LocalizedText | None = None
    is_public: bool = True
    """``False`` for contact data, which never enter events."""


class TemplateAnswer(Answer):
    """A version of a template: what a document must hold."""

    kind: str
    """``HDR`` or the code of a summary form."""
    template_version: int
    elements: tuple[TemplateElement, ...]


class TemplateQuery(Request):
    """``get_template``. Answer: TemplateAnswer."""

    kind: Code
    template_version: int = Field(default=1, ge=1)


class ChooseSummaryForm(Request):
    """Choose, or change while it is a draft, the form of a published HDR's summary.

    Answer: CreatedAnswer with the summary's id (one summary for each HDR).
    """

    hdr_id: UUID
    form: SummaryForm


class SummaryRequest(Request):
    """Names one summary.

    For ``submit_summary`` (JST), ``approve_summary`` (editor),
    ``publish_summary`` (staff), ``get_summary``. Answer: DoneAnswer, or SummaryAnswer.
    """

    summary_id: UUID


class SaveSummaryDraft(Request):
    """Save the summary's document, complete or not. Answer: VersionAnswer."""

    summary_id: UUID
    document: Document
    expected_version: int | None = Field(default=None, ge=1)


class ReturnSummary(Request):
    """Give a summary back to its authors, with the reason. Answer: DoneAnswer."""

    summary_id: UUID
    reason: LongText


class SummaryAnswer(Answer):
    """One summary in full, with what its template still misses."""

    summary_id: UUID
    hdr_id: UUID
    edition_id: UUID
    jst: JstRef
    area_code: Code
    form: SummaryForm
    state: SummaryState
    template_version: int
    document: Document
    findings: tuple[Finding, ...]
    return_reason: str | None
    slug: str | None
    history: tuple[HdrHistoryEntry, ...]
    version: int

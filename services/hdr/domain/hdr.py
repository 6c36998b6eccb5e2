"""Hdr: one development schedule, from the closed diagnosis to its publication.

DRAFT -> SUBMITTED -> SUBSTANTIVE_EDITING -> LANGUAGE_PROOFREADING -> APPROVED -> PUBLISHED, and
from PUBLISHED to WITHDRAWN; each step before publication can give it back to its authors (DRAFT).
Its text is written with the template version that it was opened with, for good (DR-44).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import event

from services.hdr.domain.checking import check, check_keepable
from services.hdr.domain.errors import (
    IncompleteHdrError,
    NotEditableError,
    UnkeepableDocumentError,
    WrongStateError,
)
from services.hdr.domain.reading import as_date, as_text
from services.hdr.domain.template import KEY_FIELD, Template
from shared.contracts.advisory import Diagnosis
from shared.contracts.base import JstRef
from shared.contracts.hdr import Document, HdrState
from shared.kernel.aggregate import Aggregate, FirstEvent
from shared.kernel.snapshots import SnapshotState

NAMESPACE = uuid5(NAMESPACE_URL, "pl.ore.hdr.hdr")

EDITABLE = (HdrState.DRAFT, HdrState.SUBSTANTIVE_EDITING, HdrState.LANGUAGE_PROOFREADING)
RETURNABLE = (
    HdrState.SUBMITTED,
    HdrState.SUBSTANTIVE_EDITING,
    HdrState.LANGUAGE_PROOFREADING,
    HdrState.APPROVED,
)


def hdr_id_of(cycle_id: UUID) -> UUID:
    """Id of the one HDR of an advisory cycle."""
    return uuid5(NAMESPACE, str(cycle_id))


def prefilled(template: Template, diagnosis: Diagnosis, priorities: Sequence[str]) -> Document:
    """The first draft: what the closed diagnosis already says, as far as the template has it."""
    known = {element.name: element for element in template.elements}
    document: Document = {}
    if "diagnosis_summary" in known:
        document["diagnosis_summary"] = diagnosis.model_dump()
    if "priorities" in known:
        prefix = known["priorities"].key_prefix or ""
        document["priorities"] = [
            {KEY_FIELD: f"{prefix}{number}", "name": name}
            for number, name in enumerate(priorities, start=1)
        ]
    return document


class HdrSnapshot(SnapshotState):
    """What a snapshot keeps."""

    cycle_id: UUID
    edition_id: UUID
    jst: JstRef
    area_code: str
    template_version: int
    document: Document
    state: HdrState
    submissions: int
    return_reason: str | None
    published_version: int | None
    slug: str | None


class Hdr(Aggregate):
    """A development schedule (harmonogram działań rozwojowych) of one JST in one cycle."""

    TOPIC = "hdr.Hdr"
    SNAPSHOT = HdrSnapshot

    @staticmethod
    def create_id(cycle_id: UUID) -> UUID:
        """One HDR for each cycle."""
        return hdr_id_of(cycle_id)

    class Opened(Aggregate.Event, FirstEvent):
        """The HDR could be written; its first draft holds the closed diagnosis."""

        TOPIC = "hdr.HdrOpened"
        cycle_id: UUID
        edition_id: UUID
        jst: JstRef
        area_code: str
        template_version: int
        document: Document

    class DraftSaved(Aggregate.Event):
        """The text was saved, complete or not."""

        TOPIC = "hdr.HdrDraftSaved"
        document: Document

    class Submitted(Aggregate.Event):
        """The complete text was handed in; the report says what it was checked for."""

        TOPIC = "hdr.HdrSubmitted"
        cycle_id: UUID
        submission: int
        report: dict[str, Any]

    class EditingStarted(Aggregate.Event):
        """Substantive editing began."""

        TOPIC = "hdr.HdrEditingStarted"
        cycle_id: UUID

    class SubstantiveEditingFinished(Aggregate.Event):
        """Substantive editing ended; language proofreading began."""

        TOPIC = "hdr.HdrSubstantiveEditingFinished"
        cycle_id: UUID

    class Proofread(Aggregate.Event):
        """Language proofreading ended: the text was ready for publication."""

        TOPIC = "hdr.HdrProofread"
        cycle_id: UUID

    class Returned(Aggregate.Event):
        """The text was given back to its authors."""

        TOPIC = "hdr.HdrReturned"
        cycle_id: UUID
        returned_from: str
        reason: str

    class Published(Aggregate.Event):
        """A version was made public: the text and the JST as they were then."""

        TOPIC = "hdr.HdrPublished"
        cycle_id: UUID
        edition_id: UUID
        jst: JstRef
        area_code: str
        template_version: int
        published_version: int
        slug: str
        title: str
        starts_on: date
        ends_on: date
        document: Document

    class Withdrawn(Aggregate.Event):
        """The published text was taken down; its address stays, with the reason."""

        TOPIC = "hdr.HdrWithdrawn"
        cycle_id: UUID
        reason: str

    @event(Opened)
    def __init__(
        self,
        *,
        cycle_id: UUID,
        edition_id: UUID,
        jst: JstRef,
        area_code: str,
        template_version: int,
        document: Document,
    ) -> None:
        self.cycle_id = cycle_id
        self.edition_id = edition_id
        self.jst = jst
        self.area_code = area_code
        self.template_version = template_version
        self.document = document
        self.state = HdrState.DRAFT
        self.submissions = 0
        self.return_reason: str | None = None
        self.published_version: int | None = None
        self.slug: str | None = None

    @property
    def title(self) -> str:
        """The document's title; empty while there is none."""
        return as_text(self.document.get("title"))

    # --- writing ---------------------------------------------------------------------------------

    def save_draft(self, document: Document, template: Template) -> None:
        """Keep the text, complete or not; the same text again records nothing.

        Raises:
            NotEditableError: Nobody may change it in this state.
            UnkeepableDocumentError: It has another shape than the template.
        """
        if self.state not in EDITABLE:
            raise NotEditableError(what="Hdr", id=str(self.id), state=self.state.value)
        if findings := check_keepable(document, template):
            raise UnkeepableDocumentError.about(findings)
        if document != self.document:
            self._save_draft(document=document)

    @event(DraftSaved)
    def _save_draft(self, document: Document) -> None:
        self.document = document

    def submit(self, template: Template) -> None:
        """Hand the complete text in for editing."""
        self._expect(HdrState.DRAFT)
        self._expect_complete(template)
        self.trigger_event(
            self.Submitted,
            cycle_id=self.cycle_id,
            submission=self.submissions + 1,
            report=_report(self.document, template),
        )

    @event(Submitted)
    def _submit(self, submission: int) -> None:
        self.state = HdrState.SUBMITTED
        self.submissions = submission
        self.return_reason = None

    # --- editing ---------------------------------------------------------------------------------

    def start_editing(self) -> None:
        """Begin substantive editing."""
        self._expect(HdrState.SUBMITTED)
        self.trigger_event(self.EditingStarted, cycle_id=self.cycle_id)

    @event(EditingStarted)
    def _start_editing(self) -> None:
        self.state = HdrState.SUBSTANTIVE_EDITING

    def finish_substantive_editing(self, template: Template) -> None:
        """End substantive editing with a text that is still complete."""
        self._expect(HdrState.SUBSTANTIVE_EDITING)
        self._expect_complete(template)
        self.trigger_event(self.SubstantiveEditingFinished, cycle_id=self.cycle_id)

    @event(SubstantiveEditingFinished)
    def _finish_substantive_editing(self) -> None:
        self.state = HdrState.LANGUAGE_PROOFREADING

    def finish_proofreading(self, template: Template) -> None:
        """End language proofreading with a text that is still complete."""
        self._expect(HdrState.LANGUAGE_PROOFREADING)
        self._expect_complete(template)
        self.trigger_event(self.Proofread, cycle_id=self.cycle_id)

    @event(Proofread)
    def _finish_proofreading(self) -> None:
        self.state = HdrState.APPROVED

    def give_back(self, reason: str) -> None:
        """Return the text to its authors, with the reason."""
        self._expect(*RETURNABLE)
        self.trigger_event(
            self.Returned,
            cycle_id=self.cycle_id,
            returned_from=self.state.value,
            reason=reason,
        )

    @event(Returned)
    def _give_back(self, reason: str) -> None:
        self.state = HdrState.DRAFT
        self.return_reason = reason

    # --- publication -----------------------------------------------------------------------------

    def publish(self, template: Template, jst: JstRef, slug: str) -> None:
        """Make the next version public.

        Args:
            template: The version it was written with.
            jst: The JST as it is now; the catalogue groups by this kind.
            slug: A free address; kept from the first version on.
        """
        self._expect(HdrState.APPROVED)
        period = self.document["implementation_period"]
        self.trigger_event(
            self.Published,
            cycle_id=self.cycle_id,
            edition_id=self.edition_id,
            jst=jst,
            area_code=self.area_code,
            template_version=self.template_version,
            published_version=(self.published_version or 0) + 1,
            slug=self.slug or slug,
            title=self.title,
            starts_on=as_date(period["starts_on"]),
            ends_on=as_date(period["ends_on"]),
            document=template.public_part(self.document),
        )

    @event(Published)
    def _publish(self, jst: JstRef, published_version: int, slug: str) -> None:
        self.state = HdrState.PUBLISHED
        self.jst = jst
        self.published_version = published_version
        self.slug = slug

    def withdraw(self, reason: str) -> None:
        """Take the published text down, with the reason."""
        self._expect(HdrState.PUBLISHED)
        self.trigger_event(self.Withdrawn, cycle_id=self.cycle_id, reason=reason)

    @event(Withdrawn)
    def _withdraw(self) -> None:
        self.state = HdrState.WITHDRAWN

    # --- rules -----------------------------------------------------------------------------------

    def _expect(self, *states: HdrState) -> None:
        if self.state not in states:
            raise WrongStateError(
                what="Hdr", id=str(self.id), state=self.state.value, needed=",".join(states)
            )

    def _expect_complete(self, template: Template) -> None:
        if findings := check(self.document, template):
            raise IncompleteHdrError.about(findings, hdr_id=str(self.id))


def _report(document: Document, template: Template) -> dict[str, Any]:
    """What a submitted text was checked for, kept with the submission (DR-43).

    It was complete, or it would not have been submitted: the report names the template, its
    rules, and how many rows each list of the text had.
    """
    return {
        "template_version": template.template_version,
        "required_elements": [each.name for each in template.elements if each.is_required],
        "rules": sorted({rule.code for rule in template.rules}),
        "rows": {name: len(rows) for name, rows in document.items() if isinstance(rows, list)},
    }

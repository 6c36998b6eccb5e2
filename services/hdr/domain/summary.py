"""Summary: how a JST sums up the implementation of its published HDR, in one of three forms.

DRAFT -> SUBMITTED -> APPROVED -> PUBLISHED; before publication it can be given back to its authors.
Elements that are not public (contact data) never come here: the service keeps them apart.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import event

from services.hdr.domain.checking import check, check_keepable
from services.hdr.domain.errors import (
    HdrNotPublishedError,
    IncompleteSummaryError,
    NotEditableError,
    SummaryFormNotOfferedError,
    UnkeepableDocumentError,
    WrongStateError,
)
from services.hdr.domain.reading import as_text
from services.hdr.domain.template import Template
from shared.contracts.base import JstRef
from shared.contracts.hdr import Document, HdrState, SummaryForm, SummaryState
from shared.kernel.aggregate import Aggregate, FirstEvent
from shared.kernel.snapshots import SnapshotState

NAMESPACE = uuid5(NAMESPACE_URL, "pl.ore.hdr.summary")

EDITABLE = (SummaryState.DRAFT, SummaryState.SUBMITTED)
RETURNABLE = (SummaryState.SUBMITTED, SummaryState.APPROVED)


def summary_id_of(hdr_id: UUID) -> UUID:
    """Id of the one summary of an HDR."""
    return uuid5(NAMESPACE, str(hdr_id))


def expect_published(hdr_id: UUID, state: HdrState) -> None:
    """A summary is about a published HDR.

    Raises:
        HdrNotPublishedError: It is not public, not yet or no more.
    """
    if state is not HdrState.PUBLISHED:
        raise HdrNotPublishedError(hdr_id=str(hdr_id), state=state.value)


def expect_offered(form: SummaryForm, offered: Collection[str]) -> None:
    """A summary has one of the forms that the edition offers.

    Raises:
        SummaryFormNotOfferedError: It is not among them.
    """
    if form not in offered:
        raise SummaryFormNotOfferedError(
            field="form", form=form.value, offered=",".join(sorted(offered))
        )


class SummarySnapshot(SnapshotState):
    """What a snapshot keeps."""

    hdr_id: UUID
    edition_id: UUID
    jst: JstRef
    area_code: str
    form: SummaryForm
    template_version: int
    document: Document
    state: SummaryState
    return_reason: str | None
    slug: str | None


class Summary(Aggregate):
    """The summary of one HDR's implementation."""

    TOPIC = "hdr.Summary"
    SNAPSHOT = SummarySnapshot

    @staticmethod
    def create_id(hdr_id: UUID) -> UUID:
        """One summary for each HDR."""
        return summary_id_of(hdr_id)

    class FormChosen(Aggregate.Event, FirstEvent):
        """The JST chose a form, and the summary could be written."""

        TOPIC = "hdr.SummaryFormChosen"
        hdr_id: UUID
        edition_id: UUID
        jst: JstRef
        area_code: str
        form: str
        template_version: int

    class FormChanged(Aggregate.Event):
        """The JST changed to another form; the text began anew."""

        TOPIC = "hdr.SummaryFormChanged"
        hdr_id: UUID
        edition_id: UUID
        jst: JstRef
        area_code: str
        form: str
        previous_form: str
        template_version: int

    class DraftSaved(Aggregate.Event):
        """The public part of the text was saved, complete or not."""

        TOPIC = "hdr.SummaryDraftSaved"
        document: Document

    class Submitted(Aggregate.Event):
        """The complete summary was handed in."""

        TOPIC = "hdr.SummarySubmitted"
        hdr_id: UUID

    class Returned(Aggregate.Event):
        """The summary was given back to its authors."""

        TOPIC = "hdr.SummaryReturned"
        hdr_id: UUID
        returned_from: str
        reason: str

    class Approved(Aggregate.Event):
        """The summary was found ready for publication."""

        TOPIC = "hdr.SummaryApproved"
        hdr_id: UUID

    class Published(Aggregate.Event):
        """The summary was made public, without contact data."""

        TOPIC = "hdr.SummaryPublished"
        hdr_id: UUID
        edition_id: UUID
        jst: JstRef
        area_code: str
        form: str
        template_version: int
        slug: str
        title: str
        document: Document

    @event(FormChosen)
    def __init__(
        self,
        *,
        hdr_id: UUID,
        edition_id: UUID,
        jst: JstRef,
        area_code: str,
        form: str,
        template_version: int,
    ) -> None:
        self.hdr_id = hdr_id
        self.edition_id = edition_id
        self.jst = jst
        self.area_code = area_code
        self.form = SummaryForm(form)
        self.template_version = template_version
        self.document: Document = {}
        self.state = SummaryState.DRAFT
        self.return_reason: str | None = None
        self.slug: str | None = None

    @property
    def title(self) -> str:
        """The document's title; empty while there is none."""
        return as_text(self.document.get("title"))

    # --- writing ---------------------------------------------------------------------------------

    def change_form(self, form: SummaryForm, template_version: int) -> bool:
        """Write in another form; nothing of the text is kept.

        Returns:
            Whether the form changed; the same form again records nothing.
        """
        self._expect(SummaryState.DRAFT)
        if form is self.form:
            return False
        self.trigger_event(
            self.FormChanged,
            hdr_id=self.hdr_id,
            edition_id=self.edition_id,
            jst=self.jst,
            area_code=self.area_code,
            form=form.value,
            previous_form=self.form.value,
            template_version=template_version,
        )
        return True

    @event(FormChanged)
    def _change_form(self, form: str, template_version: int) -> None:
        self.form = SummaryForm(form)
        self.template_version = template_version
        self.document = {}

    def save_draft(self, document: Document, template: Template) -> Document:
        """Keep the public part of the text, complete or not; the same again records nothing.

        Returns:
            The part that is not public: the caller keeps it apart.

        Raises:
            NotEditableError: Nobody may change it in this state.
            UnkeepableDocumentError: It has another shape than the template.
        """
        if self.state not in EDITABLE:
            raise NotEditableError(what="Summary", id=str(self.id), state=self.state.value)
        if findings := check_keepable(document, template):
            raise UnkeepableDocumentError.about(findings)
        public = template.public_part(document)
        if public != self.document:
            self._save_draft(document=public)
        return template.personal_part(document)

    @event(DraftSaved)
    def _save_draft(self, document: Document) -> None:
        self.document = document

    # --- on the way to publication ----------------------------------------------------------------

    def submit(self, template: Template, personal: Document) -> None:
        """Hand the complete summary in; ``personal`` is the part that is kept apart."""
        self._expect(SummaryState.DRAFT)
        self._expect_complete(template, personal)
        self.trigger_event(self.Submitted, hdr_id=self.hdr_id)

    @event(Submitted)
    def _submit(self) -> None:
        self.state = SummaryState.SUBMITTED
        self.return_reason = None

    def give_back(self, reason: str) -> None:
        """Return the summary to its authors, with the reason."""
        self._expect(*RETURNABLE)
        self.trigger_event(
            self.Returned,
            hdr_id=self.hdr_id,
            returned_from=self.state.value,
            reason=reason,
        )

    @event(Returned)
    def _give_back(self, reason: str) -> None:
        self.state = SummaryState.DRAFT
        self.return_reason = reason

    def approve(self, template: Template, personal: Document) -> None:
        """Find the summary, still complete, ready for publication."""
        self._expect(SummaryState.SUBMITTED)
        self._expect_complete(template, personal)
        self.trigger_event(self.Approved, hdr_id=self.hdr_id)

    @event(Approved)
    def _approve(self) -> None:
        self.state = SummaryState.APPROVED

    def publish(self, jst: JstRef, slug: str) -> None:
        """Make the summary public at a free address, with the JST as it is now."""
        self._expect(SummaryState.APPROVED)
        self.trigger_event(
            self.Published,
            hdr_id=self.hdr_id,
            edition_id=self.edition_id,
            jst=jst,
            area_code=self.area_code,
            form=self.form.value,
            template_version=self.template_version,
            slug=slug,
            title=self.title,
            document=self.document,
        )

    @event(Published)
    def _publish(self, jst: JstRef, slug: str) -> None:
        self.state = SummaryState.PUBLISHED
        self.jst = jst
        self.slug = slug

    # --- rules -----------------------------------------------------------------------------------

    def _expect(self, *states: SummaryState) -> None:
        if self.state not in states:
            raise WrongStateError(
                what="Summary", id=str(self.id), state=self.state.value, needed=",".join(states)
            )

    def _expect_complete(self, template: Template, personal: Document) -> None:
        if findings := check({**self.document, **personal}, template):
            raise IncompleteSummaryError.about(findings, summary_id=str(self.id))

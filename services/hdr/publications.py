"""Which of hdr's events others see, and in which shape; drafts stay inside."""

from __future__ import annotations

from uuid import UUID

from services.hdr.domain.hdr import Hdr
from services.hdr.domain.summary import Summary
from shared.contracts import hdr as contracts
from shared.contracts.hdr import HdrState, SummaryState
from shared.kernel.publication import Publications

publications = Publications("hdr")


@publications.of(Hdr.Opened)
def opened(event: Hdr.Opened) -> contracts.HDROpened:
    """The HDR can be written; its first draft stays inside."""
    return contracts.HDROpened(
        hdr_id=event.originator_id,
        cycle_id=event.cycle_id,
        edition_id=event.edition_id,
        jst=event.jst,
        area_code=event.area_code,
        template_version=event.template_version,
    )


@publications.of(Hdr.Submitted)
def submitted(event: Hdr.Submitted) -> contracts.HDRSubmitted:
    """A complete HDR was handed in."""
    return contracts.HDRSubmitted(
        hdr_id=event.originator_id, cycle_id=event.cycle_id, submission=event.submission
    )


@publications.of(Hdr.EditingStarted)
def editing_started(event: Hdr.EditingStarted) -> contracts.HDRStateChanged:
    """Substantive editing began."""
    return _hdr_moved(event, HdrState.SUBMITTED, HdrState.SUBSTANTIVE_EDITING)


@publications.of(Hdr.SubstantiveEditingFinished)
def substantive_editing_finished(
    event: Hdr.SubstantiveEditingFinished,
) -> contracts.HDRStateChanged:
    """Language proofreading began."""
    return _hdr_moved(event, HdrState.SUBSTANTIVE_EDITING, HdrState.LANGUAGE_PROOFREADING)


@publications.of(Hdr.Proofread)
def proofread(event: Hdr.Proofread) -> contracts.HDRStateChanged:
    """The text is ready for publication."""
    return _hdr_moved(event, HdrState.LANGUAGE_PROOFREADING, HdrState.APPROVED)


@publications.of(Hdr.Returned)
def returned(event: Hdr.Returned) -> contracts.HDRReturned:
    """The authors have it again."""
    return contracts.HDRReturned(
        hdr_id=event.originator_id,
        cycle_id=event.cycle_id,
        returned_from=HdrState(event.returned_from),
        reason=event.reason,
    )


@publications.of(Hdr.Published)
def published(event: Hdr.Published) -> contracts.HDRPublished:
    """The full text, as it was made public."""
    return contracts.HDRPublished(
        hdr_id=event.originator_id,
        cycle_id=event.cycle_id,
        edition_id=event.edition_id,
        jst=event.jst,
        area_code=event.area_code,
        template_version=event.template_version,
        published_version=event.published_version,
        slug=event.slug,
        title=event.title,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        document=event.document,
    )


@publications.of(Hdr.Withdrawn)
def withdrawn(event: Hdr.Withdrawn) -> contracts.HDRWithdrawn:
    """The published text was taken down."""
    return contracts.HDRWithdrawn(
        hdr_id=event.originator_id, cycle_id=event.cycle_id, reason=event.reason
    )


@publications.of(Summary.FormChosen)
def form_chosen(event: Summary.FormChosen) -> contracts.SummaryFormChosen:
    """The form of the summary."""
    return _form_chosen(event, previous_form=None)


@publications.of(Summary.FormChanged)
def form_changed(event: Summary.FormChanged) -> contracts.SummaryFormChosen:
    """The form of the summary, and the one before."""
    return _form_chosen(event, previous_form=contracts.SummaryForm(event.previous_form))


@publications.of(Summary.Submitted)
def summary_submitted(event: Summary.Submitted) -> contracts.SummaryStateChanged:
    """A complete summary was handed in."""
    return _summary_moved(event, event.hdr_id, SummaryState.DRAFT, SummaryState.SUBMITTED)


@publications.of(Summary.Returned)
def summary_returned(event: Summary.Returned) -> contracts.SummaryStateChanged:
    """The authors have it again."""
    previous = SummaryState(event.returned_from)
    return _summary_moved(event, event.hdr_id, previous, SummaryState.DRAFT, event.reason)


@publications.of(Summary.Approved)
def summary_approved(event: Summary.Approved) -> contracts.SummaryStateChanged:
    """The summary is ready for publication."""
    return _summary_moved(event, event.hdr_id, SummaryState.SUBMITTED, SummaryState.APPROVED)


@publications.of(Summary.Published)
def summary_published(event: Summary.Published) -> contracts.SummaryPublished:
    """The public text; contact data never were in the event."""
    return contracts.SummaryPublished(
        summary_id=event.originator_id,
        hdr_id=event.hdr_id,
        edition_id=event.edition_id,
        jst=event.jst,
        area_code=event.area_code,
        form=contracts.SummaryForm(event.form),
        template_version=event.template_version,
        slug=event.slug,
        title=event.title,
        document=event.document,
    )


def _hdr_moved(
    event: Hdr.EditingStarted | Hdr.SubstantiveEditingFinished | Hdr.Proofread,
    previous_state: HdrState,
    state: HdrState,
) -> contracts.HDRStateChanged:
    return contracts.HDRStateChanged(
        hdr_id=event.originator_id,
        cycle_id=event.cycle_id,
        previous_state=previous_state,
        state=state,
    )


def _form_chosen(
    event: Summary.FormChosen | Summary.FormChanged,
    previous_form: contracts.SummaryForm | None,
) -> contracts.SummaryFormChosen:
    return contracts.SummaryFormChosen(
        summary_id=event.originator_id,
        hdr_id=event.hdr_id,
        edition_id=event.edition_id,
        jst=event.jst,
        area_code=event.area_code,
        form=contracts.SummaryForm(event.form),
        previous_form=previous_form,
    )


def _summary_moved(
    event: Summary.Event,
    hdr_id: UUID,
    previous_state: SummaryState,
    state: SummaryState,
    reason: str | None = None,
) -> contracts.SummaryStateChanged:
    return contracts.SummaryStateChanged(
        summary_id=event.originator_id,
        hdr_id=hdr_id,
        previous_state=previous_state,
        state=state,
        reason=reason,
    )

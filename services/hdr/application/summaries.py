"""Use cases of a summary: its form chosen, written, published."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.hdr import personal_data, reference, templates
from services.hdr.application.shared_steps import SharedSteps, template_of
from services.hdr.domain.checking import check
from services.hdr.domain.hdr import Hdr
from services.hdr.domain.summary import Summary, expect_offered, expect_published, summary_id_of
from services.hdr.projections import addresses, history
from shared.contracts.base import CreatedAnswer, DoneAnswer, VersionAnswer
from shared.contracts.hdr import (
    ChooseSummaryForm,
    Document,
    ReturnSummary,
    SaveSummaryDraft,
    SummaryAnswer,
    SummaryForm,
    SummaryRequest,
    SummaryState,
)


class SummaryUseCases(SharedSteps):
    """What can be done with a summary, and asked about it."""

    def choose_summary_form(self, request: ChooseSummaryForm) -> CreatedAnswer:
        """Choose the form in which a published HDR is summed up, or change it in DRAFT.

        A change keeps nothing of the text, contact data included.

        Raises:
            HdrNotPublishedError: The HDR is not public.
            SummaryFormNotOfferedError: Its edition does not offer the form.
            WrongStateError: The summary is not in DRAFT any more.

        Records:
            ``hdr.SummaryFormChosen`` or ``hdr.SummaryFormChanged``
        """
        hdr = self.load(Hdr, request.hdr_id)
        expect_published(hdr.id, hdr.state)
        expect_offered(request.form, self._offered_forms(hdr.edition_id))
        version = templates.newest_version(request.form)
        summary = self._find(Summary, summary_id_of(hdr.id))
        if summary is None:
            summary = Summary(
                hdr_id=hdr.id,
                edition_id=hdr.edition_id,
                jst=hdr.jst,
                area_code=hdr.area_code,
                form=request.form.value,
                template_version=version,
            )
        elif summary.change_form(request.form, version):
            self._keep_contact(summary.id, {})
        self.save(summary)
        return CreatedAnswer(id=summary.id)

    def save_summary_draft(self, request: SaveSummaryDraft) -> VersionAnswer:
        """Keep a summary's text, complete or not; contact data go to their own table.

        Raises:
            NotEditableError: Nobody may change it in this state.
            UnkeepableDocumentError: It has another shape than its template.
            StaleVersionError: Somebody else saved since ``expected_version``.

        Records:
            ``hdr.SummaryDraftSaved``, unless the public text is the same.
        """
        summary = self.load(Summary, request.summary_id, request.expected_version)
        personal = summary.save_draft(request.document, template_of(summary))
        self._keep_contact(summary.id, personal)
        self.save(summary)
        return VersionAnswer(version=summary.version)

    def submit_summary(self, request: SummaryRequest) -> DoneAnswer:
        """Hand a complete summary in.

        Raises:
            WrongStateError: It is not in DRAFT.
            IncompleteSummaryError: Something is missing or breaks a rule; every place is named.

        Records:
            ``hdr.SummarySubmitted``
        """
        summary = self.load(Summary, request.summary_id)
        summary.submit(template_of(summary), self._contact(summary.id))
        return self._done(summary)

    def return_summary(self, request: ReturnSummary) -> DoneAnswer:
        """Give a submitted or approved summary back to its authors (else WrongStateError).

        Records:
            ``hdr.SummaryReturned``
        """
        summary = self.load(Summary, request.summary_id)
        summary.give_back(request.reason)
        return self._done(summary)

    def approve_summary(self, request: SummaryRequest) -> DoneAnswer:
        """Approve a submitted summary for publication.

        Raises:
            WrongStateError: It is not in SUBMITTED.
            IncompleteSummaryError: The editor's changes left something missing.

        Records:
            ``hdr.SummaryApproved``
        """
        summary = self.load(Summary, request.summary_id)
        summary.approve(template_of(summary), self._contact(summary.id))
        return self._done(summary)

    def publish_summary(self, request: SummaryRequest) -> DoneAnswer:
        """Make an approved summary public, without its contact data.

        Raises:
            WrongStateError: It is not in APPROVED.
            HdrNotPublishedError: The HDR was withdrawn meanwhile.

        Records:
            ``hdr.SummaryPublished``
        """
        summary = self.load(Summary, request.summary_id)
        expect_published(summary.hdr_id, self.load(Hdr, summary.hdr_id).state)
        jst = self._as_now(summary.jst)
        slug = self._free_address(addresses.SUMMARY, summary.title, jst, otherwise="podsumowanie")
        summary.publish(jst, slug)
        return self._done(summary)

    def erase_summary_contact(self, request: SummaryRequest) -> DoneAnswer:
        """Forget the person named in a summary, in any state; its public text stays as it is.

        Source:
            LR-05.
        """
        summary = self.load(Summary, request.summary_id)
        self._keep_contact(summary.id, {})
        return DoneAnswer()

    def get_summary(self, request: SummaryRequest) -> SummaryAnswer:
        """One summary in full, contact data included; once published nothing is found missing."""
        summary = self.load(Summary, request.summary_id)
        with self.database.reading() as connection:
            personal = personal_data.contact_of(connection, summary.id)
            steps = history.steps_of(connection, summary.id)
        document = {**summary.document, **personal}
        is_done = summary.state is SummaryState.PUBLISHED
        return SummaryAnswer(
            summary_id=summary.id,
            hdr_id=summary.hdr_id,
            edition_id=summary.edition_id,
            jst=summary.jst,
            area_code=summary.area_code,
            form=summary.form,
            state=summary.state,
            template_version=summary.template_version,
            document=document,
            findings=() if is_done else tuple(check(document, template_of(summary))),
            return_reason=summary.return_reason,
            slug=summary.slug,
            history=steps,
            version=summary.version,
        )

    def _offered_forms(self, edition_id: UUID) -> Sequence[str]:
        """The edition's summary forms; all while its configuration has not come here."""
        with self.database.reading() as connection:
            rules = reference.edition_rules(connection, edition_id)
        return rules.summary_forms if rules else tuple(SummaryForm)

    def _contact(self, summary_id: UUID) -> Document:
        with self.database.reading() as connection:
            return personal_data.contact_of(connection, summary_id)

    def _keep_contact(self, summary_id: UUID, document: Document) -> None:
        self.write(lambda connection: personal_data.keep_contact(connection, summary_id, document))

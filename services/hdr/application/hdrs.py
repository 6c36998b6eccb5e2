"""Use cases of an HDR: written, edited, published."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.hdr import reference, templates
from services.hdr.application.shared_steps import SharedSteps, template_of
from services.hdr.domain.checking import check
from services.hdr.domain.hdr import Hdr, hdr_id_of, prefilled
from services.hdr.projections import addresses, history
from shared.contracts.advisory import Diagnosis
from shared.contracts.base import DoneAnswer, JstRef, VersionAnswer
from shared.contracts.hdr import (
    HdrAnswer,
    HdrRequest,
    ReturnHdr,
    SaveHdrDraft,
    TemplateAnswer,
    TemplateQuery,
    WithdrawHdr,
)


class HdrUseCases(SharedSteps):
    """What can be done with an HDR, and asked about it."""

    # --- writing ----------------------------------------------------------------------------------

    def open_hdr(
        self,
        *,
        cycle_id: UUID,
        edition_id: UUID,
        jst: JstRef,
        area_code: str,
        diagnosis: Diagnosis,
        priorities: Sequence[str],
    ) -> None:
        """Open the HDR of a cycle whose diagnosis is closed; a second time changes nothing.

        The first draft holds the diagnosis and the priorities. The template is the edition's, or
        the newest while the edition's configuration has not come here.

        Records:
            ``hdr.HdrOpened``
        """
        if self._find(Hdr, hdr_id_of(cycle_id)) is not None:
            return
        with self.database.reading() as connection:
            rules = reference.edition_rules(connection, edition_id)
        version = templates.newest_version(
            templates.HDR, at_most=rules.hdr_template_version if rules else None
        )
        template = templates.template(templates.HDR, version)
        self.save(
            Hdr(
                cycle_id=cycle_id,
                edition_id=edition_id,
                jst=jst,
                area_code=area_code,
                template_version=version,
                document=prefilled(template, diagnosis, priorities),
            )
        )

    def save_hdr_draft(self, request: SaveHdrDraft) -> VersionAnswer:
        """Keep an HDR's text, complete or not: the authors' in DRAFT, an editor's in editing.

        Raises:
            NotEditableError: Nobody may change it in this state.
            UnkeepableDocumentError: It has another shape than its template.
            StaleVersionError: Somebody else saved since ``expected_version``.

        Records:
            ``hdr.HdrDraftSaved``, unless the text is the same.
        """
        hdr = self.load(Hdr, request.hdr_id, request.expected_version)
        hdr.save_draft(request.document, template_of(hdr))
        self.save(hdr)
        return VersionAnswer(version=hdr.version)

    def submit_hdr(self, request: HdrRequest) -> DoneAnswer:
        """Hand a complete HDR in for editing.

        Raises:
            WrongStateError: It is not in DRAFT.
            IncompleteHdrError: Something is missing or breaks a rule; every place is named.

        Records:
            ``hdr.HdrSubmitted``

        Source:
            DR-43.
        """
        hdr = self.load(Hdr, request.hdr_id)
        hdr.submit(template_of(hdr))
        return self._done(hdr)

    # --- editing and publication ------------------------------------------------------------------

    def start_editing(self, request: HdrRequest) -> DoneAnswer:
        """Begin substantive editing of a submitted HDR (else WrongStateError).

        Records:
            ``hdr.HdrEditingStarted``
        """
        hdr = self.load(Hdr, request.hdr_id)
        hdr.start_editing()
        return self._done(hdr)

    def finish_substantive_editing(self, request: HdrRequest) -> DoneAnswer:
        """Pass an edited HDR on to language proofreading.

        Raises:
            WrongStateError: It is not in SUBSTANTIVE_EDITING.
            IncompleteHdrError: Editing left something missing.

        Records:
            ``hdr.HdrSubstantiveEditingFinished``
        """
        hdr = self.load(Hdr, request.hdr_id)
        hdr.finish_substantive_editing(template_of(hdr))
        return self._done(hdr)

    def finish_proofreading(self, request: HdrRequest) -> DoneAnswer:
        """Approve a proofread HDR for publication.

        Raises:
            WrongStateError: It is not in LANGUAGE_PROOFREADING.
            IncompleteHdrError: Proofreading left something missing.

        Records:
            ``hdr.HdrProofread``
        """
        hdr = self.load(Hdr, request.hdr_id)
        hdr.finish_proofreading(template_of(hdr))
        return self._done(hdr)

    def return_hdr(self, request: ReturnHdr) -> DoneAnswer:
        """Give an HDR that is submitted, edited or approved back to its authors, with the reason.

        Raises:
            WrongStateError: It is with its authors already, or public.

        Records:
            ``hdr.HdrReturned``
        """
        hdr = self.load(Hdr, request.hdr_id)
        hdr.give_back(request.reason)
        return self._done(hdr)

    def publish_hdr(self, request: HdrRequest) -> DoneAnswer:
        """Make an approved HDR public, with the JST as the register has it now.

        Raises:
            WrongStateError: It is not in APPROVED.

        Records:
            ``hdr.HdrPublished``

        Source:
            domain handbook, section 10: grouped by the kind recorded at publication.
        """
        hdr = self.load(Hdr, request.hdr_id)
        jst = self._as_now(hdr.jst)
        slug = self._free_address(addresses.HDR, hdr.title, jst, otherwise="hdr")
        hdr.publish(template_of(hdr), jst, slug)
        return self._done(hdr)

    def withdraw_hdr(self, request: WithdrawHdr) -> DoneAnswer:
        """Take a published HDR down, with the reason; its address is never given again.

        Raises:
            WrongStateError: It is not public.

        Records:
            ``hdr.HdrWithdrawn``
        """
        hdr = self.load(Hdr, request.hdr_id)
        hdr.withdraw(request.reason)
        return self._done(hdr)

    def get_hdr(self, request: HdrRequest) -> HdrAnswer:
        """One HDR in full, with everything that stands between its text and submission."""
        hdr = self.load(Hdr, request.hdr_id)
        with self.database.reading() as connection:
            team_id = reference.team_of(connection, hdr.cycle_id)
            steps = history.steps_of(connection, hdr.id)
        return HdrAnswer(
            hdr_id=hdr.id,
            cycle_id=hdr.cycle_id,
            edition_id=hdr.edition_id,
            jst=hdr.jst,
            area_code=hdr.area_code,
            team_id=team_id,
            state=hdr.state,
            template_version=hdr.template_version,
            document=hdr.document,
            findings=tuple(check(hdr.document, template_of(hdr))),
            return_reason=hdr.return_reason,
            published_version=hdr.published_version,
            slug=hdr.slug,
            history=steps,
            version=hdr.version,
        )

    def get_template(self, request: TemplateQuery) -> TemplateAnswer:
        """One version of the HDR's template or of a summary form's (else UnknownTemplateError)."""
        template = templates.template(request.kind, request.template_version)
        return TemplateAnswer.model_validate(template.model_dump())

"""Use cases of applications, from receipt to promotion from the reserve list."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import Connection

from services.recruitment.application.register import RegisterUseCases
from services.recruitment.domain.application_form import Application
from services.recruitment.domain.call import Call
from services.recruitment.domain.candidate import as_candidate_sees, candidate_key
from services.recruitment.domain.errors import ApplicantNeededError
from services.recruitment.personal_data import (
    erase_applicant,
    is_access_key,
    keep_applicant,
    note,
    release_claim,
)
from services.recruitment.projections.applications import find_applications, list_applications
from services.recruitment.projections.calls import hold
from services.recruitment.projections.roster import is_on_roster
from services.recruitment.projections.training_places import is_in_training
from shared.contracts.base import DoneAnswer
from shared.contracts.recruitment import (
    ApplicationAnswer,
    ApplicationQuery,
    ApplicationsAnswer,
    ApplicationsQuery,
    CallStage,
    CheckApplication,
    DecideApplication,
    EraseApplicant,
    PromoteReserve,
    Receipt,
    SubmitApplication,
    WithdrawApplication,
)
from shared.kernel.context import derive_secret
from shared.kernel.refusal import NotFoundError


class ApplicationUseCases(RegisterUseCases):
    """What can be asked about applications."""

    def submit_application(self, request: SubmitApplication) -> Receipt:
        """Receive an application; received is not qualified.

        The person is kept in the personal data, in the transaction of the event and apart from
        it. The access key in the answer is shown this once: only its hash is kept.

        Raises:
            NotFoundError: No such call.
            JstUnknownError, JstClosedError: The JST named is not one of the register.
            CallNotOpenError: The call takes no applications now, and staff gave no reason to
                admit it late.
            ResultsAlreadyPublishedError: It comes late, and after the results.
            PrivacyNoticeChangedError: Another notice is in force.
            JstMissingError, VoivodeshipMissingError, OutsideEditionError: The candidate is not
                one whom the call invites.
            OneOpenApplicationError: The candidate has an open application in this call.

        Records:
            ``recruitment.ApplicationSubmitted``
        """
        now = self.clock.now()
        call = self.load(Call, request.call_id)
        jst = self.registered_jst(request.jst_code) if request.jst_code else None
        admission = call.admit(
            now=now,
            privacy_notice_version=request.privacy_notice_version,
            voivodeship=request.voivodeship,
            jst=jst,
            is_late_admission=request.late_admission_reason is not None,
        )
        application = Application.submit(
            uuid4(),
            call.id,
            admission,
            jst=jst,
            privacy_notice_version=request.privacy_notice_version,
            received_at=now,
        )
        access_key = derive_secret(str(application.id))
        candidate = candidate_key(admission.kind, request.applicant.email, jst)
        call_version = call.version
        self.write(
            lambda connection: keep_applicant(
                connection,
                application.id,
                request,
                candidate=candidate,
                access_key=access_key,
                received_on=application.received_on,
                late_admission_reason=request.late_admission_reason if admission.is_late else None,
            )
        )
        self.write(lambda connection: hold(connection, call.id, call_version))
        self.save(application)
        return Receipt(
            application_id=application.id,
            receipt_number=application.receipt_number,
            access_key=access_key,
            received_at=now,
        )

    def withdraw_application(self, request: WithdrawApplication) -> DoneAnswer:
        """Take an application back; the candidate may then apply again.

        Raises:
            NotFoundError: No such application, or not with this key.
            ApplicationWithdrawnError: It was taken back before.
            WithdrawTooLateError: The results are published.

        Records:
            ``recruitment.ApplicationWithdrawn``
        """
        self._refuse_wrong_key(request.application_id, request.access_key)
        application = self.load(Application, request.application_id)
        application.withdraw(is_by_candidate=request.access_key is not None)
        self.write(lambda connection: release_claim(connection, application.id, request.reason))
        self.save(application)
        return DoneAnswer()

    def check_application(self, request: CheckApplication) -> DoneAnswer:
        """Record the formal check; a decision prepared before it no longer stands.

        Raises:
            NotFoundError: No such application.
            StaleVersionError: Somebody checked or decided meanwhile.
            ApplicationWithdrawnError: It was taken back.
            ResultsAlreadyPublishedError: The results are published.

        Records:
            ``recruitment.ApplicationChecked``
        """
        application = self.load(Application, request.application_id, request.expected_version)
        application.check(has_passed=request.passed)
        self._note(application.id, check_remarks=request.remarks, decision_reason="")
        self.save(application)
        return DoneAnswer()

    def decide_application(self, request: DecideApplication) -> DoneAnswer:
        """Prepare the decision; it takes effect with the results.

        Raises:
            NotFoundError: No such application.
            StaleVersionError: Somebody checked or decided meanwhile.
            ApplicationWithdrawnError: It was taken back.
            ResultsAlreadyPublishedError: The results are published.
            NotCheckedError: The formal check is missing.
            OnlyRejectionPossibleError: It failed the formal check.
            ReserveRankMissingError, ReserveRankNotAllowedError: A rank belongs to the reserve
                list, and only there.

        Records:
            ``recruitment.ApplicationDecided``
        """
        application = self.load(Application, request.application_id, request.expected_version)
        application.decide(request.decision, request.reserve_rank)
        self._note(application.id, decision_reason=request.reason)
        self.save(application)
        return DoneAnswer()

    def promote_reserve(self, request: PromoteReserve) -> DoneAnswer:
        """Qualify a candidate from the published reserve list.

        Raises:
            NotFoundError: No such application.
            NotOnReserveListError: It is not on the published reserve list.

        Records:
            ``recruitment.ApplicationPromoted``
        """
        application = self.load(Application, request.application_id)
        application.promote(request.reason)
        self.save(application)
        return DoneAnswer()

    def erase_applicant(self, request: EraseApplicant) -> DoneAnswer:
        """Forget who applied and every text about them; receipt number and figures stay.

        The row of the personal data goes in the transaction of the event. Where somebody still
        works with the person (a decision to come, a training, the roster) it is refused: that work
        is a task in the public interest, and has to end first.

        Raises:
            NotFoundError: No such application.
            ApplicantErasedError: It was done before.
            ApplicantNeededError: A decision, a training or the roster still needs the person.

        Records:
            ``recruitment.ApplicantErased``

        Source:
            Article 17(1) and 17(3)(b) RODO; domain handbook, LR-02, LR-04 and LR-05.
        """
        application = self.load(Application, request.application_id)
        call = self.load(Call, application.call_id)
        is_called_off = call.state is CallStage.CANCELLED
        application.erase_applicant(request.ground, is_called_off=is_called_off)
        self.write(lambda connection: _refuse_if_at_work(connection, application.id))
        self.write(lambda connection: erase_applicant(connection, application.id))
        self.save(application)
        return DoneAnswer()

    def get_application(self, request: ApplicationQuery) -> ApplicationAnswer:
        """One application with its personal data; with a key, as its candidate may see it.

        Raises:
            NotFoundError: No such application, or not with this key.
        """
        self._refuse_wrong_key(request.application_id, request.access_key)
        with self.database.reading() as connection:
            found = find_applications(connection, [request.application_id])
        if request.application_id not in found:
            raise self._unknown(request.application_id)
        answer = found[request.application_id]
        return answer if request.access_key is None else as_candidate_sees(answer)

    def list_applications(self, request: ApplicationsQuery) -> ApplicationsAnswer:
        """A page of applications, oldest first."""
        with self.database.reading() as connection:
            return list_applications(connection, request)

    def _note(self, application_id: UUID, **texts: str) -> None:
        self.write(lambda connection: note(connection, application_id, **texts))

    def _refuse_wrong_key(self, application_id: UUID, access_key: str | None) -> None:
        """Answer a wrong key like an unknown id, so that ids cannot be tried out."""
        if access_key is None:
            return
        with self.database.reading() as connection:
            is_right = is_access_key(connection, application_id, access_key)
        if not is_right:
            raise self._unknown(application_id)

    def _unknown(self, application_id: UUID) -> NotFoundError:
        return NotFoundError(what=Application.__name__, id=str(application_id))


def _refuse_if_at_work(connection: Connection, application_id: UUID) -> None:
    if is_in_training(connection, application_id):
        raise ApplicantNeededError(need="TRAINING")
    if is_on_roster(connection, application_id):
        raise ApplicantNeededError(need="ROSTER")

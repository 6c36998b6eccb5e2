"""Application: one candidate's application in a call. Received is not qualified (DR-01).

Who the candidate is, and every text written by or about them, stays out of the events: it is in
``personal_data.py``, where it can be erased.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from eventsourcing.domain import event

from services.recruitment.domain.announcement import Admission
from services.recruitment.domain.errors import (
    ApplicantErasedError,
    ApplicantNeededError,
    ApplicationWithdrawnError,
    NotCheckedError,
    NotOnReserveListError,
    NotQualifiedError,
    OnlyRejectionPossibleError,
    ReserveRankMissingError,
    ReserveRankNotAllowedError,
    ResultsAlreadyPublishedError,
    UndecidedApplicationsError,
    WithdrawTooLateError,
)
from services.recruitment.domain.receipt import receipt_number
from shared.contracts.base import ExpertRole, JstRef
from shared.contracts.recruitment import (
    ApplicationStatus,
    CallKind,
    Decision,
    ErasureGround,
    PublishedResult,
)
from shared.kernel.aggregate import Aggregate, FirstEvent
from shared.kernel.clock import local_day


class Application(Aggregate):
    """An application of an expert or of a JST."""

    TOPIC = "recruitment.Application"

    class Submitted(Aggregate.Event, FirstEvent):
        """The application was received."""

        TOPIC = "recruitment.ApplicationSubmitted"
        call_id: UUID
        edition_id: UUID
        kind: str
        receipt_number: str
        received_at: datetime
        voivodeship: str
        jst: JstRef | None
        privacy_notice_version: str
        is_late_admission: bool

    class Withdrawn(Aggregate.Event):
        """The application was taken back, by the candidate or by staff on their behalf."""

        TOPIC = "recruitment.ApplicationWithdrawn"
        call_id: UUID
        is_by_candidate: bool

    class Checked(Aggregate.Event):
        """The formal check was made; a decision prepared on an earlier check no longer stands."""

        TOPIC = "recruitment.ApplicationChecked"
        call_id: UUID
        has_passed: bool

    class Decided(Aggregate.Event):
        """A decision was prepared; nobody outside knows it before the results."""

        TOPIC = "recruitment.ApplicationDecided"
        call_id: UUID
        decision: str
        reserve_rank: int | None

    class DecisionPublished(Aggregate.Event):
        """The prepared decision took effect with the published results of the call."""

        TOPIC = "recruitment.ApplicationDecisionPublished"
        call_id: UUID
        decision: str
        reserve_rank: int | None
        published_on: date

    class Promoted(Aggregate.Event):
        """The candidate moved from the published reserve list to the qualified."""

        TOPIC = "recruitment.ApplicationPromoted"
        call_id: UUID
        edition_id: UUID
        kind: str
        result: PublishedResult
        previous_rank: int
        reason: str

    class ApplicantErased(Aggregate.Event):
        """Who applied was erased from the personal data, on a ground of article 17(1) RODO."""

        TOPIC = "recruitment.ApplicantErased"
        call_id: UUID
        ground: str

    @classmethod
    def submit(
        cls,
        application_id: UUID,
        call_id: UUID,
        admission: Admission,
        *,
        jst: JstRef | None,
        privacy_notice_version: str,
        received_at: datetime,
    ) -> Application:
        """Receive an application that its call admits."""
        return cls(
            id=application_id,
            call_id=call_id,
            edition_id=admission.edition_id,
            kind=admission.kind.value,
            receipt_number=receipt_number(admission.kind, application_id),
            received_at=received_at,
            voivodeship=admission.voivodeship,
            jst=jst,
            privacy_notice_version=privacy_notice_version,
            is_late_admission=admission.is_late,
        )

    @event(Submitted)
    def __init__(
        self,
        *,
        id: UUID,  # noqa: A002 -- the library's name
        call_id: UUID,
        edition_id: UUID,
        kind: str,
        receipt_number: str,
        received_at: datetime,
        voivodeship: str,
        jst: JstRef | None,
        privacy_notice_version: str,
        is_late_admission: bool,
    ) -> None:
        self.call_id = call_id
        self.edition_id = edition_id
        self.kind = CallKind(kind)
        self.receipt_number = receipt_number
        self.received_on = local_day(received_at)
        self.voivodeship = voivodeship
        self.jst = jst
        self.status = ApplicationStatus.RECEIVED
        self.has_passed: bool | None = None
        self.decision: Decision | None = None
        self.reserve_rank: int | None = None
        self.published_on: date | None = None
        self.is_erased = False

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.status is ApplicationStatus.WITHDRAWN

    @property
    def is_published(self) -> bool:
        """Whether its decision is part of published results."""
        return self.published_on is not None

    @property
    def prepared_result(self) -> PublishedResult | None:
        """Its row of the results as decided so far; ``None`` while undecided."""
        if self.decision is None:
            return None
        return PublishedResult(
            application_id=self.id,
            receipt_number=self.receipt_number,
            decision=self.decision,
            reserve_rank=self.reserve_rank,
            voivodeship=self.voivodeship,
            jst=self.jst,
        )

    def withdraw(self, *, is_by_candidate: bool) -> None:
        """Take it back, until the results are published."""
        self._refuse_if_withdrawn()
        self._refuse_if_erased()
        if self.is_published:
            raise WithdrawTooLateError(call_id=str(self.call_id))
        self._withdraw(call_id=self.call_id, is_by_candidate=is_by_candidate)

    def check(self, *, has_passed: bool) -> None:
        """Record the formal check; repeated, it takes back a prepared decision."""
        self._refuse_if_settled()
        self._check(call_id=self.call_id, has_passed=has_passed)

    def decide(self, decision: Decision, reserve_rank: int | None = None) -> None:
        """Prepare the decision; it may be changed until the results are published.

        Args:
            decision: After a failed check only ``REJECTED``.
            reserve_rank: Place on the reserve list, from 1; given for ``RESERVE`` only.
        """
        self._refuse_if_settled()
        if self.has_passed is None:
            raise NotCheckedError
        if not self.has_passed and decision is not Decision.REJECTED:
            raise OnlyRejectionPossibleError(field="decision")
        if decision is Decision.RESERVE and reserve_rank is None:
            raise ReserveRankMissingError(field="reserve_rank")
        if decision is not Decision.RESERVE and reserve_rank is not None:
            raise ReserveRankNotAllowedError(field="reserve_rank", decision=decision.value)
        self._decide(call_id=self.call_id, decision=decision.value, reserve_rank=reserve_rank)

    def publish_decision(self, published_on: date) -> None:
        """Let the prepared decision take effect, together with all others of the call."""
        self._refuse_if_settled()
        if self.decision is None:
            raise UndecidedApplicationsError(count=1)
        self._publish_decision(
            call_id=self.call_id,
            decision=self.decision.value,
            reserve_rank=self.reserve_rank,
            published_on=published_on,
        )

    def refuse_unless_qualified(self, role: ExpertRole) -> None:
        """Refuse who is not qualified, by published results, as an expert of this role (DR-13)."""
        is_of_role = self.kind.value == role.value
        if not is_of_role or self.status is not ApplicationStatus.QUALIFIED:
            raise NotQualifiedError(
                field="application_id", role=role.value, state=self._public_state
            )
        self._refuse_if_erased()

    def promote(self, reason: str) -> None:
        """Qualify the candidate from the published reserve list."""
        result = self.prepared_result
        if self.status is not ApplicationStatus.RESERVE or result is None:
            raise NotOnReserveListError(state=self._public_state)
        self._refuse_if_erased()
        self._promote(
            call_id=self.call_id,
            edition_id=self.edition_id,
            kind=self.kind.value,
            result=result.model_copy(update={"decision": Decision.QUALIFIED, "reserve_rank": None}),
            previous_rank=self.reserve_rank or 0,
            reason=reason,
        )

    def erase_applicant(self, ground: ErasureGround, *, is_called_off: bool) -> None:
        """Record that who applied is forgotten; number, decision and figures stay.

        Until an application is withdrawn, decided by published results or its call is called off,
        it waits for a decision that is made about a person, and the task in the public interest
        goes before the erasure.

        Args:
            ground: Why.
            is_called_off: The call was cancelled: no decision will follow.

        Raises:
            ApplicantErasedError: It was done before.
            ApplicantNeededError: A decision is still to come.

        Source:
            Article 17(1) and 17(3)(b) RODO; domain handbook, LR-02 and LR-05.
        """
        self._refuse_if_erased()
        if not (self.is_withdrawn or self.is_published or is_called_off):
            raise ApplicantNeededError(need="DECISION")
        self._erase_applicant(call_id=self.call_id, ground=ground.value)

    @event(Withdrawn)
    def _withdraw(self, *, call_id: UUID, is_by_candidate: bool) -> None:
        self.status = ApplicationStatus.WITHDRAWN

    @event(Checked)
    def _check(self, *, call_id: UUID, has_passed: bool) -> None:
        self.status = ApplicationStatus.CHECKED
        self.has_passed = has_passed
        self.decision = None
        self.reserve_rank = None

    @event(Decided)
    def _decide(self, call_id: UUID, decision: str, reserve_rank: int | None) -> None:
        self.status = ApplicationStatus.DECIDED
        self.decision = Decision(decision)
        self.reserve_rank = reserve_rank

    @event(DecisionPublished)
    def _publish_decision(
        self, call_id: UUID, decision: str, reserve_rank: int | None, published_on: date
    ) -> None:
        self.status = ApplicationStatus(decision)
        self.published_on = published_on

    @event(Promoted)
    def _promote(
        self,
        *,
        call_id: UUID,
        edition_id: UUID,
        kind: str,
        result: PublishedResult,
        previous_rank: int,
        reason: str,
    ) -> None:
        self.status = ApplicationStatus.QUALIFIED
        self.decision = result.decision
        self.reserve_rank = None

    @event(ApplicantErased)
    def _erase_applicant(self, call_id: UUID, ground: str) -> None:
        self.is_erased = True

    @property
    def _public_state(self) -> str:
        """What may be said of its state: nothing of a decision that is only prepared."""
        is_known = self.is_published or self.is_withdrawn
        return (self.status if is_known else ApplicationStatus.RECEIVED).value

    def _refuse_if_withdrawn(self) -> None:
        if self.is_withdrawn:
            raise ApplicationWithdrawnError

    def _refuse_if_erased(self) -> None:
        if self.is_erased:
            raise ApplicantErasedError

    def _refuse_if_settled(self) -> None:
        self._refuse_if_withdrawn()
        self._refuse_if_erased()
        if self.published_on is not None:
            raise ResultsAlreadyPublishedError(published_on=self.published_on.isoformat())

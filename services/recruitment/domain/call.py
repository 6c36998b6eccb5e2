"""Call: an invitation to apply, from its draft to the publication of its results.

A deadline is a day, and the whole of that day in Europe/Warsaw still counts (DR-02).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from eventsourcing.domain import event

from services.recruitment.domain.announcement import Admission, Announcement
from services.recruitment.domain.call_state import (
    ADMITTING_LATE,
    CLOSURE_OF_STATE,
    Closure,
)
from services.recruitment.domain.errors import (
    CallEndedError,
    CallNotDraftError,
    CallNotOpenError,
    CallNotPublishedError,
    CallStillOpenError,
    DeadlineAfterResultsError,
    DeadlineNotLaterError,
    PrivacyNoticeChangedError,
    ResultsAlreadyPublishedError,
)
from services.recruitment.domain.results import complete_results
from shared.contracts.base import JstRef
from shared.contracts.recruitment import CallStage, PublishedResult
from shared.kernel.aggregate import Aggregate, FirstEvent
from shared.kernel.clock import local_day


class Call(Aggregate):
    """A call for experts of one role, or for JST."""

    TOPIC = "recruitment.Call"

    class Drafted(Aggregate.Event, FirstEvent):
        """A call was prepared; nobody outside sees it."""

        TOPIC = "recruitment.CallDrafted"
        edition_id: UUID
        announcement: Announcement

    class Revised(Aggregate.Event):
        """What the draft says was replaced."""

        TOPIC = "recruitment.CallRevised"
        announcement: Announcement

    class Published(Aggregate.Event):
        """The call was made public, for the voivodeships of its edition at that moment."""

        TOPIC = "recruitment.CallPublished"
        edition_id: UUID
        announcement: Announcement
        voivodeships: list[str]

    class Extended(Aggregate.Event):
        """The deadline was moved to a later day."""

        TOPIC = "recruitment.CallExtended"
        closes_on: date
        previous_closes_on: date
        reason: str

    class Closed(Aggregate.Event):
        """The call was closed by hand, before its deadline or after it."""

        TOPIC = "recruitment.CallClosed"

    class Cancelled(Aggregate.Event):
        """The call was called off."""

        TOPIC = "recruitment.CallCancelled"
        was_public: bool
        reason: str

    class ResultsPublished(Aggregate.Event):
        """All results were published in one act, in the order of the list (DR-03)."""

        TOPIC = "recruitment.CallResultsPublished"
        edition_id: UUID
        kind: str
        slug: str
        published_on: date
        results: list[PublishedResult]

    @classmethod
    def draft(cls, edition_id: UUID, announcement: Announcement) -> Call:
        """Prepare a call whose dates are in order."""
        announcement.refuse_dates_out_of_order()
        return cls(edition_id=edition_id, announcement=announcement)

    @event(Drafted)
    def __init__(self, edition_id: UUID, announcement: Announcement) -> None:
        self.edition_id = edition_id
        self.announcement = announcement
        self.voivodeships: list[str] = []
        self.state = CallStage.DRAFT
        self.was_public = False
        self.results_published_on: date | None = None

    def revise(self, announcement: Announcement) -> None:
        """Replace what the draft says; the same again records nothing."""
        self._refuse_unless_draft()
        announcement.refuse_dates_out_of_order()
        if announcement != self.announcement:
            self._revise(announcement=announcement)

    def publish(self, voivodeships: Sequence[str]) -> None:
        """Make the draft public, for these voivodeships."""
        self._refuse_unless_draft()
        self._publish(
            edition_id=self.edition_id,
            announcement=self.announcement,
            voivodeships=list(voivodeships),
        )

    def extend(self, closes_on: date, reason: str) -> None:
        """Move the deadline to a later day, even after it passed, until there are results."""
        self._refuse_unless_published()
        self._refuse_after_results()
        current, results_by = self.announcement.closes_on, self.announcement.results_by
        if closes_on <= current:
            raise DeadlineNotLaterError(field="closes_on", closes_on=current.isoformat())
        if closes_on > results_by:
            raise DeadlineAfterResultsError(field="closes_on", results_by=results_by.isoformat())
        self._extend(closes_on=closes_on, previous_closes_on=current, reason=reason)

    def close(self) -> None:
        """Take no more applications, whatever the deadline."""
        self._refuse_unless_published()
        self._close()

    def cancel(self, reason: str) -> None:
        """Call off a draft or a published call that has no results yet."""
        if self.state in {CallStage.CLOSED, CallStage.CANCELLED}:
            raise CallEndedError(state=self.state.value)
        self._refuse_after_results()
        self._cancel(was_public=self.was_public, reason=reason)

    def admit(
        self,
        *,
        now: datetime,
        privacy_notice_version: str,
        voivodeship: str | None,
        jst: JstRef | None,
        is_late_admission: bool = False,
    ) -> Admission:
        """Whether a candidate may apply, and as what; records nothing.

        Args:
            now: Moment of receipt, aware.
            privacy_notice_version: The notice that the candidate was shown.
            voivodeship: Where an expert wants to work; a JST's own is taken from ``jst``.
            jst: The JST that applies, or the expert's employer.
            is_late_admission: Staff admit it although the call is over.

        Raises:
            CallNotOpenError: It takes no applications at that moment.
            ResultsAlreadyPublishedError: Even late admission has ended.
            PrivacyNoticeChangedError: The candidate was shown another notice than the call's.
            JstMissingError, VoivodeshipMissingError, OutsideEditionError: The candidate is not one
                whom the call invites.
        """
        closure = self.closure_on(local_day(now))
        if closure is not None:
            self._refuse_unless_late(closure, is_late_admission=is_late_admission)
        version = self.announcement.privacy_notice_version
        if privacy_notice_version != version:
            raise PrivacyNoticeChangedError(field="privacy_notice_version", version=version)
        return Admission(
            edition_id=self.edition_id,
            kind=self.announcement.kind,
            voivodeship=self.announcement.region_of(voivodeship, jst, self.voivodeships),
            is_late=closure is not None,
        )

    def closure_on(self, today: date) -> Closure | None:
        """Why the call takes no applications on a day (Europe/Warsaw); ``None`` when it does."""
        if self.state is not CallStage.PUBLISHED:
            return CLOSURE_OF_STATE[self.state]
        if today < self.announcement.opens_on:
            return Closure.NOT_YET_OPEN
        if today > self.announcement.closes_on:
            return Closure.DEADLINE_PASSED
        return None

    def publish_results(self, results: Sequence[PublishedResult | None], *, today: date) -> None:
        """Publish the complete list, once, when the call takes no more applications.

        Args:
            results: One entry for each application that was not withdrawn, in any order;
                ``None`` stands for an undecided one.
            today: Day of publication in Europe/Warsaw.

        Raises:
            CallNotPublishedError: There was no call, or none any more.
            ResultsAlreadyPublishedError: It was done before.
            CallStillOpenError: Somebody can still apply.
            UndecidedApplicationsError, ReserveRankRepeatedError, PlacesExceededError: The list is
                not one that can be published.
        """
        if self.state in {CallStage.DRAFT, CallStage.CANCELLED}:
            raise CallNotPublishedError(state=self.state.value)
        self._refuse_after_results()
        if self.closure_on(today) in {None, Closure.NOT_YET_OPEN}:
            raise CallStillOpenError(closes_on=self.announcement.closes_on.isoformat())
        self._publish_results(
            edition_id=self.edition_id,
            kind=self.announcement.kind.value,
            slug=self.announcement.slug,
            published_on=today,
            results=complete_results(results, self.announcement.places),
        )

    @event(Revised)
    def _revise(self, announcement: Announcement) -> None:
        self.announcement = announcement

    @event(Published)
    def _publish(
        self, edition_id: UUID, announcement: Announcement, voivodeships: list[str]
    ) -> None:
        self.state = CallStage.PUBLISHED
        self.was_public = True
        self.voivodeships = voivodeships

    @event(Extended)
    def _extend(self, closes_on: date, previous_closes_on: date, reason: str) -> None:
        self.announcement = self.announcement.model_copy(update={"closes_on": closes_on})

    @event(Closed)
    def _close(self) -> None:
        self.state = CallStage.CLOSED

    @event(Cancelled)
    def _cancel(self, *, was_public: bool, reason: str) -> None:
        self.state = CallStage.CANCELLED

    @event(ResultsPublished)
    def _publish_results(
        self,
        edition_id: UUID,
        kind: str,
        slug: str,
        published_on: date,
        results: list[PublishedResult],
    ) -> None:
        self.results_published_on = published_on

    def _refuse_unless_late(self, closure: Closure, *, is_late_admission: bool) -> None:
        if not is_late_admission or closure not in ADMITTING_LATE:
            raise CallNotOpenError(
                rule=closure.value,
                opens_on=self.announcement.opens_on.isoformat(),
                closes_on=self.announcement.closes_on.isoformat(),
            )
        self._refuse_after_results()

    def _refuse_unless_draft(self) -> None:
        if self.state is not CallStage.DRAFT:
            raise CallNotDraftError(state=self.state.value)

    def _refuse_unless_published(self) -> None:
        if self.state is not CallStage.PUBLISHED:
            raise CallNotPublishedError(state=self.state.value)

    def _refuse_after_results(self) -> None:
        if self.results_published_on is not None:
            raise ResultsAlreadyPublishedError(published_on=self.results_published_on.isoformat())

"""Use cases of calls, up to the publication of their results."""

from __future__ import annotations

from services.recruitment.claims import claim_slug, free_slug
from services.recruitment.domain.announcement import Announcement
from services.recruitment.domain.application_form import Application
from services.recruitment.domain.call import Call
from services.recruitment.domain.edition import Edition
from services.recruitment.projections.applications import (
    confirm_standing,
    standing_applications,
)
from services.recruitment.projections.call_terms import find_calls
from shared.contracts.base import CreatedAnswer, DoneAnswer, VersionAnswer
from shared.contracts.recruitment import (
    CallAnswer,
    CallRequest,
    CallsAnswer,
    CallsQuery,
    CancelCall,
    DraftCall,
    ExtendCall,
    ReviseCall,
)
from shared.kernel.application import ServiceApplication


class CallUseCases(ServiceApplication):
    """What can be asked about calls."""

    def draft_call(self, request: DraftCall) -> CreatedAnswer:
        """Prepare a call.

        Raises:
            NotFoundError: No such edition.
            CallDatesOrderError: It would close before it opens, or have results before it closes.
            SlugTakenError: Another call has the address.

        Records:
            ``recruitment.CallDrafted``
        """
        edition = self.load(Edition, request.edition_id)
        announcement = Announcement.model_validate(request.model_dump())
        call = Call.draft(edition.id, announcement)
        self.write(
            lambda connection: claim_slug(
                connection, "call", announcement.slug, call.id, field="slug"
            )
        )
        self.save(call)
        return CreatedAnswer(id=call.id)

    def revise_call(self, request: ReviseCall) -> VersionAnswer:
        """Replace what a draft says; a new address is claimed and the former one is free again.

        Raises:
            NotFoundError: No such call.
            StaleVersionError: Somebody else saved since ``expected_version``.
            CallNotDraftError: It is no draft any more.
            CallDatesOrderError: It would close before it opens, or have results before it closes.
            SlugTakenError: Another call has the address.

        Records:
            ``recruitment.CallRevised``, unless nothing changed.
        """
        call = self.load(Call, request.call_id, request.expected_version)
        announcement = Announcement.model_validate(request.model_dump())
        former, slug = call.announcement.slug, announcement.slug
        call.revise(announcement)
        if slug != former:
            self.write(
                lambda connection: claim_slug(connection, "call", slug, call.id, field="slug")
            )
            self.write(lambda connection: free_slug(connection, "call", former))
        self.save(call)
        return VersionAnswer(version=call.version)

    def publish_call(self, request: CallRequest) -> DoneAnswer:
        """Make a draft public, for the voivodeships that its edition has now.

        Raises:
            NotFoundError: No such call.
            CallNotDraftError: It is no draft any more.

        Records:
            ``recruitment.CallPublished``
        """
        call = self.load(Call, request.call_id)
        edition = self.load(Edition, call.edition_id)
        call.publish(edition.configuration.voivodeships)
        self.save(call)
        return DoneAnswer()

    def extend_call(self, request: ExtendCall) -> DoneAnswer:
        """Move the deadline to a later day.

        Raises:
            NotFoundError: No such call.
            CallNotPublishedError: It is a draft, closed or cancelled.
            DeadlineNotLaterError: The day is not later.
            DeadlineAfterResultsError: The day is after the one promised for the results.
            ResultsAlreadyPublishedError: It has results.

        Records:
            ``recruitment.CallExtended``
        """
        call = self.load(Call, request.call_id)
        call.extend(request.closes_on, request.reason)
        self.save(call)
        return DoneAnswer()

    def close_call(self, request: CallRequest) -> DoneAnswer:
        """Take no more applications, whatever the deadline.

        Raises:
            NotFoundError: No such call.
            CallNotPublishedError: It is a draft, closed or cancelled.

        Records:
            ``recruitment.CallClosed``
        """
        call = self.load(Call, request.call_id)
        call.close()
        self.save(call)
        return DoneAnswer()

    def cancel_call(self, request: CancelCall) -> DoneAnswer:
        """Call a call off; the address of one that was never public is free again.

        Raises:
            NotFoundError: No such call.
            CallEndedError: It is closed or cancelled.
            ResultsAlreadyPublishedError: It has results.

        Records:
            ``recruitment.CallCancelled``
        """
        call = self.load(Call, request.call_id)
        call.cancel(request.reason)
        if not call.was_public:
            slug = call.announcement.slug
            self.write(lambda connection: free_slug(connection, "call", slug))
        self.save(call)
        return DoneAnswer()

    def publish_results(self, request: CallRequest) -> DoneAnswer:
        """Publish all results of a call in one act: each decision takes effect.

        Raises:
            NotFoundError: No such call.
            CallNotPublishedError: It was never public, or was called off.
            ResultsAlreadyPublishedError: It was done before.
            CallStillOpenError: Somebody can still apply.
            UndecidedApplicationsError: Applications are undecided; how many.
            ReserveRankRepeatedError: Two share a place on the reserve list.
            PlacesExceededError: More are qualified than there are places.

        Records:
            ``recruitment.CallResultsPublished``, and for each application that was not withdrawn
            ``recruitment.ApplicationDecisionPublished``.
        """
        call = self.load(Call, request.call_id)
        with self.database.reading() as connection:
            standing = standing_applications(connection, call.id)
        applications = [self.load(Application, application_id) for application_id in standing]
        today = self.clock.today()
        call.publish_results([a.prepared_result for a in applications], today=today)
        for application in applications:
            application.publish_decision(today)
        count = len(applications)
        self.write(lambda connection: confirm_standing(connection, call.id, count))
        self.save(call, *applications)
        return DoneAnswer()

    def get_call(self, request: CallRequest) -> CallAnswer:
        """One call of any state.

        Raises:
            NotFoundError: No such call.
        """
        call = self.load(Call, request.call_id)
        return CallAnswer(
            call_id=call.id,
            edition_id=call.edition_id,
            state=call.state,
            version=call.version,
            **call.announcement.model_dump(),
        )

    def list_calls(self, request: CallsQuery) -> CallsAnswer:
        """A page of calls of any state, the last changed first."""
        with self.database.reading() as connection:
            return find_calls(connection, request)

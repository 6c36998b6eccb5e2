"""Calls, their results, and applications."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from flask import request, url_for

from services.gateway.accounts import Role
from services.gateway.auth import principal
from services.gateway.blueprints.api.base import (
    ACCESS_KEY_HEADER,
    AnyCase,
    RegionalQuery,
    Words,
    blueprint,
    found,
    narrowed,
    reading,
    unscoped,
)
from services.gateway.blueprints.api.operation import Listed, ListQuery, listed, operation
from services.gateway.clients import services
from services.gateway.errors import AccessKeyMissingError, LateAdmissionNotAllowedError
from services.gateway.projections import applications, calls, results
from services.gateway.projections.applications import ApplicationFilter, ApplicationRow
from services.gateway.projections.calls import CallFilter, CallRow, CallState
from services.gateway.projections.results import ResultList
from services.gateway.runtime import runtime
from shared.contracts.base import CreatedAnswer, DoneAnswer, JstKind, VersionAnswer
from shared.contracts.recruitment import (
    ApplicationAnswer,
    ApplicationQuery,
    ApplicationStatus,
    CallAnswer,
    CallKind,
    CallRequest,
    CallsQuery,
    CallStage,
    CancelCall,
    CheckApplication,
    DecideApplication,
    DraftCall,
    EraseApplicant,
    ExtendCall,
    PromoteReserve,
    Receipt,
    ReviseCall,
    SubmitApplication,
    WithdrawApplication,
)

_KEY = {ACCESS_KEY_HEADER: "The application's key, for whoever is not programme staff."}


class CallListQuery(RegionalQuery):
    """Which calls."""

    edition_id: UUID | None = None
    kind: Annotated[CallKind | None, AnyCase] = None
    state: Annotated[CallState | None, AnyCase] = None
    text: Words = None


class CallDraftsQuery(ListQuery):
    """Which drafts."""

    edition_id: UUID | None = None
    text: Words = None


class ApplicationListQuery(RegionalQuery):
    """Which applications."""

    call_id: UUID | None = None
    edition_id: UUID | None = None
    kind: Annotated[CallKind | None, AnyCase] = None
    status: Annotated[ApplicationStatus | None, AnyCase] = None
    jst_id: UUID | None = None
    jst_kind: Annotated[JstKind | None, AnyCase] = None
    text: Words = None


# --- calls --------------------------------------------------------------------------------------


@blueprint.post("/calls")
@operation(
    "Prepare a call",
    request=DraftCall,
    answer=CreatedAnswer,
    status=201,
    location=lambda answer: url_for("api.get_call", call_id=answer.id),
)
def draft_call(message: DraftCall) -> CreatedAnswer:
    """Its address answers once the call is published; until then ``…/draft`` does."""
    return services().recruitment.draft_call(message)


@blueprint.get("/calls/drafts")
@operation(
    "Calls that are being prepared, the last changed first",
    query=CallDraftsQuery,
    answer=Listed[CallAnswer],
)
def list_call_drafts(query: CallDraftsQuery) -> object:
    page = services().recruitment.list_calls(
        CallsQuery(state=CallStage.DRAFT, **query.model_dump())
    )
    return listed(page.calls, page.total, query)


@blueprint.get("/calls/<uuid:call_id>/draft")
@operation("A call as it is prepared, of whatever state", answer=CallAnswer)
def get_call_draft(call_id: UUID) -> CallAnswer:
    return services().recruitment.get_call(CallRequest(call_id=call_id))


@blueprint.put("/calls/<uuid:call_id>/draft")
@operation("Replace what a draft says", request=ReviseCall, answer=VersionAnswer)
def revise_call(message: ReviseCall) -> VersionAnswer:
    return services().recruitment.revise_call(message)


@blueprint.post("/calls/<uuid:call_id>/publish")
@operation("Make a call public", request=CallRequest, answer=DoneAnswer)
def publish_call(message: CallRequest) -> DoneAnswer:
    return services().recruitment.publish_call(message)


@blueprint.post("/calls/<uuid:call_id>/extend")
@operation("Move a call's deadline to a later day", request=ExtendCall, answer=DoneAnswer)
def extend_call(message: ExtendCall) -> DoneAnswer:
    return services().recruitment.extend_call(message)


@blueprint.post("/calls/<uuid:call_id>/close")
@operation("Take no more applications", request=CallRequest, answer=DoneAnswer)
def close_call(message: CallRequest) -> DoneAnswer:
    return services().recruitment.close_call(message)


@blueprint.post("/calls/<uuid:call_id>/cancel")
@operation("Call a call off", request=CancelCall, answer=DoneAnswer)
def cancel_call(message: CancelCall) -> DoneAnswer:
    return services().recruitment.cancel_call(message)


@blueprint.post("/calls/<uuid:call_id>/results")
@operation("Publish all results of a call", request=CallRequest, answer=DoneAnswer)
def publish_results(message: CallRequest) -> DoneAnswer:
    return services().recruitment.publish_results(message)


@blueprint.get("/calls")
@operation("Published calls, the newest first", query=CallListQuery, answer=Listed[CallRow])
def list_calls(query: CallListQuery) -> object:
    with reading() as connection:
        page = calls.list_calls(connection, unscoped(CallFilter, query), runtime().clock.today())
    return listed(page.rows, page.total, query)


@blueprint.get("/calls/<uuid:call_id>")
@operation("One published call", answer=CallRow)
def get_call(call_id: UUID) -> CallRow:
    with reading() as connection:
        row = calls.find_call(connection, call_id, runtime().clock.today())
    return found(row, "call", call_id)


@blueprint.get("/calls/<uuid:call_id>/results")
@operation("The published results of a call", answer=ResultList)
def get_results(call_id: UUID) -> ResultList:
    with reading() as connection:
        return found(results.results_of_call(connection, call_id), "results", call_id)


# --- applications ---------------------------------------------------------------------------------


@blueprint.post("/calls/<uuid:call_id>/applications")
@operation(
    "Apply in a call",
    request=SubmitApplication,
    answer=Receipt,
    status=201,
    location=lambda answer: url_for("api.get_application", application_id=answer.application_id),
)
def submit_application(message: SubmitApplication) -> Receipt:
    """The receipt's ``access_key`` opens the application later; it is given only here."""
    if message.late_admission_reason is not None and not principal().has(Role.PROGRAMME_STAFF):
        raise LateAdmissionNotAllowedError(field="late_admission_reason")
    return services().recruitment.submit_application(message)


@blueprint.get("/applications")
@operation(
    "Applications without personal data, the oldest first",
    query=ApplicationListQuery,
    answer=Listed[ApplicationRow],
)
def list_applications(query: ApplicationListQuery) -> object:
    with reading() as connection:
        page = applications.list_applications(connection, narrowed(ApplicationFilter, query))
    return listed(page.rows, page.total, query)


@blueprint.get("/applications/<uuid:application_id>")
@operation("One application with its personal data", answer=ApplicationAnswer, headers=_KEY)
def get_application(application_id: UUID) -> ApplicationAnswer:
    return services().recruitment.get_application(
        ApplicationQuery(application_id=application_id, access_key=_access_key(None))
    )


@blueprint.post("/applications/<uuid:application_id>/withdraw")
@operation("Take an application back", request=WithdrawApplication, answer=DoneAnswer, headers=_KEY)
def withdraw_application(message: WithdrawApplication) -> DoneAnswer:
    return services().recruitment.withdraw_application(
        message.model_copy(update={"access_key": _access_key(message.access_key)})
    )


@blueprint.post("/applications/<uuid:application_id>/check")
@operation("Record the formal check", request=CheckApplication, answer=DoneAnswer)
def check_application(message: CheckApplication) -> DoneAnswer:
    return services().recruitment.check_application(message)


@blueprint.post("/applications/<uuid:application_id>/decide")
@operation("Prepare the decision", request=DecideApplication, answer=DoneAnswer)
def decide_application(message: DecideApplication) -> DoneAnswer:
    return services().recruitment.decide_application(message)


@blueprint.post("/applications/<uuid:application_id>/promote")
@operation("Qualify from the reserve list", request=PromoteReserve, answer=DoneAnswer)
def promote_reserve(message: PromoteReserve) -> DoneAnswer:
    return services().recruitment.promote_reserve(message)


@blueprint.post("/applications/<uuid:application_id>/erase")
@operation("Erase who applied", request=EraseApplicant, answer=DoneAnswer)
def erase_applicant(message: EraseApplicant) -> DoneAnswer:
    """Receipt number, decision and figures stay; what is left of the person goes for good."""
    return services().recruitment.erase_applicant(message)


def _access_key(given: str | None) -> str | None:
    """The application's key from body or header; programme staff need none.

    Raises:
        AccessKeyMissingError: There is none, and the caller is not programme staff.
    """
    key = given or request.headers.get(ACCESS_KEY_HEADER, "").strip()[:200] or None
    if key is None and not principal().has(Role.PROGRAMME_STAFF):
        raise AccessKeyMissingError
    return key

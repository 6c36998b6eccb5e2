"""Applications: the list, one with its personal data (staff), and what is done with it.

Names and answers come from recruitment and are shown to programme staff alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import render_template, url_for

from services.gateway import labels
from services.gateway.accounts import Role
from services.gateway.auth import principal
from services.gateway.clients import services
from services.gateway.i18n import capital
from services.gateway.i18n import gettext as _
from services.gateway.pages import Filter, Filters, Paging, choices
from services.gateway.panel import (
    Act,
    Answered,
    act_page,
    area,
    as_uuid,
    confirm,
    csv_answer,
    done,
    found,
    is_posted,
    narrowed,
    posted_or_empty,
    read_list,
    reading,
    region_filter,
    wants_csv,
)
from services.gateway.projections import applications as applications_view
from services.gateway.projections.applications import ApplicationFilter, find_application
from services.gateway.projections.calls import CallFilter, find_call, list_calls
from services.gateway.questions import question_text
from services.gateway.runtime import runtime
from shared.contracts.recruitment import (
    ApplicationAnswer,
    ApplicationQuery,
    ApplicationsQuery,
    ApplicationStatus,
    CheckApplication,
    DecideApplication,
    Decision,
    EraseApplicant,
    PromoteReserve,
    WithdrawApplication,
)

blueprint = area("applications")

MOST_AT_ONCE = 500
BEFORE_RESULTS = frozenset(
    {ApplicationStatus.RECEIVED, ApplicationStatus.CHECKED, ApplicationStatus.DECIDED}
)


@blueprint.get("/panel/zgloszenia")
def list_applications() -> Answered:
    """Applications by call, state, region and words; names for programme staff."""
    with reading() as connection:
        calls = list_calls(connection, CallFilter(limit=None), runtime().clock.today()).rows
    titles = {str(call.call_id): call.title for call in calls}
    is_staff = principal().has(Role.PROGRAMME_STAFF)
    filters = Filters(
        (
            Filter("nabor", _("Call"), (("", _("all")), *titles.items())),
            Filter("stan", _("State"), choices(labels.APPLICATION_STATUSES, first=_("all"))),
            region_filter(),
            Filter(
                "szukaj",
                _("Name, receipt number or JST") if is_staff else _("Receipt number or JST"),
            ),
        )
    )
    rows, paging = _of_staff(filters) if is_staff else _of_region(filters)
    if wants_csv():
        return csv_answer("zgloszenia", _columns(is_staff=is_staff), _cells(rows, titles, is_staff))
    return render_template(
        "applications/list.html",
        filters=filters,
        rows=rows,
        paging=paging,
        titles=titles,
        is_staff=is_staff,
    )


@blueprint.get("/panel/zgloszenia/<uuid:application_id>")
def show_application(application_id: UUID) -> str:
    """One application; its personal data for programme staff."""
    with reading() as connection:
        row = find_application(connection, application_id)
        call = find_call(connection, row.call_id, runtime().clock.today()) if row else None
    answer = _answer(application_id) if principal().has(Role.PROGRAMME_STAFF) else None
    shown = answer or found(row, "application", application_id)
    return render_template(
        "applications/show.html",
        row=shown,
        answer=answer,
        call=call,
        question_text=question_text,
        can=_acts(shown.status) | {"erase": answer is not None and answer.applicant is not None},
    )


@blueprint.route("/panel/zgloszenia/<uuid:application_id>/ocena", methods=["GET", "POST"])
def check(application_id: UUID) -> Answered:
    """Record the formal check."""
    answer = _answer(application_id)
    passed = {None: "", True: "tak", False: "nie"}[answer.check_passed]
    form = posted_or_empty(
        {
            "passed": passed,
            "remarks": answer.check_remarks,
            "expected_version": answer.version,
        }
    )
    act = Act(
        title=_("Formal check"),
        caption=answer.receipt_number,
        button=_("Record the check"),
        back=url_for(".show_application", application_id=application_id),
        lead=_("A decision that was prepared before does not stand after a new check."),
    )
    if is_posted():
        form.require("passed", _("Say whether the application meets the formal conditions"))
        data = {
            "application_id": application_id,
            "passed": form.text("passed") == "tak",
            "remarks": form.text("remarks"),
            "expected_version": form.number("expected_version"),
        }
        if form.send(services().recruitment.check_application, CheckApplication, data):
            return done(_("The formal check was recorded."), act.back)
    newer = form.take_newer(lambda: _answer(application_id))
    return act_page(
        act,
        form,
        "applications/check.html",
        answer=answer,
        saved=_assessment(newer) if newer else None,
    )


@blueprint.route("/panel/zgloszenia/<uuid:application_id>/decyzja", methods=["GET", "POST"])
def decide(application_id: UUID) -> Answered:
    """Prepare the decision; nobody outside sees it until the results are published."""
    answer = _answer(application_id)
    form = posted_or_empty(
        {
            "decision": answer.prepared_decision or "",
            "reserve_rank": answer.reserve_rank or "",
            "reason": answer.decision_reason,
            "expected_version": answer.version,
        }
    )
    act = Act(
        title=_("Decision"),
        caption=answer.receipt_number,
        button=_("Save the decision"),
        back=url_for(".show_application", application_id=application_id),
        lead=_("The decision takes effect when the results of the call are published."),
    )
    if is_posted():
        form.require("decision", _("Choose the decision"))
        is_reserve = form.text("decision") == Decision.RESERVE
        data = {
            "application_id": application_id,
            "decision": form.text("decision"),
            "reason": form.text("reason"),
            "reserve_rank": form.number("reserve_rank") if is_reserve else None,
            "expected_version": form.number("expected_version"),
        }
        messages = {"reserve_rank": _("Enter the place on the reserve list, from 1")}
        if form.send(
            services().recruitment.decide_application, DecideApplication, data, messages=messages
        ):
            return done(_("The decision was prepared."), act.back)
    newer = form.take_newer(lambda: _answer(application_id))
    return act_page(
        act,
        form,
        "applications/decide.html",
        answer=answer,
        decisions=_decisions(),
        saved=_assessment(newer) if newer else None,
    )


@blueprint.route("/panel/zgloszenia/<uuid:application_id>/awans", methods=["GET", "POST"])
def promote(application_id: UUID) -> Answered:
    """Qualify from the published reserve list."""
    answer = _answer(application_id)
    act = Act(
        title=_("Qualify from the reserve list"),
        caption=answer.receipt_number,
        button=_("Qualify"),
        back=url_for(".show_application", application_id=application_id),
        lead=_("The change and its reason are shown in the published results."),
        reason=_("Reason"),
        reason_hint=_("It is public: no personal data."),
    )
    return confirm(
        act,
        services().recruitment.promote_reserve,
        PromoteReserve,
        {"application_id": application_id},
        said=_("The candidate was qualified from the reserve list."),
    )


@blueprint.route("/panel/zgloszenia/<uuid:application_id>/wycofanie", methods=["GET", "POST"])
def withdraw(application_id: UUID) -> Answered:
    """Take an application back in the candidate's name."""
    answer = _answer(application_id)
    act = Act(
        title=_("Withdraw the application"),
        caption=answer.receipt_number,
        button=_("Withdraw"),
        back=url_for(".show_application", application_id=application_id),
        consequences=(
            _("Nothing more happens to a withdrawn application."),
            _("The candidate may apply again while the call is open."),
        ),
        reason=_("Reason"),
        reason_hint=_("For example how and when the candidate asked for it."),
        is_warning=True,
    )
    return confirm(
        act,
        services().recruitment.withdraw_application,
        WithdrawApplication,
        {"application_id": application_id},
        said=_("The application was withdrawn."),
    )


@blueprint.route("/panel/zgloszenia/<uuid:application_id>/dane-osobowe", methods=["GET", "POST"])
def erase_applicant(application_id: UUID) -> Answered:
    """Forget who applied."""
    answer = _answer(application_id)
    act = Act(
        title=_("Erase the personal data"),
        caption=answer.receipt_number,
        button=_("Erase"),
        back=url_for(".show_application", application_id=application_id),
        consequences=(
            _("Name, e-mail address, phone, answers, remarks and reasons are erased for good."),
            _("The receipt number, the decision and the statistics stay."),
            _("The candidate's personal link opens nothing any more."),
            _("Backups keep the data until they expire."),
        ),
        is_warning=True,
    )
    form = posted_or_empty()
    if is_posted():
        form.require("ground", _("Choose the ground"))
        data = {"application_id": application_id, "ground": form.text("ground")}
        if form.send(services().recruitment.erase_applicant, EraseApplicant, data):
            return done(_("The personal data were erased."), act.back)
    return act_page(act, form, "applications/erase.html", grounds=choices(labels.ERASURE_GROUNDS))


def _answer(application_id: UUID) -> ApplicationAnswer:
    return services().recruitment.get_application(ApplicationQuery(application_id=application_id))


def _assessment(answer: ApplicationAnswer) -> list[tuple[str, object]]:
    """What is saved of the check and the decision, and the state in which that leaves it."""
    passed = {None: None, True: _("Yes"), False: _("No")}[answer.check_passed]
    return [
        (_("State"), capital(labels.label(labels.APPLICATION_STATUSES, answer.status))),
        (_("Does the application meet the formal conditions?"), passed),
        (_("Remarks"), answer.check_remarks),
        (_("Decision"), capital(labels.label(labels.DECISIONS, answer.prepared_decision))),
        (_("Place on the reserve list"), answer.reserve_rank),
        (_("Reason"), answer.decision_reason),
    ]


def _acts(status: ApplicationStatus) -> dict[str, bool]:
    """What can be done with an application in a state; who may is the permission table's."""
    return {
        "check": status in BEFORE_RESULTS,
        "decide": status in {ApplicationStatus.CHECKED, ApplicationStatus.DECIDED},
        "promote": status == ApplicationStatus.RESERVE,
        "withdraw": status in BEFORE_RESULTS,
    }


def _decisions() -> list[tuple[str, str]]:
    return [(code, capital(text)) for code, text in labels.DECISIONS.items()]


def _of_staff(filters: Filters) -> tuple[Sequence[Any], Paging]:
    """Applications with names, from recruitment."""
    query = ApplicationsQuery(
        call_id=as_uuid(filters["nabor"]),
        status=ApplicationStatus(filters["stan"]) if filters["stan"] else None,
        voivodeships=(filters["woj"],) if filters["woj"] else None,
        text=filters["szukaj"][:200] if filters["szukaj"] else None,
        limit=1,
    )
    ask = services().recruitment.list_applications
    paging = Paging(ask(query).total)
    if wants_csv():
        rows: list[Any] = []
        while len(rows) < paging.total:
            step = {"offset": len(rows), "limit": MOST_AT_ONCE}
            page = ask(query.model_copy(update=step)).applications
            if not page:
                break
            rows += page
        return rows, paging
    step = {"offset": paging.offset, "limit": paging.limit}
    return ask(query.model_copy(update=step)).applications, paging


def _of_region(filters: Filters) -> tuple[Sequence[Any], Paging]:
    """Applications without personal data, of the reader's regions."""
    return read_list(
        applications_view.list_applications,
        narrowed(
            ApplicationFilter,
            call_id=as_uuid(filters["nabor"]),
            status=ApplicationStatus(filters["stan"]) if filters["stan"] else None,
            voivodeship=filters["woj"],
            text=filters["szukaj"],
        ),
    )


def _columns(*, is_staff: bool) -> tuple[str, ...]:
    personal = (_("Full name"), _("E-mail address")) if is_staff else ()
    return (
        _("Receipt number"),
        _("Call"),
        _("Received"),
        _("State"),
        _("Place on the reserve list"),
        _("Voivodeship"),
        _("TERYT code"),
        _("JST"),
        *personal,
    )


def _cells(rows: Sequence[Any], titles: dict[str, str], is_staff: bool) -> Any:  # noqa: FBT001 -- one caller
    for row in rows:
        applicant = row.applicant if is_staff else None
        yield (
            row.receipt_number,
            titles.get(str(row.call_id), ""),
            (row.received_at if is_staff else row.submitted_at).isoformat(),
            labels.label(labels.APPLICATION_STATUSES, row.status),
            row.reserve_rank,
            labels.voivodeship(row.voivodeship),
            row.jst.code if row.jst else "",
            row.jst.name if row.jst else "",
            *((applicant.full_name, applicant.email) if applicant else ()),
        )

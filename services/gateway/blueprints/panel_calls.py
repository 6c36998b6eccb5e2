"""Calls from the programme's side: publish, extend, close, call off, publish results."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for

from services.gateway import labels
from services.gateway.accounts import Role
from services.gateway.auth import principal
from services.gateway.clients import services
from services.gateway.i18n import format_day, format_short_day, ngettext
from services.gateway.i18n import gettext as _
from services.gateway.pages import Filter, Filters, choices
from services.gateway.panel import (
    Act,
    ActForm,
    Answered,
    Names,
    act_page,
    all_editions,
    area,
    as_uuid,
    confirm,
    csv_answer,
    done,
    edition_filter,
    edition_title,
    found,
    is_posted,
    posted_or_empty,
    read_list,
    reading,
    wants_csv,
)
from services.gateway.projections.applications import ApplicationCounts, counts_by_call
from services.gateway.projections.calls import (
    CallFilter,
    CallRow,
    CallState,
    find_call,
)
from services.gateway.projections.calls import list_calls as list_call_rows
from services.gateway.runtime import runtime
from shared.contracts.recruitment import (
    ApplicationAnswer,
    ApplicationsQuery,
    ApplicationStatus,
    CallAnswer,
    CallKind,
    CallRequest,
    CallsQuery,
    CallStage,
    CancelCall,
    Decision,
    DraftCall,
    ExtendCall,
    ReviseCall,
)
from shared.kernel.rpc import ServiceUnavailableError

blueprint = area("panel_calls")

MOST_AT_ONCE = 500
OPENABLE = frozenset({CallState.ANNOUNCED, CallState.OPEN})
DAYS = ("opens_on", "closes_on", "results_by")
TEXTS = ("edition_id", "kind", "slug", "title", "text", "contact_email", "privacy_notice_version")


@blueprint.get("/panel/nabory")
def list_calls() -> Answered:
    """Calls of every state with the numbers of their applications."""
    filters = Filters(
        (
            Filter("stan", _("State"), choices(labels.CALL_STATES, first=_("all"))),
            Filter("rodzaj", _("For whom"), choices(labels.CALL_KINDS, first=_("everyone"))),
            edition_filter(),
            Filter("szukaj", _("Words")),
        )
    )
    state, kind = filters["stan"], filters["rodzaj"]
    today = runtime().clock.today()
    rows, paging = read_list(
        lambda connection, chosen: list_call_rows(connection, chosen, today),
        CallFilter(
            state=CallState(state) if state else None,
            kind=CallKind(kind) if kind else None,
            edition_id=as_uuid(filters["edycja"]),
            text=filters["szukaj"],
        ),
    )
    with reading() as connection:
        counts = counts_by_call(connection, [row.call_id for row in rows])
    if wants_csv():
        return csv_answer(
            "nabory",
            (
                _("Title"),
                _("For whom"),
                _("Edition"),
                _("State"),
                _("Opens on"),
                _("Closes on"),
                _("Results by"),
                _("Places"),
                _("Applications"),
            ),
            (
                (
                    row.title,
                    labels.label(labels.CALL_KINDS, row.kind),
                    Names.edition(row.edition_id),
                    labels.label(labels.CALL_STATES, row.state),
                    row.opens_on.isoformat(),
                    row.closes_on.isoformat(),
                    row.results_by.isoformat(),
                    row.places,
                    counts[row.call_id].standing,
                )
                for row in rows
            ),
        )
    return render_template(
        "panel_calls/list.html",
        filters=filters,
        rows=rows,
        paging=paging,
        counts=counts,
        drafts=_drafts() if principal().has(Role.PROGRAMME_STAFF) else (),
    )


@blueprint.get("/panel/nabory/<uuid:call_id>")
def show_call(call_id: UUID) -> str:
    """One call: dates, numbers of applications by state, what can be done."""
    call, counts = _call(call_id)
    base: dict[str, Any] = {"nabor": call_id}
    statuses = [
        (
            labels.label(labels.APPLICATION_STATUSES, status),
            getattr(counts, status.lower()),
            url_for("applications.list_applications", stan=status.value, **base),
        )
        for status in ApplicationStatus
    ]
    is_ended = call.state in {CallState.CANCELLED, CallState.DECIDED}
    return render_template(
        "panel_calls/show.html",
        call=call,
        counts=counts,
        statuses=statuses,
        today=runtime().clock.today(),
        can={
            "extend": not is_ended and call.closed_at is None,
            "close": not is_ended and call.closed_at is None,
            "cancel": not is_ended and call.closed_at is None,
            "publish_results": call.state is CallState.ASSESSING,
        },
    )


@blueprint.route("/panel/nabory/nowy", methods=["GET", "POST"])
def draft_call() -> Answered:
    """A new call: first the form, then the rehearsal of what will be public, then the act.

    Nothing is recorded before the last step, or before it is kept as a draft; until then the
    values travel with the form.
    """
    act = Act(
        title=_("New call"),
        button=_("Check before publishing"),
        back=url_for(".list_calls"),
        lead=_("Nothing is public yet: next you see the whole call as it will be published."),
    )
    return _write(act, posted_or_empty(_first_values()), None)


@blueprint.route("/panel/nabory/<uuid:call_id>/szkic", methods=["GET", "POST"])
def revise_call(call_id: UUID) -> Answered:
    """A draft opened again: change it, keep it, or publish it after the rehearsal."""
    call = _recorded(call_id)
    if is_posted() and call.state is not CallStage.DRAFT:
        return _keep_typed(call)
    draft = _as_draft(call)
    act = Act(
        title=_("Draft of a call"),
        caption=Names.edition(draft.edition_id),
        button=_("Check before publishing"),
        back=url_for(".list_calls"),
        lead=_("Nothing is public yet: next you see the whole call as it will be published."),
    )
    form = posted_or_empty(_values_of(draft))
    if not is_posted():
        for name in DAYS:
            form.put_day(name, getattr(draft, name))
    return _write(act, form, draft)


@blueprint.route("/panel/nabory/<uuid:call_id>/szkic/usun", methods=["GET", "POST"])
def discard_draft(call_id: UUID) -> Answered:
    """Drop a draft that is not needed."""
    draft = _as_draft(_recorded(call_id))
    act = Act(
        title=_("Discard the draft"),
        caption=draft.title,
        button=_("Discard"),
        back=url_for(".revise_call", call_id=call_id),
        lead=_("Nobody outside has seen it. Its address is free again. This cannot be undone."),
        reason=_("Reason"),
        reason_hint=_("For the records; not public."),
        is_warning=True,
    )
    return confirm(
        act,
        services().recruitment.cancel_call,
        CancelCall,
        {"call_id": call_id},
        said=_("The draft was discarded."),
        target=url_for(".list_calls"),
    )


@blueprint.route("/panel/nabory/<uuid:call_id>/przedluz", methods=["GET", "POST"])
def extend_call(call_id: UUID) -> Answered:
    """Move the deadline to a later day."""
    call, _counts = _call(call_id)
    form = posted_or_empty()
    act = Act(
        title=_("Move the deadline"),
        caption=call.title,
        button=_("Move the deadline"),
        back=url_for(".show_call", call_id=call_id),
        lead=_(
            "The deadline is %(day)s. It can only become later, and not later than the day "
            "promised for the results: %(results)s.",
            day=format_day(call.closes_on),
            results=format_day(call.results_by),
        ),
        reason=_("Reason"),
        reason_hint=_("It is public, next to the first deadline."),
    )
    if is_posted():
        day = form.day("closes_on")
        if day is None:
            form.add_error("closes_on", _("Enter the new last day"))
        data = {
            "call_id": call_id,
            "closes_on": day,
            "reason": form.require("reason", _("Give the reason")),
        }
        if form.send(services().recruitment.extend_call, ExtendCall, data):
            return done(_("The deadline was moved."), act.back)
    return act_page(act, form, "panel_calls/extend.html")


@blueprint.route("/panel/nabory/<uuid:call_id>/zamknij", methods=["GET", "POST"])
def close_call(call_id: UUID) -> Answered:
    """Take no more applications, whatever the deadline."""
    call, counts = _call(call_id)
    act = Act(
        title=_("Close the call"),
        caption=call.title,
        button=_("Close the call"),
        back=url_for(".show_call", call_id=call_id),
        consequences=(
            _(
                "No more applications will be taken, though the deadline is %(day)s.",
                day=format_day(call.closes_on),
            ),
            ngettext(
                "%(num)s application stays to be assessed.",
                "%(num)s applications stay to be assessed.",
                counts.standing,
            ),
            _("A closed call is not opened again."),
        ),
        is_warning=True,
    )
    return confirm(
        act,
        services().recruitment.close_call,
        CallRequest,
        {"call_id": call_id},
        said=_("The call was closed."),
    )


@blueprint.route("/panel/nabory/<uuid:call_id>/odwolaj", methods=["GET", "POST"])
def cancel_call(call_id: UUID) -> Answered:
    """Call a call off."""
    call, _counts = _call(call_id)
    act = Act(
        title=_("Call the call off"),
        caption=call.title,
        button=_("Call off"),
        back=url_for(".show_call", call_id=call_id),
        lead=_("The page of the call stays, with the reason. This cannot be undone."),
        reason=_("Reason"),
        reason_hint=_("It is public."),
        is_warning=True,
    )
    return confirm(
        act,
        services().recruitment.cancel_call,
        CancelCall,
        {"call_id": call_id},
        said=_("The call was called off."),
    )


@blueprint.route("/panel/nabory/<uuid:call_id>/wyniki", methods=["GET", "POST"])
def publish_results(call_id: UUID) -> Answered:
    """The complete list as it will be published, what stands in its way, and the act."""
    call, counts = _call(call_id)
    applications = _standing(call_id)
    act = Act(
        title=_("Publish the results"),
        caption=call.title,
        button=_("Publish the results"),
        back=url_for(".show_call", call_id=call_id),
        lead=_(
            "This is the complete list, published in one act. People are not named in it: an "
            "application of an expert is known by its receipt number."
        ),
    )
    return confirm(
        act,
        services().recruitment.publish_results,
        CallRequest,
        {"call_id": call_id},
        said=_("The results were published."),
        template="panel_calls/results.html",
        call=call,
        counts=counts,
        groups=_groups(applications),
        undecided=[a for a in applications if a.prepared_decision is None],
        problems=_obstacles(call, applications),
    )


# --- what the pages are made of -------------------------------------------------------------------


def _call(call_id: UUID) -> tuple[CallRow, ApplicationCounts]:
    with reading() as connection:
        call = found(find_call(connection, call_id, runtime().clock.today()), "call", call_id)
        return call, counts_by_call(connection, [call_id])[call_id]


def _write(act: Act, form: ActForm, draft: CallAnswer | None) -> Answered:
    """The steps of writing a call, new or opened again: form, rehearsal, kept or published."""
    more = {**_choices(), "draft": draft}
    if not is_posted():
        return act_page(act, form, "panel_calls/form.html", **more)
    data = _draft(form)
    if draft is not None:
        data["edition_id"] = draft.edition_id
    message = form.parse(DraftCall, data, messages=_draft_messages())
    step = form.text("krok")
    if message is None or step == "popraw":
        form.errors = {} if step == "popraw" else form.errors
        return act_page(act, form, "panel_calls/form.html", **more)
    if step in {"zapisz", "opublikuj"}:
        return _keep(act, form, message, draft, more)
    rehearsal = Act(
        title=_("Check the call before it is published"),
        button=_("Publish the call"),
        back=act.back,
    )
    return act_page(
        rehearsal,
        form,
        "panel_calls/rehearsal.html",
        call=message,
        voivodeships=_regions_of(message.edition_id),
        today=runtime().clock.today(),
    )


def _keep(
    act: Act, form: ActForm, message: DraftCall, draft: CallAnswer | None, more: dict[str, Any]
) -> Answered:
    """Record what was written; in the last step publish it as well."""
    is_public = form.text("krok") == "opublikuj"
    revision: ReviseCall | None = None
    if draft is not None:
        terms = message.model_dump(exclude={"edition_id"})
        version = form.number("expected_version")
        data = {"call_id": draft.call_id, "expected_version": version, **terms}
        revision = form.parse(ReviseCall, data)
    call_id = form.perform(lambda: _record(revision or message, is_public=is_public))
    if call_id is None:
        newer = form.take_newer(lambda: _recorded(draft.call_id)) if draft else None
        if newer and newer.state is not CallStage.DRAFT:
            return _keep_typed(newer)
        saved = _differing(message, newer) if newer else None
        return act_page(act, form, "panel_calls/form.html", **more, saved=saved)
    if is_public:
        return done(_("The call was published."), url_for(".show_call", call_id=call_id))
    return done(_("The draft was saved."), url_for(".revise_call", call_id=call_id))


def _keep_typed(call: CallAnswer) -> Answered:
    """What was typed on a draft that is none any more, as a new one that can be kept."""
    with reading() as connection:
        public = find_call(connection, call.call_id, runtime().clock.today())
    form = ActForm.posted()
    typed = form.parse(DraftCall, {**_draft(form), "edition_id": call.edition_id})
    if public and typed and not _differing(typed, call):  # sent again: it is what was published
        return redirect(url_for(".show_call", call_id=call.call_id), 303)
    form.errors = {}
    form.values["edition_id"] = str(call.edition_id)
    form.values.pop("expected_version", None)
    form.status = 409
    if call.state is CallStage.CANCELLED and public is None:
        said = _(
            "Somebody else discarded this draft meanwhile. What you typed is not saved, but it is "
            "still in the form: to keep it, save it as a new draft."
        )
    else:
        said = _(
            "Somebody else published this call meanwhile: it is no draft any more. What you typed "
            "is not saved, but it is still in the form: to keep it, give it another address and "
            "save it as a new draft."
        )
    form.add_error("", said)
    act = Act(
        title=_("New call"),
        button=_("Check before publishing"),
        back=url_for(".list_calls"),
    )
    return act_page(
        act,
        form,
        "panel_calls/form.html",
        **_choices(),
        draft=None,
        act_action=url_for(".draft_call"),
        published=public,
    )


def _choices() -> dict[str, Any]:
    return {"editions": _edition_options(), "kinds": choices(labels.CALL_KINDS)}


def _record(message: DraftCall | ReviseCall, *, is_public: bool) -> UUID:
    recruitment = services().recruitment
    if isinstance(message, ReviseCall):
        call_id = message.call_id
        recruitment.revise_call(message)
    else:
        call_id = recruitment.draft_call(message).id
    if is_public:
        recruitment.publish_call(CallRequest(call_id=call_id))
    return call_id


def _drafts() -> tuple[CallAnswer, ...]:
    """What is being prepared; nothing while recruitment does not answer: the list is of use."""
    query = CallsQuery(state=CallStage.DRAFT, limit=MOST_AT_ONCE)
    try:
        return services().recruitment.list_calls(query).calls
    except ServiceUnavailableError:
        return ()


def _recorded(call_id: UUID) -> CallAnswer:
    return services().recruitment.get_call(CallRequest(call_id=call_id))


def _as_draft(call: CallAnswer) -> CallAnswer:
    """The call, if it is a draft.

    Raises:
        NotFoundError: It is none any more.
    """
    return found(call if call.state is CallStage.DRAFT else None, "call", call.call_id)


def _values_of(draft: CallAnswer) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(draft, name) for name in TEXTS if name != "edition_id"}
    return values | {
        "kind": draft.kind.value,
        "places": draft.places or "",
        "covered_costs": "\n".join(draft.covered_costs),
        "training_dates": "\n".join(
            f"{day.day}.{day.month}.{day.year}" for day in draft.training_dates
        ),
        "expected_version": draft.version,
    }


def _differing(typed: DraftCall, saved: CallAnswer) -> list[tuple[str, object]]:
    """What is saved now, where it differs from what was typed."""
    names = {
        "kind": _("Whom does the call invite?"),
        "title": _("Title"),
        "slug": _("Address"),
        "text": _("Text of the call"),
        "opens_on": _("First day"),
        "closes_on": _("Last day"),
        "results_by": _("Results by"),
        "places": _("Number of places (optional)"),
        "training_dates": _("Training days (optional)"),
        "covered_costs": _("What ORE provides and pays for (optional)"),
        "contact_email": _("E-mail address for questions"),
        "privacy_notice_version": _("Version of the privacy notice"),
    }
    return [
        (text, _shown(getattr(saved, name)))
        for name, text in names.items()
        if getattr(typed, name) != getattr(saved, name)
    ]


def _shown(value: object) -> object:
    if isinstance(value, CallKind):
        return labels.label(labels.CALL_KINDS, value)
    if isinstance(value, date):
        return format_short_day(value)
    return "; ".join(str(_shown(one)) for one in value) if isinstance(value, tuple) else value


def _first_values() -> dict[str, Any]:
    editions = list(all_editions())
    return {"edition_id": str(editions[0])} if editions else {}


def _edition_options() -> list[tuple[str, str]]:
    return [(str(e.edition_id), edition_title(e)) for e in all_editions().values()]


def _regions_of(edition_id: UUID) -> tuple[str, ...]:
    edition = all_editions().get(edition_id)
    return edition.configuration.voivodeships if edition else ()


def _draft(form: ActForm) -> dict[str, Any]:
    data: dict[str, Any] = {name: form.text(name) or None for name in TEXTS}
    for name in DAYS:
        data[name] = form.day(name)
    data["places"] = form.number("places")
    data["covered_costs"] = lines(form.text("covered_costs"))
    data["training_dates"] = _days(form)
    return data


def _days(form: ActForm) -> tuple[date, ...]:
    """Days of the training, one in a line, as a person writes them: 29.2.2020."""
    days = []
    for line in lines(form.text("training_dates")):
        try:
            day, month, year = (int(part) for part in line.replace("/", ".").split("."))
            days.append(date(year, month, day))
        except ValueError:
            form.add_error(
                "training_dates", _("“%(line)s” is no day: write it like 29.2.2020", line=line)
            )
    return tuple(days)


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text that hold anything."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _draft_messages() -> dict[str, str]:
    return {
        "edition_id": _("Choose the edition"),
        "kind": _("Choose whom the call invites"),
        "slug": _("Enter the address: small letters without accents, digits and hyphens"),
        "title": _("Enter a title of at most 200 characters"),
        "text": _("Enter the text of the call"),
        "opens_on": _("Enter the first day"),
        "closes_on": _("Enter the last day"),
        "results_by": _("Enter the day by which results will be published"),
        "contact_email": _("Enter an e-mail address in the correct format, like name@example.pl"),
        "places": _("Enter a number of places from 1 to 10,000, or leave it empty"),
        "privacy_notice_version": _("Enter the version of the privacy notice"),
    }


def _standing(call_id: UUID) -> list[ApplicationAnswer]:
    """All applications of a call that were not withdrawn, from recruitment."""
    rows: list[ApplicationAnswer] = []
    offset = 0
    while True:
        answer = services().recruitment.list_applications(
            ApplicationsQuery(call_id=call_id, offset=offset, limit=MOST_AT_ONCE)
        )
        rows += answer.applications
        offset += len(answer.applications)
        if not answer.applications or offset >= answer.total:
            break
    return [row for row in rows if row.status != ApplicationStatus.WITHDRAWN]


def _groups(rows: list[ApplicationAnswer]) -> list[tuple[Decision, list[ApplicationAnswer]]]:
    """The list by decision, the reserve by rank."""
    return [
        (
            decision,
            sorted(
                (row for row in rows if row.prepared_decision == decision),
                key=lambda row: (row.reserve_rank or 0, row.receipt_number),
            ),
        )
        for decision in Decision
    ]


def _obstacles(call: CallRow, rows: list[ApplicationAnswer]) -> list[str]:
    """Why the list cannot be published yet, as far as it can be seen; the service has the word."""
    found_: list[str] = []
    undecided = sum(1 for row in rows if row.prepared_decision is None)
    if undecided:
        found_.append(
            ngettext(
                "%(num)s application has no decision.",
                "%(num)s applications have no decision.",
                undecided,
            )
        )
    qualified = sum(1 for row in rows if row.prepared_decision == Decision.QUALIFIED)
    if call.places is not None and qualified > call.places:
        found_.append(
            _(
                "There are %(places)s places, but %(number)s applications are to be qualified.",
                places=call.places,
                number=qualified,
            )
        )
    ranks = [row.reserve_rank for row in rows if row.prepared_decision == Decision.RESERVE]
    if len(ranks) != len(set(ranks)):
        found_.append(_("Two applications share a place on the reserve list."))
    if call.state in OPENABLE:
        found_.append(
            _("The call takes applications until %(day)s.", day=format_day(call.closes_on))
        )
    return found_

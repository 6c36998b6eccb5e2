"""Applying in a call: one topic a page, check, receipt. What was typed waits in a draft.

Every page works without scripts. A draft is opened by the first page that is saved and found by a
cookie that only this call's pages get.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as lazy
from flask_babel.speaklater import LazyString
from pydantic import ValidationError
from werkzeug.wrappers import Response

from services.gateway import drafts, problems
from services.gateway.clients import services
from services.gateway.drafts import Draft
from services.gateway.forms import Form
from services.gateway.i18n import gettext as _
from services.gateway.labels import JST_KINDS_MANY
from services.gateway.pages import Filter, Filters, Paging, choices, voivodeship_choices
from services.gateway.projections.calls import CallRow, CallState, find_call_by_slug
from services.gateway.projections.local_governments import (
    JstFilter,
    JstRow,
    find_jst,
    search_jst,
)
from services.gateway.questions import LONGEST_ANSWER, QUESTIONS
from services.gateway.runtime import runtime
from shared.contracts.base import JstKind
from shared.contracts.recruitment import Applicant, CallKind, SubmitApplication
from shared.kernel.refusal import Refusal
from shared.kernel.rpc import ServiceUnavailableError

blueprint = Blueprint("application_form", __name__, url_prefix="/nabory/<slug>/zgloszenie")

COOKIE = "ore-draft"
JST_PER_PAGE = 20
YES, NO = "tak", "nie"
UNAVAILABLE = 503


@dataclass(frozen=True)
class Step:
    """One page of the form: ``key`` is its address, ``fields`` what it asks."""

    key: str
    title: LazyString
    fields: tuple[str, ...]


def steps_of(call: CallRow) -> tuple[Step, ...]:
    """The pages of a call's form, in their order."""
    answers = tuple(question.field for question in QUESTIONS[call.kind])
    person = Step("osoba", lazy("Your details"), ("full_name", "email", "phone"))
    notice = Step("informacja", lazy("Information on personal data"), ("privacy_notice_version",))
    questions = Step("pytania", lazy("Questions"), answers)
    if call.kind is CallKind.JST:
        return (
            Step("jst", lazy("Which JST applies"), ("jst_code",)),
            Step("osoba", lazy("Contact person"), person.fields),
            questions,
            notice,
        )
    return (
        person,
        Step("wojewodztwo", lazy("Where you want to work"), ("voivodeship",)),
        Step("pracodawca", lazy("Whether you work for a JST"), ("has_employer",)),
        questions,
        notice,
    )


# --- pages ----------------------------------------------------------------------------------------


@blueprint.get("")
def show_form(slug: str) -> str:
    """The list of the form's topics, with what is done already."""
    call = _call(slug)
    draft = _draft(slug)
    values = draft.values if draft else {}
    done = {step.key: _is_done(call, step, values) for step in steps_of(call)}
    return render_template(
        "application_form/start.html",
        call=call,
        draft=draft,
        steps=steps_of(call),
        done=done,
        **_notices(call),
    )


@blueprint.get("/<any(osoba, wojewodztwo, pracodawca, jst, pytania, informacja):key>")
def show_step(slug: str, key: str) -> str:
    """One topic, with what was typed before."""
    call = _call(slug)
    draft = _draft(slug)
    return _step_page(call, _step(call, key), Form(draft.values if draft else {}))


@blueprint.post("/<any(osoba, wojewodztwo, pracodawca, jst, pytania, informacja):key>")
def save_step(slug: str, key: str) -> str | Response | tuple[str, int]:
    """Keep one topic, complete or not, and go on if it is."""
    call = _call(slug)
    step = _step(call, key)
    form = Form.posted()
    typed = {name: form.text(name)[:20_000] for name in step.fields if name in form.values}
    if key == "pracodawca" and form.text("has_employer") != YES:
        typed["jst_code"] = ""
    draft = _keep(slug, typed)
    form = Form(draft.values)
    if key == "pracodawca" and form.text("has_employer") == YES and not form.text("jst_code"):
        return redirect(url_for(".choose_employer", slug=slug))
    _check_step(call, step, form)
    if not form.is_valid:
        return _step_page(call, step, form), 422
    return redirect(_next_address(call, draft))


@blueprint.get("/pracodawca/jst")
def choose_employer(slug: str) -> str | Response:
    """The employer's JST, picked from the register."""
    call = _call(slug)
    if call.kind is CallKind.JST:
        return redirect(url_for(".show_step", slug=slug, key="jst"))
    draft = _draft(slug)
    return _picker_page(call, Form(draft.values if draft else {}), is_employer=True)


@blueprint.post("/pracodawca/jst")
def save_employer(slug: str) -> str | Response | tuple[str, int]:
    """Keep the employer's JST."""
    call = _call(slug)
    form = Form.posted()
    draft = _keep(slug, {"jst_code": form.text("jst_code"), "has_employer": YES})
    form = Form(draft.values)
    _check_jst(form)
    if not form.is_valid:
        return _picker_page(call, form, is_employer=True), 422
    return redirect(_next_address(call, draft))


@blueprint.get("/sprawdz")
def check_answers(slug: str) -> str | Response:
    """All answers on one page, each with a way to change it, and the button that sends."""
    call = _call(slug)
    draft = _draft(slug)
    if draft is None or _first_missing(call, draft.values) is not None:
        return redirect(url_for(".show_form", slug=slug))
    return _check_page(call, draft, Form(draft.values))


@blueprint.post("/sprawdz")
def send(slug: str) -> str | Response | tuple[str, int]:
    """Send the application; a refusal leaves everything as it was typed."""
    call = _call(slug)
    draft = _draft(slug)
    if draft is None:
        return redirect(url_for(".show_form", slug=slug))
    form = Form(draft.values)
    try:
        message = _message(call, draft.values)
    except ValidationError as error:
        form.refuse(problems.invalid(error), fields=_FIELDS)
        return _check_page(call, draft, form), 422
    # The same text sent twice is one application; a corrected text is another request.
    text = json.dumps(message.model_dump(mode="json"), sort_keys=True)
    services().caller.key = f"form:{uuid5(NAMESPACE_URL, draft.key + text)}"
    try:
        receipt = services().recruitment.submit_application(message)
    except Refusal as refusal:
        form.refuse(refusal, fields=_FIELDS)
        return _check_page(call, draft, form), refusal.status
    except ServiceUnavailableError:  # sending again is safe: the key stays the same
        form.add_error(
            "",
            _(
                "We do not know whether the application was received, for the service does not "
                "answer. Nothing you typed is lost: send it again in a moment, it will be "
                "received once only"
            ),
        )
        return _check_page(call, draft, form), UNAVAILABLE
    drafts.keep_receipt(
        runtime().database, draft, receipt.model_dump(mode="json"), now=runtime().clock.now()
    )
    return redirect(url_for(".show_receipt", slug=slug))


@blueprint.get("/potwierdzenie")
def show_receipt(slug: str) -> str | Response:
    """The receipt: its number, what it does not mean, and the personal link, shown once."""
    call = _call(slug)
    draft = _draft(slug, sent=True)
    if draft is None or draft.receipt is None:
        return redirect(url_for(".show_form", slug=slug))
    return render_template(
        "application_form/receipt.html",
        call=call,
        receipt=draft.receipt,
        link=url_for(
            "candidate.show_application",
            application_id=draft.receipt["application_id"],
            klucz=draft.receipt["access_key"],
            _external=True,
        ),
    )


@blueprint.get("/porzuc")
def ask_to_discard(slug: str) -> str | Response:
    """Ask whether to throw the draft away."""
    call = _call(slug)
    if _draft(slug) is None:
        return redirect(url_for(".show_form", slug=slug))
    return render_template("application_form/discard.html", call=call)


@blueprint.post("/porzuc")
def discard(slug: str) -> Response:
    """Erase what was typed."""
    draft = _draft(slug)
    if draft is not None:
        drafts.erase_draft(runtime().database, draft, now=runtime().clock.now())
    g.draft_cookie = (slug, "")
    return redirect(url_for("calls.show_call", slug=slug))


@blueprint.after_request
def keep_cookie(response: Response) -> Response:
    """Send the draft's cookie where one was opened or thrown away; nothing here is cached."""
    response.headers["Cache-Control"] = "no-store"
    found = g.get("draft_cookie")
    if found is not None:
        slug, key = found
        response.set_cookie(
            COOKIE,
            key,
            max_age=int(drafts.KEPT_FOR.total_seconds()) if key else 0,
            path=url_for(".show_form", slug=slug),
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
    return response


# --- what the pages are made of -------------------------------------------------------------------

_FIELDS: Mapping[str, str] = {
    "applicant.full_name": "full_name",
    "applicant.email": "email",
    "applicant.phone": "phone",
}
"""The form's field for an address in the request."""


def _call(slug: str) -> CallRow:
    with runtime().database.reading() as connection:
        call = find_call_by_slug(connection, slug, runtime().clock.today())
    return call or abort(404)


def _step(call: CallRow, key: str) -> Step:
    return next((step for step in steps_of(call) if step.key == key), None) or abort(404)


def _draft(slug: str, *, sent: bool = False) -> Draft | None:
    """The draft of this browser; one that was sent is only its receipt."""
    found = drafts.find_draft(
        runtime().database, request.cookies.get(COOKIE), slug, now=runtime().clock.now()
    )
    return found if found is not None and (found.receipt is not None) == sent else None


def _keep(slug: str, typed: Mapping[str, Any]) -> Draft:
    now = runtime().clock.now()
    draft = _draft(slug) or drafts.open_draft(runtime().database, slug, now=now)
    g.draft_cookie = (slug, draft.key)
    return drafts.keep_values(runtime().database, draft, typed, now=now)


def _notices(call: CallRow) -> dict[str, Any]:
    """What a page of the form says about the call's deadline."""
    return {"is_open": call.state is CallState.OPEN, "today": runtime().clock.today()}


def _step_page(call: CallRow, step: Step, form: Form) -> str:
    if step.key == "jst":
        return _picker_page(call, form, is_employer=False)
    jst = _jst(form.text("jst_code")) if step.key == "pracodawca" else None
    return render_template(
        f"application_form/{step.key}.html",
        call=call,
        step=step,
        form=form,
        jst=jst,
        questions=QUESTIONS[call.kind],
        longest_answer=LONGEST_ANSWER,
        voivodeships=voivodeship_choices(call.voivodeships),
        **_notices(call),
    )


def _picker_page(call: CallRow, form: Form, *, is_employer: bool) -> str:
    kinds = {kind: JST_KINDS_MANY[kind] for kind in JstKind}
    regions = None if is_employer else call.voivodeships
    filters = Filters(
        (
            Filter("szukaj", _("Name, county or TERYT code")),
            Filter("rodzaj", _("Kind"), choices(kinds, first=_("all"))),
            Filter("woj", _("Voivodeship"), voivodeship_choices(regions, first=_("all"))),
        )
    )
    kind, region = filters["rodzaj"], filters["woj"]
    chosen: dict[str, Any] = {
        "text": filters["szukaj"],
        "kind": JstKind(kind) if kind else None,
        "voivodeships": (region,) if region else regions,
    }
    is_asked = any((filters["szukaj"], kind, region))
    rows: Sequence[JstRow] = ()
    paging = Paging(0, JST_PER_PAGE)
    if is_asked:
        with runtime().database.reading() as connection:
            total = search_jst(connection, JstFilter(**chosen, limit=1)).total
            paging = Paging(total, JST_PER_PAGE)
            rows = search_jst(
                connection, JstFilter(**chosen, offset=paging.offset, limit=paging.limit)
            ).rows
    return render_template(
        "application_form/jst.html",
        call=call,
        form=form,
        filters=filters,
        is_asked=is_asked,
        is_employer=is_employer,
        paging=paging,
        rows=rows,
        chosen=_jst(form.text("jst_code")),
        **_notices(call),
    )


def _check_page(call: CallRow, draft: Draft, form: Form) -> str:
    steps = steps_of(call)
    addresses = {
        name: url_for(".show_step", slug=call.slug, key=step.key)
        for step in steps
        for name in step.fields
    }
    return render_template(
        "application_form/check.html",
        call=call,
        draft=draft,
        form=form,
        steps=steps,
        jst=_jst(form.text("jst_code")),
        questions=QUESTIONS[call.kind],
        error_list=[
            {"text": message, **({"href": addresses[name]} if name in addresses else {})}
            for name, message in form.errors.items()
        ],
        **_notices(call),
    )


def _jst(code: str) -> JstRow | None:
    if not code:
        return None
    with runtime().database.reading() as connection:
        return find_jst(connection, code)


def _is_done(call: CallRow, step: Step, values: Mapping[str, Any]) -> bool:
    form = Form(values)
    _check_step(call, step, form)
    return form.is_valid


def _first_missing(call: CallRow, values: Mapping[str, Any]) -> Step | None:
    return next((step for step in steps_of(call) if not _is_done(call, step, values)), None)


def _next_address(call: CallRow, draft: Draft) -> str:
    missing = _first_missing(call, draft.values)
    if missing is None:
        return url_for(".check_answers", slug=call.slug)
    return url_for(".show_step", slug=call.slug, key=missing.key)


def _check_step(call: CallRow, step: Step, form: Form) -> None:
    """Say what a topic still lacks; the service's own rules are asked when all is sent."""
    checks = {
        "osoba": _check_person,
        "jst": _check_jst,
        "pracodawca": _check_employer,
        "wojewodztwo": lambda form: _check_voivodeship(call, form),
        "pytania": lambda form: _check_questions(call, form),
        "informacja": lambda form: _check_notice(call, form),
    }
    checks[step.key](form)


def _check_person(form: Form) -> None:
    form.require("full_name", _("Enter your name and surname"))
    form.require("email", _("Enter your e-mail address"))
    form.parse(
        Applicant,
        {
            "full_name": form.text("full_name"),
            "email": form.text("email"),
            "phone": form.text("phone") or None,
        },
        messages={
            "email": _("Enter an e-mail address in the correct format, like name@example.pl"),
            "phone": _("Enter a phone number of 7 to 20 digits, like +48 600 000 000"),
        },
    )


def _check_jst(form: Form) -> None:
    jst = _jst(form.require("jst_code", _("Choose a JST from the list")))
    if form.text("jst_code") and jst is None:
        form.add_error("jst_code", _("Choose a JST from the list"))


def _check_employer(form: Form) -> None:
    if form.text("has_employer") not in {YES, NO}:
        form.add_error("has_employer", _("Say whether you work for a JST"))
    elif form.text("has_employer") == YES:
        _check_jst(form)


def _check_voivodeship(call: CallRow, form: Form) -> None:
    if form.text("voivodeship") not in call.voivodeships:
        form.add_error("voivodeship", _("Choose the voivodeship in which you want to work"))


def _check_questions(call: CallRow, form: Form) -> None:
    for question in QUESTIONS[call.kind]:
        text = form.text(question.field)
        if question.is_required and not text:
            form.add_error(question.field, str(question.missing))
        elif len(text) > LONGEST_ANSWER:
            form.add_error(
                question.field,
                _("Shorten this answer to %(count)s characters", count=LONGEST_ANSWER),
            )


def _check_notice(call: CallRow, form: Form) -> None:
    if form.text("privacy_notice_version") != call.privacy_notice_version:
        form.add_error("privacy_notice_version", _("Confirm that you have read the information"))


def _message(call: CallRow, values: Mapping[str, Any]) -> SubmitApplication:
    form = Form(values)
    return SubmitApplication.model_validate(
        {
            "call_id": call.call_id,
            "applicant": {
                "full_name": form.text("full_name"),
                "email": form.text("email"),
                "phone": form.text("phone") or None,
            },
            "voivodeship": form.text("voivodeship") or None,
            "jst_code": form.text("jst_code") or None,
            "answers": {
                question.key: form.text(question.field)
                for question in QUESTIONS[call.kind]
                if form.text(question.field)
            },
            "privacy_notice_version": form.text("privacy_notice_version"),
        }
    )

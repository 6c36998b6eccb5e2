"""Calls and their results: what is invited, until when, and who was qualified."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request

from services.gateway.i18n import gettext as _
from services.gateway.labels import CALL_KINDS, CALL_STATES
from services.gateway.pages import Filter, Filters, Paging, choices
from services.gateway.projections import calls as calls_view
from services.gateway.projections.calls import (
    CallFilter,
    CallState,
    find_call,
    find_call_by_slug,
)
from services.gateway.projections.editions import find_edition
from services.gateway.projections.results import results_by_slug
from services.gateway.runtime import runtime
from shared.contracts.recruitment import CallKind, Decision

blueprint = Blueprint("calls", __name__)


@blueprint.get("/nabory")
def list_calls() -> str:
    """All calls that were ever public, the newest first."""
    filters = Filters(
        (
            Filter("stan", _("State"), choices(CALL_STATES, first=_("all"))),
            Filter("rodzaj", _("For whom"), choices(CALL_KINDS, first=_("everyone"))),
            Filter("szukaj", _("Words")),
        )
    )
    state, kind = filters["stan"], filters["rodzaj"]
    chosen: dict[str, Any] = {
        "state": CallState(state) if state else None,
        "kind": CallKind(kind) if kind else None,
        "text": filters["szukaj"],
    }
    today = runtime().clock.today()
    with runtime().database.reading() as connection:
        total = calls_view.list_calls(connection, CallFilter(**chosen, limit=1), today).total
        paging = Paging(total)
        page = calls_view.list_calls(
            connection,
            CallFilter(**chosen, offset=paging.offset, limit=paging.limit),
            today,
        )
    return render_template(
        "calls/list.html", calls=page.rows, filters=filters, paging=paging, today=today
    )


@blueprint.get("/nabory/<slug>")
def show_call(slug: str) -> str:
    """One call: whom it invites, its dates, what is paid, how to apply."""
    today = runtime().clock.today()
    with runtime().database.reading() as connection:
        call = find_call_by_slug(connection, slug, today) or abort(404)
        edition = find_edition(connection, call.edition_id)
    return render_template("calls/call.html", call=call, edition=edition, today=today)


@blueprint.get("/wyniki/<slug>")
def show_results(slug: str) -> str:
    """The published results of a call: receipt numbers and JST, no names of people."""
    today = runtime().clock.today()
    with runtime().database.reading() as connection:
        results = results_by_slug(connection, slug)
        call = (
            find_call(connection, results.call_id, today)
            if results
            else find_call_by_slug(connection, slug, today)
        )
    if call is None:
        abort(404)
    return render_template(
        "calls/results.html",
        call=call,
        results=results,
        decisions=list(Decision),
        wanted=request.args.get("numer", "").strip(),
    )

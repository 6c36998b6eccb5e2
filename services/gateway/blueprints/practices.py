"""The public base of summaries: good practices, reflection studies, mini-reportages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.gateway import documents, i18n
from services.gateway.i18n import gettext as _
from services.gateway.labels import JST_KINDS_MANY, SUMMARY_FORMS
from services.gateway.pages import Filter, Filters, Paging, choices, voivodeship_choices
from services.gateway.projections.editions import find_edition, known_areas
from services.gateway.projections.hdrs import versions_of
from services.gateway.projections.summaries import (
    SummaryFilter,
    counts_by_form,
    document_of,
    find_published_summary,
    published_summaries,
)
from services.gateway.runtime import runtime
from shared.contracts.base import JstKind
from shared.contracts.hdr import SummaryForm, SummaryState

blueprint = Blueprint("practices", __name__, url_prefix="/dobre-praktyki")


@blueprint.get("")
def list_practices() -> str:
    """Published summaries of all three forms, the newest first."""
    with runtime().database.reading() as connection:
        areas = known_areas(connection)
        kinds = {kind: JST_KINDS_MANY[kind] for kind in JstKind}
        by_number = {code: i18n.localized(area.name) for code, area in areas.items()}
        filters = Filters(
            (
                Filter("forma", _("Form"), choices(SUMMARY_FORMS, first=_("all"))),
                Filter("rodzaj", _("Kind of JST"), choices(kinds, first=_("all"))),
                Filter("obszar", _("Area of support"), choices(by_number, first=_("all"))),
                Filter("woj", _("Voivodeship"), voivodeship_choices(first=_("all"))),
                Filter("szukaj", _("Words in the text, JST or code")),
            )
        )
        form, kind, region = filters["forma"], filters["rodzaj"], filters["woj"]
        chosen: dict[str, Any] = {
            "form": SummaryForm(form) if form else None,
            "kind": JstKind(kind) if kind else None,
            "area_code": filters["obszar"],
            "voivodeships": (region,) if region else None,
            "text": filters["szukaj"],
        }
        paging = Paging(published_summaries(connection, SummaryFilter(**chosen, limit=1)).total)
        page = published_summaries(
            connection, SummaryFilter(**chosen, offset=paging.offset, limit=paging.limit)
        )
        counts = counts_by_form(
            connection, SummaryFilter(**chosen, states=(SummaryState.PUBLISHED,))
        )
    return render_template(
        "practices/list.html",
        areas=areas,
        counts=counts,
        filters=filters,
        paging=paging,
        rows=page.rows,
    )


@blueprint.get("/<jst_code>/<slug>")
def show_practice(jst_code: str, slug: str) -> str | Response:
    """One summary with its whole text."""
    with runtime().database.reading() as connection:
        summary = find_published_summary(connection, jst_code, slug) or abort(404)
        document = document_of(connection, summary.summary_id) or {}
        published = [hdr for hdr in versions_of(connection, summary.hdr_id) if hdr.is_current]
        area = known_areas(connection).get(summary.area_code)
        edition = find_edition(connection, summary.edition_id)
    if (summary.jst.code, summary.slug) != (jst_code, slug):
        return redirect(
            url_for(".show_practice", jst_code=summary.jst.code, slug=summary.slug), 301
        )
    template = documents.find_template(summary.form, summary.template_version or 1)
    return render_template(
        "practices/practice.html",
        area=area,
        edition=edition,
        hdr=published[0] if published and not published[0].is_withdrawn else None,
        sections=documents.sections(document, template),
        summary=summary,
    )

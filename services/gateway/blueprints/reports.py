"""Public reports of monitoring rounds; each number leads to the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlalchemy import Connection

from services.gateway import i18n
from services.gateway.i18n import gettext as _
from services.gateway.labels import ACTION_STATES, JST_KINDS_MANY, VOIVODESHIPS
from services.gateway.pages import Filter, Filters, Paging, choices, voivodeship_choices
from services.gateway.projections.editions import find_edition, known_areas
from services.gateway.projections.hdrs import versions_of
from services.gateway.projections.monitoring import (
    ActionFilter,
    IndicatorFilter,
    Known,
    RecordFilter,
    RecordRow,
    RoundFilter,
    RoundRow,
    find_round_by_slug,
    list_actions,
    list_indicators,
    list_records,
    list_rounds,
    report,
)
from services.gateway.runtime import runtime
from shared.contracts.base import JstKind
from shared.contracts.monitoring import ActionState
from shared.contracts.recruitment import SupportArea

blueprint = Blueprint("reports", __name__, url_prefix="/monitoring")

ANSWERS = {
    "terminowo": {"is_recorded": True, "is_late": False},
    "po-terminie": {"is_recorded": True, "is_late": True},
    "tak": {"is_recorded": True},
    "brak": {"is_recorded": False},
}
"""Values of the filter ``odpowiedz``, and what each asks of the records."""
VALUES = {
    "jest": {"has_value": True},
    "brak": {"has_value": False},
    "cel": {"has_value": True, "reaches_target": True},
    "ponizej": {"has_value": True, "reaches_target": False},
}
"""Values of the filter ``wartosc``, and what each asks of the indicators."""


@blueprint.get("")
def list_reports() -> str:
    """All rounds, the newest first."""
    with runtime().database.reading() as connection:
        paging = Paging(list_rounds(connection, RoundFilter(limit=1)).total)
        page = list_rounds(connection, RoundFilter(offset=paging.offset, limit=paging.limit))
        editions = {row.edition_id: find_edition(connection, row.edition_id) for row in page.rows}
    return render_template("reports/list.html", rounds=page.rows, editions=editions, paging=paging)


@blueprint.get("/<slug>")
def show_report(slug: str) -> str:
    """The report of a round: answers, actions, indicators; by kind, area and voivodeship."""
    with runtime().database.reading() as connection:
        round_ = _round(connection, slug)
        known = _known(round_)
        found = report(connection, round_.round_id, known=known) or abort(404)
        areas = known_areas(connection)
        edition = find_edition(connection, round_.edition_id)
    return render_template(
        "reports/report.html",
        areas=areas,
        dimensions=_dimensions(found.by_kind, found.by_area, found.by_voivodeship, areas),
        edition=edition,
        known=known,
        report=found,
        round=round_,
        states=list(ActionState),
    )


@blueprint.get("/<slug>/hdr")
def list_round_hdrs(slug: str) -> str:
    """The HDRs behind a report's numbers: who was asked, who answered, when."""
    answers = (
        ("", _("all asked")),
        ("tak", _("answered")),
        ("terminowo", _("answered in time")),
        ("po-terminie", _("answered late")),
        ("brak", _("no answer")),
    )
    with runtime().database.reading() as connection:
        round_ = _round(connection, slug)
        areas = known_areas(connection)
        filters = _filters(areas, Filter("odpowiedz", _("Answer"), answers))
        chosen = _chosen(filters, round_) | ANSWERS.get(filters["odpowiedz"] or "", {})
        paging = Paging(list_records(connection, RecordFilter(**chosen, limit=1)).total)
        rows = list_records(
            connection, RecordFilter(**chosen, offset=paging.offset, limit=paging.limit)
        ).rows
        pages = {row.hdr_id: _published(connection, row) for row in rows}
    return render_template(
        "reports/hdrs.html",
        areas=areas,
        filters=filters,
        pages=pages,
        paging=paging,
        round=round_,
        rows=rows,
    )


@blueprint.get("/<slug>/dzialania")
def list_round_actions(slug: str) -> str:
    """The reported actions behind a report's numbers."""
    with runtime().database.reading() as connection:
        round_ = _round(connection, slug)
        areas = known_areas(connection)
        filters = _filters(
            areas,
            Filter("stan", _("State of the action"), choices(ACTION_STATES, first=_("all"))),
        )
        state = filters["stan"]
        chosen = _chosen(filters, round_) | {"state": ActionState(state) if state else None}
        paging = Paging(list_actions(connection, ActionFilter(**chosen, limit=1)).total)
        rows = list_actions(
            connection, ActionFilter(**chosen, offset=paging.offset, limit=paging.limit)
        ).rows
    return render_template(
        "reports/actions.html", filters=filters, paging=paging, round=round_, rows=rows
    )


@blueprint.get("/<slug>/wskazniki")
def list_round_indicators(slug: str) -> str:
    """The reported indicators behind a report's numbers."""
    values = (
        ("", _("all")),
        ("jest", _("with a value")),
        ("cel", _("target reached")),
        ("ponizej", _("target not reached yet")),
        ("brak", _("not measured yet")),
    )
    with runtime().database.reading() as connection:
        round_ = _round(connection, slug)
        areas = known_areas(connection)
        filters = _filters(areas, Filter("wartosc", _("Value"), values))
        chosen = _chosen(filters, round_) | VALUES.get(filters["wartosc"] or "", {})
        paging = Paging(list_indicators(connection, IndicatorFilter(**chosen, limit=1)).total)
        rows = list_indicators(
            connection, IndicatorFilter(**chosen, offset=paging.offset, limit=paging.limit)
        ).rows
    return render_template(
        "reports/indicators.html", filters=filters, paging=paging, round=round_, rows=rows
    )


@blueprint.get("/<slug>/czynniki")
def list_round_factors(slug: str) -> str:
    """What helped and what hindered, in the words of the JST."""
    with runtime().database.reading() as connection:
        round_ = _round(connection, slug)
        known = _known(round_)
        found = report(connection, round_.round_id, known=known) or abort(404)
        areas = known_areas(connection)
    factors = [f for f in found.factors if f.helping_factors or f.hindering_factors]
    paging = Paging(len(factors))
    return render_template(
        "reports/factors.html",
        areas=areas,
        factors=factors[paging.offset : paging.offset + paging.limit],
        paging=paging,
        round=round_,
    )


def _round(connection: Connection, slug: str) -> RoundRow:
    return find_round_by_slug(connection, slug) or abort(404)


def _known(round_: RoundRow) -> Known:
    """What is known now, or what was reported until the closing (``?stan_na=zamkniecie``)."""
    wish = request.args.get("stan_na") == "zamkniecie"
    return Known.AT_CLOSING if wish and round_.is_closed else Known.NOW


def _published(connection: Connection, row: RecordRow) -> Any:
    """The HDR's public page, while it has one."""
    current = [hdr for hdr in versions_of(connection, row.hdr_id) if hdr.is_current]
    return current[0] if current else None


def _filters(areas: Mapping[str, SupportArea], *first: Filter) -> Filters:
    kinds = {kind: JST_KINDS_MANY[kind] for kind in JstKind}
    by_number = {code: i18n.localized(area.name) for code, area in areas.items()}
    return Filters(
        (
            *first,
            Filter("rodzaj", _("Kind of JST"), choices(kinds, first=_("all"))),
            Filter("obszar", _("Area of support"), choices(by_number, first=_("all"))),
            Filter("woj", _("Voivodeship"), voivodeship_choices(first=_("all"))),
            Filter("szukaj", _("JST, county or code")),
        )
    )


def _chosen(filters: Filters, round_: RoundRow) -> dict[str, Any]:
    kind, region = filters["rodzaj"], filters["woj"]
    return {
        "round_id": round_.round_id,
        "kind": JstKind(kind) if kind else None,
        "area_code": filters["obszar"],
        "voivodeships": (region,) if region else None,
        "known": _known(round_),
        "text": filters["szukaj"],
    }


def _dimensions(
    by_kind: Mapping[JstKind, Any],
    by_area: Mapping[str, Any],
    by_voivodeship: Mapping[str, Any],
    areas: Mapping[str, SupportArea],
) -> list[dict[str, Any]]:
    """The three breakdowns: heading, name of the filter, and ``(value, text, numbers)`` rows."""
    names = {code: i18n.localized(area.name) for code, area in areas.items()}
    in_order = [code for code in areas if code in by_area]
    unknown = sorted(set(by_area) - set(areas))
    return [
        {
            "title": _("By kind of JST"),
            "column": _("Kind of JST"),
            "filter": "rodzaj",
            "rows": [
                (kind.value, str(JST_KINDS_MANY[kind]), by_kind[kind])
                for kind in JstKind
                if kind in by_kind
            ],
        },
        {
            "title": _("By area of support"),
            "column": _("Area of support"),
            "filter": "obszar",
            "rows": [(c, names.get(c, c), by_area[c]) for c in (*in_order, *unknown)],
        },
        {
            "title": _("By voivodeship"),
            "column": _("Voivodeship"),
            "filter": "woj",
            "rows": [
                (code, VOIVODESHIPS.get(code, code), by_voivodeship[code])
                for code, _name in voivodeship_choices(by_voivodeship)
            ],
        },
    ]

"""The public catalogue of HDRs and the page of each, for people and, as JSON, for machines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.gateway import documents, i18n
from services.gateway.i18n import gettext as _
from services.gateway.labels import JST_KINDS_MANY
from services.gateway.pages import Filter, Filters, Paging, choices, voivodeship_choices
from services.gateway.projections.editions import (
    EditionRow,
    find_edition,
    grouping_of,
    known_areas,
    list_editions,
)
from services.gateway.projections.hdrs import (
    CatalogueFilter,
    CatalogueGroup,
    PublishedHdr,
    catalogue,
    catalogue_groups,
    document_of,
    find_published,
    versions_of,
)
from services.gateway.projections.summaries import SummaryFilter, published_summaries
from services.gateway.runtime import runtime
from shared.contracts.base import JstKind

blueprint = Blueprint("catalogue", __name__, url_prefix="/hdr")

GONE = 410


@blueprint.get("")
def show_catalogue() -> str:
    """Published HDRs: grouped as an edition says where one is chosen, else by name."""
    with runtime().database.reading() as connection:
        areas = known_areas(connection)
        editions = list_editions(connection)
        filters = _filters(areas, editions)
        chosen = _chosen(filters, editions)
        edition = next((e for e in editions if e.slug == filters["edycja"]), None)
        total = catalogue(connection, CatalogueFilter(**chosen, limit=1)).total
        paging = Paging(total)
        groups: list[CatalogueGroup] = []
        rows: tuple[PublishedHdr, ...] = ()
        if edition is not None:
            groups = catalogue_groups(
                connection,
                CatalogueFilter(**chosen, limit=None),
                grouping_of(connection, edition.edition_id),
            )
        else:
            rows = catalogue(
                connection,
                CatalogueFilter(**chosen, offset=paging.offset, limit=paging.limit),
            ).rows
    return render_template(
        "catalogue/list.html",
        areas=areas,
        edition=edition,
        editions={e.edition_id: e for e in editions},
        filters=filters,
        groups=groups,
        paging=paging,
        rows=rows,
    )


@blueprint.get("/<jst_code>/<slug>")
def show_hdr(jst_code: str, slug: str) -> str | Response | tuple[str, int]:
    """The newest version of an HDR, or the notice that it was taken down."""
    with runtime().database.reading() as connection:
        hdr = find_published(connection, jst_code, slug) or abort(404)
    if (hdr.jst.code, hdr.slug) != (jst_code, slug):
        return redirect(_address(hdr), 301)
    return _page(hdr)


@blueprint.get("/<jst_code>/<slug>/wersje/<int:number>")
def show_version(jst_code: str, slug: str, number: int) -> str | Response | tuple[str, int]:
    """One version by its number: its address never shows another text."""
    with runtime().database.reading() as connection:
        hdr = find_published(connection, jst_code, slug, number) or abort(404)
    return _page(hdr)


@blueprint.get("/<jst_code>/<slug>/wersje")
def list_versions(jst_code: str, slug: str) -> str:
    """All published versions of an HDR."""
    with runtime().database.reading() as connection:
        hdr = find_published(connection, jst_code, slug) or abort(404)
        versions = versions_of(connection, hdr.hdr_id)
    return render_template("catalogue/versions.html", hdr=hdr, versions=versions)


@blueprint.get("/<jst_code>/<slug>.json")
def show_json(jst_code: str, slug: str) -> Response | tuple[Response, int]:
    """The newest version as JSON, with what it is about."""
    with runtime().database.reading() as connection:
        hdr = find_published(connection, jst_code, slug) or abort(404)
        data = _as_data(hdr)
        if hdr.is_withdrawn:
            return jsonify(data), GONE
        document = document_of(connection, hdr.hdr_id, hdr.published_version)
        return jsonify({**data, "document": document})


def _page(hdr: PublishedHdr) -> str | tuple[str, int]:
    with runtime().database.reading() as connection:
        shown: dict[str, Any] = {
            "hdr": hdr,
            "area": known_areas(connection).get(hdr.area_code),
            "edition": find_edition(connection, hdr.edition_id),
            "summaries": published_summaries(connection, SummaryFilter(hdr_id=hdr.hdr_id)).rows,
            "versions": versions_of(connection, hdr.hdr_id),
        }
        document = document_of(connection, hdr.hdr_id, hdr.published_version)
    if hdr.is_withdrawn:
        return render_template("catalogue/withdrawn.html", **shown), GONE
    sections = documents.sections(
        document or {},
        documents.find_template("HDR", hdr.template_version),
        leave_out=("title", "implementation_period"),
    )
    return render_template("catalogue/hdr.html", sections=sections, **shown)


def _address(hdr: PublishedHdr) -> str:
    return url_for(".show_hdr", jst_code=hdr.jst.code, slug=hdr.slug)


def _as_data(hdr: PublishedHdr) -> dict[str, Any]:
    """What is said of an HDR beside its text; JSON."""
    return {
        "hdr_id": str(hdr.hdr_id),
        "published_version": hdr.published_version,
        "address": url_for(".show_hdr", jst_code=hdr.jst.code, slug=hdr.slug, _external=True),
        "title": hdr.title,
        "jst": hdr.jst.model_dump(mode="json"),
        "area_code": hdr.area_code,
        "edition_id": str(hdr.edition_id),
        "template_version": hdr.template_version,
        "starts_on": hdr.starts_on.isoformat(),
        "ends_on": hdr.ends_on.isoformat(),
        "published_at": hdr.published_at.isoformat(),
        "withdrawn_at": hdr.withdrawn_at.isoformat() if hdr.withdrawn_at else None,
        "withdrawal_reason": hdr.withdrawal_reason,
    }


def _filters(areas: dict[str, Any], editions: list[EditionRow]) -> Filters:
    kinds = {kind: JST_KINDS_MANY[kind] for kind in JstKind}
    by_number = {code: i18n.localized(area.name) for code, area in areas.items()}
    names = {e.slug: i18n.localized(e.configuration.name) for e in editions}
    return Filters(
        (
            Filter("rodzaj", _("Kind of JST"), choices(kinds, first=_("all"))),
            Filter("obszar", _("Area of support"), choices(by_number, first=_("all"))),
            Filter("woj", _("Voivodeship"), voivodeship_choices(first=_("all"))),
            Filter("edycja", _("Edition"), choices(names, first=_("all"))),
            Filter("szukaj", _("Words in the text, JST or code")),
        )
    )


def _chosen(filters: Filters, editions: list[EditionRow]) -> dict[str, Any]:
    kind, region = filters["rodzaj"], filters["woj"]
    ids: dict[str, UUID] = {e.slug: e.edition_id for e in editions}
    return {
        "kind": JstKind(kind) if kind else None,
        "area_code": filters["obszar"],
        "voivodeships": (region,) if region else None,
        "edition_id": ids.get(filters["edycja"] or ""),
        "text": filters["szukaj"],
    }

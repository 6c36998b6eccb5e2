"""The start page: what the programme is, what is open, what is new, how far it has come."""

from __future__ import annotations

from flask import Blueprint, render_template

from services.gateway.projections.calls import open_calls
from services.gateway.projections.editions import known_areas
from services.gateway.projections.hdrs import CatalogueFilter, catalogue
from services.gateway.projections.programme_funnel import programme_funnel
from services.gateway.runtime import runtime

blueprint = Blueprint("home", __name__)

NEWEST = 4


@blueprint.get("/")
def start() -> str:
    """The first page anyone sees."""
    today = runtime().clock.today()
    with runtime().database.reading() as connection:
        published = catalogue(connection, CatalogueFilter(limit=None)).rows
        shown = {
            "calls": open_calls(connection, today),
            "funnel": programme_funnel(connection),
            "areas": known_areas(connection),
        }
    newest = sorted(published, key=lambda hdr: hdr.published_at, reverse=True)[:NEWEST]
    return render_template("home/start.html", today=today, newest=newest, **shown)

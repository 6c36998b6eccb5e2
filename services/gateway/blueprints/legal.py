"""What the law asks of a public site: accessibility, personal data; and the map of the site."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, render_template, request

from services.gateway.pages import PUBLIC_PLACES, navigation
from services.gateway.publisher import Publisher

blueprint = Blueprint("legal", __name__)

EXTENSION = "ore-publisher"


def init_app(app: Flask) -> None:
    """Read who answers for the site."""
    app.extensions[EXTENSION] = Publisher.from_environment()


@blueprint.get("/deklaracja-dostepnosci")
def accessibility() -> str:
    """The accessibility declaration, with the ids that its validators look for."""
    return render_template(
        "legal/accessibility.html",
        publisher=current_app.extensions[EXTENSION],
        site=request.host_url,
    )


@blueprint.get("/prywatnosc")
def privacy() -> str:
    """Whose personal data are used for what, and what is not collected."""
    return render_template("legal/privacy.html")


@blueprint.get("/mapa-strony")
def site_map() -> str:
    """All public places on one page."""
    return render_template("legal/site_map.html", places=navigation(PUBLIC_PLACES))

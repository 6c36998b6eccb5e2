"""The public pages over a platform."""

from __future__ import annotations

from services.gateway.app import create_app
from tests.unit.gateway.browser import Browser
from tests.unit.gateway.programme import Programme, settings

PUBLIC = (
    "application_form",
    "calls",
    "candidate",
    "catalogue",
    "home",
    "legal",
    "practices",
    "reports",
    "sign_in",
)
"""The modules of the public pages."""


def visit(programme: Programme, language: str | None = "pl") -> Browser:
    """A new visitor of the public pages."""
    app = create_app(
        settings(), database=programme.rpc.gateway, rpc=programme.rpc, only=PUBLIC
    )
    return Browser(app, language)

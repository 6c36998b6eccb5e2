"""The public pages over a platform."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask

from services.gateway.app import create_app
from services.gateway.runtime import EXTENSION, Runtime
from tests.pages.browser import Browser, Page
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

_shared: list[Flask] = []


class Visitor(Browser):
    """A browser on one platform's pages; several platforms share one web application."""

    def __init__(self, app: Flask, platform: Runtime, language: str | None) -> None:
        super().__init__(app, language)
        self.app = app
        self.platform = platform
        self.arrive()

    def arrive(self) -> None:
        """Let the web application serve this browser's platform."""
        self.app.extensions[EXTENSION] = self.platform

    def get(self, address: str) -> Page:
        self.arrive()
        return super().get(address)

    def post(self, address: str | None = None, **fields: str) -> Page:
        self.arrive()
        return super().post(address, **fields)


def visit(programme: Programme, language: str | None = "pl", **changes: Any) -> Visitor:
    """A new visitor of the public pages.

    ``changes`` are of the gateway's settings. The web application is made once: its templates
    take longer to read than most tests to run.
    """
    if not _shared:
        _shared.append(
            create_app(settings(), database=programme.rpc.gateway, rpc=programme.rpc, only=PUBLIC)
        )
    (app,) = _shared
    platform = replace(
        app.extensions[EXTENSION],
        database=programme.rpc.gateway,
        rpc=programme.rpc,
        settings=settings(**changes),
    )
    return Visitor(app, platform, language)

"""What gunicorn runs: the web application of one worker process."""

from __future__ import annotations

from typing import Any

from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings
from shared.kernel import logs


def application() -> Any:
    """The web application, its connections made in the process that uses them."""
    logs.configure()
    return create_app(GatewaySettings.from_environment())

"""What the running gateway is made of, for whoever serves a request."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask import current_app
from pydantic import BaseModel

from services.gateway.settings import GatewaySettings
from services.gateway.views_watch import ViewsWatch
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.kernel.rpc import CallContext

EXTENSION = "ore"


class Rpc(Protocol):
    """How services are asked: `shared.kernel.rpc.RpcClient`, or the same without a broker."""

    def call(
        self,
        service: str,
        method: str,
        request: BaseModel | Mapping[str, Any],
        context: CallContext | None = None,
        *,
        timeout_seconds: float | None = None,
    ) -> dict[str, Any]:
        """Ask and wait; see `shared.kernel.rpc.RpcClient.call`."""


@dataclass(frozen=True)
class Runtime:
    """The gateway's parts."""

    settings: GatewaySettings
    database: Database
    rpc: Rpc
    views_moved: threading.Condition | None
    """Signalled by the projector where it runs in this process."""
    clock: Clock
    views_watch: ViewsWatch | None = None
    """Hears from the projector where it runs in another process."""


def runtime() -> Runtime:
    """The running gateway's parts."""
    found: Runtime = current_app.extensions[EXTENSION]
    return found

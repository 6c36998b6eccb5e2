"""Takes every contract event into the journal and the views; one works, others stand by."""

from __future__ import annotations

import threading
from typing import Any

import structlog

from services.gateway.journal import SOURCES, SUBSCRIPTION, Journal
from services.gateway.progress import database_state, gateway_figures
from services.gateway.projections.registry import VIEWS
from shared.kernel.database import Database
from shared.kernel.metrics import Figures
from shared.kernel.rpc import RpcClient
from shared.kernel.subscription import TRANSIENT, Subscription

log = structlog.get_logger(__name__)

WAIT_SECONDS = 1.0


class Projector:
    """The gateway's subscription to all services.

    Args:
        database: The gateway's own, its tables in place.
        broker_url: kombu URL.
        heal_seconds: After so long a silence the services' logs are asked for what was lost.
    """

    def __init__(self, database: Database, broker_url: str, *, heal_seconds: float = 5.0) -> None:
        self.journal = Journal(database, [view() for view in VIEWS])
        self.rpc = RpcClient(broker_url)
        self._stopping = threading.Event()
        self.subscription = Subscription(
            SUBSCRIPTION,
            SOURCES,
            self.journal,
            self.rpc.read_feed,
            broker_url,
            heal_seconds=heal_seconds,
        )

    def run(self) -> None:
        """Follow the services until stopped."""
        while not self._stopping.is_set():
            try:
                self.journal.prepare()
                break
            except TRANSIENT as error:  # the database is not there yet, or again
                self.subscription.trouble = f"{type(error).__name__}: {error}"
                log.warning("projector_waits", error=type(error).__name__)
                self._stopping.wait(WAIT_SECONDS)
        self.subscription.run()

    def state(self) -> tuple[bool, dict[str, Any]]:
        """Whether it follows, and what may be told of it to anybody."""
        is_connected, state = database_state(self.journal.database)
        is_troubled = self.subscription.trouble is not None
        return is_connected and not is_troubled, {
            "service": "projector",
            "is_troubled": is_troubled,  # the trouble's text may name hosts
            "gaps_healed": self.subscription.gaps_healed,
            **state,
        }

    def figures(self) -> Figures:
        """Position and lag of the journal and the views, for Prometheus."""
        return gateway_figures(self.journal.database, self.rpc)

    def stop(self) -> None:
        """End `run` after the batch in hand."""
        self._stopping.set()
        self.subscription.stop()
        self.rpc.close()

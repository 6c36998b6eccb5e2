"""Takes every contract event into the journal and the views; one works, others stand by."""

from __future__ import annotations

from services.gateway.journal import SOURCES, SUBSCRIPTION, Journal
from services.gateway.projections.registry import VIEWS
from shared.kernel.database import Database
from shared.kernel.rpc import RpcClient
from shared.kernel.subscription import Subscription


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
        self.journal.prepare()
        self.subscription.run()

    def stop(self) -> None:
        """End `run` after the batch in hand."""
        self.subscription.stop()
        self.rpc.close()

"""The gateway's journal in a process of its own, as its projector is.

python -m bench.journaling LEDGER_URL GATEWAY_URL AMQP_URL        until SIGTERM

Tells each time it has looked into the log: from then on only the broker brings what is new.
"""

from __future__ import annotations

import signal
import sys
from typing import Any

from services.gateway.journal import Journal
from services.gateway.projections.registry import VIEWS
from shared.kernel.database import Database
from shared.kernel.subscription import Subscription
from tests.samples.parts import LEDGER


class TellingSubscription(Subscription):
    """Tells when it has caught up."""

    def catch_up(self) -> None:
        """Take over what the log holds, then tell."""
        super().catch_up()
        print("level", flush=True)


def main() -> None:
    """Listen."""
    ledger_url, gateway_url, amqp_url = sys.argv[1:]
    ledger: Any = LEDGER.build(Database(ledger_url))
    gateway = Database(gateway_url)
    journal = Journal(gateway, [view() for view in VIEWS])

    def feed(_source: str, after: int, limit: int) -> list[Any]:
        found: list[Any] = ledger.read_contract_events(after, limit)[0]
        return found

    subscription = TellingSubscription("gateway", ["ledger"], journal, feed, amqp_url)
    signal.signal(signal.SIGTERM, lambda *_: subscription.stop())
    subscription.run()
    gateway.close()
    ledger.close()


if __name__ == "__main__":
    main()

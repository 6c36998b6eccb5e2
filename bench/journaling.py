"""The gateway's journal in a process of its own, as its projector is.

python -m bench.journaling LEDGER_URL GATEWAY_URL AMQP_URL        until SIGTERM

Tells each time it has looked into the log: from then on only the broker brings what is new.
"""

from __future__ import annotations

import sys
from typing import Any

from bench.following import feed_of, listen
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

    feed = feed_of(ledger)
    listen(TellingSubscription("gateway", ["ledger"], journal, feed, amqp_url), gateway, ledger)


if __name__ == "__main__":
    main()

"""A listening service's process: hears of each amount and records its own event of it.

python -m bench.mirror LEDGER_URL MIRROR_URL AMQP_URL        until SIGTERM

After each commit it tells the number of the event that it has taken in, and the moment. Whoever
asked the database instead, again and again, would take the processor from what is measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

from bench.following import feed_of, listen
from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.parking import ServiceSink
from shared.kernel.positions import Position
from shared.kernel.subscription import Subscription
from tests.samples.parts import LEDGER, MIRROR, mirror_handlers


class TellingSink(ServiceSink):
    """Tells what is committed."""

    def apply(self, envelopes: Sequence[Envelope], position: Position) -> None:
        """Take over consecutive events of one source, then tell the last."""
        super().apply(envelopes, position)
        print(envelopes[-1].sequence, time.perf_counter(), flush=True)


def main() -> None:
    """Listen."""
    ledger_url, mirror_url, amqp_url = sys.argv[1:]
    ledger: Any = LEDGER.build(Database(ledger_url))
    database = Database(mirror_url)
    with database.transaction() as connection:
        schema.create_v1(connection)
    mirror = MIRROR.build(database)

    subscription = Subscription(
        "mirror", ["ledger"], TellingSink(mirror, mirror_handlers), feed_of(ledger), amqp_url
    )
    listen(subscription, mirror, ledger)


if __name__ == "__main__":
    main()

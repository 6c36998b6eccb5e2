"""Slow queries in green threads beside a beat; prints its longest stall and the whole time.

Then a long log is read in pages, the next one asked for ahead; prints how many events came.
"""

import sys
import time

import eventlet

eventlet.monkey_patch()

from psycogreen.eventlet import patch_psycopg  # noqa: E402

patch_psycopg()

from shared.kernel.database import Database  # noqa: E402
from tests.samples.parts import Account, Ledger  # noqa: E402

BEAT_SECONDS = 0.01
EVENTS = 3000
PAGE = 200


class PlainLedger(Ledger):
    """The ledger without its read model."""

    projections = ()


def main(url: str) -> None:
    database = Database(url, pool_size=4)
    stalls = []

    def beat() -> None:
        last = time.monotonic()
        while True:
            eventlet.sleep(BEAT_SECONDS)
            now = time.monotonic()
            stalls.append(now - last - BEAT_SECONDS)
            last = now

    def ask() -> None:
        with database.single_statements() as connection:
            connection.cursor().execute("SELECT pg_sleep(0.5)")

    # The first connections are opened before: looking a host up is not what is measured.
    with database.single_statements() as connection:
        connection.cursor().execute("SELECT 1")
    beating = eventlet.spawn(beat)
    started = time.monotonic()
    for one in [eventlet.spawn(ask) for _ in range(4)]:
        one.wait()
    together = time.monotonic() - started
    beating.kill()
    sys.stdout.write(f"{max(stalls)} {together} {read_in_pages(database)}\n")


def read_in_pages(database: Database) -> int:
    """Events that two green threads read at the same time, each all of them; 0 if they differ."""
    ledger = PlainLedger(database)
    account = Account(name="one")
    for amount in range(EVENTS - 1):
        account.add(amount)
    ledger.save(account)

    def read() -> list[int]:
        return [one.event.originator_version for page in ledger.read_log(0, PAGE) for one in page]

    first, second = (reading.wait() for reading in [eventlet.spawn(read) for _ in range(2)])
    return len(first) if first == second == list(range(1, EVENTS + 1)) else 0


if __name__ == "__main__":
    main(sys.argv[1])

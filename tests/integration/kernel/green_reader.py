"""Slow queries in green threads beside a beat; prints its longest stall and the whole time."""

import sys
import time

import eventlet

eventlet.monkey_patch()

from psycogreen.eventlet import patch_psycopg  # noqa: E402

patch_psycopg()

from shared.kernel.database import Database  # noqa: E402

BEAT_SECONDS = 0.01


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
    sys.stdout.write(f"{max(stalls)} {together}\n")


if __name__ == "__main__":
    main(sys.argv[1])

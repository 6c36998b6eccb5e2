"""The library's own projection runner on PostgreSQL; runs in an environment of its own.

python bench/runner_subject.py URL COUNT
"""

from __future__ import annotations

import json
import sys
import time
from functools import singledispatchmethod
from typing import Any
from urllib.parse import unquote, urlsplit

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner


class Account(Aggregate):
    """Amounts under one name."""

    class Added(Aggregate.Event):
        """An amount was added."""

        amount: int

    def __init__(self) -> None:
        self.total = 0

    @event(Added)
    def add(self, amount: int) -> None:
        """Add an amount."""
        self.total += amount


class Accounts(Application):
    """Records amounts."""


class Sums(PostgresTrackingRecorder):
    """The sum of all amounts, kept together with the position."""

    def create_table(self) -> None:
        """Also the sums."""
        super().create_table()
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("CREATE TABLE bench_sums (id text PRIMARY KEY, total bigint)")

    def add(self, account: str, amount: int, tracking: Tracking) -> None:
        """Add to the sum of an account."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO bench_sums VALUES (%s, %s) ON CONFLICT (id) "
                "DO UPDATE SET total = bench_sums.total + excluded.total",
                (account, amount),
            )


class SumsProjection(Projection[Sums]):
    """Adds up."""

    name = "sums"
    topics = ()

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """What is no amount moves the position only."""
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, domain_event: Account.Added, tracking: Tracking) -> None:
        self.view.add(str(domain_event.originator_id), domain_event.amount, tracking)


def main() -> None:
    """Record, then let the runner catch up."""
    url, count = urlsplit(sys.argv[1]), int(sys.argv[2])
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": url.path.lstrip("/"),
        "POSTGRES_HOST": url.hostname or "",
        "POSTGRES_PORT": str(url.port or 5432),
        "POSTGRES_USER": unquote(url.username or ""),
        "POSTGRES_PASSWORD": unquote(url.password or ""),
    }
    application: Any = Accounts(env)
    for _ in range(0, count, 500):
        account = Account()
        for _ in range(499):
            account.add(1)
        application.save(account)
    last = application.recorder.max_notification_id()
    started = time.perf_counter()
    with ProjectionRunner(
        application_class=Accounts, projection_class=SumsProjection, view_class=Sums, env=env
    ) as runner:
        runner.wait(last, timeout=120)
    print(json.dumps(last / (time.perf_counter() - started)))


if __name__ == "__main__":
    main()

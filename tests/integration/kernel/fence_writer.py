"""A writer of the fence test: transactions that dawdle, and some that roll back."""

import random
import sys
import time
from uuid import uuid4

from eventsourcing.persistence import OperationalError, StoredEvent
from sqlalchemy.exc import DBAPIError

from shared.kernel.database import Database
from shared.kernel.event_store import EventRecorder


class GaveUpError(Exception):
    """Rolls a transaction back."""


def main(url: str, transactions: int, seed: int) -> None:
    chance = random.Random(seed)
    recorder = EventRecorder(Database(url, pool_size=1))
    for _ in range(transactions):
        events = [StoredEvent(uuid4(), 1, "sample", b"{}") for _ in range(chance.randint(1, 4))]
        try:
            with recorder.database.transaction() as connection:
                recorder.insert_in(connection, events)
                if chance.random() < 0.3:
                    time.sleep(chance.random() * 0.03)  # an open transaction is what is tested
                if chance.random() < 0.2:
                    raise GaveUpError  # noqa: TRY301 -- from inside the transaction
        except (GaveUpError, OperationalError, DBAPIError):  # or somebody cut the connection
            pass


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

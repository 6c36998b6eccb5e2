"""A relay that another one leads."""

import threading
from contextlib import contextmanager

from shared.kernel.database import Database
from shared.kernel.relay import Relay
from tests.samples.parts import LEDGER


def test_what_troubled_a_relay_is_over_once_another_leads(monkeypatch):
    database = Database("sqlite://")
    relay = Relay(LEDGER.build(database), "memory://")
    relay.trouble = "OSError: the broker was away"
    stands_by = threading.Event()

    @contextmanager
    def another_leads():
        stands_by.set()
        yield None

    monkeypatch.setattr(relay, "_leadership", another_leads)
    running = threading.Thread(target=relay.run)
    running.start()
    assert stands_by.wait(10)
    relay.stop()
    running.join(timeout=10)

    assert relay.trouble is None
    database.close()

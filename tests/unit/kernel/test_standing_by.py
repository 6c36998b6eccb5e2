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
    stood_by = threading.Event()

    @contextmanager
    def another_leads():
        yield None
        stood_by.set()

    monkeypatch.setattr(relay, "_leadership", another_leads)
    running = threading.Thread(target=relay.run)
    running.start()
    relay.stop()
    running.join(timeout=10)

    assert stood_by.is_set()
    assert relay.trouble is None
    database.close()

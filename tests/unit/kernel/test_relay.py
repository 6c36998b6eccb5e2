"""Two relays of one service: the position is moved by one of them, and the other one notices."""

import pytest

from shared.kernel import relay
from shared.kernel.relay import OvertakenError, Relay, UnconfirmedError
from tests.memory import an_application
from tests.samples.parts import AddAmount, Ledger, ledger_publications


class Outlet:
    """A publisher that keeps what is published, and may be told to do something before."""

    def __init__(self):
        self.published = []
        self.before = lambda: None

    def publish(self, envelopes):
        self.before()
        self.published += [envelope.sequence for envelope in envelopes]


@pytest.fixture
def ledger():
    application = an_application(Ledger, publications=ledger_publications)
    yield application
    application.close()


def a_relay(ledger):
    return Relay(ledger, "memory://")


@pytest.mark.parametrize("published_before", [0, 1])
def test_a_relay_whose_position_another_one_moved_stops_and_begins_anew(ledger, published_before):
    first, second, outlet = a_relay(ledger), a_relay(ledger), Outlet()
    for amount in range(published_before):
        ledger.add_amount(AddAmount(name="a", amount=amount))
        first.publish_batch(outlet)
    ledger.add_amount(AddAmount(name="a", amount=7))
    ledger.add_amount(AddAmount(name="a", amount=8))
    outlet.before = lambda: second.publish_batch(Outlet())

    with pytest.raises(OvertakenError, match="the position is"):
        first.publish_batch(outlet)

    ledger.add_amount(AddAmount(name="a", amount=9))
    after, again = a_relay(ledger), Outlet()
    after.publish_batch(again)
    assert again.published == [ledger.log.max_notification_id()]


class Chatty:
    """A connection that has something to say at each moment, and confirms nothing."""

    def __init__(self, clock):
        self.clock = clock
        self.waited = []
        self.connection = self
        self.channel = lambda: self

    def basic_publish(self, *_, **__):
        """Takes every message."""

    def prepare_message(self, *_):
        return None

    def blocking_read(self, timeout):
        self.waited.append(timeout)
        self.clock.now += 3.0


class Clock:
    now = 100.0

    def monotonic(self):
        return self.now


def test_a_broker_that_only_beats_has_no_longer_to_confirm(ledger, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(relay, "time", clock)
    ledger.add_amount(AddAmount(name="a", amount=7))
    connection = Chatty(clock)
    publisher = relay._ConfirmedPublisher(connection, "memory://")
    monkeypatch.setattr(publisher, "has_confirms", True)
    monkeypatch.setattr(publisher, "_cork", lambda _is_corked: None)

    with pytest.raises(UnconfirmedError, match="in time"):
        publisher.publish(ledger.read_contract_events(0, 10)[0])

    assert connection.waited == [10.0, 7.0, 4.0, 1.0, 0]

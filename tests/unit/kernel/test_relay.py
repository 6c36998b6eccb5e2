"""Two relays of one service: the position is moved by one of them, and the other one notices."""

import pytest

from shared.kernel.relay import OvertakenError, Relay
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

"""Connections to a real broker that come to their end."""

import pytest
from amqp import spec
from amqp.exceptions import ConnectionError as ClosedByTheBroker

from shared.kernel import broker

pytestmark = pytest.mark.integration


def test_what_the_broker_has_closed_is_not_made_anew_to_be_dropped(servers):
    connection = broker.connect(servers.amqp_url)
    driver = connection.connection
    connection.default_channel.send_method(spec.Channel.Open, "s", ("",))  # again: an offence
    with pytest.raises(ClosedByTheBroker):
        connection.drain_events(timeout=10)

    broker.drop(connection)

    assert not driver.connected

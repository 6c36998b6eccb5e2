"""RabbitMQ restarted and killed, its queues purged, its data wiped, while commands come in."""

import pytest
from kombu import Connection

from tests.faults.harness import LISTENERS
from tests.story.steps import eventually

pytestmark = pytest.mark.faults


@pytest.fixture(autouse=True)
def busy(platform):
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)
    platform.wait_until_followed()


def test_a_restarted_broker_loses_nothing(platform, rabbitmq, judge):
    rabbitmq.restart()
    platform.load.wait_for(10)

    judge("RabbitMQ restarted", 1)


def test_a_killed_broker_loses_nothing_that_matters(platform, rabbitmq, judge):
    # RabbitMQ 3.10 writes the names of new quorum queues down within three minutes or when it is
    # stopped; killed before, it can lead such a queue no more, whoever uses it.
    rabbitmq.restart()
    platform.load.wait_for(10)
    platform.wait_until_followed()
    rabbitmq.kill()
    rabbitmq.start()
    platform.load.wait_for(10)

    judge("RabbitMQ killed", 1)


def test_purged_queues_are_healed_from_the_log(platform, judge):
    for name in LISTENERS:
        platform.kill(name)
    platform.load.wait_for(10)
    with Connection(platform.amqp_url) as connection:
        purge = connection.default_channel.queue_purge
        for queue in LISTENERS.values():
            eventually(lambda queue=queue: purge(queue) > 0, f"messages in {queue}")

    platform.start(*LISTENERS)
    platform.load.wait_for(10)

    judge("queues purged", len(LISTENERS))


def test_a_broker_that_lost_everything_is_made_anew_and_healed_from_the_log(
    platform, rabbitmq, judge
):
    rabbitmq.wipe()
    platform.wire.unbind()
    rabbitmq.start()
    platform.make_virtual_host()
    platform.lost_messages()
    platform.load.wait_for(10)

    judge("RabbitMQ's data wiped", 1)

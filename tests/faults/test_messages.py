"""Messages doubled, reordered, corrupted, forged, of another epoch, of an unknown form."""

from random import Random

import orjson
import pytest

from tests.faults.checker import parked_at
from tests.faults.conftest import SEED
from tests.story.steps import eventually

pytestmark = pytest.mark.faults


def test_doubled_and_reordered_messages_have_one_effect_in_order(platform, judge):
    random = Random(SEED)
    platform.start()
    platform.load.start()
    platform.load.wait_for(20)
    platform.wait_until_followed()
    platform.wire.wait_for(10)
    sent = 0

    for _ in range(5):
        bodies = random.choices(list(platform.wire.bodies.values()), k=10)
        for body in bodies:
            platform.publish(body)
        sent += len(bodies)
        platform.load.wait_for(3)

    judge("messages doubled and reordered", sent)


def test_what_cannot_be_read_or_believed_is_parked_once_and_the_rest_goes_on(platform, judge):
    random = Random(SEED)
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)
    platform.wait_until_followed()
    platform.wire.wait_for(3)
    whole = random.sample(list(platform.wire.bodies.values()), 3)
    corrupted = [body[: random.randrange(1, len(body) - 1)] for body in whole]
    foreign = orjson.dumps(orjson.loads(whole[0]) | {"epoch": "another"})
    forged = orjson.dumps(orjson.loads(whole[1]) | {"sequence": f"{platform.end() + 100:020d}"})

    for body in (*corrupted, foreign):
        platform.publish(body)
        platform.publish(body)
    for queue in ("ore.mirror", "ore.gateway"):
        platform.publish(forged, key=queue, exchange="")
    platform.load.wait_for(10)
    expected = ["not JSON"] * 3 + ["ledger is not in epoch another", "not published by ledger"]
    for name in ("mirror", "journal"):
        url = platform.urls[name]
        eventually(lambda url=url: len(parked_at(url)) >= len(expected), f"{name} to park")
        assert sorted(parked_at(url)) == sorted(expected)

    platform.known["expected_parked"] = expected
    judge("messages corrupted, forged, of another epoch", 2 * len(corrupted) + 4)


def test_a_form_of_a_later_release_moves_the_position_and_nothing_else(platform, judge):
    later = range(5, 200, 7)
    platform.settings["ledger"] = {"unheard": list(later)}
    platform.known["unheard"] = frozenset(later)
    platform.start()
    platform.load.start()
    platform.load.wait_for(30)

    judge("messages of an unknown version", len([n for n in platform.load.asked if n in later]))

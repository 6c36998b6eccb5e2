"""Messages doubled, reordered, corrupted, forged, of another epoch, of an unknown form.

What is withheld from a listener comes to it broken or out of order, for the first time; only what
it then sees to be missing has it look into the log.
"""

from random import Random

import orjson
import pytest

from tests.faults.checker import parked_at
from tests.faults.conftest import SEED
from tests.faults.harness import LISTENERS, NEVER_SECONDS
from tests.story.steps import eventually

pytestmark = pytest.mark.faults


def test_messages_reordered_and_doubled_before_they_were_heard_have_one_effect_in_order(
    platform, judge
):
    random = Random(SEED)
    platform.start("ledger")
    platform.start(*LISTENERS, heal_seconds=NEVER_SECONDS)
    platform.load.add(3)
    sent = 0

    for _ in range(5):
        messages = platform.withhold(8)
        shuffled = random.sample(messages, 8)
        mixed = random.sample([*shuffled, *messages], 16)
        for body in (*shuffled, *mixed):
            platform.publish(body)
        sent += len(shuffled) + len(mixed)
        platform.wait_until_taken()
        platform.load.add(1)

    judge("messages reordered and doubled, not heard before", sent)


def test_messages_that_come_again_long_after_have_no_effect(platform, judge):
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

    judge("messages that come again long after", sent)


def changed(body, **attributes):
    """An event with other attributes; ``None`` leaves one out."""
    event = orjson.loads(body) | attributes
    return orjson.dumps({name: value for name, value in event.items() if value is not None})


def flipped(body, bit, place):
    """A body with one bit turned over."""
    return body[:place] + bytes([body[place] ^ bit]) + body[place + 1 :]


BROKEN = {
    "cut short": (lambda body: body[: len(body) // 2], "not JSON"),
    "empty": (lambda _: b"", "not JSON"),
    "a bit turned over, no UTF-8": (lambda body: flipped(body, 0x80, 100), "not JSON"),
    "a bit turned over, no JSON": (lambda body: flipped(body, 0x01, 0), "not JSON"),
    "something after its end": (lambda body: body + body, "not JSON"),
    "no object": (lambda body: b"[" + body + b"]", "the message is not a JSON object"),
    "no number": (lambda body: changed(body, sequence=None), "missing or no text"),
    "a wrong number": (
        lambda body: changed(body, sequence="seven"),
        "invalid literal for int() with base 10",
    ),
    "no data": (lambda body: changed(body, data=None), "missing or no text"),
    "a moment without a zone": (
        lambda body: changed(body, time="2026-11-26T10:00:00"),
        "time names no zone",
    ),
    "an unknown kind of type": (
        lambda body: changed(body, type="amount"),
        "type is not pl.ore.<service>.<Name>.v<n>",
    ),
    "a wrong encoding": (
        lambda body: body + b" " * (len(body) % 2),  # an even number of bytes is read as UTF-16
        "not JSON",
        ("content_encoding", "utf-16"),
    ),
}
"""What becomes of a message on its way, the error that it is parked with, changed properties."""
MISLABELLED = {
    "another content type": {"content_type": "text/plain"},
    "a content type that is none": {"content_type": "application/x-python-serialize"},
    "an unknown encoding": {"content_encoding": "no-such"},
    "no headers": {"headers": {}},
    "headers of another event": {
        "headers": {"cloudEvents_type": "pl.ore.other.Thing.v1", "cloudEvents_source": "/ore/other"}
    },
}
"""Properties that were changed beside a body that is whole."""


def test_a_message_corrupted_on_its_way_is_parked_and_its_event_is_read_from_the_log(
    platform, judge
):
    platform.start("ledger")
    platform.start(*LISTENERS, heal_seconds=NEVER_SECONDS)
    platform.load.add(3)
    expected = []

    for corrupt, error, *properties in BROKEN.values():
        [original] = platform.withhold(1)
        platform.publish(corrupt(original), **dict(properties))
        expected.append(error)
        for name in LISTENERS:
            url = platform.urls[name]
            eventually(lambda url=url: len(parked_at(url)) == len(expected), f"{name} to park")
        platform.load.add(1)  # names its predecessor, which nobody has heard
        platform.wait_until_taken()
    for name in LISTENERS:
        assert sorted(parked_at(platform.urls[name])) == sorted(expected)

    platform.known["expected_parked"] = expected
    judge("messages corrupted on their way", len(BROKEN))


def test_a_whole_message_under_wrong_labels_has_its_effect(platform, judge):
    platform.start("ledger")
    platform.start(*LISTENERS, heal_seconds=NEVER_SECONDS)
    platform.load.add(3)

    for properties in MISLABELLED.values():
        [original] = platform.withhold(1)
        platform.publish(original, **properties)
        platform.wait_until_taken()

    judge("messages mislabelled", len(MISLABELLED))


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

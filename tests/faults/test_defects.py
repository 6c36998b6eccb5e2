"""The suite is sharp: a planted defect is reported by its name.

Each test plants one defect in a process and kills or holds it where that hurts.
"""

import pytest

from tests.faults.checker import position_of, published_up_to
from tests.faults.harness import LISTENERS
from tests.story.steps import eventually

pytestmark = pytest.mark.faults
LONG_QUEUE = 2_100
"""More than a quorum queue gives at once to who names no number."""


def dies(platform, name):
    [process] = platform.running[name]
    eventually(lambda: not process.is_alive(), f"{name} to reach its step")
    platform.kill(name)


def kinds(flaws):
    return {flaw.kind for flaw in flaws}


@pytest.mark.parametrize("listener", ["mirror", "journal"])
def test_an_acknowledgement_before_the_commit_is_reported(platform, listener):
    step = {"mirror": "effect before", "journal": "journal before"}[listener]
    defect = "acknowledgement before the commit"
    platform.start("ledger")
    platform.start(listener, defect=defect, die_at=step, passage=4, heal_seconds=600)
    for _ in range(3):  # what comes later than these comes by the broker, not from the log
        platform.load.add(1)
        end = platform.end()
        eventually(lambda end=end: position_of(platform.urls[listener]) == end, "its effect")

    platform.load.add(1)
    dies(platform, listener)
    end = platform.end()
    eventually(lambda: published_up_to(platform.urls["ledger"]) == end, "the confirm to be stored")

    assert platform.unacknowledged_and_gone(listener) == {end}


def test_what_waits_at_the_end_of_a_long_queue_is_not_reported(platform):
    platform.start("ledger", "mirror")
    platform.load.add(1)
    platform.wire.wait_for(1)
    eventually(lambda: position_of(platform.urls["mirror"]) > 0, "the mirror to follow")
    platform.kill("mirror")
    [known] = platform.wire.bodies.values()
    platform.publish(known, key=LISTENERS["mirror"], exchange="", times=LONG_QUEUE)

    platform.load.add(1)
    end = platform.end()
    eventually(lambda: published_up_to(platform.urls["ledger"]) == end, "the confirm to be stored")

    assert platform.unacknowledged_and_gone("mirror") == set()


def test_a_position_stored_before_the_confirm_is_reported(platform):
    platform.start("mirror", "journal")
    platform.start("ledger", defect="position before the confirm", die_at="publish before")
    platform.load.start(threads=1)
    dies(platform, "ledger")

    platform.start("ledger")
    platform.load.wait_for(3)
    flaws, _ = platform.verdict(seconds=5.0)

    assert "message lost" in kinds(flaws)


@pytest.mark.parametrize("defect", [None, "relay without fence"])
def test_a_relay_without_fence_is_reported(platform, defect):
    platform.start("mirror", "journal")
    platform.start("ledger", hold_every=3, defect=defect)
    platform.load.start()

    platform.load.wait_for(25)
    flaws, _ = platform.verdict(seconds=8.0 if defect else 60.0)

    lost = {"effect lost", "journal entry lost", "message lost"}
    assert lost <= kinds(flaws) if defect else flaws == [], flaws


def test_an_inbox_without_position_is_reported(platform):
    platform.start("ledger", "journal")
    platform.start("mirror", defect="inbox without position", die_at="effect committed")
    platform.load.add(1)
    dies(platform, "mirror")

    platform.start("mirror")
    platform.load.add(1)
    flaws, _ = platform.verdict()

    assert kinds(flaws) == {"effect doubled"}


def test_an_answer_kept_by_another_statement_than_its_events_is_reported(platform):
    platform.start("mirror", "journal")
    platform.start("ledger", defect="answer after the events", die_at="answered before")
    platform.load.start(threads=1)
    dies(platform, "ledger")

    platform.start("ledger")
    platform.load.wait_for(3)
    flaws, _ = platform.verdict()

    assert "command doubled" in kinds(flaws)

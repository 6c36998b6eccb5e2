"""``kill -9`` of each process at every step, again and again, while commands come in."""

import math
import time

import pytest

from tests.faults.conftest import FIGURES, KILLS, LONG, MINUTES, SEED
from tests.faults.harness import NAMES, Assassin
from tests.faults.steps import STEPS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(60 * MINUTES + 300)]
PATIENCE_SECONDS = 6.0
"""After so long without passing its step, a process is killed from outside."""


def test_killed_at_every_step_again_and_again_nothing_is_lost_or_doubled(platform, judge):
    assassin = Assassin(platform, STEPS, SEED)
    platform.start()
    platform.load.start()
    deadline = time.monotonic() + 60 * MINUTES
    together = [("ledger",), ("mirror", "journal"), NAMES]
    """A listener whose source lives gets its messages from the broker, else from the log."""

    are_done = [
        assassin.run(
            names,
            math.ceil(KILLS / 3),
            deadline,
            PATIENCE_SECONDS,
            lambda names=names: not missing(assassin, names),
        )
        for names in together
    ]

    judge("kill -9 at every step, and from outside", assassin.kills)
    for (name, step), times in sorted(assassin.deaths.items()):
        FIGURES.append((f"  {name}: {step}", times, None, 0.0, []))
    assert assassin.early == [], "acknowledged before the effect was committed"
    never = missing(assassin, NAMES)
    assert all(are_done), f"{assassin.kills} kills in {MINUTES:g} minutes, never at {never}"
    assert never == set()


def missing(assassin, names):
    """Steps of these processes at which nobody has died yet; in long runs each at its own."""
    steps = {(name, step) for name in names for step in STEPS[name]}
    if KILLS >= LONG:
        return steps - set(assassin.deaths)
    return {step for _, step in steps} - {step for _, step in assassin.deaths}

"""Two relays and two consumers at once; a leader that is frozen, replaced and thawed.

Nobody lends a hand: what the frozen one holds, its servers take from it in time.
"""

import signal

import pytest

from tests.faults.checker import position_of, published_up_to, rows_in
from tests.faults.harness import LISTENERS, NAMES, PATIENCE_SECONDS
from tests.story.steps import eventually

pytestmark = pytest.mark.faults


def test_two_of_each_started_at_once_do_the_work_of_one(platform, judge):
    platform.start(*NAMES, *NAMES)
    platform.load.start()
    platform.load.wait_for(15)

    for name in NAMES:
        platform.running[name][0].signal(signal.SIGKILL)
    platform.load.wait_for(15)

    judge("two of each process, one killed", len(NAMES))


def test_a_frozen_leader_is_replaced_by_itself_and_thaws_without_harm(platform, judge):
    platform.start("ledger", *LISTENERS)
    platform.load.start()
    platform.load.wait_for(10)
    eventually(lambda: published_up_to(platform.urls["ledger"]) > 0, "the first one to lead")
    [leader] = platform.running["ledger"]

    leader.signal(signal.SIGSTOP)
    frozen_at = platform.end()
    platform.start("ledger")
    platform.load.wait_for(15)
    eventually(
        lambda: published_up_to(platform.urls["ledger"]) > frozen_at,
        "the other one to lead",
        PATIENCE_SECONDS,
    )
    leader.signal(signal.SIGCONT)
    platform.load.wait_for(15)

    judge("a leader frozen, replaced, thawed", 1)


@pytest.mark.parametrize("name", LISTENERS)
def test_a_frozen_listener_is_replaced_by_itself_and_thaws_without_harm(platform, judge, name):
    url = platform.urls[name]
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)
    platform.wait_until_followed()
    [frozen] = platform.running[name]

    frozen.signal(signal.SIGSTOP)
    frozen_at = platform.end()
    platform.start(name)
    platform.load.wait_for(15)
    eventually(lambda: position_of(url) > frozen_at, "the other one to listen", PATIENCE_SECONDS)
    frozen.signal(signal.SIGCONT)
    platform.load.wait_for(15)

    judge(f"a listener frozen, replaced, thawed: {name}", 1)


def sessions(url):
    """Everybody's sessions in a database."""
    query = (
        "SELECT pid FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return [pid for (pid,) in rows_in(url, query)]

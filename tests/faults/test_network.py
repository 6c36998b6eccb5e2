"""The network between a process and the broker or its database: cut, slow, silent, half-open."""

import time

import pytest

from tests.faults.checker import position_of
from tests.faults.harness import LISTENERS
from tests.faults.test_twins import sessions
from tests.story.steps import eventually

pytestmark = pytest.mark.faults
LINKS = [(name, what) for name in ("ledger", *LISTENERS) for what in ("broker", "database")]
DELAY_SECONDS = 0.1
NOTICED_SECONDS = 40.0
"""Connections to the database are given up after 5 s of silence; left to the system, after 15 min
or, where nothing is sent, never."""
BEATS_SECONDS = 150.0
"""Connections to the broker are given up after two missing beats or 10 s of waiting, one after the
other, and a listener has first what it took before, and then all that it missed, to take over."""


def cut(proxy):
    proxy.cut()


def slow(proxy):
    proxy.delay = DELAY_SECONDS


def silent(proxy):
    proxy.stall()


def half_open(proxy):
    proxy.half_open()


@pytest.mark.parametrize("fault", [cut, slow, silent, half_open])
def test_a_bad_network_loses_and_doubles_nothing(platform, judge, fault):
    others = {"ledger": ("mirror", "journal"), "mirror": ("ledger",), "journal": ("ledger",)}
    for link in LINKS:
        platform.behind_a_proxy(*link)
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)

    for name, what in LINKS:
        proxy = platform.proxies[name, what]
        fault(proxy)
        if "ledger" in others[name]:
            platform.load.wait_for(10)  # a listener's trouble is nobody else's
        else:
            platform.load.wait_for_tries(5)
        proxy.mend()
        platform.load.wait_for(5)

    judge(f"network {fault.__name__.replace('_', '-')}", len(LINKS))


@pytest.mark.parametrize("name", ["ledger", *LISTENERS])
def test_a_broker_that_left_without_a_word_is_given_up_by_its_heartbeat(platform, judge, name):
    """Nothing is mended here: who waits for the other end has to notice by itself."""
    proxy = platform.behind_a_proxy(name, "broker")
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)

    proxy.half_open()
    if name == "ledger":
        platform.load.wait_for(10, BEATS_SECONDS)
        ends = [(listener, platform.end()) for listener in LISTENERS]
    else:
        ends = [(name, platform.end())]
    for listener, end in ends:
        url = platform.urls[listener]
        eventually(
            lambda url=url, end=end: position_of(url) >= end, f"{listener} to go on", BEATS_SECONDS
        )

    judge(f"a broker that left: {name}", 1)


@pytest.mark.parametrize("name", ["ledger", *LISTENERS])
def test_a_database_that_vanished_without_a_word_is_given_up_and_asked_anew(platform, judge, name):
    proxy = platform.behind_a_proxy(name, "database")
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)
    held = set(sessions(platform.urls[name]))

    assert proxy.vanish() > 0
    began = time.monotonic()
    if name == "ledger":
        platform.load.wait_for(10, NOTICED_SECONDS)
    else:
        end = platform.end()
        url = platform.urls[name]
        eventually(lambda: position_of(url) > end, f"{name} to go on", NOTICED_SECONDS)
    # The server has given up its ends too: the locks of who vanished are free.
    eventually(lambda: not held & set(sessions(platform.urls[name])), "the sessions to end",
               NOTICED_SECONDS - (time.monotonic() - began))  # fmt: skip

    judge(f"a database that vanished: {name}", 1)

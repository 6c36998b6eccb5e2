"""The network between a process and the broker or its database: cut, slow, silent, half-open."""

import pytest

from tests.faults.harness import LISTENERS

pytestmark = pytest.mark.faults
LINKS = [(name, what) for name in ("ledger", *LISTENERS) for what in ("broker", "database")]
DELAY_SECONDS = 0.1


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

"""A handler that always fails, one that fails twice and then works."""

import pytest

from shared.kernel.database import Database
from shared.kernel.parking import ServiceSink, list_parked
from tests.faults.checker import check
from tests.samples.parts import MIRROR, mirror_handlers

pytestmark = pytest.mark.faults
ALWAYS, TWICE = 7, 6


def test_what_always_fails_is_parked_with_its_subject_and_replayed_in_order(platform, judge):
    platform.settings["mirror"] = {"failing": {ALWAYS: 10**9}}
    platform.start()
    platform.load.start()
    platform.load.wait_for(30)
    platform.load.stop()
    log = platform.evidence().log
    [first] = [place for place, entry in enumerate(log) if entry.amount == ALWAYS]
    behind = [str(e.amount) for e in log[first:] if e.account == log[first].account]
    platform.known["expected_parked"] = behind

    judge("a handler that always fails", 1)

    platform.kill("mirror")
    replay_all(platform.urls["mirror"])
    platform.known = {"is_order_of_accounts": True}
    assert len(behind) > 1
    assert check(platform.evidence()) == []


def replay_all(url):
    application = MIRROR.build(Database(url))
    sink = ServiceSink(application, mirror_handlers)
    for message in list_parked(application.database):
        sink.replay(message)
    application.close()


def test_what_fails_twice_and_then_works_is_not_parked(platform, judge):
    platform.settings["mirror"] = {"failing": {TWICE: 2, TWICE + 5: 2}}
    platform.start()
    platform.load.start()
    platform.load.wait_for(20)

    judge("a handler that fails twice", 2)

"""Two relays and two consumers at once; a leader that is frozen, replaced and thawed."""

import signal

import psycopg2
import pytest

from tests.faults.checker import published_up_to
from tests.faults.harness import LISTENERS, NAMES
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


def test_a_frozen_leader_that_was_replaced_and_thaws_does_no_harm(platform, judge):
    platform.start("ledger", *LISTENERS)
    platform.load.start()
    platform.load.wait_for(10)
    [leader] = platform.running["ledger"]
    its_sessions = sessions(platform.urls["ledger"])

    leader.signal(signal.SIGSTOP)
    end_sessions(platform.urls["ledger"], its_sessions)
    platform.start("ledger")
    end = platform.end()
    platform.load.wait_for(15)
    eventually(lambda: published_up_to(platform.urls["ledger"]) > end, "the other one to lead")
    leader.signal(signal.SIGCONT)
    platform.load.wait_for(15)

    judge("a leader frozen, replaced, thawed", 1)


@pytest.mark.parametrize("name", LISTENERS)
def test_a_frozen_listener_that_was_replaced_and_thaws_does_no_harm(platform, judge, name):
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)
    [frozen] = platform.running[name]

    frozen.signal(signal.SIGSTOP)
    end_sessions(platform.urls[name], sessions(platform.urls[name]))
    platform.start(name)
    platform.load.wait_for(15)
    frozen.signal(signal.SIGCONT)
    platform.load.wait_for(15)

    judge(f"a listener frozen, replaced, thawed: {name}", 1)


def sessions(url):
    return ask(
        url,
        "SELECT pid FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def end_sessions(url, pids):
    for pid in pids:
        ask(url, "SELECT pg_terminate_backend(%s)", pid)


def ask(url, query, *parameters):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        found = [row[0] for row in cursor.fetchall()]
    connection.close()
    return found

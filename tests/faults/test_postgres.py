"""PostgreSQL restarted, killed, its connections cut, also while it commits."""

import psycopg2
import pytest

from tests.faults.steps import Gate
from tests.story.steps import eventually

pytestmark = pytest.mark.faults


@pytest.fixture
def busy(platform):
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("mode", "fault"), [("fast", "PostgreSQL restarted"), ("kill", "PostgreSQL killed")]
)
def test_a_server_that_went_away_takes_nothing_along(platform, postgres, judge, mode, fault):
    postgres.restart(mode)
    platform.load.wait_for(10)

    judge(fault, 1)


@pytest.mark.usefixtures("busy")
def test_connections_ended_by_the_server_lose_and_double_nothing(platform, servers, judge):
    rounds, ended = 5, 0
    for _ in range(rounds):
        ended += end_connections(servers.postgres_url)
        platform.load.wait_for(5)

    judge("connections ended by PostgreSQL", ended)


def end_connections(url):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        [count] = cursor.fetchone()
    connection.close()
    return count


def stopped(url, statement):
    """A gate with the sessions that it stops in this statement; ``None`` if another came first.

    That one is let through: whoever sent it would send it again, and nothing else before.
    """
    gate = Gate(url)
    eventually(gate.waiting, "something to be recorded")
    if waiting := gate.waiting(statement):
        return gate, waiting
    gate.close()
    return None


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("name", "statement"), [("ledger", "append_answered"), ("mirror", "append_delivered")]
)
def test_a_statement_ended_in_the_middle_loses_and_doubles_nothing(
    platform, judge, name, statement
):
    rounds = 5
    for _ in range(rounds):
        gate, waiting = eventually(
            lambda: stopped(platform.urls[name], statement), "it to be carried out"
        )
        for pid in waiting:
            gate.end(pid)
        gate.close()
        platform.load.wait_for(3)

    judge(f"one statement ended in the middle: {name}", rounds)


COMMITS = [
    ("ledger", b"COMMIT"),
    ("ledger", b"EXECUTE append_answered"),
    ("ledger", b"UPDATE relay SET position = "),
    ("mirror", b"COMMIT"),
    ("mirror", b"EXECUTE append_delivered"),
    ("journal", b"COMMIT"),
]
"""Whatever is a transaction by itself, and so commits, as its process sends it."""


@pytest.mark.parametrize(("name", "sent"), COMMITS, ids=lambda part: str(part, "ascii")
                         if isinstance(part, bytes) else part)  # fmt: skip
def test_a_connection_cut_after_the_commit_and_before_its_answer_loses_and_doubles_nothing(
    platform, judge, name, sent
):
    proxy = platform.behind_a_proxy(name, "database")
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)

    proxy.cut_after(sent)
    eventually(lambda: proxy.cuts >= 5, "the cuts")
    proxy.mend()
    platform.load.wait_for(10)

    judge(f"answer of {sent.decode().strip()} cut: {name}", proxy.cuts)

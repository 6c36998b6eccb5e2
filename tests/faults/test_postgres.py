"""PostgreSQL restarted, killed, its connections cut, also between COMMIT and its answer."""

import psycopg2
import pytest

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


@pytest.mark.parametrize("name", ["ledger", "mirror", "journal"])
def test_a_connection_cut_between_commit_and_its_answer_loses_and_doubles_nothing(
    platform, judge, name
):
    proxy = platform.behind_a_proxy(name, "database")
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)

    proxy.cut_after(b"COMMIT")
    eventually(lambda: proxy.cuts >= 5, "the cuts")
    proxy.mend()
    platform.load.wait_for(10)

    judge(f"cut between COMMIT and its answer: {name}", proxy.cuts)

"""What must be refused is refused: by PostgreSQL, by RabbitMQ and by the containers themselves."""

import json

import psycopg2
import pytest
from amqp.exceptions import AccessRefused
from kombu import Connection, Exchange, Producer, Queue

from tests.containers.compose import (
    PROCESSES,
    compose,
    containers_of,
    docker,
    from_here,
    inspect,
    metrics,
    secret,
)

pytestmark = [pytest.mark.containers, pytest.mark.timeout(900)]
SERVICES = ("recruitment", "advisory", "hdr", "monitoring")
DATABASES = (*SERVICES, "gateway")


def database(name, other=None):
    url = from_here(secret(f"{name}-database-url"))
    return psycopg2.connect(url.rpartition("/")[0] + f"/{other or name}")


def broker(name):
    connection = Connection(from_here(secret(f"{name}-broker-url")))
    connection.connect()
    return connection


@pytest.mark.parametrize("name", DATABASES)
def test_a_runtime_role_enters_no_other_database(platform, name):
    database(name).close()
    for other in {*DATABASES, "postgres"} - {name}:
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            database(name, other)


@pytest.mark.parametrize("name", DATABASES)
def test_a_runtime_role_owns_nothing_and_changes_no_table(platform, name):
    connection = database(name)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        table = cursor.fetchone()[0]
    for statement in ("CREATE TABLE mine (id int)", f"DROP TABLE {table}", f"TRUNCATE {table}"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), connection:
            connection.cursor().execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "queue", ["ore.gateway", "ore.hdr", "rpc-hdr", "rpc-advisory", "ore.dead", "ore.unrouted"]
)
def test_a_service_reads_no_queue_of_another(platform, queue):
    with broker("recruitment") as connection, pytest.raises(AccessRefused):
        connection.default_channel.basic_get(queue)


def test_a_service_publishes_under_no_other_name(platform):
    events = Exchange("ore.events", type="topic", passive=True)
    for name in SERVICES:
        for other in {*DATABASES} - {name}:
            with broker(name) as connection, pytest.raises(AccessRefused):  # noqa: PT012
                channel = connection.channel()
                channel.confirm_select()
                producer = Producer(channel, events, auto_declare=False)
                producer.publish({}, routing_key=f"{other}.ping")
                connection.drain_events(timeout=5)


@pytest.mark.parametrize(
    ("name", "key"),
    [("monitoring", "recruitment.#"), ("recruitment", "hdr.#"), ("hdr", "#"), ("advisory", "*.*")],
)
def test_a_service_hears_its_sources_only(platform, name, key):
    events = Exchange("ore.events", type="topic", passive=True)
    with broker(name) as connection, pytest.raises(AccessRefused):
        connection.default_channel.queue_bind(f"ore.{name}", events.name, key)


def test_a_service_commands_no_other(platform):
    with broker("monitoring") as connection, pytest.raises(AccessRefused):  # noqa: PT012
        rpc = Exchange("nameko-rpc", type="topic", passive=True)
        channel = connection.channel()
        channel.confirm_select()
        producer = Producer(channel, rpc, auto_declare=False)
        producer.publish({}, routing_key="recruitment.submit_application")
        connection.drain_events(timeout=5)


def test_a_service_makes_no_queue_of_its_own_liking(platform):
    with broker("hdr") as connection, pytest.raises(AccessRefused):
        Queue("somebody.else", channel=connection.default_channel).declare()


@pytest.mark.parametrize("name", DATABASES)
def test_a_service_takes_nothing_away_that_all_share(platform, name):
    for remove in (
        lambda channel: channel.exchange_delete("ore.events"),
        lambda channel: channel.exchange_delete("ore.unrouted"),
        lambda channel: channel.queue_delete("ore.unrouted"),
        lambda channel: channel.queue_purge("ore.dead"),
    ):
        with broker(name) as connection, pytest.raises(AccessRefused):
            remove(connection.default_channel)


def test_within_its_rights_a_service_tells_how_far_it_is_behind_each_source(platform):
    text = metrics(containers_of("hdr")[0])
    for source in ("recruitment", "advisory"):
        assert f'ore_subscription_lag_events{{source="{source}",subscription="hdr"}} 0' in text


def test_nobody_enters_with_a_default_password(platform):
    url = from_here(secret("hdr-broker-url"))
    address = url.rpartition("@")[2].partition("/")[0]
    for vhost in ("ore", "/"):
        with pytest.raises(AccessRefused):
            Connection(f"amqp://guest:guest@{address}//".rstrip("/") + f"/{vhost}").connect()
    users = compose("exec", "-T", "rabbitmq", "rabbitmqctl", "list_users", "--formatter", "json")
    assert sorted(user["user"] for user in json.loads(users)) == sorted(DATABASES)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_container_has_no_more_than_it_needs(platform, name):
    container, *_ = containers_of(name)
    found = inspect(container)
    host = found["HostConfig"]
    assert found["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["Memory"] > 0
    assert host["NanoCpus"] > 0
    assert found["Config"]["Healthcheck"]["Test"][0] == "CMD", "a health check starts a shell"
    assert host["LogConfig"]["Config"]["max-size"] == "10m"
    networks = {network.rpartition("_")[2] for network in found["NetworkSettings"]["Networks"]}
    expected = {"front": {"edge"}, "gateway": {"edge", "broker", "database"}}
    assert networks == expected.get(name, {"broker", "database"})
    is_published = any(found["NetworkSettings"]["Ports"].values())
    assert is_published == (name == "front")
    environment = docker("exec", container, "env")
    assert "://" not in environment, "a URL with its password is in the environment"


@pytest.mark.parametrize("name", DATABASES)
def test_an_image_holds_its_own_code_only_and_says_what_is_in_it(platform, name):
    container, *_ = containers_of(name)
    ask = "import os; print(*sorted(os.listdir('/app/services')))"
    found = docker("exec", container, "python", "-c", ask).split()
    assert set(found) - {"__init__.py", "__pycache__"} == {name}
    bill = json.loads(docker("exec", container, "cat", "/app/sbom.cdx.json"))
    libraries = {component["name"] for component in bill["components"]}
    assert {"eventsourcing", "kombu"} <= libraries
    assert ("nameko" in libraries) == (name != "gateway")
    assert not {"uv", "hatchling", "wheel", "ruff", "pytest"} & libraries

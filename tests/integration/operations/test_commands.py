"""The operators' daily commands, as docs/operations.md gives them, on both kinds of database."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import amqp
import psycopg2
import pytest
from psycopg2 import sql
from sqlalchemy import select
from typer.testing import CliRunner

from deploy import kubernetes
from deploy.local.databases import ask_management
from deploy.secret_files import TEMPLATE, definitions_for
from platform_cli.answering import trouble_of
from platform_cli.main import app
from services.gateway.journal import journal
from services.recruitment.projections.register import local_governments
from shared.kernel.envelope import Envelope
from shared.kernel.parking import list_parked, park
from shared.kernel.rpc import RpcClient
from tests import servers as real
from tests.integration.kernel.conftest import eventually
from tests.story.register import FILE, HAND_COUNTED

pytestmark = pytest.mark.integration
PASSWORD = "trzy długie słowa razem"


@pytest.fixture
def parked(platform):
    """An edition's event that a view could not take, and one behind it; their numbers."""
    with platform.gateway.transaction() as connection:
        event = Envelope.from_json(connection.scalar(select(journal.c.body).limit(1)))
        park(connection, "view:editions", event, "ValueError: broken", 3)
        park(connection, "view:editions", event, "", 0)
    return [str(message.id) for message in list_parked(platform.gateway)]


def test_parked_messages_are_listed_shown_and_discarded_on_the_record(platform, parked):
    first, second = parked
    code, told = platform.ore("parked", "list")
    assert code == 0
    assert f"gateway {first}: view:editions" in told
    assert "waits behind an earlier one" in told

    code, told = platform.ore("parked", "show", "gateway", first)
    assert code == 0
    assert "3 attempts: ValueError: broken" in told

    for number in (first, second):
        code, _ = platform.ore(
            "parked", "discard", "gateway", number, "--reason", "tried out", "--yes"
        )
        assert code == 0

    assert list_parked(platform.gateway) == []
    code, told = platform.ore("parked", "acts")
    assert code == 0
    assert told.count("tried out") == 2
    assert f"cli:{os.getuid()}" in told


def test_a_subject_is_replayed_in_order(platform, parked):
    code, told = platform.ore("parked", "replay", "gateway", parked[0], "--subject")

    assert code == 0, told
    assert list_parked(platform.gateway) == []


def test_all_that_a_part_parked_is_replayed(platform, parked):
    code, told = platform.ore("parked", "replay", "gateway", "--all")

    assert code == 0, told
    assert list_parked(platform.gateway) == []


def test_the_feed_prints_what_was_published_after_a_number(platform):
    code, told = platform.ore("feed", "recruitment", "--after", "0", "--limit", "1")

    assert code == 0
    assert json.loads(told)["source"].endswith("recruitment")


def test_migrating_again_changes_nothing(platform):
    before = platform.shown()

    done = CliRunner().invoke(app, ["migrate", "recruitment", "gateway"])

    assert done.exit_code == 0, done.output
    assert platform.shown() == before


def test_the_first_account_is_opened(platform):
    command = ["account", "anna@example.org", "--name", "Anna Nowak", "--role", "operator"]
    given = f"{PASSWORD}\n{PASSWORD}\n"

    done = CliRunner().invoke(app, [*command, "--data", str(platform.folder)], input=given)

    assert done.exit_code == 0, done.output
    with platform.gateway.reading() as connection:
        emails = connection.exec_driver_sql("SELECT email FROM accounts").scalars().all()
    assert emails == ["anna@example.org"]


@pytest.mark.parametrize("platform", ["sqlite"], indirect=True)
def test_the_register_is_imported(platform):
    """Embedded; distributed it is a request like any other, and the story sends it."""
    code, told = platform.ore("teryt", "import", str(FILE), "--partial")

    assert code == 0, told
    assert f"{HAND_COUNTED} new" in told


@pytest.mark.parametrize("platform", ["sqlite"], indirect=True)
def test_a_broken_register_is_refused_by_row_and_column_and_nothing_is_imported(platform, tmp_path):
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    kind = lines[0].rstrip().split(";").index("RODZ")
    row = next(n for n, line in enumerate(lines) if line.split(";")[kind] == "2")
    fields = lines[row].split(";")
    lines[row] = ";".join([*fields[:kind], "7", *fields[kind + 1 :]])
    broken = tmp_path / "broken.csv"
    broken.write_text("".join(lines), encoding="utf-8")
    end = platform.app.log.max_notification_id()

    code, told = platform.ore("teryt", "import", str(broken), "--partial")

    assert code == 1, told
    assert f"row {row + 1}, column RODZ:" in told
    assert "Nothing was imported" in told
    assert platform.app.log.max_notification_id() == end
    with platform.app.database.reading() as connection:
        assert connection.execute(local_governments.select()).all() == []


@pytest.mark.parametrize(
    "command", [["teryt", "import", str(FILE)], ["demo"]], ids=["teryt", "demo"]
)
@pytest.mark.parametrize("platform", ["postgresql"], indirect=True)
def test_a_command_to_services_that_are_not_running_says_so_and_what_to_do(platform, command):
    result = CliRunner().invoke(app, command)

    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert "recruitment" in result.output
    assert "ore doctor" in " ".join(result.output.split())


# --- the database's rights on a cluster, and new passwords ----------------------------------------


@pytest.fixture
def owned(servers):
    """An empty database whose owner may do nothing else, as CloudNativePG makes it."""
    service = real.unique("rights")
    owner, runtime = f"{service}_owner", f"{service}_runtime"
    make = [
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'o'").format(sql.Identifier(owner)),
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'r'").format(sql.Identifier(runtime)),
        sql.SQL("CREATE DATABASE {} OWNER {}").format(
            sql.Identifier(service), sql.Identifier(owner)
        ),
    ]
    unmake = [
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(service)),
        sql.SQL("DROP ROLE {}").format(sql.Identifier(runtime)),
        sql.SQL("DROP ROLE {}").format(sql.Identifier(owner)),
    ]
    for statement in make:
        real._administer(servers, statement)
    yield service
    for statement in unmake:
        real._administer(servers, statement)


def as_role(servers, service, role, password):
    parts = psycopg2.extensions.parse_dsn(servers.postgres_url)
    parts.update(user=f"{service}_{role}", password=password, dbname=service)
    connection = psycopg2.connect(**parts)
    connection.autocommit = True
    return connection


def give_rights(servers, service):
    """As the first container of a migration on a cluster does."""
    parts = psycopg2.extensions.parse_dsn(servers.postgres_url)
    subprocess.run(
        [
            *("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"),
            f"--set=service={service}",
            f"--set=owner={service}_owner",
            f"--set=runtime={service}_runtime",
        ],
        input=kubernetes.rights(),
        text=True,
        check=True,
        env={
            **os.environ,
            "PGHOST": parts["host"],
            "PGPORT": parts.get("port", "5432"),
            "PGDATABASE": service,
            "PGUSER": f"{service}_owner",
            "PGPASSWORD": "o",
        },
    )


def test_an_owner_gives_the_runtime_role_its_rights_and_no_others(servers, owned):
    give_rights(servers, owned)
    give_rights(servers, owned)  # with the next release again
    with as_role(servers, owned, "owner", "o").cursor() as cursor:
        cursor.execute("CREATE TABLE events (id serial PRIMARY KEY, body text)")

    with as_role(servers, owned, "runtime", "r").cursor() as cursor:
        cursor.execute("INSERT INTO events (body) VALUES ('a')")
        cursor.execute("SELECT body FROM events")
        assert cursor.fetchall() == [("a",)]
        for refused in ("CREATE TABLE mine (id int)", "DROP TABLE events", "TRUNCATE events"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(refused)


def log_in(servers, name, password):
    """Into no virtual host of its own: who may log in is refused there, and only there."""
    where = urlsplit(servers.amqp_url)
    host = f"{where.hostname}:{where.port}"
    amqp.Connection(host, userid=name, password=password, virtual_host="/").connect()


def test_imported_again_the_brokers_definitions_bring_the_new_password(servers):
    """As at each start of the broker: what is there already is changed."""
    name, old, new = real.unique("rotated"), "0a" * 24, "0b" * 24
    try:
        for password in (old, new):
            (user,) = definitions_for({"hdr": password}, {})["users"]
            made = {"users": [{**user, "name": name}]}
            ask_management(servers.management_url, "POST", "/api/definitions", made)

        with pytest.raises(amqp.exceptions.NotAllowed):
            log_in(servers, name, new)
        with pytest.raises(amqp.exceptions.AccessRefused):
            log_in(servers, name, old)
    finally:
        ask_management(servers.management_url, "DELETE", f"/api/users/{name}")


def as_user(url, name, password):
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{name}:{password}@{parts.hostname}:{parts.port}"))


@pytest.fixture
def with_the_users_rights(servers):
    """Monitoring's process under its own broker user; the address for the operators' command."""
    password = "0c" * 24
    users = {name: real.unique(name) for name in ("monitoring", "gateway")}
    with real.an_environment(servers, "rights", ["monitoring"]) as environment:
        url = environment["ORE_BROKER_URL"]
        vhost = urlsplit(url).path[1:]
        made = definitions_for(dict.fromkeys(users, password), json.loads(TEMPLATE.read_text()))
        made = {kind: made[kind] for kind in made if kind != "vhosts"}
        for kind, items in made.items():
            for item in items:
                item.update({"vhost": vhost} if "vhost" in item else {})
                item.update({"user": users[item["user"]]} if "user" in item else {})
                item.update({"name": users[item["name"]]} if kind == "users" else {})
        ask_management(servers.management_url, "POST", "/api/definitions", made)
        broker_url = as_user(url, users["monitoring"], password)
        process = subprocess.Popen(
            [sys.executable, "-m", "platform_cli.serving", "monitoring"],
            env={**os.environ, **environment, "ORE_BROKER_URL": broker_url},
        )
        try:
            yield as_user(url, users["gateway"], password)
        finally:
            process.kill()
            process.wait()
            for user in users.values():
                ask_management(servers.management_url, "DELETE", f"/api/users/{user}")


def test_within_the_brokers_rights_ore_doctor_asks_a_service_how_it_is(with_the_users_rights):
    """The operators' container speaks to the broker as the gateway does."""
    rpc = RpcClient(with_the_users_rights, timeout_seconds=2)
    try:
        assert trouble_of(rpc, "hdr") == "hdr: it is not running"
        eventually(lambda: trouble_of(rpc, "monitoring") is None, "monitoring to answer")
    finally:
        rpc.close()

"""A gateway with real tables on either database, told a story event by event."""

import json
import os
from contextlib import ExitStack, contextmanager
from itertools import groupby

import pytest
from typer.testing import CliRunner

from platform_cli import migrating
from platform_cli.main import app
from services.gateway.journal import SUBSCRIPTION, Journal, journal
from services.gateway.projections.registry import VIEWS
from services.recruitment.component import COMPONENT
from shared.contracts.recruitment import CreateEdition
from shared.kernel.database import Database
from shared.kernel.epochs import check_listener
from shared.kernel.migrations import upgrade
from shared.kernel.positions import read_position
from shared.kernel.subscription import Subscription
from tests import servers as real
from tests.unit.gateway.programme import a_configuration
from tests.unit.gateway.projections.showing import rows_of
from tests.unit.gateway.projections.stories import a_whole_story


class ToldGateway:
    """Appends a story to the journal, as the projector does, a part at a time."""

    def __init__(self, database):
        self.database = database
        self.journal = Journal(database, [view() for view in VIEWS])
        self.journal.prepare()
        self.untold = list(a_whole_story().told)

    def tell(self, count):
        """Let the next so many events happen."""
        now, self.untold = self.untold[:count], self.untold[count:]
        for source, batch in groupby(now, key=lambda each: each.source):
            with self.database.reading() as connection:
                position = read_position(connection, SUBSCRIPTION, source)
            previous, envelopes = position.sequence, []
            for each in batch:
                envelopes.append(each.envelope(previous))
                previous = each.sequence
            self.journal.apply(envelopes, position)

    def rows(self, name=None):
        with self.database.reading() as connection:
            return {
                view.name: rows_of(connection, view, set())
                for view in VIEWS
                if name in {None, view.name}
            }


@pytest.fixture(params=["sqlite", "postgres"])
def gateway_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'gateway.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def gateway(gateway_url):
    database = Database(gateway_url)
    upgrade(database, "services.gateway.migrations")
    yield ToldGateway(database)
    database.close()


# --- a platform whose stores can be lost ----------------------------------------------------------

NAMES = ("recruitment", "advisory", "hdr", "monitoring", "gateway")


class Platform:
    """Recruitment and its listener the gateway over real databases; no broker is needed."""

    def __init__(self, urls, folder):
        self.urls, self.folder = urls, folder
        self.open()

    def open(self):
        self.app = COMPONENT.build(Database(self.urls["recruitment"]))
        self.gateway = Database(self.urls["gateway"])
        self.journal = Journal(self.gateway, [view() for view in VIEWS])
        self.journal.prepare()
        self.listener = Subscription(
            SUBSCRIPTION, ["recruitment"], self.journal, self.feed, "memory://"
        )

    def feed(self, _source, after, limit):
        """As the service's entrypoint ``read_feed``."""
        check_listener(self.app.database, after)
        return self.app.read_contract_events(after, limit)[0]

    def close(self):
        self.app.close()
        self.gateway.close()

    def open_edition(self, slug):
        request = CreateEdition.model_validate({"configuration": a_configuration(slug=slug)})
        return self.app.execute(lambda: self.app.create_edition(request)).position

    def heard(self):
        with self.gateway.reading() as connection:
            rows = connection.execute(journal.select().order_by(journal.c.position)).all()
        return [
            (row.sequence, json.loads(row.body)["data"]["configuration"]["slug"]) for row in rows
        ]

    def shown(self):
        with self.gateway.reading() as connection:
            query = "SELECT slug FROM editions ORDER BY slug"
            return list(connection.exec_driver_sql(query).scalars())

    def position(self):
        with self.gateway.reading() as connection:
            return read_position(connection, SUBSCRIPTION, "recruitment")

    def ore(self, *arguments):
        result = CliRunner().invoke(app, [*arguments, "--data", str(self.folder)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, " ".join(result.output.split())


def set_variables(monkeypatch, urls, broker=None):
    for name, url in urls.items():
        monkeypatch.setenv(f"ORE_{name.upper()}_DATABASE_URL", url)
    if broker:
        monkeypatch.setenv("ORE_BROKER_URL", broker)


@contextmanager
def five_databases(servers):
    """An empty PostgreSQL database for each part of the platform: their URLs by name."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(real.a_postgres_database(servers)) for name in NAMES}


@pytest.fixture(params=["sqlite", "postgres"])
def platform(request, tmp_path, monkeypatch):
    """Two editions recorded and followed, a copy of the store, then two more."""
    if request.param == "sqlite":
        urls = {name: f"sqlite:///{tmp_path / name}.db" for name in NAMES}
        set_variables(monkeypatch, urls)
        yield from a_platform(urls, tmp_path)
        return
    with five_databases(request.getfixturevalue("servers")) as urls:
        set_variables(monkeypatch, urls, "amqp://nobody@127.0.0.1:1/none")
        yield from a_platform(urls, tmp_path)


def a_platform(urls, folder):
    migrating.migrate(NAMES, dict(os.environ))
    made = Platform(urls, folder)
    for slug in ("edycja-1", "edycja-2"):
        made.open_edition(slug)
    made.listener.catch_up()
    yield made
    made.close()

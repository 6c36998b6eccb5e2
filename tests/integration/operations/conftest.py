"""A gateway with real tables on either database, told a story event by event."""

from itertools import groupby

import pytest

from services.gateway.journal import SUBSCRIPTION, Journal
from services.gateway.projections.registry import VIEWS
from shared.kernel.database import Database
from shared.kernel.migrations import upgrade
from shared.kernel.positions import read_position
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

"""The projector as a process: it waits for its database."""

from sqlalchemy import exc

from services.gateway.projector import Projector
from shared.kernel.database import Database


def test_it_waits_for_a_database_that_is_not_there_yet(monkeypatch):
    database = Database("sqlite://")
    projector = Projector(database, "memory://")
    tries = []

    def prepare():
        tries.append(projector.subscription.trouble)
        if len(tries) == 1:
            raise exc.OperationalError("SELECT 1", None, Exception("starting up"))
        projector.subscription.stop()

    monkeypatch.setattr("services.gateway.projector.WAIT_SECONDS", 0.01)
    monkeypatch.setattr(projector.journal, "prepare", prepare)
    projector.run()

    first, second = tries
    assert first is None
    assert second.startswith("OperationalError")
    projector.stop()
    database.close()

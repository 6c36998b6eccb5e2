"""A snapshot saves reading, and nothing depends on it."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from shared.kernel import schema
from shared.kernel.snapshots import EVERY, SnapshotState
from tests.memory import an_application
from tests.samples.parts import (
    Account,
    AccountSnapshot,
    AddAmount,
    AmountNegativeError,
    Ledger,
    ledger_publications,
)

ID = Account.create_id("a")


@pytest.fixture
def app():
    app = an_application(Ledger, publications=ledger_publications)
    app.others = []
    yield app
    app.close()


def add(app, times=1, amount=2):
    for _ in range(times):
        app.execute(partial(app.add_amount, AddAmount(name="a", amount=amount)))


def cold(app):
    """The application as another process has it: nothing of an aggregate is at hand."""
    other = Ledger(app.database, publications=ledger_publications)
    app.others.append(other)  # one that is thrown away closes the database for all of them
    return other


def grow(app):
    """As many events as make a snapshot worth while, and a command that reads them all."""
    add(app, EVERY - 1)
    add(cold(app))


def kept(app):
    with app.database.reading() as connection:
        return connection.execute(select(schema.snapshots)).all()


def replayed(app):
    """The account from its events alone."""
    return app.repository.get(ID)


def spoil(app, **values):
    with app.database.transaction() as connection:
        connection.execute(update(schema.snapshots).values(**values))


def events_read(app, monkeypatch):
    """Load the account; how many of its events were read for it."""
    read = []
    made = app.mapper.to_domain_event
    monkeypatch.setattr(app.mapper, "to_domain_event", lambda one: read.append(one) or made(one))
    loaded = app.load(Account, ID)
    monkeypatch.undo()
    assert vars(loaded) == vars(replayed(app))
    return len(read)


def test_an_aggregate_that_grew_is_loaded_from_its_snapshot(app, monkeypatch):
    grow(app)
    assert [row.originator_version for row in kept(app)] == [EVERY]

    add(app, 3)

    assert app.load(Account, ID).total == 2 * (EVERY + 3)
    assert events_read(app, monkeypatch) == 4


def test_a_small_aggregate_has_none(app):
    add(app, EVERY - 2)
    add(cold(app))

    assert kept(app) == []


def test_a_newer_snapshot_takes_the_place_of_the_older(app):
    grow(app)
    add(app, EVERY - 1)
    add(cold(app))

    assert [row.originator_version for row in kept(app)] == [2 * EVERY]


@pytest.mark.parametrize(
    "values",
    [
        {"state": b"no json"},
        {"state": b"{}"},
        {"state": b'{"created_on":"2026-01-01T00:00:00Z","name":"a"}'},
        {"topic": "ledger.Account#0.00000000"},
        {"topic": "ledger.Other#1.00000000"},
    ],
)
def test_a_snapshot_that_cannot_be_read_is_replayed_and_made_anew(app, monkeypatch, values):
    grow(app)
    spoil(app, **values)

    assert events_read(app, monkeypatch) == EVERY + 1

    add(cold(app))
    assert events_read(app, monkeypatch) == 1


def test_a_refused_command_keeps_none(app):
    add(app, EVERY - 1)

    with pytest.raises(AmountNegativeError):
        add(cold(app), amount=-1)

    assert kept(app) == []


def test_a_snapshot_that_cannot_be_kept_harms_no_command(app, caplog):
    add(app, EVERY - 1)
    with app.database.transaction() as connection:
        schema.snapshots.drop(connection)
        connection.exec_driver_sql(
            "CREATE VIEW snapshots AS SELECT originator_id, originator_version, topic, state "
            "FROM events WHERE 0"
        )

    add(cold(app))

    assert replayed(app).total == 2 * EVERY
    assert "not kept" in caplog.text


def test_a_snapshot_that_cannot_be_taken_harms_no_command(app, caplog, monkeypatch):
    class Other(SnapshotState):
        name: int
        total: int

    add(app, EVERY - 1)
    monkeypatch.setattr(Account, "SNAPSHOT", Other)

    add(cold(app))

    assert kept(app) == []
    assert "not taken" in caplog.text


def test_another_form_or_version_has_another_name():
    class Grown(SnapshotState):
        name: str
        total: int
        count: int

    class Renewed(AccountSnapshot, version=2):
        """The same fields, another meaning."""

    names: set[Any] = {one.topic(Account) for one in (AccountSnapshot, Grown, Renewed)}

    assert len(names) == 3
    assert all(name.startswith("ledger.Account#") for name in names)

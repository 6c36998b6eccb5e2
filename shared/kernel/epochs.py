"""The store's epoch, and the guard that notices when a store was restored to an earlier moment.

A store that goes back hands out numbers again that listeners have seen already. It is noticed in
two ways: the server knows this very database by another identity than before (a dump read into
another one, a recovery on another timeline); or a listener is further than any number handed out.
From then on the service records and publishes nothing until an operator has decided.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

from sqlalchemy import Connection, exc, insert, select, text, update

from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.refusal import Refusal

OVERTAKEN = "overtaken"
"""Stands for the identity of a store that a listener was found to be ahead of."""

# Server, database, table and timeline: a restored store differs in at least one of them.
_IDENTITY = text(
    "SELECT (SELECT system_identifier FROM pg_control_system()) || ':' || d.oid || ':' || "
    "'events'::regclass::oid || ':' || left(pg_walfile_name(pg_current_wal_lsn()), 8) "
    "FROM pg_database d WHERE d.datname = current_database()"
)


class StoreRestoredError(Refusal):
    """The store was restored to an earlier moment: nothing is recorded until that is settled.

    The way out: `ore doctor` says what happened, `ore reconcile SERVICE` settles it.
    """


def read_epoch(database: Database) -> str:
    """The store's epoch, made at the first call.

    Raises:
        StoreRestoredError: This is a copy of the store that the epoch was made for.
    """
    t = schema.store
    with database.reading() as connection:
        row = connection.execute(select(t.c.epoch, t.c.identity)).one_or_none()
        identity = identify(connection)
    if row is None:
        with database.transaction() as connection:
            with suppress(exc.IntegrityError), connection.begin_nested():  # another was first
                values = {"id": 1, "epoch": uuid4().hex, "identity": identity}
                connection.execute(insert(t).values(values))
            return str(connection.execute(select(t.c.epoch)).scalar_one())
    if row.identity is None and identity is not None:  # made before identities were kept
        with database.transaction() as connection:
            unknown = update(t).where(t.c.identity.is_(None))
            connection.execute(unknown.values(identity=identity))
    elif row.identity not in {None, identity}:
        raise StoreRestoredError
    return str(row.epoch)


def stored_epoch(connection: Connection) -> str | None:
    """The epoch as it stands there, settled or not; ``None`` in a store that was never used."""
    return connection.execute(select(schema.store.c.epoch)).scalar_one_or_none()


def identify(connection: Connection) -> str | None:
    """By what the server knows this very database; ``None`` on SQLite, where nothing tells."""
    if connection.dialect.name == "sqlite":
        return None
    return str(connection.execute(_IDENTITY).scalar_one())


def highest_number(connection: Connection) -> int:
    """The highest event number ever handed out here; 0 before the first."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
        return int(connection.execute(query).scalar_one_or_none() or 0)
    query = text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM events_id_seq")
    return int(connection.execute(query).scalar_one())


def check_listener(database: Database, position: int) -> None:
    """See that a listener is not ahead of the store; if it is, the store is at fault, for good.

    Raises:
        StoreRestoredError: It has seen a number that was never handed out here.
    """
    if position == 0:
        return
    with database.reading() as connection:
        if position <= highest_number(connection):
            return
    with database.transaction() as connection:
        connection.execute(update(schema.store).values(identity=OVERTAKEN))
    raise StoreRestoredError


def begin_epoch(connection: Connection, above: int) -> str:
    """Begin a new epoch; the next event gets a number above every one ever handed out.

    Args:
        connection: With the role that owns the tables.
        above: The highest number that anybody has seen.

    Returns:
        The epoch.
    """
    epoch, top = uuid4().hex, max(above, highest_number(connection))
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'events'"))
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', :top)"), {"top": top}
        )
    elif top:
        connection.execute(text("SELECT setval('events_id_seq', :top)"), {"top": top})
    values = {"epoch": epoch, "identity": identify(connection)}
    if connection.execute(update(schema.store).values(values)).rowcount == 0:
        connection.execute(insert(schema.store).values({"id": 1, **values}))
    return epoch


def keep_epoch(connection: Connection) -> None:
    """Go on in the same epoch: this is the same store, moved without any loss."""
    connection.execute(update(schema.store).values(identity=identify(connection)))

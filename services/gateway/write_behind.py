"""Sends what views write together: a round trip to the server costs more than most of their SQL.

PostgreSQL only; SQLite has no round trips. Statements keep their order, and whatever reads sends
first what was written before it, so a view sees its own rows.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event

from shared.kernel.database import Database

PENDING = "ore_pending"
MOST_PENDING = 200


class RowsNotCountedError(Exception):
    """Somebody asked how many rows a statement changed that waits to be sent."""


class _NotCounted:
    """In the place of a number of rows: whatever is asked of it is an error, never an answer."""

    def _refuse(self, *_: object) -> Any:
        raise RowsNotCountedError("the statement waits, so the rows it changes are not counted")

    __bool__ = __int__ = __index__ = __hash__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse


def prepare_write_behind(database: Database) -> None:
    """Let transactions of this database write behind where `write_behind` asks for it."""
    if not database.is_sqlite and not event.contains(database.engine, "do_execute", _execute):
        _listen(database.engine)


def _listen(engine: Engine) -> None:
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "do_executemany", _send_before)
    event.listen(engine, "do_execute_no_params", _send_before)


def write_behind(connection: Connection) -> Connection:
    """From here on the transaction's inserts, updates and deletes may wait for each other.

    At the end call `send`. Whoever asks how many rows a waiting statement changed gets a
    `RowsNotCountedError`.
    """
    if PENDING in connection.get_execution_options():
        return connection
    return connection.execution_options(**{PENDING: []})


def send(connection: Connection) -> None:
    """Send what waits.

    Raises:
        DBAPIError: One of the statements failed.
    """
    if connection.get_execution_options().get(PENDING):
        connection.exec_driver_sql("SELECT 1")


def _execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    pending = context.execution_options.get(PENDING)
    if pending is None:
        return None
    if not _may_wait(context):
        _send_before(cursor, statement, parameters, context)
        return None
    pending.append(cursor.mogrify(statement, parameters))
    context._rowcount = _NotCounted()  # noqa: SLF001 -- SQLAlchemy would give the cursor's -1
    if len(pending) >= MOST_PENDING:
        _send_before(cursor, statement, parameters, context)
    return True


def _may_wait(context: Any) -> bool:
    is_writing = context.isinsert or context.isupdate or context.isdelete
    return is_writing and not context.compiled.effective_returning


def _send_before(cursor: Any, *arguments: Any) -> None:
    pending = arguments[-1].execution_options.get(PENDING)
    if pending:
        together = b";\n".join(pending)
        pending.clear()
        cursor.execute(together)

"""What a command tells in a sentence instead of a traceback: the surroundings' fault, not ours."""

from __future__ import annotations

import errno

from shared.kernel.settings import SettingsError

LARGEST_PORT = 65535
WHO_ANSWERS = "`ore doctor` says what is configured and who answers"
SQLITE_TROUBLE = (
    *("database is locked", "unable to open", "attempt to write a readonly", "disk I/O error"),
    *("database or disk is full", "file is not a database", "database disk image"),
)
"""How SQLite's words on a file begin; all others are about a statement."""


class CommandError(Exception):
    """A command cannot be carried out; the text says why, and what to do."""


def cannot_listen(error: OSError, host: str, port: int) -> CommandError:
    """Why the pages cannot be served at an address, and what to do."""
    if error.errno != errno.EADDRINUSE:
        return CommandError(f"Cannot listen on {host}:{port}: {error}.")
    other = port + 1 if port < LARGEST_PORT else port - 1
    return CommandError(
        f"Port {port} on {host} is taken. Choose another: ore up --port {other} "
        f"(or make run PORT={other})."
    )


def sentence_of(error: Exception, *, is_migrating: bool = False) -> str | None:
    """What the person at the terminal needs to know of an error; ``None`` if it is a flaw of ours.

    Servers are told of in their own first line, which holds neither passwords nor data: of a
    database's errors only those are taken that say nothing of rows.

    Args:
        error: What ended the command.
        is_migrating: A table that is not there is then a flaw.
    """
    from kombu.exceptions import OperationalError as BrokerError

    from platform_cli.answering import NO_ANSWER, first_line
    from shared.kernel.refusal import Refusal

    if isinstance(error, CommandError | SettingsError | UnicodeDecodeError):
        return str(error)
    if isinstance(error, Refusal):
        rules = [
            f"{entry['field']}: {entry.get('message', entry['rule'])}" for entry in error.fields
        ]
        return "; ".join([str(error), *rules])
    if isinstance(error, NO_ANSWER):
        return f"{first_line(error)}. {WHO_ANSWERS}; once all do, give the same command again."
    if isinstance(error, BrokerError):
        return f"The broker cannot be reached: {first_line(error)}. {WHO_ANSWERS}."
    return _of_database(error, is_migrating=is_migrating) or _of_system(error)


def _of_database(error: Exception, *, is_migrating: bool) -> str | None:
    import sqlite3

    import psycopg2
    from eventsourcing.persistence import PersistenceError
    from psycopg2.errors import InsufficientPrivilege, UndefinedTable
    from sqlalchemy import exc

    from platform_cli.answering import first_line

    if isinstance(error, exc.ArgumentError):  # its own words may hold the password
        return f"The URL of a database cannot be read. {WHO_ANSWERS}."
    cause: BaseException | None = error
    if isinstance(cause, PersistenceError):
        cause = cause.__cause__
    if isinstance(cause, exc.DBAPIError):
        cause = cause.orig
    text = first_line(cause) if cause is not None else ""
    is_missing = isinstance(cause, UndefinedTable) or text.startswith("no such table")
    if is_missing:
        told = f"A database has no tables yet, or old ones: {text}. Run `ore migrate`."
        return None if is_migrating else told
    is_sqlite = isinstance(cause, sqlite3.DatabaseError) and text.startswith(SQLITE_TROUBLE)
    servers = (
        *(psycopg2.OperationalError, psycopg2.InterfaceError, InsufficientPrivilege),
        exc.TimeoutError,
    )
    if is_sqlite or isinstance(cause, servers):
        return f"A database cannot be used: {text}. {WHO_ANSWERS}."
    return None


def _of_system(error: Exception) -> str | None:
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        where = f": {error.filename}" if error.filename else ""
        return f"{error.strerror or error}{where}."
    return None

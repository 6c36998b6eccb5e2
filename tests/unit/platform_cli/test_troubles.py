"""Which errors a command tells in a sentence, and which are flaws that show their traceback."""

import sqlite3

import psycopg2
import pytest
from eventsourcing.persistence import OperationalError, PersistenceError
from psycopg2.errors import UndefinedTable
from rich.console import Console
from sqlalchemy import exc

from platform_cli import main
from platform_cli.troubles import CommandError, sentence_of
from shared.kernel.refusal import InvalidRequestError
from shared.kernel.settings import SettingsError


def caused(error, cause):
    error.__cause__ = cause
    return error


def in_a_statement(cause):
    return exc.OperationalError("SELECT", {"name": "Anna"}, cause)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CommandError("Not here."), "Not here."),
        (SettingsError("Set ORE_X."), "Set ORE_X."),
        (InvalidRequestError(fields=[{"field": "reason", "rule": "missing"}]), "reason: missing"),
        (psycopg2.OperationalError("refused\nhint"), "cannot be used: refused. "),
        (psycopg2.OperationalError(), "cannot be used: OperationalError. "),
        (psycopg2.InterfaceError("closed"), "cannot be used: closed. "),
        (exc.TimeoutError("QueuePool limit"), "cannot be used: QueuePool limit. "),
        (in_a_statement(psycopg2.OperationalError("refused")), "cannot be used: refused. "),
        (sqlite3.OperationalError("database is locked"), "cannot be used: database is locked"),
        (
            caused(OperationalError("x"), in_a_statement(psycopg2.OperationalError("refused"))),
            "cannot be used: refused. ",
        ),
        (in_a_statement(UndefinedTable("no relation")), "Run `ore migrate`"),
        (sqlite3.OperationalError("no such table: journal"), "Run `ore migrate`"),
        (exc.ArgumentError("postgres:a-password@"), "The URL of a database cannot be read"),
        (OSError(28, "No space left on device", "/backup"), "No space left on device: /backup."),
    ],
)  # fmt: skip
def test_what_the_surroundings_did_is_told(error, said):
    told = sentence_of(error)

    assert said in told
    assert "Anna" not in told
    assert "a-password" not in told


@pytest.mark.parametrize(
    "error",
    [
        ValueError("of ours"),
        BrokenPipeError(),
        in_a_statement(sqlite3.OperationalError("no such column: x")),
        exc.IntegrityError("INSERT", {}, psycopg2.IntegrityError("twice")),
        PersistenceError("of ours"),
    ],
)
def test_a_flaw_of_ours_is_not_hidden(error):
    assert sentence_of(error) is None


def test_a_missing_table_is_a_flaw_of_a_migration():
    assert sentence_of(in_a_statement(UndefinedTable("no relation")), is_migrating=True) is None


def test_a_sentence_is_printed_as_it_is(monkeypatch):
    console = Console(record=True, width=200)
    monkeypatch.setattr(main, "errors", console)

    main.fail("The folder /a[old]/x [/y] is in use")

    assert "/a[old]/x [/y]" in console.export_text()

"""The kernel holds mechanisms, never business words; and it stays small."""

import ast
import importlib.util
import io
import re
import sys
import tokenize
from functools import cache

import pytest

from platform_cli import registry
from shared.kernel.event_store import EventStoreFactory
from tests.architecture.tree import ROOT, name_of, python_files, tree_of
from tests.contract.stored_events import aggregates
from tests.memory import an_application

MOST_LINES = 3905
"""Lines of code without blank ones, comments and docstrings.

The house's guideline is 2,000, and "look again above". We looked: above it stand the event store
on our own driver (ADR-0008), the RPC client (ADR-0016), the parking of messages, what operators do
about them, the guard of a restored store, snapshots, queries on the driver and effects in one
statement (ADR-0025), the reading of a page while the last one is decoded, and the figures for
Prometheus, each of which every service needs the same way. It may not grow further without
another look.
"""
KERNEL = python_files("shared/kernel/")
BUSINESS_WORDS = {
    "advisory", "applicant", "candidate", "diagnosis", "edition", "expert", "hdr", "jst",
    "monitoring", "programme", "recruitment", "roster", "summary", "teryt", "training",
    "voivodeship",
}  # fmt: skip
WORDS_OF_LIBRARIES = {
    "Application": "eventsourcing's base class of applications",
    "Call": "a remote procedure call",
}
"""Aggregates whose name is also a mechanism's."""


def code_lines(source):
    """Numbers of the lines that hold code."""
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in {
            tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
            tokenize.ENDMARKER,
        }:  # fmt: skip
            lines |= set(range(token.start[0], token.end[0] + 1))
    return lines - docstring_lines(source)


def docstring_lines(source):
    return {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(body := getattr(node, "body", None), list)
        for statement in body
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
        for line in range(statement.lineno, statement.end_lineno + 1)
    }


@cache
def code_of(path):
    """A file's code, without what it says to people."""
    source = path.read_text(encoding="utf-8")
    kept = code_lines(source)
    return "\n".join(
        line.split("  # ")[0]
        for number, line in enumerate(source.splitlines(), start=1)
        if number in kept
    )


def words_in(code):
    """The words of its names and texts: ``readFeed``, ``read_feed`` and ``"read feed"`` alike."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", code)}


@pytest.mark.parametrize("path", KERNEL, ids=name_of)
def test_no_business_word_stands_in_the_kernel(path):
    code = re.sub(r"\bpg_\w*advisory\w*", "", code_of(path))  # PostgreSQL's name for such locks

    assert words_in(code) & BUSINESS_WORDS == set()


def test_no_aggregate_is_named_in_the_kernel():
    names = {
        aggregate.__name__ for service in registry.SERVICES for aggregate in aggregates(service)
    } - WORDS_OF_LIBRARIES.keys()

    guilty = {
        (name_of(path), name)
        for path in KERNEL
        for name in names
        if re.search(rf"\b{name}\b", code_of(path))
    }

    assert len(names) > 10
    assert guilty == set()


def test_the_kernel_is_no_larger_than_it_was_looked_at():
    size = sum(len(code_lines(path.read_text(encoding="utf-8"))) for path in KERNEL)

    assert size <= MOST_LINES


def test_psycopg_3_is_not_there():
    """TR-01, TR-02: it stalls eventlet's hub; the store works on psycopg2."""
    locked = "".join(path.read_text() for path in (ROOT / "requirements").glob("*.lock"))

    assert importlib.util.find_spec("psycopg") is None
    assert re.search(r"^psycopg(\[|==)", locked, re.MULTILINE) is None
    assert re.search(r"^psycopg2-binary==", locked, re.MULTILINE)


def test_the_environment_cannot_change_the_store(monkeypatch):
    """TR-03, TR-05: the library takes its persistence from the environment; ours does not."""
    monkeypatch.setenv("PERSISTENCE_MODULE", "eventsourcing.postgres")
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "y")
    monkeypatch.setenv("POSTGRES_DBNAME", "elsewhere")

    for service in registry.SERVICES:
        component = registry.load(service).component
        application = an_application(component.application, metadata=component.metadata)
        assert type(application.factory) is EventStoreFactory
        application.close()

    assert "eventsourcing.postgres" not in sys.modules


SLEEPERS = {
    "tests/e2e/running.py": "looks again whether the platform is ready, with a deadline",
    "tests/faults/steps.py": "a transaction that stays open is what is tested",
    "tests/integration/kernel/conftest.py": "`eventually`: looks again, with a deadline",
    "tests/integration/kernel/fence_writer.py": "a transaction that stays open is what is tested",
    "tests/integration/kernel/green_reader.py": "a beat, whose stalls are measured",
    "tests/story/api.py": "sends again what was not answered, with a deadline",
    "tests/story/processes.py": "strikes at a random moment, which is what is tested",
    "tests/story/steps.py": "`eventually`: looks again, with a deadline",
}


def test_no_test_sleeps():
    """A test that waits for a fixed time is slow when all is well, and wrong when all is slow."""
    sleepers = {
        name_of(path)
        for path in python_files("tests/")
        if "sleep" in path.read_text(encoding="utf-8")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "sleep"
    }

    assert sleepers == set(SLEEPERS), "poll with a deadline; an exception carries its reason"

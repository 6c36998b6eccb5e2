"""The real PostgreSQL, RabbitMQ and Chromium that tests run against; a missing one is a failure."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from deploy.local.databases import (
    ask_management,
    drop_environment,
    make_environment,
    make_virtual_host,
)
from platform_cli import migrating

RECORD = Path(__file__).parents[1] / "var" / "infra.json"


class NotProvidedError(Exception):
    """A server is missing: run ``make infra-up``, or name it in the environment."""


@dataclass(frozen=True)
class Servers:
    """Addresses of the servers, with administrators' credentials."""

    postgres_url: str
    amqp_url: str
    management_url: str
    chromium: str


def find(without: Container[str] = ()) -> Servers:
    """The servers named in the environment or found by ``make infra-up``.

    Args:
        without: Names of fields that may be missing, and are then empty.

    Raises:
        NotProvidedError: One is missing.
    """
    record = _record()
    found = {
        "postgres_url": os.environ.get("ORE_TEST_POSTGRES_URL")
        or record.get("postgres", {}).get("url"),
        "amqp_url": os.environ.get("ORE_TEST_RABBITMQ_URL")
        or record.get("rabbitmq", {}).get("amqp_url"),
        "management_url": os.environ.get("ORE_TEST_RABBITMQ_MANAGEMENT_URL")
        or record.get("rabbitmq", {}).get("management_url"),
        "chromium": os.environ.get("ORE_CHROMIUM") or record.get("chromium", {}).get("path"),
    }
    missing = [name for name, value in found.items() if not value and name not in without]
    if missing:
        raise NotProvidedError(f"missing: {', '.join(missing)}. Run `make infra-up`.")
    return Servers(**{name: value or "" for name, value in found.items()})


def programs() -> list[str]:
    """Folders with programs that fit the servers, to look in before the path."""
    folder = _record().get("postgres", {}).get("programs")
    return [folder] if folder else []


def _record() -> dict[str, dict[str, str]]:
    record: dict[str, dict[str, str]] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    return record


def unique(prefix: str) -> str:
    """A name that no other run uses."""
    return f"{prefix}_{secrets.token_hex(4)}"


@contextmanager
def a_postgres_database(servers: Servers) -> Iterator[str]:
    """URL of an empty database; dropped at the end."""
    name = unique("test")
    _administer(servers, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield servers.postgres_url.rsplit("/", 1)[0] + f"/{name}"
    finally:
        _administer(
            servers,
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)),
        )


def _administer(servers: Servers, statement: sql.Composed) -> None:
    connection = psycopg2.connect(servers.postgres_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@contextmanager
def an_environment(
    servers: Servers, kind: str, names: Iterable[str] = migrating.ALL
) -> Iterator[dict[str, str]]:
    """The variables of a platform with databases and a virtual host of its own; dropped at the end.

    Args:
        servers: Where they are made.
        kind: What their names begin with.
        names: Whose databases get their tables.
    """
    where = (servers.postgres_url, servers.amqp_url, servers.management_url)
    prefix = unique(kind)
    made = make_environment(*where, prefix)
    try:
        migrating.migrate(names, environment=made)
        yield made
    finally:
        drop_environment(servers.postgres_url, servers.management_url, prefix)


@contextmanager
def a_virtual_host(servers: Servers) -> Iterator[str]:
    """AMQP URL of an empty virtual host; dropped at the end."""
    name = unique("test")
    url = make_virtual_host(servers.amqp_url, servers.management_url, name)
    try:
        yield url
    finally:
        ask_management(servers.management_url, "DELETE", f"/api/vhosts/{name}")

"""Databases, roles and a virtual host for one installation on the development servers.

Each service has its own database with two roles: the owner, who alone may change tables, and the
runtime role, who reads and writes rows.
"""

from __future__ import annotations

import base64
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import psycopg2
from psycopg2 import sql

from deploy.local import infra
from deploy.local.processes import InfraError

NAMES = ("recruitment", "advisory", "hdr", "monitoring", "gateway")
MANAGEMENT_TIMEOUT_SECONDS = 20


def development_environment(prefix: str = "ore") -> dict[str, str]:
    """The ``ORE_…`` variables of an installation named ``prefix``, made if it is not there.

    Databases and their rows are kept; the roles get new passwords each time. Servers that do not
    run are started.

    Raises:
        InfraError: There are none, and none can be started.
    """
    record = infra.up(("postgres", "rabbitmq"))
    return make_environment(
        record["postgres"]["url"],
        record["rabbitmq"]["amqp_url"],
        record["rabbitmq"]["management_url"],
        prefix,
    )


def make_environment(
    postgres_url: str, amqp_url: str, management_url: str, prefix: str
) -> dict[str, str]:
    """Make databases, roles and the virtual host ``prefix``.

    Args:
        postgres_url: A superuser's.
        amqp_url: An administrator's.
        management_url: Of the same broker, with an administrator's name and password.
        prefix: Begins the names of all that is made; lower-case letters, digits, underscores.

    Returns:
        The variables.
    """
    environment: dict[str, str] = {}
    for name in NAMES:
        owner_url, runtime_url = _make_database(postgres_url, f"{prefix}_{name}")
        environment[f"ORE_{name.upper()}_MIGRATION_URL"] = owner_url
        environment[f"ORE_{name.upper()}_DATABASE_URL"] = runtime_url
    environment["ORE_BROKER_URL"] = make_virtual_host(amqp_url, management_url, prefix)
    return environment


def _make_database(postgres_url: str, database: str) -> tuple[str, str]:
    owner, runtime = f"{database}_owner", f"{database}_runtime"
    passwords = {role: secrets.token_hex(16) for role in (owner, runtime)}
    connection = psycopg2.connect(postgres_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for role, password in passwords.items():
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
            verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            cursor.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD %s").format(verb, sql.Identifier(role)),
                (password,),
            )
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
        if not cursor.fetchone():
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(database), sql.Identifier(owner)
                )
            )
        cursor.execute(
            sql.SQL(
                "REVOKE ALL ON DATABASE {0} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO {1}"
            ).format(sql.Identifier(database), sql.Identifier(runtime))
        )
    connection.close()
    owner_url = _with_credentials(postgres_url, owner, passwords[owner], database)
    _grant_rows(owner_url, runtime)
    return owner_url, _with_credentials(postgres_url, runtime, passwords[runtime], database)


def _grant_rows(owner_url: str, runtime: str) -> None:
    """Let the runtime role use rows and sequences of all tables, present and future."""
    connection = psycopg2.connect(owner_url)
    connection.autocommit = True
    grants = """
        GRANT USAGE ON SCHEMA public TO {role};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(grants).format(role=sql.Identifier(runtime)))
    connection.close()


def _with_credentials(url: str, user: str, password: str, database: str) -> str:
    parts = urllib.parse.urlsplit(url)
    address = f"{parts.hostname}:{parts.port or 5432}"
    return urllib.parse.urlunsplit(
        (parts.scheme, f"{user}:{password}@{address}", f"/{database}", parts.query, "")
    )


def make_virtual_host(amqp_url: str, management_url: str, name: str) -> str:
    """Make a virtual host that the administrator may use; its AMQP URL."""
    user = urllib.parse.urlsplit(amqp_url).username or "guest"
    ask_management(management_url, "PUT", f"/api/vhosts/{name}")
    ask_management(
        management_url,
        "PUT",
        f"/api/permissions/{name}/{user}",
        {"configure": ".*", "write": ".*", "read": ".*"},
    )
    parts = urllib.parse.urlsplit(amqp_url)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", ""))


def drop_environment(postgres_url: str, management_url: str, prefix: str) -> None:
    """Remove what `make_environment` made."""
    connection = psycopg2.connect(postgres_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for name in NAMES:
            database = f"{prefix}_{name}"
            cursor.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )
            for role in (f"{database}_owner", f"{database}_runtime"):
                cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
    connection.close()
    ask_management(management_url, "DELETE", f"/api/vhosts/{prefix}")


def ask_management(
    management_url: str, method: str, path: str, body: dict[str, Any] | None = None
) -> Any:
    """Ask the broker's management interface.

    Raises:
        InfraError: It refused.
    """
    parts = urllib.parse.urlsplit(management_url)
    credentials = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    request = urllib.request.Request(  # noqa: S310 -- http to our own broker
        f"{parts.scheme}://{parts.hostname}:{parts.port}{path}",
        method=method,
        data=json.dumps(body or {}).encode() if method in {"PUT", "POST"} else None,
        headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=MANAGEMENT_TIMEOUT_SECONDS) as answer:  # noqa: S310
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise InfraError(f"{method} {path}: {error.code} {error.read()[:200]!r}") from error
    return json.loads(text) if text else None

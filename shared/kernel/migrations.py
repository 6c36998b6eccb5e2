"""Runs a service's Alembic migrations; only the migrating role may change tables."""

from __future__ import annotations

import importlib
from pathlib import Path

from alembic import command, context
from alembic.config import Config

from shared.kernel.database import Database

MIGRATION_LOCK = 0x6F7265  # one migrating process at a time, server-wide key of our own


def upgrade(database: Database, package: str) -> None:
    """Bring a database's tables to the newest shape; does nothing when they are there.

    Args:
        database: Connected with a role that may change tables.
        package: Package of the service's migrations, e.g. ``services.recruitment.migrations``.
    """
    config = Config()
    directory = importlib.import_module(package).__path__[0]
    config.set_main_option("script_location", str(Path(directory)).replace("%", "%%"))
    with database.transaction() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def run_env() -> None:
    """The body of every service's ``env.py``."""
    context.configure(
        connection=context.config.attributes["connection"],
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()

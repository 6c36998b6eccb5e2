"""Editions that were configured before anybody counted how often."""

from __future__ import annotations

import importlib

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text

from services.gateway.projections.editions import editions
from shared.kernel.database import Database
from tests.direct_rpc import DirectRpc
from tests.unit.gateway.programme import Programme, a_configuration

MIGRATION = importlib.import_module("services.gateway.migrations.versions.0005_edition_version")


def versions(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        query = select(editions.c.slug, editions.c.version)
        return {row.slug: row.version for row in connection.execute(query)}


def test_they_get_the_version_that_their_service_knows():
    programme = Programme(DirectRpc())
    staff = programme.as_("staff")
    often = staff.create("/editions", {"configuration": a_configuration(slug="zmieniana")})
    staff.create("/editions", {"configuration": a_configuration(slug="pierwotna")})
    for grouping in ("REGION", "KIND_MERGED", "KIND"):
        changed = a_configuration(slug="zmieniana", publication_grouping=grouping)
        staff.must("PUT", f"/editions/{often}", {"configuration": changed})
    database = programme.rpc.gateway
    counted = versions(database)
    assert counted == {"zmieniana": 4, "pierwotna": 1}

    with database.transaction() as connection:
        connection.execute(text("ALTER TABLE editions DROP COLUMN version"))
        with Operations.context(MigrationContext.configure(connection)):
            MIGRATION.upgrade()

    assert versions(database) == counted
    programme.close()

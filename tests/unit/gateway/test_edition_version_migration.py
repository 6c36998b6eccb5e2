"""Editions that were configured before anybody counted how often."""

from __future__ import annotations

import importlib

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text, update

from services.gateway.journal import last_position, view_positions
from services.gateway.projections.editions import editions
from shared.kernel.database import Database
from tests.direct_rpc import DirectRpc
from tests.unit.gateway.programme import Programme, a_configuration

MIGRATION = importlib.import_module("services.gateway.migrations.versions.0005_edition_version")


def versions(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        query = select(editions.c.slug, editions.c.version)
        return {row.slug: row.version for row in connection.execute(query)}


@pytest.fixture
def programme():
    programme = Programme(DirectRpc())
    yield programme
    programme.close()


def migrate(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(text("ALTER TABLE editions DROP COLUMN version"))
        with Operations.context(MigrationContext.configure(connection)):
            MIGRATION.upgrade()


def test_they_get_the_version_that_their_service_knows(programme):
    staff = programme.as_("staff")
    often = staff.create("/editions", {"configuration": a_configuration(slug="zmieniana")})
    staff.create("/editions", {"configuration": a_configuration(slug="pierwotna")})
    for grouping in ("REGION", "KIND_MERGED", "KIND"):
        changed = a_configuration(slug="zmieniana", publication_grouping=grouping)
        staff.must("PUT", f"/editions/{often}", {"configuration": changed})
    database = programme.rpc.gateway
    counted = versions(database)
    assert counted == {"zmieniana": 4, "pierwotna": 1}

    migrate(database)

    assert versions(database) == counted


def test_what_a_lagging_view_has_still_to_take_is_not_counted_before(programme):
    staff = programme.as_("staff")
    edition = staff.create("/editions", {"configuration": a_configuration(slug="zmieniana")})
    database = programme.rpc.gateway
    for grouping in ("REGION", "KIND"):
        with database.reading() as connection:
            before_the_last = last_position(connection)
        changed = a_configuration(slug="zmieniana", publication_grouping=grouping)
        staff.must("PUT", f"/editions/{edition}", {"configuration": changed})
    assert versions(database) == {"zmieniana": 3}

    with database.transaction() as connection:
        lagging = update(view_positions).where(view_positions.c.view == "editions")
        assert connection.execute(lagging.values(position=before_the_last)).rowcount == 1
    migrate(database)

    assert versions(database) == {"zmieniana": 2}

"""The migrations make the tables that the views and the journal write to."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, inspect

from services.gateway.journal import journal, view_positions, withdrawn_entries
from services.gateway.projections import metadata
from services.gateway.projections.registry import VIEWS
from shared.kernel.database import Database
from shared.kernel.migrations import upgrade
from tests.unit.gateway.projections.showing import show
from tests.unit.gateway.projections.stories import a_whole_story

OF_THE_JOURNAL = (journal, view_positions, withdrawn_entries)
TABLES = (*OF_THE_JOURNAL, *(table for view in VIEWS for table in view.tables))


@pytest.fixture(scope="module")
def migrated():
    database = Database("sqlite://")
    upgrade(database, "services.gateway.migrations")
    with database.reading() as connection:
        yield connection
    database.close()


def test_every_table_of_the_metadata_belongs_to_a_view_or_the_journal():
    assert set(metadata.tables) == {table.name for table in TABLES}


def test_no_table_belongs_to_two_views():
    assert len(TABLES) == len(set(TABLES))


def test_the_migrated_tables_are_those_of_the_metadata(migrated: Connection):
    context = MigrationContext.configure(
        migrated, opts={"include_object": _is_ours, "compare_type": True}
    )

    assert compare_metadata(context, metadata) == []


def _is_ours(item: Any, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    return kind != "table" or name in metadata.tables


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_and_indexes_are_those_of_the_metadata(migrated: Connection, table: Table):
    found = inspect(migrated)

    assert found.get_pk_constraint(table.name)["constrained_columns"] == [
        column.name for column in table.primary_key.columns
    ]
    assert {index["name"]: index["column_names"] for index in found.get_indexes(table.name)} == {
        index.name: [column.name for column in index.columns] for index in table.indexes
    }


def test_the_views_can_be_written_to_migrated_tables(migrated: Connection):
    show(migrated, a_whole_story().told)

    empty = {
        table.name
        for table in TABLES[len(OF_THE_JOURNAL) :]
        if not migrated.execute(table.select()).first()
    }
    assert empty == {"timeline_cycle_teams"}  # the story's cycle is completed

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.hdr.component import COMPONENT, TABLES_OUTSIDE_PROJECTIONS
from shared.kernel.database import Database
from shared.kernel.migrations import upgrade


def test_the_migrated_tables_are_those_that_the_code_knows(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'hdr.sqlite'}")
    upgrade(database, COMPONENT.migrations)
    upgrade(database, COMPONENT.migrations)
    options = {"compare_type": True, "include_name": is_ours}

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, COMPONENT.metadata)
    database.close()

    assert [] == differences


def is_ours(name, type_, parent_names):
    return type_ != "table" or name in COMPONENT.metadata.tables


def test_every_table_belongs_to_a_projection_or_is_named_otherwise():
    of_projections = {t for p in COMPONENT.application.projections for t in p.tables}

    assert set(COMPONENT.metadata.tables.values()) == of_projections | set(
        TABLES_OUTSIDE_PROJECTIONS
    )

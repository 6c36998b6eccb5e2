from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from services.recruitment.component import COMPONENT
from services.recruitment.projections import metadata
from shared.kernel.database import Database
from shared.kernel.migrations import upgrade
from shared.kernel.schema import kernel_metadata


def test_the_migrations_make_the_tables_that_the_code_works_with():
    database = Database("sqlite://")

    upgrade(database, COMPONENT.migrations)
    upgrade(database, COMPONENT.migrations)

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, [metadata, kernel_metadata])
        tables = set(inspect(connection).get_table_names())
    assert differences == []
    assert tables == {*metadata.tables, *kernel_metadata.tables, "alembic_version"}


def test_every_table_belongs_to_a_read_model_or_is_named_here_as_none():
    of_read_models = {t.name for p in COMPONENT.application.projections for t in p.tables}

    assert set(metadata.tables) - of_read_models == {"applicants", "slug_claims"}

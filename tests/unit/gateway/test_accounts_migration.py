from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.gateway.tables import account_metadata
from shared.kernel.database import Database
from shared.kernel.migrations import upgrade


def test_the_migrated_tables_of_accounts_are_those_that_the_code_knows(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'gateway.sqlite'}")
    upgrade(database, "services.gateway.migrations")
    options = {"compare_type": True, "include_name": is_ours}

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, account_metadata)
    database.close()

    assert differences == []


def is_ours(name, type_, parent_names):
    return type_ != "table" or name in account_metadata.tables

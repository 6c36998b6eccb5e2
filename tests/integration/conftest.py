"""Databases and virtual hosts of a test's own."""

import pytest

from shared.kernel import schema
from shared.kernel.database import Database
from tests import servers as real


@pytest.fixture(scope="session")
def servers():
    return real.find()


@pytest.fixture
def postgres_url(servers):
    with real.a_postgres_database(servers) as url:
        yield url


@pytest.fixture
def amqp_url(servers):
    with real.a_virtual_host(servers) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path):
    """An empty store on either database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'store.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    database = Database(url, pool_size=12)
    with database.transaction() as connection:
        schema.create_v1(connection)
    yield database
    database.close()

"""Questions give the same rows on both kinds of database."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg2
import pytest
from sqlalchemy import JSON, Boolean, Column, MetaData, Table, Text, Uuid, bindparam, insert, select

from shared.kernel.database import Database, UtcDateTime
from shared.kernel.questions import Question

pytestmark = pytest.mark.integration
metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner", Uuid),
    Column("name", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("is_old", Boolean, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
BY_ID = Question(select(things).where(things.c.id == bindparam("of")).limit(2))
OF_OWNER = Question(
    select(things.c.name).where(things.c.owner == bindparam("of")).order_by(things.c.name)
)
MADE_AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path):
    url = (
        f"sqlite:///{tmp_path / 'things.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    database = Database(url)
    with database.transaction() as connection:
        metadata.create_all(connection)
    yield database
    database.close()


def put(database, **values):
    thing = {
        "id": uuid4(),
        "owner": None,
        "name": "a 100 % thing",
        "tags": ["a", {"b": None}],
        "is_old": True,
        "made_at": MADE_AT,
    } | values
    with database.transaction() as connection:
        connection.execute(insert(things).values(**thing))
    return thing


def test_each_column_has_its_python_type(database):
    thing = put(database, owner=UUID(int=7))

    row = BY_ID.one_or_none(database, of=thing["id"])

    assert row._asdict() == thing
    assert row.made_at.utcoffset().total_seconds() == 0


def test_null_is_none_and_nothing_is_none(database):
    thing = put(database)

    assert BY_ID.one_or_none(database, of=thing["id"]).owner is None
    assert BY_ID.one_or_none(database, of=uuid4()) is None


def test_rows_come_in_the_order_asked_for(database):
    for name in ("b", "a", "c"):
        put(database, owner=UUID(int=1), name=name)

    assert [row.name for row in OF_OWNER.rows(database, of=UUID(int=1))] == ["a", "b", "c"]
    with pytest.raises(LookupError):
        OF_OWNER.one_or_none(database, of=UUID(int=1))


def test_what_was_committed_a_moment_ago_is_seen(database):
    thing = put(database)
    BY_ID.one_or_none(database, of=thing["id"])
    with database.transaction() as connection:
        connection.execute(things.update().values(name="renamed"))

    assert BY_ID.one_or_none(database, of=thing["id"]).name == "renamed"


def test_a_lost_connection_is_not_noticed(postgres_url):
    database = Database(postgres_url)
    with database.transaction() as connection:
        metadata.create_all(connection)
    thing = put(database)
    BY_ID.one_or_none(database, of=thing["id"])
    administrator = psycopg2.connect(
        database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    )
    administrator.autocommit = True
    administrator.cursor().execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    administrator.close()

    assert BY_ID.one_or_none(database, of=thing["id"]) is not None
    database.close()

"""What views write is sent together, and nothing else changes by it."""

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, delete, event, exc, insert, select
from sqlalchemy import update as change

from services.gateway.write_behind import (
    RowsNotCountedError,
    prepare_write_behind,
    send,
    write_behind,
)
from shared.kernel.database import Database, upsert

pytestmark = pytest.mark.integration
things = Table(
    "things", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(20))
)


@pytest.fixture
def database(gateway_url):
    made = Database(gateway_url)
    prepare_write_behind(made)
    prepare_write_behind(made)  # twice is once
    with made.transaction() as connection:
        things.create(connection)
    yield made
    made.close()


def rows(connection):
    return connection.execute(select(things.c.id, things.c.name).order_by(things.c.id)).all()


def write_some(connection):
    connection.execute(insert(things).values(id=1, name="100 % of 'it'; \\ %s"))
    connection.execute(insert(things), [{"id": 2, "name": "b"}, {"id": 3, "name": "c"}])
    upsert(connection, things, {"id": 2, "name": "B"}, key=("id",))
    connection.execute(change(things).where(things.c.id == 3).values(name="C"))
    connection.execute(delete(things).where(things.c.id == 3))
    connection.execute(insert(things).values(id=3, name=None))


WRITTEN = [(1, "100 % of 'it'; \\ %s"), (2, "B"), (3, None)]


def test_all_is_there_in_its_order_after_the_commit(database):
    with database.transaction() as connection:
        write_behind(connection)
        write_some(connection)
        send(connection)

    with database.reading() as connection:
        assert rows(connection) == WRITTEN


def test_who_reads_sees_what_was_written_before(database):
    with database.transaction() as connection:
        write_behind(connection)
        write_some(connection)
        assert rows(connection) == WRITTEN
        write_behind(connection)
        connection.execute(delete(things).where(things.c.id == 1))
        write_behind(connection)  # keeps what waits
        assert rows(connection) == WRITTEN[1:]


def test_more_than_may_wait_is_sent_meanwhile(database):
    with database.transaction() as connection:
        write_behind(connection)
        for number in range(450):
            connection.execute(insert(things).values(id=number, name="x"))
        send(connection)

    with database.reading() as connection:
        assert len(rows(connection)) == 450


def test_what_one_statement_breaks_is_taken_back_whole(database):
    def write_twice():
        with database.transaction() as connection:
            write_behind(connection)
            write_some(connection)
            connection.execute(insert(things).values(id=1, name="again"))
            send(connection)

    with pytest.raises(exc.IntegrityError):
        write_twice()

    with database.reading() as connection:
        assert rows(connection) == []


@pytest.mark.parametrize(
    "ask", [bool, int, lambda count: count == 0, lambda count: count < 1, lambda count: count != 1]
)
def test_rows_of_what_waits_are_not_counted_and_asking_says_so(postgres_url, ask):
    database = Database(postgres_url)
    prepare_write_behind(database)
    with database.transaction() as connection:
        things.create(connection)
        write_behind(connection)
        write_some(connection)
        waiting = connection.execute(change(things).values(name="b"))

        with pytest.raises(RowsNotCountedError):
            ask(waiting.rowcount)
    database.close()


def test_transactions_that_did_not_ask_write_at_once(database):
    with database.transaction() as connection:
        connection.execute(insert(things).values(id=1, name="a"))
        assert connection.execute(change(things).values(name="b")).rowcount == 1


def test_the_server_is_asked_once_for_all(postgres_url):
    database = Database(postgres_url)
    with database.transaction() as connection:
        things.create(connection)
    asked = []

    def count(_cursor, statement, *_):
        asked.append(statement)

    prepare_write_behind(database)
    event.listen(database.engine, "do_execute", count)  # not reached by what waits
    with database.transaction() as connection:
        write_behind(connection)
        write_some(connection)
        send(connection)
    database.close()

    assert asked == ["SELECT 1"]

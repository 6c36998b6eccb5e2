"""A batch of the log that is decoded at once gives what each event gives by itself."""

from datetime import UTC, datetime
from uuid import uuid4

import psycopg2
import pytest
from eventsourcing.cipher import AESCipher
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent

from shared.kernel.context import CommandContext, command_context
from shared.kernel.event_store import EventStoreFactory
from shared.kernel.serialization import NewerEventError
from tests.samples.parts import Account

pytestmark = pytest.mark.integration
TOPIC = Account.AmountAdded.TOPIC
AT = '"timestamp":{"_type_":"datetime_iso","_data_":"2026-01-31T12:00:00+00:00"}'
STATE = f'{{{AT},"amount":1}}'.encode()


def each_by_itself(app, after=0, limit=1000):
    return [
        (r.id, app.mapper.to_domain_event(r.stored))
        for r in app.log.select_behind_fence(after, limit)
    ]


def read(app, after=0, limit=1000, **how):
    return [one for page in app.read_log(after, limit, **how) for one in page]


def plain(decoded):
    return [(one.id, one.event) for one in decoded]


def record(app, *states):
    originator = uuid4()
    app.log.insert_events(
        [StoredEvent(originator, n, TOPIC, state) for n, state in enumerate(states, start=1)]
    )


def test_a_batch_is_what_its_events_are(ledger):
    with command_context(CommandContext(correlation_id="c-1")):
        for name in ("żółw", 'a "quoted" \\ name\n', "\u2028 \x01 emoji 🐢"):
            account = Account(name)
            account.add(5)
            ledger.save(account)

    decoded = read(ledger)

    assert len(decoded) == 6
    assert plain(decoded) == each_by_itself(ledger)
    assert decoded[0].metadata == {"correlation_id": "c-1"}
    assert type(decoded[0].event) is Account.Opened


def test_it_is_read_in_pages_from_where_one_was(ledger):
    account = Account("a")
    for _ in range(29):
        account.add(1)
    ledger.save(account)

    pages = list(ledger.read_log(3, 7))

    assert [len(page) for page in pages] == [7, 7, 7, 6]
    assert [one for page in pages for one in plain(page)] == each_by_itself(ledger, after=3)
    assert list(ledger.read_log(30, 7)) == []


def test_what_is_read_again_and_again_is_not_planned_again(ledger):
    record(ledger, STATE)
    for _ in range(3):
        read(ledger)
    (account,) = {one.event.originator_id for one in read(ledger)}
    assert len(list(ledger.log.select_events(account))) == 1

    with ledger.database.single_statements() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name, generic_plans, custom_plans FROM pg_prepared_statements")
        plans = cursor.fetchall()

    assert sum(generic for _, generic, _ in plans) >= 4
    assert [name for name, _, custom in plans if custom] == []


def test_a_hole_in_the_numbers_ends_no_reading(ledger):
    record(ledger, STATE)
    for _ in range(20):  # wider than a page
        with ledger.database.transaction() as connection:
            ledger.log.insert_in(connection, [StoredEvent(uuid4(), 1, TOPIC, STATE)])
            connection.rollback()
    record(ledger, *[STATE] * 8)

    pages = list(ledger.read_log(0, 5))

    assert [one.id for page in pages for one in page] == [1, *range(22, 30)]


def test_what_is_recorded_while_one_reads_is_read_too(ledger):
    record(ledger, *[STATE] * 7)
    seen = []

    for page in ledger.read_log(0, 5):
        seen += [one.id for one in page]
        if len(seen) < 12:
            record(ledger, *[STATE] * 5)

    assert seen == list(range(1, 18))


@pytest.mark.parametrize("topic", [f"{TOPIC}\n{TOPIC}", "x\ny"])
def test_a_stored_name_that_breaks_the_columns_is_named(ledger, topic):
    stored = StoredEvent(uuid4(), 1, topic, STATE)
    ledger.log.insert_events([stored])

    with pytest.raises(NewerEventError):
        read(ledger)


def test_a_reading_that_is_left_hinders_no_other(ledger):
    record(ledger, *[STATE] * 30)
    for pages in (1, 2, 3, 4, 5, 6):
        left = ledger.read_log(0, 5)
        for _ in range(pages):
            next(left)
        left.close()

    assert [one.id for one in read(ledger, limit=5)] == list(range(1, 31))


def test_more_read_at_once_than_there_are_connections_to_read_ahead(ledger):
    record(ledger, *[STATE] * 30)

    together = [ledger.read_log(0, 5) for _ in range(5)]
    seen = [[one.id for page in pages for one in page] for pages in zip(*together, strict=True)]

    assert seen == [[n for _ in range(5) for n in range(k, k + 5)] for k in range(1, 31, 5)]


def test_a_connection_that_is_cut_between_two_pages_loses_none(ledger, servers):
    record(ledger, *[STATE] * 30)
    reading = ledger.read_log(0, 5)
    seen = [one.id for _ in range(3) for one in next(reading)]
    administrator = psycopg2.connect(servers.postgres_url)
    administrator.autocommit = True
    administrator.cursor().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
        (ledger.database.url.database,),
    )
    administrator.close()

    seen += [one.id for page in reading for one in page]

    assert seen == list(range(1, 31))


@pytest.mark.parametrize("at", range(1, 13))
def test_one_that_orjson_would_change_is_read_as_it_was_in_any_page(ledger, at):
    states = [STATE] * 12
    states[at - 1] = f'{{{AT},"amount":{2**70}}}'.encode()
    record(ledger, *states)

    decoded = read(ledger, limit=2)

    assert plain(decoded) == each_by_itself(ledger)
    assert decoded[at - 1].event.amount == 2**70


@pytest.mark.parametrize("at", range(1, 13))
def test_one_that_cannot_be_read_is_named_in_any_page(ledger, at):
    record(ledger, *[b"\xff" if n == at else STATE for n in range(1, 13)])
    pages = ledger.read_log(0, 2)

    assert [len(next(pages)) for _ in range((at - 1) // 2)] == [2] * ((at - 1) // 2)
    with pytest.raises(MapperDeserialisationError, match=f"version {at}$"):
        next(pages)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", str(2**70), "-" + str(2**64)])
def test_numbers_that_orjson_would_change_are_read_as_they_were_written(ledger, number):
    record(ledger, f'{{{AT},"amount":1}}'.encode(), f'{{{AT},"amount":{number}}}'.encode())

    decoded = read(ledger)

    assert [one.event.timestamp for one in decoded] == [datetime(2026, 1, 31, 12, tzinfo=UTC)] * 2
    assert str(decoded[1].event.amount) == {"NaN": "nan", "-Infinity": "-inf"}.get(number, number)


@pytest.mark.parametrize("state", [b'{"amount"', b"\xff", b""])
def test_an_event_that_cannot_be_read_is_named(ledger, state):
    record(ledger, f'{{{AT},"amount":1}}'.encode(), state)

    with pytest.raises(MapperDeserialisationError, match="version 2"):
        read(ledger)


def test_an_event_of_a_later_release_is_refused_and_what_is_before_it_can_be_asked_for(ledger):
    known = f'{{{AT},"amount":1}}'.encode()
    record(ledger, known, known, f'{{{AT},"pennies":7,"class_version":2}}'.encode(), known)
    numbers = [one.id for one in ledger.log.select_behind_fence(0, 10)]

    with pytest.raises(NewerEventError, match="form 2, this release knows 1"):
        read(ledger)
    before = read(ledger, up_to_newer=True)

    assert [one.id for one in before] == numbers[:2]
    with pytest.raises(NewerEventError):
        read(ledger, before[-1].id, up_to_newer=True)


@pytest.mark.parametrize("at", range(2, 12))
def test_what_is_before_an_event_of_a_later_release_can_be_asked_for_in_any_page(ledger, at):
    newer = f'{{{AT},"pennies":7,"class_version":2}}'.encode()
    record(ledger, *[newer if n == at else STATE for n in range(1, 13)])

    assert [one.id for one in read(ledger, limit=2, up_to_newer=True)] == list(range(1, at))


def test_an_enciphered_log_is_read_event_by_event(ledger):
    """The library's factory takes a cipher and a compressor from its environment; so does ours."""
    env = {"CIPHER_KEY": AESCipher.create_key(16), "COMPRESSOR_TOPIC": "zlib"}
    enciphered = EventStoreFactory(ledger.database, env).mapper(transcoder=ledger.mapper.transcoder)
    account = Account("a")
    account.add(5)
    events = account.collect_events()
    ledger.log.insert_events([enciphered.to_stored_event(event) for event in events])

    pages = ledger.log.select_pages(enciphered, 0, 1, whole=True)

    assert [one.event for page in pages for one in page] == list(events)
    with pytest.raises(MapperDeserialisationError):
        ledger.read_log(0, 10).__next__()

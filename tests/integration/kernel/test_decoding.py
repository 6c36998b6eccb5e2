"""A batch of the log that is decoded at once gives what each event gives by itself."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent

from shared.kernel.context import CommandContext, command_context
from shared.kernel.serialization import NewerEventError
from tests.samples.parts import Account

pytestmark = pytest.mark.integration
TOPIC = Account.AmountAdded.TOPIC
AT = '"timestamp":{"_type_":"datetime_iso","_data_":"2026-01-31T12:00:00+00:00"}'


def each_by_itself(app, after=0, limit=1000):
    return [
        (r.id, app.mapper.to_domain_event(r.stored))
        for r in app.log.select_behind_fence(after, limit)
    ]


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

    decoded = ledger.read_log(0, 1000)

    assert len(decoded) == 6
    assert plain(decoded) == each_by_itself(ledger)
    assert decoded[0].metadata == {"correlation_id": "c-1"}
    assert type(decoded[0].event) is Account.Opened


def test_it_is_read_in_pages_from_where_one_was(ledger):
    account = Account("a")
    for _ in range(29):
        account.add(1)
    ledger.save(account)
    found, after = [], 0

    while page := ledger.read_log(after, 7):
        assert len(page) <= 7
        found += plain(page)
        after = page[-1].id

    assert found == each_by_itself(ledger)
    assert ledger.read_log(after, 7) == []


@pytest.mark.parametrize("number", ["NaN", "-Infinity", str(2**70), "-" + str(2**64)])
def test_numbers_that_orjson_would_change_are_read_as_they_were_written(ledger, number):
    record(ledger, f'{{{AT},"amount":1}}'.encode(), f'{{{AT},"amount":{number}}}'.encode())

    decoded = ledger.read_log(0, 10)

    assert [one.event.timestamp for one in decoded] == [datetime(2026, 1, 31, 12, tzinfo=UTC)] * 2
    assert str(decoded[1].event.amount) == {"NaN": "nan", "-Infinity": "-inf"}.get(number, number)


@pytest.mark.parametrize("state", [b'{"amount"', b"\xff", b""])
def test_an_event_that_cannot_be_read_is_named(ledger, state):
    record(ledger, f'{{{AT},"amount":1}}'.encode(), state)

    with pytest.raises(MapperDeserialisationError, match="version 2"):
        ledger.read_log(0, 10)


def test_an_event_of_a_later_release_is_refused_and_what_is_before_it_can_be_asked_for(ledger):
    known = f'{{{AT},"amount":1}}'.encode()
    record(ledger, known, known, f'{{{AT},"pennies":7,"class_version":2}}'.encode(), known)
    numbers = [one.id for one in ledger.log.select_behind_fence(0, 10)]

    with pytest.raises(NewerEventError, match="form 2, this release knows 1"):
        ledger.read_log(0, 10)
    before = ledger.read_log(0, 10, up_to_newer=True)

    assert [one.id for one in before] == numbers[:2]
    with pytest.raises(NewerEventError):
        ledger.read_log(before[-1].id, 10, up_to_newer=True)

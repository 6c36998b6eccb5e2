"""Stored events have the library's form, byte for byte; only reading them is faster."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid4

import orjson
import pytest
from eventsourcing.persistence import (
    DatetimeAsISO,
    DecimalAsStr,
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    StoredEvent,
    TranscodingNotRegisteredError,
    UUIDAsHex,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.kernel.serialization import FastMapper, FastTranscoder, register_value_types
from tests.samples.parts import Account


class Place(BaseModel):
    """A value with others in it."""

    code: str
    since: date | None
    parts: list[str]


class Colour(StrEnum):
    """Stored as its text."""

    RED = "RED"


def filled(transcoder):
    for transcoding in (UUIDAsHex(), DecimalAsStr(), DatetimeAsISO()):
        transcoder.register(transcoding)
    register_value_types(transcoder, [Place])
    return transcoder


OURS, LIBRARYS = filled(FastTranscoder()), filled(JSONTranscoder())
TEXTS = st.text(st.characters(codec="utf-8"))
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(minutes=-90))])
MOMENTS = st.datetimes(timezones=ZONES)
PLACES = st.builds(
    Place, code=TEXTS, since=st.none() | st.dates(), parts=st.lists(TEXTS, max_size=3)
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(
    PLAIN | st.dates() | MOMENTS | st.uuids() | st.decimals(allow_nan=False) | PLACES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
STATES = st.dictionaries(TEXTS, VALUES, max_size=6)


@given(STATES)
def test_what_is_written_is_what_the_library_writes(state):
    assert OURS.encode(state) == LIBRARYS.encode(state)


@given(STATES)
def test_what_was_written_is_read_as_it_was_and_as_the_library_reads_it(state):
    stored = LIBRARYS.encode(state)

    assert OURS.decode(stored) == LIBRARYS.decode(stored) == state


@pytest.mark.parametrize(
    "state",
    [
        {"only": "_type_"},
        {"_type_": "no mark"},
        {"_data_": 1, "other": 2},
        {"_type_": "date", "_data_": "2026-01-31", "third": 1},
        {"a": {"_type_": "date", "_data_": "2026-01-31"}},
        {"a": (1, "b"), "c": Colour.RED, "d": [[], {}, [{}]], "e": 2**63 + 1, "f": -0.0},
        {"a": Place(code="_type_", since=date(2026, 1, 31), parts=["_data_"])},
    ],
)
def test_what_only_looks_like_a_mark_is_read_as_the_library_reads_it(state):
    stored = LIBRARYS.encode(state)

    assert OURS.encode(state) == stored
    assert OURS.decode(stored) == LIBRARYS.decode(stored)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**70])
def test_numbers_beyond_json_and_64_bits_are_read_as_the_library_reads_them(value):
    stored = OURS.encode({"a": value, "at": datetime(2026, 1, 31, tzinfo=UTC)})

    assert repr(OURS.decode(stored)) == repr(LIBRARYS.decode(stored))


def test_a_type_that_is_not_registered_is_named():
    stored = b'{"a":{"_type_":"colour","_data_":"red"}}'

    with pytest.raises(TranscodingNotRegisteredError, match="colour"):
        OURS.decode(stored)


def an_event():
    account = Account("a")
    account.add(7)
    return account.collect_events()[-1]


def test_an_event_is_mapped_to_and_from_the_bytes_of_the_library():
    event = an_event()
    stored = FastMapper(OURS).to_stored_event(event)

    assert stored == Mapper[UUID](LIBRARYS).to_stored_event(event)
    assert FastMapper(OURS).to_domain_event(stored) == event
    assert Mapper[UUID](LIBRARYS).to_domain_event(stored) == event


def test_an_event_out_of_a_batch_is_the_event_out_of_its_bytes():
    event = an_event()
    stored = OURS.encode({k: v for k, v in vars(event).items() if not k.startswith("originator")})

    made = FastMapper(OURS).events_of(
        [Account.AmountAdded.TOPIC], [event.originator_id], [2], [orjson.loads(stored)]
    )

    assert made == [event]


def test_an_event_that_cannot_be_read_is_named_without_its_content():
    aggregate_id = uuid4()

    with pytest.raises(MapperDeserialisationError) as raised:
        FastMapper(OURS).to_domain_event(
            StoredEvent(aggregate_id, 3, Account.AmountAdded.TOPIC, b'{"secret"')
        )

    assert str(aggregate_id) in str(raised.value)
    assert "secret" not in str(raised.value)


def test_decimals_keep_their_digits():
    assert OURS.decode(OURS.encode({"a": Decimal("1.10")})) == {"a": Decimal("1.10")}

"""A contract event survives its way as a CloudEvent; whatever is none is told apart."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.envelope import Envelope, MalformedMessageError
from tests.samples.parts import AmountAdded

MOMENT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def an_envelope(**changes):
    values = {
        "id": "ledger:abcd:7",
        "source": "ledger",
        "type": AmountAdded.event_type(),
        "subject": "5a1c8a52-7f64-4cf9-a4b8-1f4f5b4d7a10",
        "time": MOMENT,
        "sequence": 7,
        "previous_sequence": 5,
        "epoch": "abcd",
        "correlation_id": "story",
        "causation_id": None,
        "data": {"account_id": "5a1c8a52-7f64-4cf9-a4b8-1f4f5b4d7a10", "amount": 3},
    }
    return Envelope(**values | changes)


def test_it_is_a_cloudevent_in_plain_json():
    event = json.loads(an_envelope().to_json())

    assert event == {
        "specversion": "1.0",
        "id": "ledger:abcd:7",
        "source": "/ore/ledger",
        "type": "pl.ore.ledger.AmountAdded.v1",
        "subject": "5a1c8a52-7f64-4cf9-a4b8-1f4f5b4d7a10",
        "time": "2026-11-23T10:00:00+00:00",
        "datacontenttype": "application/json",
        "dataschema": "/api/v1/schemas/pl.ore.ledger.AmountAdded.v1",
        "sequence": "00000000000000000007",
        "previoussequence": "00000000000000000005",
        "epoch": "abcd",
        "correlationid": "story",
        "data": {"account_id": "5a1c8a52-7f64-4cf9-a4b8-1f4f5b4d7a10", "amount": 3},
    }


@given(st.integers(0, 10**18), st.integers(0, 10**18), st.text(), st.none() | st.text(min_size=1))
def test_what_is_written_is_read(sequence, previous, text, cause):
    envelope = an_envelope(
        sequence=sequence, previous_sequence=previous, data={"t": text}, causation_id=cause
    )

    assert Envelope.from_json(envelope.to_json()) == envelope


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_by_name(body):
    with contextlib.suppress(MalformedMessageError):
        Envelope.from_json(body)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sequence": None}, "sequence"),
        ({"sequence": "many"}, "many"),
        ({"data": [1]}, "data"),
        ({"time": "yesterday"}, "yesterday"),
        ({"time": "2026-11-23T10:00:00"}, "zone"),
        ({"sequence": "-1"}, "-1"),
        ({"sequence": "99999999999999999999"}, "9999"),
        ({"subject": "x" * 101}, "too long: subject"),
        ({"correlationid": "x" * 201}, "too long: correlationid"),
        ({"type": "AmountAdded"}, "type"),
    ],
)
def test_a_broken_attribute_is_named(change, complaint):
    event = an_envelope().to_cloudevent() | change

    with pytest.raises(MalformedMessageError, match=complaint):
        Envelope.from_cloudevent(event)


def test_data_that_break_the_schema_are_named_by_field():
    with pytest.raises(MalformedMessageError, match="amount"):
        an_envelope(data={"account_id": "5a1c8a52-7f64-4cf9-a4b8-1f4f5b4d7a10"}).read(AmountAdded)

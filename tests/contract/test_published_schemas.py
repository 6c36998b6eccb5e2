"""What is published is what the models say, and breaks nothing that was published before.

The frozen forms in ``published/`` are written by ``python -m tests.contract.published_forms``.
"""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_structured_event
from jsonschema import Draft202012Validator

from platform_cli.contract_documents import SCHEMAS, write_events_doc, write_schemas
from platform_cli.contract_words import contract_events
from shared.kernel.broker import EVENTS
from shared.kernel.envelope import CONTENT_TYPE, Envelope
from tests.contract.compatibility import incompatibilities
from tests.contract.published_forms import (
    current_forms,
    is_same,
    published_forms,
    published_keys,
)

FREEZE = "run: python -m tests.contract.published_forms"
KEYS = sorted(current_forms())


def an_envelope(**changes):
    values = {
        "id": "advisory:0123abcd:7",
        "source": "advisory",
        "type": "pl.ore.advisory.CycleCompleted.v1",
        "subject": str(uuid4()),
        "time": datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
        "sequence": 7,
        "previous_sequence": 5,
        "epoch": uuid4().hex,
        "correlation_id": "story",
        "causation_id": "hdr:4567cdef:3",
        "data": {"cycle_id": str(uuid4())},
    }
    return Envelope(**values | changes)


def the_envelope_schema():
    return json.loads((SCHEMAS / "envelope.v1.json").read_text(encoding="utf-8"))


def test_the_files_are_those_of_the_models():
    assert write_schemas(check=True) == [], "run: make schemas"


def test_the_page_of_events_is_that_of_the_models():
    assert write_events_doc(check=True) == [], "run: make events-doc"


def test_every_event_has_a_schema_and_every_schema_an_event():
    events = {
        f"{owner}/{event.__name__}.v{event.VERSION}"
        for owner, owned in contract_events().items()
        for event in owned
    }

    assert set(KEYS) == events


@pytest.mark.parametrize("key", KEYS)
def test_a_schema_is_sound_and_open(key):
    schema = current_forms()[key]

    Draft202012Validator.check_schema(schema)
    objects = [schema, *schema.get("$defs", {}).values()]
    assert {o.get("additionalProperties") for o in objects if o.get("type") == "object"} == {True}
    service, event, version = key.replace("/", ".").split(".")
    assert schema["$id"] == f"/api/v1/schemas/pl.ore.{service}.{event}.{version}"
    assert schema["description"]


@pytest.mark.parametrize("key", KEYS)
def test_an_event_breaks_nothing_that_was_published(key):
    published = published_forms(key)
    assert published, f"{key} is new: its first form must be frozen: {FREEZE}"

    breaks = [
        line for earlier in published for line in incompatibilities(earlier, current_forms()[key])
    ]

    assert breaks == [], f"{key} needs a new version: the old one must stay as it was"


@pytest.mark.parametrize("key", KEYS)
def test_the_newest_frozen_form_is_the_present_one(key):
    assert is_same(published_forms(key)[-1], current_forms()[key]), f"{key} has grown; {FREEZE}"


def test_no_event_that_was_published_is_gone():
    assert published_keys() - set(KEYS) == set(), "a published event is promised for ever"


@pytest.mark.parametrize(
    "envelope",
    [
        an_envelope(),
        an_envelope(correlation_id=None, causation_id=None),
        an_envelope(sequence=1, previous_sequence=0),
    ],
)
def test_the_envelope_on_the_wire_is_the_published_one(envelope):
    schema = the_envelope_schema()
    Draft202012Validator.check_schema(schema)
    event = json.loads(envelope.to_json())

    errors = [e.message for e in Draft202012Validator(schema).iter_errors(event)]

    assert errors == []
    assert set(event) <= set(schema["properties"])


@pytest.mark.parametrize("name", the_envelope_schema()["required"])
def test_every_attribute_that_the_envelope_promises_is_written(name):
    assert name in an_envelope().to_cloudevent()


def test_others_read_our_events_with_the_cloudevents_library():
    envelope = an_envelope()
    message = RabbitMQMessage({}, CONTENT_TYPE, envelope.to_json())

    event = from_structured_event(message)

    assert event.get_type() == envelope.type
    assert event.get_source() == "/ore/advisory"
    assert event.get_time() == envelope.time
    assert event.get_data() == envelope.data
    assert event.get_extension("sequence") == "00000000000000000007"


def test_asyncapi_names_every_event_once_under_its_owner():
    document = json.loads((SCHEMAS / "asyncapi.json").read_text(encoding="utf-8"))

    for owner, events in contract_events().items():
        channel = document["channels"][owner]
        keys = [f"{event.__name__}.v{event.VERSION}" for event in events]
        assert list(channel["messages"]) == keys
        assert channel["bindings"]["amqp"]["exchange"]["name"] == EVENTS
        names = [document["components"]["messages"][key]["name"] for key in keys]
        assert names == [event.event_type() for event in events]


def test_every_reference_of_asyncapi_leads_somewhere():
    document = json.loads((SCHEMAS / "asyncapi.json").read_text(encoding="utf-8"))

    def references(node):
        if isinstance(node, dict):
            yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
            for inner in node.values():
                yield from references(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from references(inner)

    def leads_somewhere(reference):
        node = document
        for part in reference.removeprefix("#/").split("/"):
            if part not in node:
                return False
            node = node[part]
        return True

    assert [r for r in references(document) if not leads_somewhere(r)] == []

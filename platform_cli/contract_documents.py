"""The contracts as documents: JSON Schemas, AsyncAPI and docs/events.md, all made from the models.

What a field means is taken from the docstrings beside it, in the models' own source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from platform_cli import events_page
from platform_cli.contract_words import alias_of, contract_events, in_one_line, words_of
from shared.contracts.base import ContractEvent
from shared.kernel.broker import EVENTS
from shared.kernel.envelope import CONTENT_TYPE, SEQUENCE_DIGITS

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = ROOT / "shared" / "contracts" / "schemas"
EVENTS_PAGE = ROOT / "docs" / "events.md"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SEQUENCE = rf"^\d{{{SEQUENCE_DIGITS}}}$"


def write_schemas(check: bool) -> list[str]:
    """Write the schemas of all contract events, of their envelope, and the AsyncAPI document.

    Args:
        check: Only look; write nothing.

    Returns:
        Paths in the repository that were not current, or should not be there; sorted.
    """
    wanted = {SCHEMAS / name: _as_text(document) for name, document in schema_documents().items()}
    superfluous = set(SCHEMAS.rglob("*.json")) - wanted.keys()
    if not check:
        for path in superfluous:
            path.unlink()
    return sorted(_write(wanted, check=check) + [_name(path) for path in superfluous])


def write_events_doc(check: bool) -> list[str]:
    """Write docs/events.md: each event, its owner, fields and listeners.

    Args:
        check: Only look; write nothing.

    Returns:
        The page's path if it was not current.
    """
    return _write({EVENTS_PAGE: events_page.text()}, check=check)


def schema_documents() -> dict[str, dict[str, Any]]:
    """Every published document by its path below ``shared/contracts/schemas``."""
    events = [event for owned in contract_events().values() for event in owned]
    documents = {schema_path(event): event_schema(event) for event in events}
    return documents | {
        "envelope.v1.json": envelope_schema(),
        "asyncapi.json": asyncapi_document(events),
    }


def schema_path(event: type[ContractEvent]) -> str:
    """Where an event's schema stands, e.g. ``advisory/TeamFormed.v1.json``."""
    return f"{event.OWNER}/{event.__name__}.v{event.VERSION}.json"


def event_schema(event: type[ContractEvent]) -> dict[str, Any]:
    """The JSON Schema of an event's data.

    It says what a reader may count on in every event ever published, so fields with a default are
    not required: an event from before the field was added does not have it.
    """
    schema = event.model_json_schema(mode="validation", schema_generator=_Schema)
    return {
        "$schema": DIALECT,
        "$id": f"/api/v1/schemas/{event.event_type()}",
        "title": schema.pop("title"),
        "description": schema.pop("description"),
        **schema,
    }


def envelope_schema() -> dict[str, Any]:
    """The JSON Schema of the CloudEvent around every event's data."""
    properties = {
        "specversion": {"const": "1.0", "description": "Version of CloudEvents."},
        "id": _text("Id of the message; unique for its source.", minLength=1),
        "source": _text("Who recorded the event.", pattern=r"^/ore/[a-z]+$"),
        "type": _text(
            "Owner, name and major version of the event.",
            pattern=r"^pl\.ore\.[a-z]+\.[A-Za-z]+\.v[1-9]\d*$",
        ),
        "subject": _text("Id of the aggregate that the event happened to.", format="uuid"),
        "time": _text("When it happened; with its zone, UTC.", format="date-time"),
        "datacontenttype": {"const": "application/json"},
        "dataschema": _text("Address of the schema of `data`.", pattern="^/api/v1/schemas/"),
        "sequence": _text(
            "Number of the event in its source's log: ascending, not gapless.", pattern=SEQUENCE
        ),
        "previoussequence": _text(
            "Number of the event of this source before this one; all zeros for the first. "
            "A reader that holds another number has missed some and finds them in the feed.",
            pattern=SEQUENCE,
        ),
        "epoch": _text(
            "Life of the source's store: another one means that it was restored from a backup, "
            "and that its numbers may stand for other events from there on.",
            minLength=1,
        ),
        "correlationid": _text("The whole story that the event is a part of."),
        "causationid": _text("Id of the message that caused the event."),
        "traceparent": _text(
            "Place in the trace of whoever asked for it (W3C Trace Context), handed on as it came; "
            "also in what followed from the event."
        ),
        "journalposition": _text(
            "Place in the platform's journal; only in what the HTTP feed gives.", pattern=SEQUENCE
        ),
        "data": {"type": "object", "description": "The event, by the schema of its type."},
    }
    optional = {"correlationid", "causationid", "traceparent", "journalposition"}
    return {
        "$schema": DIALECT,
        "$id": "/api/v1/schemas/envelope.v1",
        "title": "Envelope",
        "description": "A contract event as a CloudEvent 1.0 in structured JSON.",
        "additionalProperties": True,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "type": "object",
    }


def asyncapi_document(events: list[type[ContractEvent]]) -> dict[str, Any]:
    """The AsyncAPI 3 document: one channel for each owner, one message for each event."""
    _, shapes = models_json_schema(
        [(event, "validation") for event in events],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Schema,
    )
    envelope = {k: v for k, v in envelope_schema().items() if not k.startswith("$")}
    owners: dict[str, list[type[ContractEvent]]] = {}
    for event in events:
        owners.setdefault(event.OWNER, []).append(event)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events of the advisory programme's platform",
            "version": "1.0.0",
            "description": (
                "What the services tell each other and other systems. A message may come more "
                "than once: its source and sequence tell it apart. Order is kept for each source. "
                "Everything since the first event can be read again at /api/v1/events. "
                "No event holds personal data of candidates, experts or staff."
            ),
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {owner: _channel(owner, owned) for owner, owned in owners.items()},
        "operations": {
            f"publish{owner.capitalize()}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{owner}"},
                "summary": f"{owner} tells what happened.",
            }
            for owner in owners
        },
        "components": {
            "messages": {_message_key(event): _message(event) for event in events},
            "schemas": {"Envelope": envelope, **shapes["$defs"]},
        },
    }


def _channel(owner: str, events: list[type[ContractEvent]]) -> dict[str, Any]:
    return {
        "address": f"{owner}.{{event}}",
        "description": f"Events of {owner}; the address is the routing key.",
        "messages": {
            _message_key(event): {"$ref": f"#/components/messages/{_message_key(event)}"}
            for event in events
        },
        "parameters": {
            "event": {
                "description": "Name of the event.",
                "enum": [event.__name__ for event in events],
            }
        },
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EVENTS, "type": "topic", "durable": True},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _message_key(event: type[ContractEvent]) -> str:
    return f"{event.__name__}.v{event.VERSION}"


def _message(event: type[ContractEvent]) -> dict[str, Any]:
    return {
        "name": event.event_type(),
        "title": event.__name__,
        "summary": in_one_line(event.__doc__),
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "headers": {
            "type": "object",
            "properties": {
                "cloudEvents_type": {"type": "string", "const": event.event_type()},
                "cloudEvents_source": {"type": "string", "const": f"/ore/{event.OWNER}"},
                "cloudEvents_subject": {"type": "string"},
            },
        },
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": event.event_type()},
                        "data": {"$ref": f"#/components/schemas/{event.__name__}"},
                    },
                },
            ]
        },
    }


class _Schema(GenerateJsonSchema):
    """pydantic's schemas, open, without titles of fields, and with the words of the source."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A field's name says it already."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> dict[str, Any]:
        """One model."""
        made = super().model_schema(schema)
        words = words_of(schema["cls"])
        for name, shape in made.get("properties", {}).items():
            _describe(shape, words[name].meaning, words[name].annotation)
        return {**made, "additionalProperties": True, **_described(made)}

    def enum_schema(self, schema: core_schema.EnumSchema) -> dict[str, Any]:
        """One closed list of words."""
        made = super().enum_schema(schema)
        return {**made, **_described(made)}


def _describe(shape: dict[str, Any], meaning: str, annotation: str) -> None:
    """Say what a field means; where its docstring is silent, what its kind of text or code is."""
    alias, is_list = alias_of(annotation)
    if meaning or (alias and not is_list):
        shape["description"] = meaning or alias
    if alias and is_list:
        shape.get("items", {})["description"] = alias


def _described(made: Mapping[str, Any]) -> dict[str, str]:
    return {"description": in_one_line(made["description"])} if "description" in made else {}


def _text(description: str, **rules: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **rules}


def _as_text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _write(wanted: Mapping[Path, str], *, check: bool) -> list[str]:
    stale = [
        path
        for path, content in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != content
    ]
    if not check:
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
    return sorted(_name(path) for path in stale)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))

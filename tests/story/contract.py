"""What a contract event must look like: by the published schemas of envelope and data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from shared.contracts import advisory, hdr, monitoring, recruitment

SCHEMAS = Path(recruitment.__file__).with_name("schemas")
MODELS = {
    event.event_type(): event
    for module in (recruitment, advisory, hdr, monitoring)
    for event in module.EVENTS
}


@cache
def published_schema(event_type: str) -> dict[str, Any]:
    """The schema of a type's data, as it is published; of the envelope for ``envelope``."""
    if event_type == "envelope":
        return json.loads((SCHEMAS / "envelope.v1.json").read_text())
    event = MODELS[event_type]
    file = SCHEMAS / event.OWNER / f"{event.__name__}.v{event.VERSION}.json"
    return json.loads(file.read_text())


@cache
def _validator(event_type: str) -> Draft202012Validator:
    return Draft202012Validator(published_schema(event_type), format_checker=FormatChecker())


def flaws_in(event: dict[str, Any]) -> Iterator[str]:
    """What breaks the schema of the envelope or of the type."""
    name = event.get("id", "?")
    for error in _validator("envelope").iter_errors(event):
        yield f"{name}: {error.json_path}: {error.message}"
    if event.get("type") not in MODELS:
        yield f"{name}: unknown type {event.get('type')!r}"
        return
    if event.get("source") != f"/ore/{MODELS[event['type']].OWNER}":
        yield f"{name}: {event['type']} from {event.get('source')!r}"
    if event.get("dataschema") != f"/api/v1/schemas/{event['type']}":
        yield f"{name}: dataschema {event.get('dataschema')!r}"
    if datetime.fromisoformat(event["time"]).tzinfo is None:
        yield f"{name}: time without a zone"
    for error in _validator(event["type"]).iter_errors(event["data"]):
        yield f"{name}: {event['type']} {error.json_path}: {error.message}"

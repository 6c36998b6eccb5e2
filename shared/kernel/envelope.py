"""Contract events as CloudEvents 1.0 in structured JSON, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import orjson
from pydantic import ValidationError

from shared.contracts.base import ContractEvent

CONTENT_TYPE = "application/cloudevents+json"
SEQUENCE_DIGITS = 20
Event = TypeVar("Event", bound=ContractEvent)
EventClass: TypeAlias = type[Event]  # ``Envelope.type`` hides the builtin inside the class
_TEXTS = ("specversion", "id", "source", "type", "subject", "time", "sequence", "previoussequence")


_LONGEST = {
    "id": 200,
    "type": 200,
    "subject": 100,
    "epoch": 32,
    "correlationid": 200,
    "causationid": 200,
    "traceparent": 200,
}
"""Characters that an attribute may have, so that every listener can keep it."""
HIGHEST_NUMBER = 2**63 - 1


class MalformedMessageError(ValueError):
    """A message is no contract event: it cannot be read at all."""


@dataclass(frozen=True)
class Envelope:
    """A contract event on its way.

    ``sequence`` is the number of the domain event in its source's log, ``previous_sequence`` that
    of the contract event before it from the same source (0 for the first), ``epoch`` the store's.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    previous_sequence: int
    epoch: str
    correlation_id: str | None
    causation_id: str | None
    data: dict[str, Any]
    traceparent: str | None = None

    @property
    def event_name(self) -> str:
        """Name of the contract event without owner and version, e.g. ``TeamFormed``."""
        return self.type.rsplit(".", 2)[-2]

    def to_cloudevent(self) -> dict[str, Any]:
        """The CloudEvent, JSON values only."""
        event = {
            "specversion": "1.0",
            "id": self.id,
            "source": f"/ore/{self.source}",
            "type": self.type,
            "subject": self.subject,
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "dataschema": f"/api/v1/schemas/{self.type}",
            "sequence": f"{self.sequence:0{SEQUENCE_DIGITS}d}",
            "previoussequence": f"{self.previous_sequence:0{SEQUENCE_DIGITS}d}",
            "epoch": self.epoch,
            "data": self.data,
        }
        if self.correlation_id:
            event["correlationid"] = self.correlation_id
        if self.causation_id:
            event["causationid"] = self.causation_id
        if self.traceparent:
            event["traceparent"] = self.traceparent
        return event

    def to_json(self) -> bytes:
        """The CloudEvent as it goes over the wire."""
        return orjson.dumps(self.to_cloudevent())

    @classmethod
    def from_cloudevent(cls, event: object) -> Envelope:
        """Read a CloudEvent.

        Raises:
            MalformedMessageError: An attribute is missing or not of its form.
        """
        if not isinstance(event, dict):
            raise MalformedMessageError("the message is not a JSON object")
        missing = [name for name in _TEXTS if not isinstance(event.get(name), str)]
        if missing or not isinstance(event.get("data"), dict):
            raise MalformedMessageError(f"missing or no text: {', '.join(missing) or 'data'}")
        if event["type"].count(".") < 4:  # noqa: PLR2004 -- pl.ore.<service>.<Name>.v<n>
            raise MalformedMessageError("type is not pl.ore.<service>.<Name>.v<n>")
        too_long = [name for name, most in _LONGEST.items() if len(str(event.get(name, ""))) > most]
        if too_long:
            raise MalformedMessageError(f"too long: {', '.join(too_long)}")
        try:
            return cls(
                id=event["id"],
                source=event["source"].rsplit("/", 1)[-1],
                type=event["type"],
                subject=event["subject"],
                time=_moment(event["time"]),
                sequence=_number(event["sequence"]),
                previous_sequence=_number(event["previoussequence"]),
                epoch=str(event.get("epoch", "")),
                correlation_id=event.get("correlationid"),
                causation_id=event.get("causationid"),
                data=event["data"],
                traceparent=event.get("traceparent"),
            )
        except ValueError as error:
            raise MalformedMessageError(str(error)) from error

    @classmethod
    def from_json(cls, body: bytes | str) -> Envelope:
        """Read a CloudEvent from the wire.

        Raises:
            MalformedMessageError: It is no JSON, or no CloudEvent of ours.
        """
        try:
            event = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise MalformedMessageError(f"not JSON: {error}") from error
        return cls.from_cloudevent(event)

    def read(self, event_type: EventClass[Event]) -> Event:
        """The contract event inside.

        Raises:
            MalformedMessageError: The data break the event's schema.
        """
        try:
            return event_type.model_validate(self.data)
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5]
            )
            raise MalformedMessageError(f"{self.type}: {problems}") from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("time names no zone")
    return moment


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= HIGHEST_NUMBER:
        raise ValueError(f"{text[:30]} is no number of an event")
    return number

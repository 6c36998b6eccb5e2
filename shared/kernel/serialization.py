"""How our value types are written into stored events."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    PersistenceError,
    StoredEvent,
    Transcoding,
    TranscodingNotRegisteredError,
)
from eventsourcing.utils import TopicError, resolve_topic
from pydantic import BaseModel

_BEYOND = 2.0**63


class NewerEventError(PersistenceError):
    """A stored event is of a later release than this process: nothing here may read it.

    It passes by itself once a process of that release takes the work over (ADR-0024).
    """


class DateAsISO(Transcoding):
    """``date`` as ``YYYY-MM-DD``."""

    type = date
    name = "date"

    def encode(self, obj: date) -> str:
        """``date`` to text."""
        return obj.isoformat()

    def decode(self, data: str) -> date:
        """Text to ``date``."""
        return date.fromisoformat(data)


class ModelAsDict(Transcoding):
    """A pydantic value model as a mapping, under its class name."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.type = model
        self.name = model.__name__

    def encode(self, obj: BaseModel) -> dict[str, Any]:
        """Model to JSON values."""
        return obj.model_dump(mode="json")

    def decode(self, data: dict[str, Any]) -> BaseModel:
        """JSON values to model."""
        model: type[BaseModel] = self.type
        return model.model_validate(data)


def register_value_types(
    transcoder: JSONTranscoder, models: Iterable[type[BaseModel]] = ()
) -> None:
    """Register every value type that a service stores."""
    transcoder.register(DateAsISO())
    for model in models:
        transcoder.register(ModelAsDict(model))


class FastTranscoder(JSONTranscoder):
    """The library's JSON, byte for byte, decoded by orjson.

    Encoding stays the library's own: orjson would write UUIDs and enumerations in its own way.
    """

    def decode(self, data: bytes) -> Any:
        """JSON to values; what orjson does not read as it was written, by the library's decoder."""
        try:
            return self.revived(orjson.loads(data))
        except ValueError:
            return super().decode(data)

    def revived(self, value: Any) -> Any:
        """Values with every registered type inside of them given back, the innermost first.

        Raises:
            ValueError: A number is beyond 64 bits: it may have been a whole one, and is none now.
        """
        kind = type(value)
        if kind is dict:
            if len(value) == 2 and "_type_" in value and "_data_" in value:  # noqa: PLR2004 -- the library's mark
                return self._of_type(value["_type_"], value["_data_"])
            for name, one in value.items():
                kind = type(one)
                if kind is dict or kind is list or kind is float:
                    value[name] = self.revived(one)
        elif kind is list:
            return [self.revived(one) for one in value]
        elif kind is float and not -_BEYOND < value < _BEYOND:
            raise ValueError("a number beyond 64 bits")
        return value

    def _of_type(self, name: str, data: Any) -> Any:
        transcoding = self.names.get(name)
        if transcoding is None:
            raise TranscodingNotRegisteredError(f"no type {name!r} is registered")
        return transcoding.decode(data if type(data) is str else self.revived(data))


class FastMapper(Mapper[UUID]):
    """Maps stored events without looking their class up each time.

    Our ids are UUIDs, our events neither compressed nor enciphered: the environment cannot change
    that, so nothing here asks.
    """

    transcoder: FastTranscoder

    def __init__(self, transcoder: Any) -> None:
        super().__init__(transcoder)
        self._kinds: dict[str, tuple[type, int]] = {}

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """The event, brought up to the newest version of its class."""
        topic, originator_id = stored_event.topic, stored_event.originator_id
        try:
            state = self.transcoder.decode(stored_event.state)
        except Exception as error:
            self._refuse_newer_form(topic, stored_event.state)  # its value types may be new too
            raise MapperDeserialisationError(
                f"cannot read event {topic} of {originator_id}, "
                f"version {stored_event.originator_version}"
            ) from error
        return self._made(topic, originator_id, stored_event.originator_version, state)

    def revived(
        self, topic: str, originator_id: UUID, version: int, plain: dict[str, Any]
    ) -> DomainEventProtocol[UUID]:
        """The event out of its state as JSON values, as `to_domain_event` makes it of bytes."""
        self._kind(topic, plain.get("class_version", 1))
        return self._made(topic, originator_id, version, self.transcoder.revived(plain))

    def _made(
        self, topic: str, originator_id: Any, originator_version: int, state: dict[str, Any]
    ) -> DomainEventProtocol[UUID]:
        version = state.pop("class_version", 1)
        cls, class_version = self._kind(topic, version)
        state["originator_id"] = originator_id
        state["originator_version"] = originator_version
        while version < class_version:
            getattr(cls, f"upcast_v{version}_v{version + 1}")(state)
            version += 1
        event: DomainEventProtocol[UUID] = object.__new__(cls)
        object.__setattr__(event, "__dict__", state)
        return event

    def _kind(self, topic: str, version: int) -> tuple[type, int]:
        """The class of an event and its newest form.

        Raises:
            NewerEventError: There is no such class here, or it knows no form so new.
        """
        kind = self._kinds.get(topic)
        if kind is None:
            try:
                cls = resolve_topic(topic)
            except TopicError:
                raise NewerEventError(f"event {topic} is not known to this release") from None
            kind = self._kinds[topic] = cls, getattr(cls, "class_version", 1)
        if version > kind[1]:
            raise NewerEventError(
                f"event {topic} is stored in form {version}, this release knows {kind[1]}"
            )
        return kind

    def _refuse_newer_form(self, topic: str, state: bytes) -> None:
        """Tell an event of a later release from one that is broken."""
        with suppress(ValueError, AttributeError, TypeError):
            self._kind(topic, orjson.loads(state).get("class_version", 1))

"""How our value types are written into stored events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    DatetimeAsISO,
    DecimalAsStr,
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    PersistenceError,
    StoredEvent,
    Transcoding,
    UUIDAsHex,
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


_IN_ONE_CALL: dict[type[Transcoding], Callable[[str], Any]] = {
    DateAsISO: date.fromisoformat,
    DatetimeAsISO: datetime.fromisoformat,
    DecimalAsStr: Decimal,
    UUIDAsHex: UUID,
}
"""What these transcodings' ``decode`` does with a text: half of its time is the call itself."""


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
                Or a type is not registered.
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
            raise ValueError(f"no type {name!r} is registered")  # the library's decoder tells how
        return transcoding.decode(data if type(data) is str else self.revived(data))


class FastMapper(Mapper[UUID]):
    """Maps stored events without looking their class up each time.

    Our ids are UUIDs. A cipher and a compressor are the library's (`ServiceApplication` gives
    none); with one a page of the log is read event by event, for its states are no JSON then.
    """

    transcoder: FastTranscoder

    def __init__(self, transcoder: Any, compressor: Any = None, cipher: Any = None) -> None:
        super().__init__(transcoder, compressor, cipher)
        self._kinds: dict[str, tuple[type, int]] = {}

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """The event, brought up to the newest version of its class."""
        topic, originator_id = stored_event.topic, stored_event.originator_id
        data = stored_event.state
        try:
            data = self.cipher.decrypt(data) if self.cipher else data
            data = self.compressor.decompress(data) if self.compressor else data
            state = self.transcoder.decode(data)
        except Exception as error:
            self._refuse_newer_form(topic, data)  # its value types may be new too
            raise MapperDeserialisationError(
                f"cannot read event {topic} of {originator_id}, "
                f"version {stored_event.originator_version}"
            ) from error
        return self._made(topic, originator_id, stored_event.originator_version, state)

    def events_of(
        self,
        topics: Iterable[str],
        originator_ids: Iterable[UUID],
        versions: Iterable[int],
        states: Iterable[dict[str, Any]],
    ) -> list[Any]:
        """Events out of their states as JSON values, each as `to_domain_event` makes it of bytes.

        Written for speed, without a call for each event; the states become the events' own.

        Raises:
            Exception: A state cannot be read, or there are not as many of one as of the other.
        """
        revived, kinds = self.transcoder.revived, self._kinds
        make, put = object.__new__, object.__setattr__
        decoders: dict[str, Callable[[Any], Any]] = {
            name: _IN_ONE_CALL.get(type(one), one.decode)
            for name, one in self.transcoder.names.items()
        }
        events = []
        for topic, originator_id, version, state in zip(
            topics, originator_ids, versions, states, strict=True
        ):
            for name, value in state.items():
                kind = type(value)
                if kind is str or kind is int:
                    continue
                if kind is dict and type(data := value.get("_data_")) is str and len(value) == 2:  # noqa: PLR2004 -- the library's mark
                    state[name] = decoders[value["_type_"]](data)
                elif kind is dict or kind is list or kind is float:
                    state[name] = revived(value)
            cls, newest = kinds.get(topic) or self._kind(topic, 1)
            state["originator_id"] = originator_id
            state["originator_version"] = version
            if (stored_as := state.pop("class_version", 1)) != newest:
                self._upcast(topic, state, stored_as)
            event: Any = make(cls)
            put(event, "__dict__", state)
            events.append(event)
        return events

    def _made(
        self, topic: str, originator_id: Any, originator_version: int, state: dict[str, Any]
    ) -> DomainEventProtocol[UUID]:
        version = state.pop("class_version", 1)
        cls, _ = self._kind(topic, version)
        state["originator_id"] = originator_id
        state["originator_version"] = originator_version
        self._upcast(topic, state, version)
        event: DomainEventProtocol[UUID] = object.__new__(cls)
        object.__setattr__(event, "__dict__", state)
        return event

    def _upcast(self, topic: str, state: dict[str, Any], version: int) -> None:
        cls, newest = self._kind(topic, version)
        while version < newest:
            getattr(cls, f"upcast_v{version}_v{version + 1}")(state)
            version += 1

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

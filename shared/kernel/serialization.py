"""How our value types are written into stored events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from eventsourcing.persistence import JSONTranscoder, Transcoding
from pydantic import BaseModel


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

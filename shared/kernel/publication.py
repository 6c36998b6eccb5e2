"""Which domain events leave the service, and in which shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from shared.contracts.base import ContractEvent

Translation = TypeVar("Translation", bound=Callable[[Any], ContractEvent | None])


class Publications:
    """The map from a service's domain events to its contract events.

    A translation is a pure function of the event, so the same log always yields the same contract
    events, whoever asks, and whenever.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self._translations: dict[type[Any], Callable[[Any], ContractEvent | None]] = {}

    def of(self, event_type: type[Any]) -> Callable[[Translation], Translation]:
        """Register the translation of one domain event."""

        def register(translation: Translation) -> Translation:
            if event_type in self._translations:
                raise ValueError(f"{event_type.__qualname__} has a translation already")
            self._translations[event_type] = translation
            return translation

        return register

    def translate(self, event: Any) -> ContractEvent | None:
        """What others may know of an event; ``None`` when it stays inside."""
        translation = self._translations.get(type(event))
        return translation(event) if translation else None

    @property
    def event_types(self) -> tuple[type[Any], ...]:
        """The domain events that may leave."""
        return tuple(self._translations)

"""Read models of a service, kept up in the transaction of the events that they show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Connection, Table, delete

Handler = TypeVar("Handler", bound=Callable[..., None])


def handles(*event_types: type[Any]) -> Callable[[Handler], Handler]:
    """Mark a method of a projection as the one that takes these events."""

    def mark(method: Handler) -> Handler:
        method.handled_events = event_types  # type: ignore[attr-defined]
        return method

    return mark


class Projection:
    """One question's answer as a few tables, made from events alone.

    A handler takes ``(connection, event)``. It may read its own tables, and nothing else: so the
    tables can be emptied and made again from the log.
    """

    name: ClassVar[str]
    tables: ClassVar[tuple[Table, ...]]
    _handlers: ClassVar[dict[type[Any], str]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._handlers = {
            event_type: attribute
            for base in reversed(cls.__mro__)
            for attribute, member in vars(base).items()
            for event_type in getattr(member, "handled_events", ())
        }

    def takes(self, events: Iterable[Any]) -> bool:
        """Whether it handles one of these."""
        return any(type(event) in self._handlers for event in events)

    def apply(self, connection: Connection, events: Iterable[Any]) -> None:
        """Take over events, in their order; the ones it does not handle change nothing."""
        for event in events:
            attribute = self._handlers.get(type(event))
            if attribute is not None:
                getattr(self, attribute)(connection, event)

    def clear(self, connection: Connection) -> None:
        """Empty its tables, as before the first event."""
        for table in reversed(self.tables):
            connection.execute(delete(table))

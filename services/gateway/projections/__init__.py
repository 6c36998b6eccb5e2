"""The aggregated views: each a table or a few, made from the journal alone.

Events of one source come in their order, events of different sources in any order relative to each
other: a view gives the same rows however they are interleaved.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from sqlalchemy import Connection, MetaData, Table, delete

from services.gateway.journal_entry import JournalEntry

metadata = MetaData()


class View:
    """One question's answer. A handler takes ``(connection, event, entry)``.

    It may read its own tables and nothing else, so that they can be emptied and made again.
    """

    name: ClassVar[str]
    tables: ClassVar[tuple[Table, ...]]
    _handlers: ClassVar[dict[str, tuple[type[Any], str]]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._handlers = {
            event_type.event_type(): (event_type, attribute)
            for base in reversed(cls.__mro__)
            for attribute, member in vars(base).items()
            for event_type in getattr(member, "handled_events", ())
        }

    @classmethod
    def listens_to(cls, event_type: str) -> bool:
        """Whether it takes events of this CloudEvents type."""
        return event_type in cls._handlers

    def apply(
        self, connection: Connection, entries: Iterable[tuple[JournalEntry, dict[str, Any]]]
    ) -> None:
        """Take over journal entries with their data, in the journal's order."""
        for entry, data in entries:
            found = self._handlers.get(entry.type)
            if found is not None:
                event_type, attribute = found
                getattr(self, attribute)(connection, event_type.model_validate(data), entry)

    def clear(self, connection: Connection) -> None:
        """Empty its tables, as before the first event."""
        for table in reversed(self.tables):
            connection.execute(delete(table))

"""Snapshots: an aggregate that grows is loaded without reading all its events again.

A snapshot can always be made anew, so it is taken after the commit, never in it, and whatever is
wrong with one is no more than a full replay. Like an event it holds nothing about a person.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import orjson
from eventsourcing.persistence import PersistenceError, StoredEvent
from eventsourcing.utils import get_topic
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import delete, exc, insert

from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.event_store import AggregateEventRecorder

EVERY = 50
LOG = logging.getLogger(__name__)


class SnapshotState(BaseModel):
    """All attributes of an aggregate, by name; its subclass is the aggregate's ``SNAPSHOT``.

    A snapshot of another form is not read. The form is told by the fields by themselves; where
    only what an event means for them changed, set another ``version=`` in the class's head.
    """

    model_config = ConfigDict(extra="forbid")
    _version: ClassVar[int] = 1
    created_on: datetime
    modified_on: datetime

    def __init_subclass__(cls, *, version: int = 1, **kwargs: Any) -> None:
        """Keep the version by hand beside the one by form."""
        super().__init_subclass__(**kwargs)
        cls._version = version

    @classmethod
    def topic(cls, aggregate_class: Any) -> str:
        """Name of this very form, e.g. ``store.Cart#1.0f3a5c7e``."""
        form = orjson.dumps(cls.model_json_schema(), option=orjson.OPT_SORT_KEYS)
        digest = hashlib.sha256(form).hexdigest()[:8]
        return f"{get_topic(aggregate_class)}#{cls._version}.{digest}"

    @classmethod
    def of(cls, aggregate: Any) -> Self:
        """What is to be kept of an aggregate; all its attributes, or an error."""
        own = {name: value for name, value in vars(aggregate).items() if name[0] != "_"}
        moments = {"created_on": aggregate.created_on, "modified_on": aggregate.modified_on}
        return cls.model_validate({**own, **moments})

    def restore(self, aggregate_class: type[Any], aggregate_id: UUID, version: int) -> Any:
        """The aggregate as it was, without pending events."""
        aggregate = object.__new__(aggregate_class)
        aggregate.__base_init__(aggregate_id, version, self.created_on)
        own = {name: value for name, value in self if name not in SnapshotState.model_fields}
        vars(aggregate).update(own, _modified_on=self.modified_on)
        return aggregate


class Snapshots:
    """The newest snapshot of each aggregate whose class has a ``SNAPSHOT``."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._recorder = AggregateEventRecorder(database, schema.snapshots)
        self._topics: dict[type, str] = {}

    def _topic(self, aggregate_class: type[Any]) -> str:
        if aggregate_class not in self._topics:
            self._topics[aggregate_class] = aggregate_class.SNAPSHOT.topic(aggregate_class)
        return self._topics[aggregate_class]

    def read(self, aggregate_class: type[Any], aggregate_id: UUID) -> Any:
        """The aggregate as of its newest snapshot; ``None`` without one that can be read."""
        if getattr(aggregate_class, "SNAPSHOT", None) is None:
            return None
        found = self._recorder.select_events(aggregate_id, desc=True, limit=1)
        if not found or found[0].topic != self._topic(aggregate_class):
            return None
        try:
            kept = aggregate_class.SNAPSHOT.model_validate_json(found[0].state)
        except ValidationError as error:
            LOG.warning("snapshot of %s not read: %d errors", aggregate_id, error.error_count())
            return None
        return kept.restore(aggregate_class, aggregate_id, found[0].originator_version)

    def due(self, aggregate: Any, read_from: int) -> list[StoredEvent]:
        """The snapshot to keep, once many events had to be read after version ``read_from``."""
        kind = type(aggregate)
        if getattr(kind, "SNAPSHOT", None) is None or aggregate.version - read_from < EVERY:
            return []
        try:
            state = kind.SNAPSHOT.of(aggregate).model_dump_json().encode()
        except (
            ValueError
        ) as error:  # not in the fields' form: tests compare them, a command goes on
            LOG.warning("snapshot of %s not taken: %s", aggregate.id, type(error).__name__)
            return []
        return [StoredEvent(aggregate.id, aggregate.version, self._topic(kind), state)]

    def keep(self, snapshots: Iterable[StoredEvent]) -> None:
        """Put each in the place of the one before it. Failing changes nothing, and is logged."""
        t = schema.snapshots
        for one in snapshots:
            try:
                with self.database.transaction(is_repeatable=True) as connection:
                    connection.execute(delete(t).where(t.c.originator_id == one.originator_id))
                    connection.execute(insert(t), vars(one))
            except (PersistenceError, exc.SQLAlchemyError) as error:
                LOG.warning("snapshot of %s not kept: %s", one.originator_id, type(error).__name__)

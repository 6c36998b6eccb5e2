"""The event store: the library's recorders over our databases, without a table lock.

Writers take no lock. On PostgreSQL event numbers therefore become visible out of order, so whoever
tails the log reads behind a fence (`EventRecorder.select_behind_fence`). On SQLite there is one
writer, and numbers become visible in order.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    IntegrityError,
    InterfaceError,
    Notification,
    OperationalError,
    PersistenceError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)
from sqlalchemy import Connection, Table, bindparam, exc, func, insert, select

from shared.kernel import schema
from shared.kernel.database import Database, upsert

Effect = Callable[[Connection], None]
"""SQL that belongs into the same transaction as the events."""

FENCE_POLL_SECONDS = 0.002
FENCE_TIMEOUT_SECONDS = 30.0

# The transaction has its id before any of its events has a number: the fence relies on it.
_INSERT_POSTGRES = """
WITH x AS MATERIALIZED (SELECT pg_current_xact_id())
INSERT INTO {table} (originator_id, originator_version, topic, state, metadata)
SELECT o, v, t, s, m
FROM x, unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bytea[], %s::text[])
     WITH ORDINALITY AS e(o, v, t, s, m, n) ORDER BY n
RETURNING id
"""


class FenceTimeoutError(OperationalError):
    """Some transaction that may still write into the log did not end in time."""


@dataclass(frozen=True)
class RecordedEvent:
    """A stored event with its number in the log and what was stored beside it."""

    id: int
    stored: StoredEvent
    metadata: str | None


class AggregateEventRecorder(AggregateRecorder):
    """Stores events of aggregates (or snapshots of them) in one table."""

    def __init__(self, database: Database, table: Table) -> None:
        self.database = database
        self.table = table
        t = table.c
        self._all_of_one = (  # built once: building costs more than running
            select(t.originator_version, t.topic, t.state)
            .where(t.originator_id == bindparam("of_originator"))
            .order_by(t.originator_version)
        )

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Insert rows in one transaction; a version that is there already is a conflict."""
        rows = [
            {
                "originator_id": _as_uuid(s.originator_id),
                "originator_version": s.originator_version,
                "topic": s.topic,
                "state": s.state,
            }
            for s in stored_events
        ]
        with _translated(), self.database.transaction() as connection:
            if rows:
                connection.execute(insert(self.table), rows)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Events of one aggregate, by version."""
        t = self.table.c
        query = self._all_of_one
        if gt is not None:
            query = query.where(t.originator_version > gt)
        if lte is not None:
            query = query.where(t.originator_version <= lte)
        if desc:
            query = query.order_by(None).order_by(t.originator_version.desc())
        if limit is not None:
            query = query.limit(limit)
        parameters = {"of_originator": _as_uuid(originator_id)}
        with _translated(), self.database.reading() as connection:
            rows = connection.execute(query, parameters).all()
        return [StoredEvent(originator_id, version, topic, state) for version, topic, state in rows]


class EventRecorder(AggregateEventRecorder, ApplicationRecorder):
    """The log of one service: all events, numbered."""

    def __init__(self, database: Database, table: Table = schema.events) -> None:
        super().__init__(database, table)
        t = table.c
        self._numbered = (
            select(t.id, t.originator_id, t.originator_version, t.topic, t.state, t.metadata)
            .where(t.id > bindparam("after"))
            .order_by(t.id)
            .limit(bindparam("most"))
        )

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Record events, in their order, in a transaction of their own."""
        with _translated(), self.database.transaction() as connection:
            return self.insert_in(connection, stored_events)

    def insert_in(
        self,
        connection: Connection,
        stored_events: Sequence[StoredEvent],
        metadata: str | None = None,
    ) -> list[int]:
        """Record events in the given transaction.

        Args:
            connection: In a writing transaction of this recorder's database.
            stored_events: In the order in which they shall be numbered.
            metadata: JSON text stored beside each of them.

        Returns:
            Their numbers, ascending, in the order given; not gapless.

        Raises:
            IntegrityError: Another command recorded the same version of an aggregate first.
        """
        if not stored_events:
            return []
        with _translated():
            if self.database.is_sqlite:
                return self._insert_sqlite(connection, stored_events, metadata)
            return self._insert_postgres(connection, stored_events, metadata)

    def _insert_postgres(
        self, connection: Connection, stored: Sequence[StoredEvent], metadata: str | None
    ) -> list[int]:
        columns = (
            [str(s.originator_id) for s in stored],
            [s.originator_version for s in stored],
            [s.topic for s in stored],
            [s.state for s in stored],
            [metadata] * len(stored),
        )
        result = connection.exec_driver_sql(_INSERT_POSTGRES.format(table=self.table.name), columns)
        return sorted(row[0] for row in result)

    def _insert_sqlite(
        self, connection: Connection, stored: Sequence[StoredEvent], metadata: str | None
    ) -> list[int]:
        statement = (
            f"INSERT INTO {self.table.name} "  # noqa: S608 -- our own table's name
            "(originator_id, originator_version, topic, state, metadata) VALUES (?, ?, ?, ?, ?)"
        )
        cursor = connection.connection.cursor()
        numbers: list[int] = []
        try:
            for s in stored:
                cursor.execute(
                    statement,
                    (
                        _as_uuid(s.originator_id).hex,
                        s.originator_version,
                        s.topic,
                        s.state,
                        metadata,
                    ),
                )
                numbers.append(int(cursor.lastrowid or 0))
        finally:
            cursor.close()
        return numbers

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events by their number, behind the fence."""
        after = (start or 0) - 1 if inclusive_of_start else (start or 0)
        return [
            Notification(
                r.stored.originator_id,
                r.stored.originator_version,
                r.stored.topic,
                r.stored.state,
                id=r.id,
            )
            for r in self.select_behind_fence(after, limit, stop=stop, topics=topics)
        ]

    def max_notification_id(self) -> int | None:
        """The highest number that can be read, ``None`` in an empty log."""
        with _translated(), self.database.reading() as connection:
            return connection.execute(select(func.max(self.table.c.id))).scalar()

    def select_behind_fence(
        self,
        after: int,
        limit: int,
        *,
        stop: int | None = None,
        topics: Sequence[str] = (),
        deadline_seconds: float = FENCE_TIMEOUT_SECONDS,
    ) -> list[RecordedEvent]:
        """Events numbered above ``after``, ascending; none that is still being written is skipped.

        Args:
            after: Highest number already seen; 0 for all.
            limit: At most so many.
            stop: No number above this one.
            topics: Only these stored names; all when empty.
            deadline_seconds: How long to wait for transactions that may still write below the top.

        Returns:
            Events whose numbers will never be followed by a lower one that was not returned.

        Raises:
            FenceTimeoutError: Such a transaction did not end in time.

        Source:
            docs/adr, event store without a table lock.
        """
        top = None if self.database.is_sqlite else self._wait_at_fence(after, deadline_seconds)
        if top is not None and top <= after:
            return []
        t = self.table.c
        query = self._numbered
        last = min((n for n in (top, stop) if n is not None), default=None)
        if last is not None:
            query = query.where(t.id <= last)
        if topics:
            query = query.where(t.topic.in_(list(topics)))
        with _translated(), self.database.reading() as connection:
            rows = connection.execute(query, {"after": after, "most": limit}).all()
        return [
            RecordedEvent(row[0], StoredEvent(row[1], row[2], row[3], bytes(row[4])), row[5])
            for row in rows
        ]

    def _wait_at_fence(self, after: int, deadline_seconds: float) -> int:
        """The highest number handed out, once every transaction that holds one up to it ended."""
        deadline = time.monotonic() + deadline_seconds
        engine = self.database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with _translated(), engine.connect() as connection:
            top = connection.exec_driver_sql(
                f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {self.table.name}_id_seq"  # noqa: S608, E501
            ).scalar_one()
            if top <= after:
                return int(top)
            fence = connection.exec_driver_sql("SELECT pg_current_xact_id()::text::bigint").scalar()
            while True:
                oldest = connection.exec_driver_sql(
                    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
                ).scalar_one()
                if oldest >= fence:
                    return int(top)
                if time.monotonic() > deadline:
                    raise FenceTimeoutError("a transaction that may write events does not end")
                time.sleep(FENCE_POLL_SECONDS)

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Not offered: relays and subscriptions read the log themselves, on both stores."""
        raise NotImplementedError


class PositionRecorder(TrackingRecorder):
    """How far other applications' logs were processed: one row for each."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def insert_tracking(self, tracking: Tracking) -> None:
        """Move a position forward in a transaction of its own."""
        with _translated(), self.database.transaction() as connection:
            self.track_in(connection, tracking)

    def track_in(self, connection: Connection, tracking: Tracking) -> None:
        """Move a position forward in the given transaction.

        Raises:
            IntegrityError: It is there already, or beyond.
        """
        t = schema.subscription_positions
        where = (t.c.subscription == "") & (t.c.source == tracking.application_name)
        held = connection.execute(select(t.c.sequence).where(where).with_for_update()).scalar()
        if held is not None and held >= tracking.notification_id:
            raise IntegrityError(f"{tracking.application_name} is processed up to {held}")
        upsert(
            connection,
            t,
            {
                "subscription": "",
                "source": tracking.application_name,
                "sequence": tracking.notification_id,
            },
            key=("subscription", "source"),
        )

    def max_tracking_id(self, application_name: str) -> int | None:
        """The position in an application's log, ``None`` before the first."""
        t = schema.subscription_positions.c
        with _translated(), self.database.reading() as connection:
            return connection.execute(
                select(t.sequence).where(t.subscription == "", t.source == application_name)
            ).scalar()

    def has_tracking_id(self, application_name: str, notification_id: int | None) -> bool:
        """Whether the position is at or beyond the given number."""
        if notification_id is None:
            return True
        return (self.max_tracking_id(application_name) or 0) >= notification_id


class EventProcessRecorder(EventRecorder, PositionRecorder, ProcessRecorder):
    """Events and the position of what caused them, in one transaction."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Record events and, with ``tracking=``, the position, both or neither."""
        tracking: Tracking | None = kwargs.get("tracking")
        with _translated(), self.database.transaction() as connection:
            if tracking is not None:
                self.track_in(connection, tracking)
            return self.insert_in(connection, stored_events)


class EventStoreFactory(InfrastructureFactory[PositionRecorder]):
    """Builds the library's persistence objects over one of our databases.

    The tables are made by migrations; nothing here creates or changes one.
    """

    def __init__(self, database: Database, env: Any = None) -> None:
        super().__init__(env)
        self.database = database

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Recorder of events, or of snapshots."""
        table = schema.snapshots if purpose == "snapshots" else schema.events
        return AggregateEventRecorder(self.database, table)

    def application_recorder(self) -> EventProcessRecorder:
        """Recorder of the service's log."""
        return EventProcessRecorder(self.database)

    def tracking_recorder(
        self, tracking_recorder_class: type[PositionRecorder] | None = None
    ) -> PositionRecorder:
        """Recorder of positions."""
        return (tracking_recorder_class or PositionRecorder)(self.database)

    def process_recorder(self) -> EventProcessRecorder:
        """Recorder of events together with positions."""
        return EventProcessRecorder(self.database)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()


def _as_uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


class _translated:  # noqa: N801 -- reads as a sentence
    """Turns the driver's errors into the library's."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, PersistenceError):
            return
        for kind, ours in _ERRORS:
            if isinstance(error, kind):
                raise ours(str(error)) from error


def _errors() -> Iterable[tuple[type[BaseException], type[PersistenceError]]]:
    yield exc.IntegrityError, IntegrityError
    yield sqlite3.IntegrityError, IntegrityError
    yield exc.InterfaceError, InterfaceError
    yield exc.OperationalError, OperationalError
    yield sqlite3.OperationalError, OperationalError
    yield exc.DBAPIError, PersistenceError
    yield exc.TimeoutError, OperationalError


_ERRORS = tuple(_errors())

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
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg2
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    IntegrityError,
    InterfaceError,
    Mapper,
    Notification,
    OperationalError,
    PersistenceError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
    Transcoder,
)
from sqlalchemy import Connection, Table, bindparam, exc, func, insert, select

from shared.kernel import metrics, schema
from shared.kernel.database import Database, is_lost, upsert
from shared.kernel.serialization import FastMapper, FastTranscoder, NewerEventError

Effect = Callable[[Connection], None]
"""SQL that belongs into the same transaction as the events."""

FENCE_POLL_SECONDS = 0.002
FENCE_TIMEOUT_SECONDS = 30.0

# The transaction has its id before any of its events has a number: the fence relies on it.
# Prepared once on each connection: planning costs as much as running.
_APPEND_ONE = """
WITH x AS MATERIALIZED (SELECT pg_current_xact_id())
INSERT INTO {table} (originator_id, originator_version, topic, state, metadata)
SELECT $1, $2, $3, $4, $5 FROM x
RETURNING id
"""
_APPEND_MANY = """
WITH x AS MATERIALIZED (SELECT pg_current_xact_id())
INSERT INTO {table} (originator_id, originator_version, topic, state, metadata)
SELECT o, v, t, s, $5
FROM x, unnest($1, $2, $3, $4) WITH ORDINALITY AS e(o, v, t, s, n) ORDER BY n
RETURNING id
"""
# A command whose events change no read model is one round trip: its events and its first answer.
_APPEND_ANSWERED = f"""
WITH appended AS ({_APPEND_MANY}), kept AS (
    INSERT INTO commands (key, request_hash, answer, position, recorded_at)
    SELECT $6, $7, $8, (
        SELECT id FROM appended WHERE $9 IS NOT NULL ORDER BY id OFFSET $9 LIMIT 1
    ), $10
)
SELECT id FROM appended
"""  # noqa: S608 -- made of our own statements
_ALL_OF_ONE = """
SELECT originator_version, topic, state FROM {table}
WHERE originator_id = $1 ORDER BY originator_version
"""
_AFTER_VERSION = """
SELECT originator_version, topic, state FROM {table}
WHERE originator_id = $1 AND originator_version > $2 ORDER BY originator_version
"""
_NEWEST = """
SELECT originator_version, topic, state FROM {table}
WHERE originator_id = $1 ORDER BY originator_version DESC LIMIT 1
"""
_NUMBERED = """
SELECT id, originator_id, originator_version, topic, state, metadata FROM {table}
WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3
"""
# A batch as one JSON text: the events' states are JSON already, and reading it once costs a third
# of reading each of them.
_DECODED = """
SELECT '[' || string_agg(concat('[', id, ',"', originator_id, '",', originator_version, ',',
    to_json(topic), ',', convert_from(state, 'UTF8'), ',', coalesce(metadata, '{{}}'), ']'), ',')
    || ']'
FROM (
    SELECT id, originator_id, originator_version, topic, state, metadata FROM {table}
    WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3
) AS batch
"""
_COLUMNS = "uuid[], bigint[], text[], bytea[], text"
_PREPARED = {
    "append_one": ("uuid, bigint, text, bytea, text", _APPEND_ONE),
    "append_many": (_COLUMNS, _APPEND_MANY),
    "append_answered": (
        f"{_COLUMNS}, text, text, text, bigint, timestamptz",
        _APPEND_ANSWERED,
    ),
    "all_of_one": ("uuid", _ALL_OF_ONE),
    "after_version": ("uuid, bigint", _AFTER_VERSION),
    "newest": ("uuid", _NEWEST),
    "numbered": ("bigint, bigint, bigint", _NUMBERED),
    "decoded": ("bigint, bigint, bigint", _DECODED),
}
# The sequence's row is read before the id is given out: one statement is enough for both.
_TOP_AND_FENCE = """
SELECT top, CASE WHEN top > %s THEN pg_current_xact_id()::text::bigint END
FROM (SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS top FROM {table}_id_seq OFFSET 0) s
"""
_OLDEST_RUNNING = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class FenceTimeoutError(OperationalError):
    """Some transaction that may still write into the log did not end in time."""


@dataclass(frozen=True)
class RecordedEvent:
    """A stored event with its number in the log and what was stored beside it."""

    id: int
    stored: StoredEvent
    metadata: str | None


class FirstAnswer(NamedTuple):
    """A command's answer as it is kept beside its events, under its idempotency key."""

    key: str
    request_hash: str
    answer: str
    published: int | None
    """Which of the events, counted from 0, is the last that others care about, if any."""
    recorded_at: datetime


class DecodedEvent(NamedTuple):
    """A domain event with its number in the log and what was stored beside it."""

    id: int
    event: Any
    metadata: dict[str, Any]


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
        prepared = None if self.database.is_sqlite else _prepared_for(gt, lte, desc, limit)
        if prepared is not None:
            parameters = (str(originator_id),) if gt is None else (str(originator_id), gt)
            rows = _ask(self.database, prepared, self.table.name, parameters)
            return [StoredEvent(originator_id, row[0], row[1], bytes(row[2])) for row in rows]
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
        wanted = {"of_originator": _as_uuid(originator_id)}
        with _translated(), self.database.reading() as connection:
            found = connection.execute(query, wanted).all()
        return [
            StoredEvent(originator_id, version, topic, state) for version, topic, state in found
        ]


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
        """Record events, in their order, in a transaction of their own.

        When the connection is lost meanwhile, what is there afterwards decides: the same events
        under the same versions are taken for ours.

        Raises:
            IntegrityError: Another command recorded the same version of an aggregate first.
            OperationalError: The database cannot be reached; whether they were recorded is unknown.
        """
        if not stored_events:
            return []
        if self.database.is_sqlite:
            with _translated(), self.database.transaction() as connection:
                return self.insert_in(connection, stored_events)
        with _translated():
            try:
                return self._append(stored_events)
            except psycopg2.Error as error:
                if not is_lost(error):
                    raise
            return self._append_again(stored_events)

    def _append(self, stored: Sequence[StoredEvent]) -> list[int]:
        with self.database.single_statements() as connection:
            return self._insert_postgres(connection, stored, None)

    def _append_again(self, stored: Sequence[StoredEvent]) -> list[int]:
        """After a lost connection; a first attempt that is still committing makes this one wait."""
        found = self._numbers_of(stored)
        if found is not None:
            return found
        try:
            return self._append(stored)
        except psycopg2.IntegrityError:
            found = self._numbers_of(stored)
            if found is None:
                raise
            return found

    def _numbers_of(self, stored: Sequence[StoredEvent]) -> list[int] | None:
        """Numbers of exactly these events, ``None`` when one of them is not there."""
        query = (
            f"SELECT id, originator_id::text, originator_version, topic, state FROM {self.table.name} "  # noqa: S608, E501
            "JOIN unnest(%s::uuid[], %s::bigint[]) AS w(o, v) "
            "ON originator_id = o AND originator_version = v"
        )
        wanted = ([str(s.originator_id) for s in stored], [s.originator_version for s in stored])
        with self.database.single_statements() as connection:
            rows = _fetch(connection, query, wanted)
        there = {(row[1], row[2], row[3], bytes(row[4])): int(row[0]) for row in rows}
        try:
            return [
                there[str(s.originator_id), s.originator_version, s.topic, s.state] for s in stored
            ]
        except KeyError:
            return None

    def append_answered(
        self, stored_events: Sequence[StoredEvent], metadata: str | None, first: FirstAnswer
    ) -> list[int]:
        """Record events and a command's first answer in one statement; PostgreSQL only.

        Args:
            stored_events: In the order in which they shall be numbered; not empty.
            metadata: JSON text stored beside each of them.
            first: The answer.

        Returns:
            Their numbers, ascending, in the order given; not gapless.

        Raises:
            IntegrityError: Another command was first, or the same one was carried out before.
            OperationalError: The database cannot be reached; whether it was recorded is unknown.
        """
        parameters = (*_columns(stored_events), metadata, *first)
        with _translated(), self.database.single_statements() as connection:
            rows = _run(connection, "append_answered", self.table.name, parameters)
        return sorted(row[0] for row in rows)

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
            try:
                return self._insert_postgres(connection.connection, stored_events, metadata)
            except psycopg2.Error as error:
                if is_lost(error):  # else the pool would try to roll back on it
                    connection.invalidate(error)
                raise

    def _insert_postgres(
        self, connection: Any, stored: Sequence[StoredEvent], metadata: str | None
    ) -> list[int]:
        """Insert in one round trip on a driver's connection out of a pool."""
        if len(stored) == 1:
            s = stored[0]
            row = (str(s.originator_id), s.originator_version, s.topic, s.state, metadata)
            return [_run(connection, "append_one", self.table.name, row)[0][0]]
        parameters = (*_columns(stored), metadata)
        rows = _run(connection, "append_many", self.table.name, parameters)
        return sorted(row[0] for row in rows)

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
        if last is not None and not topics and not self.database.is_sqlite:
            return self._numbered_on_postgres(after, last, limit)
        if topics:
            query = query.where(t.topic.in_(list(topics)))
        with _translated(), self.database.reading() as connection:
            rows = connection.execute(query, {"after": after, "most": limit}).all()
        return [
            RecordedEvent(row[0], StoredEvent(row[1], row[2], row[3], bytes(row[4])), row[5])
            for row in rows
        ]

    def _numbered_on_postgres(self, after: int, last: int, limit: int) -> list[RecordedEvent]:
        rows = _ask(self.database, "numbered", self.table.name, (after, last, limit))
        return [
            RecordedEvent(row[0], StoredEvent(UUID(row[1]), row[2], row[3], bytes(row[4])), row[5])
            for row in rows
        ]

    def select_decoded(
        self, mapper: FastMapper, after: int, limit: int, *, up_to_newer: bool = False
    ) -> list[DecodedEvent]:
        """What `select_behind_fence` finds, as domain events; a whole batch is decoded at once.

        Args:
            mapper: Makes events of what is stored.
            after: Highest number already seen; 0 for all.
            limit: At most so many.
            up_to_newer: End before an event of a later release instead of refusing all.

        Raises:
            FenceTimeoutError: As there.
            MapperDeserialisationError: An event cannot be read; it is named.
            NewerEventError: One is of a later release; the first one, where ``up_to_newer``.
        """
        if not self.database.is_sqlite:
            top = self._wait_at_fence(after, FENCE_TIMEOUT_SECONDS)
            try:
                return self._decoded_at_once(mapper, (after, top, limit))
            except (PersistenceError, ValueError):
                pass  # each by itself then: either it can be read, or the one that cannot is named
        decoded: list[DecodedEvent] = []
        for r in self.select_behind_fence(after, limit):
            try:
                event = mapper.to_domain_event(r.stored)
            except NewerEventError:
                if not (decoded and up_to_newer):
                    raise
                break
            decoded.append(DecodedEvent(r.id, event, orjson.loads(r.metadata or "{}")))
        return decoded

    def _decoded_at_once(self, mapper: FastMapper, wanted: Sequence[int]) -> list[DecodedEvent]:
        text = _ask(self.database, "decoded", self.table.name, wanted)[0][0]
        batch = sorted(orjson.loads(text or "[]"), key=itemgetter(0))
        revived, ids = mapper.revived, {one: UUID(one) for one in {row[1] for row in batch}}
        return [
            DecodedEvent(number, revived(topic, ids[originator], version, state), metadata)
            for number, originator, version, topic, state, metadata in batch
        ]

    def _wait_at_fence(self, after: int, deadline_seconds: float) -> int:
        """The highest number handed out, once every transaction that holds one up to it ended."""
        deadline = time.monotonic() + deadline_seconds
        came = time.monotonic()
        is_waiting = False
        query = _TOP_AND_FENCE.format(table=self.table.name)
        with _translated():
            top, fence = self.database.ask(lambda c: _fetch(c, query, (after,)))[0]
            while fence is not None:
                rows = self.database.ask(lambda c: _fetch(c, _OLDEST_RUNNING))
                if rows[0][0] >= fence:
                    break
                if not is_waiting:
                    metrics.FENCE_WAITS.inc()
                    is_waiting = True
                if time.monotonic() > deadline:
                    raise FenceTimeoutError("a transaction that may write events does not end")
                time.sleep(FENCE_POLL_SECONDS)
        if is_waiting:
            metrics.FENCE_WAIT_SECONDS.observe(time.monotonic() - came)
        return int(top)

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
        if tracking is None:
            return super().insert_events(stored_events)
        with _translated(), self.database.transaction() as connection:
            self.track_in(connection, tracking)
            return self.insert_in(connection, stored_events)


class EventStoreFactory(InfrastructureFactory[PositionRecorder]):
    """Builds the library's persistence objects over one of our databases.

    The tables are made by migrations; nothing here creates or changes one.
    """

    def __init__(self, database: Database, env: Any = None) -> None:
        super().__init__(env)
        self.database = database

    def transcoder(self) -> Transcoder:
        """The library's format, decoded faster."""
        return FastTranscoder()

    def mapper(
        self,
        transcoder: Transcoder | None = None,
        mapper_class: type[Mapper[Any]] | None = None,
    ) -> Mapper[Any]:
        """A mapper that remembers what the library looks up for each event."""
        return (mapper_class or FastMapper)(transcoder or self.transcoder())

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


def _columns(stored: Sequence[StoredEvent]) -> tuple[list[Any], ...]:
    return (
        [str(s.originator_id) for s in stored],
        [s.originator_version for s in stored],
        [s.topic for s in stored],
        [s.state for s in stored],
    )


def _fetch(connection: Any, query: str, parameters: Sequence[Any] = ()) -> list[Any]:
    cursor = connection.cursor()
    try:
        cursor.execute(query, parameters)
        rows: list[Any] = cursor.fetchall()
    finally:
        cursor.close()
    return rows


def _run(connection: Any, name: str, table: str, parameters: Sequence[Any]) -> list[Any]:
    """Run a prepared statement; prepared at its first use on each connection."""
    full_name = f"{name}_{table}"
    types, statement = _PREPARED[name]
    if full_name not in connection.info:
        cursor = connection.cursor()
        cursor.execute(f"PREPARE {full_name} ({types}) AS {statement.format(table=table)}")
        cursor.close()
        connection.info[full_name] = f"EXECUTE {full_name} ({_places(types)})"
    return _fetch(connection, connection.info[full_name], parameters)


def _prepared_for(gt: int | None, lte: int | None, desc: bool, limit: int | None) -> str | None:  # noqa: FBT001 -- the library's
    """Name of the prepared query for what is asked often, ``None`` for the rest."""
    if lte is not None:
        return None
    if not desc and limit is None:
        return "all_of_one" if gt is None else "after_version"
    return "newest" if desc and limit == 1 and gt is None else None


def _places(types: str) -> str:
    return ", ".join(f"%s::{kind}" for kind in types.split(", "))


def _ask(database: Database, name: str, table: str, parameters: Sequence[Any]) -> list[Any]:
    """Rows of a prepared query."""
    with _translated():
        return database.ask(lambda c: _run(c, name, table, parameters))


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
    yield psycopg2.IntegrityError, IntegrityError
    yield psycopg2.InterfaceError, InterfaceError
    yield psycopg2.OperationalError, OperationalError
    yield psycopg2.Error, PersistenceError
    yield sqlite3.IntegrityError, IntegrityError
    yield exc.InterfaceError, InterfaceError
    yield exc.OperationalError, OperationalError
    yield sqlite3.OperationalError, OperationalError
    yield exc.DBAPIError, PersistenceError
    yield exc.TimeoutError, OperationalError


_ERRORS = tuple(_errors())

"""The event store: the library's recorders over our databases, without a table lock.

Writers take no lock. On PostgreSQL event numbers therefore become visible out of order, so whoever
tails the log reads behind a fence (`EventRecorder.select_behind_fence`). On SQLite there is one
writer, and numbers become visible in order.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime
from functools import partial
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
from eventsourcing.utils import resolve_topic
from psycopg2.extras import wait_select
from sqlalchemy import Connection, Table, bindparam, exc, func, insert, select

from shared.kernel import metrics, schema
from shared.kernel.database import Database, Session, is_lost, upsert
from shared.kernel.positions import DeliveryMark
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
_INSERT_MANY = """
INSERT INTO {table} (originator_id, originator_version, topic, state, metadata)
SELECT o, v, t, s, $5
FROM x, unnest($1, $2, $3, $4) WITH ORDINALITY AS e(o, v, t, s, n) ORDER BY n
RETURNING id
"""
_APPEND_MANY = f"WITH x AS MATERIALIZED (SELECT pg_current_xact_id()) {_INSERT_MANY}"
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
# So is what follows from a message: the listener's position, and events where that could be moved.
_APPEND_DELIVERED = f"""
WITH moved AS (
    UPDATE subscription_positions SET sequence = $9, epoch = $10
    WHERE subscription = $6 AND source = $7 AND sequence = $8 RETURNING sequence
), x AS MATERIALIZED (SELECT pg_current_xact_id() FROM moved)
{_INSERT_MANY}
"""  # noqa: S608 -- made of our own statements
_AFTER_VERSION = """
SELECT originator_version, topic, state FROM {table}
WHERE originator_id = $1 AND originator_version > $2 ORDER BY originator_version
"""
# Whether all that may stand up to the top has ended, as this very statement sees it.
_IS_SETTLED = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= {fence}"
# A page as one value for each column: the events' states are JSON already, and parsing them once
# costs a third of parsing each of them.
_PAGE_UP_TO = f"""
SELECT {_IS_SETTLED}, string_agg(id::text, ','), string_agg(originator_id::text, ','),
    string_agg(originator_version::text, ','), string_agg(topic, E'\\n'),
    convert_from(string_agg(state, ','), 'UTF8'), string_agg(metadata, ',')
FROM (
    SELECT id, originator_id, originator_version, topic, state, metadata FROM {{table}}
    WHERE {_IS_SETTLED} AND id > $1 AND id <= {{top}} ORDER BY id LIMIT $2
) AS rows
"""  # noqa: S608 -- our own text
_PAGE = _PAGE_UP_TO.format(table="{table}", top="$3", fence="$4")
# The sequence's row is read before the id is given out: one statement is enough for both. It sees
# the page as well, where no transaction was under way when it began and none has begun meanwhile.
_FENCED = {"top": "(SELECT top FROM fenced)", "fence": "(SELECT fence FROM fenced)"}
_NEWEST_PAGE = f"""
WITH numbered AS MATERIALIZED (
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS top FROM {{table}}_id_seq
), fenced AS MATERIALIZED (
    SELECT top, CASE WHEN top > $1 THEN pg_current_xact_id()::text::bigint ELSE 0 END AS fence
    FROM numbered
)
SELECT fenced.*, page.* FROM fenced, ({_PAGE_UP_TO.format(table="{table}", **_FENCED)}) AS page
"""  # noqa: S608 -- our own text
_COLUMNS = "uuid[], bigint[], text[], bytea[], text"
_PREPARED = {
    "append_one": ("uuid, bigint, text, bytea, text", _APPEND_ONE),
    "append_many": (_COLUMNS, _APPEND_MANY),
    "append_answered": (
        f"{_COLUMNS}, text, text, text, bigint, timestamptz",
        _APPEND_ANSWERED,
    ),
    "append_delivered": (f"{_COLUMNS}, text, text, bigint, bigint, text", _APPEND_DELIVERED),
    "after_version": ("uuid, bigint", _AFTER_VERSION),
    "newest": ("uuid, bigint", f"{_AFTER_VERSION} DESC LIMIT 1"),
    "newest_page": ("bigint, bigint", _NEWEST_PAGE),
    "page": ("bigint, bigint, bigint, bigint", _PAGE),
}


_SELECTS = {(False, None): "after_version", (True, 1): "newest"}
"""The prepared query for what is asked often, by order and limit."""


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


_AS_DECODED = partial(tuple.__new__, DecodedEvent)
"""What ``DecodedEvent._make`` does, without a call of Python's own for each event."""


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
            {**vars(stored), "originator_id": _as_uuid(stored.originator_id)}
            for stored in stored_events
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
        prepared = _SELECTS.get((desc, limit))
        if prepared is not None and lte is None and not self.database.is_sqlite:
            parameters = (str(originator_id), -1 if gt is None else gt)
            with _translated():
                rows = self.database.ask(lambda c: _run(c, prepared, self.table.name, parameters))
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

    def append_delivered(
        self, stored_events: Sequence[StoredEvent], metadata: str | None, mark: DeliveryMark
    ) -> list[int]:
        """Record events and move a listener's position in one statement; PostgreSQL only.

        Args:
            stored_events: In the order in which they shall be numbered; not empty.
            metadata: JSON text stored beside each of them.
            mark: Of the message that they follow from.

        Returns:
            Their numbers, ascending, in the order given; not gapless. None, and nothing is
            recorded, where the position is not at the one that the mark starts from.

        Raises:
            IntegrityError: Another command was first.
            OperationalError: The database cannot be reached; whether it was recorded is unknown.
        """
        parameters = (*_columns(stored_events), metadata, *astuple(mark))
        with _translated(), self.database.single_statements() as connection:
            rows = _run(connection, "append_delivered", self.table.name, parameters)
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
                originator_id = _as_uuid(s.originator_id).hex
                row = (originator_id, s.originator_version, s.topic, s.state, metadata)
                cursor.execute(statement, row)
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
            Notification(**vars(r.stored), id=r.id)
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
        t = self.table.c
        query = self._numbered
        if not self.database.is_sqlite:
            top, _ = self._behind_fence(after, 0, deadline_seconds)
            query = query.where(t.id <= top)
        if stop is not None:
            query = query.where(t.id <= stop)
        if topics:
            query = query.where(t.topic.in_(list(topics)))
        with _translated(), self.database.reading() as connection:
            rows = connection.execute(query, {"after": after, "most": limit}).all()
        return [
            RecordedEvent(row[0], StoredEvent(row[1], row[2], row[3], bytes(row[4])), row[5])
            for row in rows
        ]

    def select_pages(
        self, mapper: FastMapper, after: int, limit: int, *, up_to_newer: bool = False, whole: bool
    ) -> Iterator[list[DecodedEvent]]:
        """What `select_behind_fence` finds, as domain events, page by page to the log's end.

        The fence is met once for all that was recorded until then, not for each page. The end is
        where the log ended when the last page was asked for; an empty log has no page.

        Args:
            mapper: Makes events of what is stored.
            after: Highest number already seen; 0 for all.
            limit: At most so many a page; one before the last may have fewer.
            up_to_newer: End before an event of a later release instead of refusing all.
            whole: Whether the caller goes on to the log's end: each page is asked for ahead.

        Raises:
            FenceTimeoutError: A transaction that may still write events does not end.
            MapperDeserialisationError: An event cannot be read; it is named.
            NewerEventError: One is of a later release; the first one, where ``up_to_newer``.
        """
        with closing(_Ahead(self.database, self.table.name, limit, is_wanted=whole)) as ahead:
            while True:
                is_at_end, page = self._page(mapper, after, limit, ahead, up_to_newer=up_to_newer)
                if page:
                    yield page
                    after = page[-1].id
                    ahead.has_begun = True
                if is_at_end and len(page) < limit:
                    return

    def _page(
        self,
        mapper: FastMapper,
        after: int,
        limit: int,
        ahead: _Ahead,
        *,
        up_to_newer: bool,
    ) -> tuple[bool, list[DecodedEvent]]:
        """The next page, and whether it goes to the log's end, as that is now."""
        columns = ahead.answer()
        is_at_end = columns is None
        if not self.database.is_sqlite:
            try:
                if columns is None:
                    ahead.top, columns = self._behind_fence(after, limit)
                if not columns or not columns[0]:
                    return is_at_end, []
                ahead.ask(columns[0])
                return is_at_end, _decoded(mapper, columns)
            except (OperationalError, InterfaceError):
                raise
            except Exception:  # noqa: BLE001, S110 -- what cannot be read by itself is named below
                pass
        decoded: list[DecodedEvent] = []
        for r in self.select_behind_fence(after, limit):
            try:
                event = mapper.to_domain_event(r.stored)
            except NewerEventError:
                if not (up_to_newer and (decoded or ahead.has_begun)):
                    raise
                return True, decoded  # what was asked ahead lies beyond it
            decoded.append(DecodedEvent(r.id, event, orjson.loads(r.metadata or "{}")))
        return is_at_end, decoded

    def _behind_fence(
        self, after: int, limit: int, deadline_seconds: float = FENCE_TIMEOUT_SECONDS
    ) -> tuple[int, Sequence[Any]]:
        """The highest number, and a page up to it once all that is up to there has ended.

        The page comes as its columns; it has none where nothing is new.
        """
        table = self.table.name

        def ask(session: Session) -> tuple[int, Sequence[Any]]:
            (newest,) = _run(session, "newest_page", table, (after, limit))
            top, fence, is_settled, *columns = newest
            if is_settled:
                return top, columns if top > after else ()
            came, waits = time.monotonic(), 0
            while True:
                is_settled, *columns = _run(session, "page", table, (after, limit, top, fence))[0]
                waited = time.monotonic() - came
                if is_settled:
                    break
                metrics.FENCE_WAITS.inc(not waits)
                waits += 1
                if waited > deadline_seconds:
                    raise FenceTimeoutError("a transaction that may write events does not end")
                time.sleep(FENCE_POLL_SECONDS)
            if waits:
                metrics.FENCE_WAIT_SECONDS.observe(waited)
            return top, columns

        with _translated():
            return self.database.ask(ask)

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Not offered: relays and subscriptions read the log themselves, on both stores."""
        raise NotImplementedError


class _Ahead:
    """Asks for the next page while its caller works on the last one.

    On a connection on which the driver does not wait: it takes no thread, and under eventlet the
    others run on. One page at most, and none where no connection is free or this one is lost: then
    the fence is met anew, for on another connection it may be another database by now.
    """

    def __init__(self, database: Database, table: str, limit: int, *, is_wanted: bool) -> None:
        self.has_begun = False
        """Whether a page was given out."""
        self.top = 0
        """Up to here everything has ended."""
        self._sessions, self._table, self._limit = database.ahead, table, limit
        self._is_wanted = is_wanted
        self._session: Session | None = None
        self._asked: Any = None

    def ask(self, numbers: str) -> None:
        """Ask for what follows the numbers of a full page, unless some of it may not have ended."""
        last = int(numbers.rpartition(",")[2])
        is_full = numbers.count(",") == self._limit - 1
        if not (self._is_wanted and is_full) or self.top - last < self._limit:
            return
        with self._is_lost_by_an_error():
            if self._session is None:
                self._session = self._sessions.take(0)
            query = _prepared(self._session, "page", self._table, wait_select)
            self._asked = self._session.cursor()
            self._asked.execute(query, (last, self._limit, self.top, 0))

    def answer(self) -> Sequence[Any] | None:
        """The columns of the page that was asked for, ``None`` when none was, or none came."""
        columns: Sequence[Any] | None = None
        if self._asked is not None:
            with self._is_lost_by_an_error():
                wait_select(self._asked.connection)
                columns = self._asked.fetchone()[1:]
                self._asked = None
        return columns

    @contextmanager
    def _is_lost_by_an_error(self) -> Iterator[None]:
        try:
            yield
        except (psycopg2.Error, exc.TimeoutError):
            self.close(is_lost=True)

    def close(self, *, is_lost: bool = False) -> None:
        """Leave the connection to the next reader, if nothing is under way on it."""
        if self._session is not None:
            self._sessions.give_back(self._session, keep=not is_lost and self._asked is None)
        self._session = self._asked = None


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
        values = {"source": tracking.application_name, "sequence": tracking.notification_id}
        upsert(connection, t, {"subscription": "", **values}, key=("subscription", "source"))

    def max_tracking_id(self, application_name: str) -> int | None:
        """The position in an application's log, ``None`` before the first."""
        t = schema.subscription_positions.c
        with _translated(), self.database.reading() as connection:
            return connection.execute(
                select(t.sequence).where(t.subscription == "", t.source == application_name)
            ).scalar()


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
        return super().mapper(transcoder, mapper_class or FastMapper)

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
        topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
        named: type[PositionRecorder] = resolve_topic(topic) if topic else PositionRecorder
        return (tracking_recorder_class or named)(self.database)

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
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows


def _run(connection: Any, name: str, table: str, parameters: Sequence[Any]) -> list[Any]:
    """Run a prepared statement."""
    return _fetch(connection, _prepared(connection, name, table), parameters)


def _prepared(
    connection: Any, name: str, table: str, wait: Callable[[Any], None] | None = None
) -> str:
    """How to run a statement, which is prepared at its first use on each connection."""
    full_name = f"{name}_{table}"
    if full_name not in connection.info:
        types, statement = _PREPARED[name]
        with connection.cursor() as cursor:
            cursor.execute(f"PREPARE {full_name} ({types}) AS {statement.format(table=table)}")
            if wait is not None:
                wait(cursor.connection)
        places = ", ".join(f"%s::{kind}" for kind in types.split(", "))
        connection.info[full_name] = f"EXECUTE {full_name} ({places})"
    query: str = connection.info[full_name]
    return query


def _decoded(mapper: FastMapper, columns: Sequence[Any]) -> list[DecodedEvent]:
    """The events of a page that came as one text for each column.

    Raises:
        Exception: One of them cannot be read, or a stored text breaks the columns' form.
    """
    numbers, originators, versions, topics, states, metadata = columns
    ids: list[int] = orjson.loads(f"[{numbers}]")
    if ids != sorted(ids):
        raise ValueError("a page out of order")
    texts = originators.split(",")
    known = {text: UUID(text) for text in set(texts)}
    events = mapper.events_of(
        topics.split("\n"),
        map(known.__getitem__, texts),
        orjson.loads(f"[{versions}]"),
        orjson.loads(f"[{states}]"),
    )
    beside = orjson.loads(f"[{metadata}]") if metadata else [{} for _ in ids]
    return list(map(_AS_DECODED, zip(ids, events, beside, strict=True)))


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


_ERRORS: tuple[tuple[type[BaseException], type[PersistenceError]], ...] = (
    (exc.IntegrityError, IntegrityError),
    (psycopg2.IntegrityError, IntegrityError),
    (psycopg2.InterfaceError, InterfaceError),
    (psycopg2.OperationalError, OperationalError),
    (psycopg2.Error, PersistenceError),
    (sqlite3.IntegrityError, IntegrityError),
    (exc.InterfaceError, InterfaceError),
    (exc.OperationalError, OperationalError),
    (sqlite3.OperationalError, OperationalError),
    (exc.DBAPIError, PersistenceError),
    (exc.TimeoutError, OperationalError),
)

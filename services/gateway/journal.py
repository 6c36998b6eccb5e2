"""The ordered record of every contract event the platform published, and the views' way along it.

One merged, totally ordered, replayable history. It is appended together with its position in each
source's log, and the views follow it in the same transaction; a view that cannot take an event
lags alone: the event is parked for that view and the others go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.views_watch import ViewsWatch, announce
from services.gateway.write_behind import prepare_write_behind, send, write_behind
from shared.kernel.database import Database, UtcDateTime, upsert
from shared.kernel.envelope import Envelope
from shared.kernel.event_store import Effect
from shared.kernel.parking import (
    WAITS,
    ParkedMessage,
    first_of_subject,
    park,
    park_undecodable,
    parked_subjects,
    remove,
)
from shared.kernel.positions import (
    AlreadyDeliveredError,
    DeliveryMark,
    Position,
    mark_delivered,
    read_position,
)
from shared.kernel.questions import Question
from shared.kernel.refusal import NotFoundError
from shared.kernel.schema import BigId
from shared.kernel.subscription import TRANSIENT

log = structlog.get_logger(__name__)

SUBSCRIPTION = "gateway"
SOURCES = ("recruitment", "advisory", "hdr", "monitoring")
BATCH = 1000
FIRST_WAIT_SECONDS = 0.002
LONGEST_WAIT_SECONDS = 0.02
LOOK_ANYWAY_SECONDS = 0.1
"""Though the projector tells what has moved: one of an earlier release does not."""
BEYOND_ALL = 2**62

journal = Table(
    "journal",
    metadata,
    Column("position", BigId, primary_key=True, autoincrement=True),
    Column("source", String(100), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("previous_sequence", BigInteger, nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("type", String(200), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("time", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("message_id", String(200), nullable=False),
    Column("correlation_id", String(200)),
    Column("causation_id", String(200)),
    Column("body", Text, nullable=False),
    UniqueConstraint("source", "epoch", "sequence", name="journal_source"),
    Index("journal_subject", "subject"),
    sqlite_autoincrement=True,
)

view_positions = Table(
    "view_positions",
    metadata,
    Column("view", String(100), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

withdrawn_entries = Table(
    "withdrawn_entries",
    metadata,
    Column("position", BigId, primary_key=True, autoincrement=False),
    Column("source", String(100), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("withdrawn_at", UtcDateTime, nullable=False),
)
"""Entries that a restored source no longer has, taken out of the journal by an operator."""


Entry = tuple[JournalEntry, dict[str, Any]]
"""A journal entry with its event's data."""

_INSERT = insert(journal)
_COLUMNS = tuple(column.name for column in journal.columns if not column.primary_key)
# One array for each column: that costs a third of the same as one row of values after the other.
_INSERT_COLUMNS = """
INSERT INTO journal (source, sequence, previous_sequence, epoch, type, subject, time, recorded_at,
    message_id, correlation_id, causation_id, body)
SELECT r.a, r.b, r.c, r.d, r.e, r.f, r.g, r.h, r.i, r.j, r.k, r.l
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
    %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[]
) WITH ORDINALITY AS r(a, b, c, d, e, f, g, h, i, j, k, l, n) ORDER BY r.n
RETURNING position
"""
_READ_POSITIONS = """
SELECT view, position,
    EXISTS (SELECT 1 FROM parked_messages WHERE subscription = 'view:' || view) AS has_parked
FROM view_positions
"""
# Sent together, and yet the second sees what was parked or replayed while the first one waited.
_LOCK_POSITIONS = f"SELECT 1 FROM view_positions ORDER BY view FOR UPDATE; {_READ_POSITIONS}"  # noqa: S608 -- our own texts
_MOVE_ALL = update(view_positions).values(position=bindparam("new_position"))
_READ = (
    select(*(journal.c[name] for name in (*JournalEntry._fields, "body")))
    # Bounded on both sides: of a journal that has just grown PostgreSQL knows nothing yet, takes an
    # open end for a third of it, and would read and sort all of that for each page.
    .where(journal.c.position > bindparam("after"), journal.c.position < BEYOND_ALL)
    .order_by(journal.c.position)
    .limit(bindparam("most"))
)
# One text for each column: a page's rows one by one cost three times as much. A body has all that
# was published; the other columns are there to be looked for.
_PAGE = """
SELECT string_agg(position::text, ','), string_agg((recorded_at AT TIME ZONE 'UTC')::text, ','),
    string_agg(body, ',')
FROM (
    SELECT position, recorded_at, body FROM journal
    WHERE position > %s AND position < %s ORDER BY position LIMIT %s
) AS page
"""
_POSITIONS = (
    select(journal.c.position)
    .where(journal.c.position > bindparam("after"), journal.c.position < BEYOND_ALL)
    .order_by(journal.c.position)
)
_LAST = select(func.max(journal.c.position))
_IS_LEVEL = Question(
    select(
        select(journal.c.position)
        .where(
            journal.c.source == bindparam("of_source"),
            journal.c.sequence >= bindparam("from_sequence"),
        )
        .order_by(journal.c.sequence)
        .limit(1)
        .scalar_subquery()
        .label("wanted"),
        select(func.min(view_positions.c.position)).scalar_subquery().label("reached"),
    )
)


class Journal:
    """Appends what the services publish, and keeps the views level with it.

    Args:
        database: The gateway's own.
        views: The views to keep up.
    """

    subscription = SUBSCRIPTION

    def __init__(self, database: Database, views: Sequence[View]) -> None:
        self.database = database
        self.views = tuple(views)
        prepare_write_behind(database)
        self.moved = threading.Condition()

    # --- as the sink of the subscription -------------------------------------------------------

    def position(self, source: str) -> Position:
        """How far a source's log stands in the journal."""
        with self.database.reading() as connection:
            return read_position(connection, SUBSCRIPTION, source)

    def park_undecodable(self, body: bytes, error: str) -> None:
        """Keep a message that is no event."""
        park_undecodable(self.database, SUBSCRIPTION, body, error)

    def apply(self, envelopes: Sequence[Envelope], position: Position) -> None:
        """Append consecutive events of one source, and bring the views level.

        Both in one transaction where all goes well. Where a view fails, the journal is appended
        first and each view follows by itself.
        """
        mark = DeliveryMark(
            SUBSCRIPTION,
            envelopes[0].source,
            position.sequence,
            envelopes[-1].sequence,
            envelopes[-1].epoch,
        )
        is_level = False
        try:
            # On one's own machine a moment lost by a power cut is read again from the services'
            # logs; where others follow the journal, its positions must never be given twice.
            is_repeatable = self.database.is_sqlite
            with self.database.transaction(is_repeatable=is_repeatable) as connection:
                positions, waiting = self._lock_views(connection)
                added = self._append(connection, envelopes, mark)
                is_level = self._follow_together(connection, positions, waiting, added)
        except (*TRANSIENT, AlreadyDeliveredError):  # type: ignore[misc]
            raise
        except Exception:
            log.exception("views_failed_together")
            is_level = False
            with self.database.transaction() as connection:
                self._lock_views(connection)
                self._append(connection, envelopes, mark)
            self.follow_each()
        with self.moved:
            self.moved.notify_all()
        if not self.database.is_sqlite:
            announce(self.database, mark.source, mark.sequence, is_level=is_level)

    def _append(
        self, connection: Connection, envelopes: Sequence[Envelope], mark: DeliveryMark
    ) -> Sequence[Entry]:
        """Add events to the journal; what was added, with its positions, in order."""
        mark_delivered(connection, mark)
        now = datetime.now(UTC)
        rows = [
            (
                e.source,
                e.sequence,
                e.previous_sequence,
                e.epoch,
                e.type,
                e.subject,
                e.time,
                now,
                e.id,
                e.correlation_id,
                e.causation_id,
                e.to_json().decode(),
            )
            for e in envelopes
        ]
        # The rows are numbered in the order given, and nobody else appends meanwhile: what is in
        # hand need not be read and parsed again.
        positions = _insert(connection, rows)
        return [
            (
                JournalEntry(
                    position,
                    e.source,
                    e.sequence,
                    e.type,
                    e.subject,
                    e.time.astimezone(UTC),
                    now,
                    e.id,
                    e.correlation_id,
                    e.causation_id,
                ),
                e.data,
            )
            for position, e in zip(positions, envelopes, strict=True)
        ]

    # --- the views ------------------------------------------------------------------------------

    def follow_each(self) -> None:
        """Bring each view level by itself; an event that it cannot take is parked for it."""
        for view in self.views:
            while self._follow_alone(view):
                pass

    def _lock_views(self, connection: Connection) -> tuple[dict[str, int], set[str]]:
        """The views' positions, held until the transaction ends: one projector appends at a time.

        Taken before anything is appended, so that a second projector that was started by mistake,
        or that stands by, neither overtakes the first nor moves a view backwards.

        Returns:
            The positions, and the views for which something is parked.
        """
        asked = _READ_POSITIONS if self.database.is_sqlite else _LOCK_POSITIONS
        rows = connection.exec_driver_sql(asked).all()
        return {r.view: r.position for r in rows}, {r.view for r in rows if r.has_parked}

    def _follow_together(
        self,
        connection: Connection,
        positions: Mapping[str, int],
        waiting: Collection[str],
        added: Sequence[Entry],
    ) -> bool:
        """Take what was just added into every view: at once where the view was level before.

        Args:
            connection: In the transaction that added it.
            positions: Of the views before.
            waiting: Views for which something is parked.
            added: The entries.

        Returns:
            Whether all were.
        """
        before = added[0][0].position - 1
        level = [v for v in self.views if positions.get(v.name, 0) >= before]
        write_behind(connection)
        for view in level:
            if view.name in waiting:
                self._take(connection, view, added)
            else:
                view.apply(connection, added)
        if len(level) == len(positions):
            connection.execute(_MOVE_ALL, {"new_position": added[-1][0].position})
        else:
            for view in self.views:
                if view in level:
                    self._move_view(connection, view.name, added[-1][0].position)
                else:
                    self._follow(connection, view)
        send(connection)
        return len(level) == len(positions)

    def _follow(self, connection: Connection, view: View, limit: int = BATCH) -> int:
        """Take the journal's next entries into a view; how many there were."""
        position = self._view_position(connection, view.name)
        entries = read_entries(connection, position, limit)
        if entries:
            write_behind(connection)
            self._take(connection, view, entries)
            self._move_view(connection, view.name, entries[-1][0].position)
            send(connection)
        return len(entries)

    def _take(self, connection: Connection, view: View, entries: Sequence[Entry]) -> None:
        """Take entries into a view; those whose subject has one parked are parked behind it."""
        name = f"view:{view.name}"
        subjects = parked_subjects(connection, name, {entry.subject for entry, _ in entries})
        free = []
        for entry, data in entries:
            if (entry.source, entry.subject) in subjects and view.listens_to(entry.type):
                park(connection, name, self._envelope(connection, entry), WAITS, 0)
            else:
                free.append((entry, data))
        if free:
            view.apply(connection, free)

    def _follow_alone(self, view: View) -> bool:
        try:
            with self.database.transaction() as connection:
                return self._follow(connection, view) == BATCH
        except TRANSIENT:
            raise
        except Exception:
            log.exception("view_failed", view=view.name)
        with self.database.transaction() as connection:
            position = self._view_position(connection, view.name)
            entries = read_entries(connection, position, BATCH)
        for entry, _data in entries:
            self._take_one(view, entry)
        return len(entries) == BATCH

    def _take_one(self, view: View, entry: JournalEntry) -> None:
        try:
            with self.database.transaction() as connection:
                if self._view_position(connection, view.name) >= entry.position:
                    return  # another projector was faster
                self._take(connection, view, read_entries(connection, entry.position - 1, 1))
                self._move_view(connection, view.name, entry.position)
        except TRANSIENT:
            raise
        except Exception as error:
            log.exception("message_parked", view=view.name, type=entry.type)
            with self.database.transaction() as connection:
                if self._view_position(connection, view.name) >= entry.position:
                    return
                reason = f"{type(error).__name__}: {error}"
                park(connection, f"view:{view.name}", self._envelope(connection, entry), reason, 1)
                self._move_view(connection, view.name, entry.position)

    def replay(self, parked: ParkedMessage, also: Effect | None = None) -> None:
        """Let a view take a parked event again; it leaves the list in the same transaction.

        Args:
            parked: The event.
            also: Further SQL of that transaction.

        Raises:
            NotFoundError: It is not parked for a view, or an earlier one of its subject waits.
            Exception: Whatever the view raises; it stays parked.
        """
        name = parked.subscription.removeprefix("view:")
        view = next((v for v in self.views if v.name == name), None)
        if view is None or parked.source is None:
            raise NotFoundError(what="view", id=parked.subscription)
        with self.database.transaction() as connection:
            # As the projector does: nothing is parked behind this one, or taken, meanwhile.
            self._view_position(connection, view.name)
            if first_of_subject(connection, parked) != parked.id:
                raise NotFoundError(what="first parked message of its subject", id=str(parked.id))
            position = connection.execute(
                select(journal.c.position).where(
                    journal.c.source == parked.source,
                    journal.c.epoch == Envelope.from_json(parked.body).epoch,
                    journal.c.sequence == parked.sequence,
                )
            ).scalar_one()
            view.apply(connection, read_entries(connection, position - 1, 1))
            remove(connection, parked.id)
            if also is not None:
                also(connection)

    def _envelope(self, connection: Connection, entry: JournalEntry) -> Envelope:
        body = connection.execute(
            select(journal.c.body).where(journal.c.position == entry.position)
        ).scalar_one()
        return Envelope.from_json(body)

    def _view_position(self, connection: Connection, view: str) -> int:
        t = view_positions.c
        query = select(t.position).where(t.view == view).with_for_update()
        return connection.execute(query).scalar_one_or_none() or 0

    def _move_view(self, connection: Connection, view: str, position: int) -> None:
        upsert(connection, view_positions, {"view": view, "position": position}, key=("view",))

    def prepare(self) -> None:
        """Give each view its position, so that none is taken for level before it began."""
        with self.database.transaction() as connection:
            known = set(connection.execute(select(view_positions.c.view)).scalars())
            for gone in known - {view.name for view in self.views}:
                connection.execute(delete(view_positions).where(view_positions.c.view == gone))
            for view in self.views:
                if view.name not in known:
                    self._move_view(connection, view.name, 0)
        self.follow_each()


def _insert(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> Sequence[int]:
    """Append rows; their positions, in the order given."""
    if connection.dialect.name == "sqlite":
        before = last_position(connection)
        connection.execute(_INSERT, [dict(zip(_COLUMNS, row, strict=True)) for row in rows])
        return connection.execute(_POSITIONS, {"after": before}).scalars().all()
    columns = tuple(list(column) for column in zip(*rows, strict=True))
    return sorted(connection.exec_driver_sql(_INSERT_COLUMNS, columns).scalars())


def read_entries(connection: Connection, after: int, limit: int) -> list[Entry]:
    """Journal entries after a position, in order, each with its event's data."""
    if connection.dialect.name != "sqlite":
        # First no further than a page without holes reaches: of a journal that has just grown
        # PostgreSQL knows nothing yet, and would read and sort all that follows for each page.
        near = (after, after + limit + 1, limit)
        entries = _page(*connection.exec_driver_sql(_PAGE, near).one())
        if missing := limit - len(entries):  # positions that were rolled back, or the end
            # From the last one that was seen: somebody may have appended since.
            seen = entries[-1][0].position if entries else after
            rest = (seen, BEYOND_ALL, missing)
            entries += _page(*connection.exec_driver_sql(_PAGE, rest).one())
        return entries
    rows = connection.execute(_READ, {"after": after, "most": limit}).all()
    return [
        (JournalEntry._make(row[:-1]), orjson.loads(row.body)["data"])  # checked when appended
        for row in rows
    ]


def _page(positions: str | None, moments: str, bodies: str) -> list[Entry]:
    if positions is None:
        return []
    recorded = moments.split(",")
    at = {text: datetime.fromisoformat(text).replace(tzinfo=UTC) for text in set(recorded)}
    return [
        (
            JournalEntry(
                position,
                event["source"].rpartition("/")[2],
                int(event["sequence"]),
                event["type"],
                event["subject"],
                datetime.fromisoformat(event["time"]).astimezone(UTC),
                at[moment],
                event["id"],
                event.get("correlationid"),
                event.get("causationid"),
            ),
            event["data"],
        )
        for position, moment, event in zip(
            orjson.loads(f"[{positions}]"), recorded, orjson.loads(f"[{bodies}]"), strict=True
        )
    ]


def level_position(connection: Connection) -> int:
    """The journal position that every view has passed; 0 before the first view began."""
    return connection.execute(select(func.min(view_positions.c.position))).scalar_one() or 0


def last_position(connection: Connection) -> int:
    """The journal's end; 0 when it is empty."""
    return connection.execute(_LAST).scalar_one() or 0


def is_level(database: Database, source: str, sequence: int) -> bool:
    """Whether every view shows what the source recorded under this number."""
    (row,) = _IS_LEVEL.rows(database, of_source=source, from_sequence=sequence)
    return row.wanted is not None and row.reached is not None and row.reached >= row.wanted


def wait_until_level(
    database: Database,
    source: str,
    sequence: int,
    timeout_seconds: float,
    *,
    moved: threading.Condition | None = None,
    watch: ViewsWatch | None = None,
) -> bool:
    """Wait until the views show what the source recorded under this number.

    Args:
        database: The gateway's own.
        source: Service that recorded it.
        sequence: Its number in the service's log, of a contract event.
        timeout_seconds: How long to wait at most; 0 does not even look.
        moved: Signalled by the projector where it runs in this process.
        watch: Hears from it where it runs in another one; without either, or while nothing can be
            heard, the views are looked at again and again.

    Returns:
        Whether they show it; ``False`` after the time limit.
    """
    if timeout_seconds <= 0:
        return False  # the command is a moment old: a look would only tell what is likely anyway
    deadline = time.monotonic() + timeout_seconds
    pause = FIRST_WAIT_SECONDS
    is_due = watch is None or not watch.is_listening  # else whoever is told need not look
    while True:
        if is_due and is_level(database, source, sequence):
            return True
        is_due = True
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return False
        if watch is not None:
            longest = LOOK_ANYWAY_SECONDS if watch.is_listening else pause
            if watch.wait(source, sequence, min(longest, remaining)):
                return True
        elif moved is not None:
            with moved:
                moved.wait(min(LONGEST_WAIT_SECONDS, remaining))
        else:
            time.sleep(min(pause, remaining))
        pause = min(pause * 1.5, LONGEST_WAIT_SECONDS)

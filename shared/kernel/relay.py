"""The relay: reads a service's log in order and publishes its contract events, confirmed.

The event store is the outbox. The position is stored only after the broker confirmed, so an event
may be published twice but is never left out; listeners know a sequence they have seen.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from eventsourcing.persistence import StoredEvent
from sqlalchemy import Connection, bindparam, insert, select, update

from shared.kernel import broker, metrics, schema
from shared.kernel.application import ServiceApplication
from shared.kernel.envelope import CONTENT_TYPE, Envelope
from shared.kernel.epochs import check_listener
from shared.kernel.serialization import NewerEventError
from shared.kernel.subscription import BACK_OFF_SECONDS, TRANSIENT

log = structlog.get_logger(__name__)

BATCH = 500
CONFIRM_TIMEOUT_SECONDS = 10.0
STANDBY_SECONDS = 1.0
LEAD_SECONDS = 60
"""A leader that is silent for so long beside its ``poll_seconds`` loses its lead: the server ends
the session that holds it. Longer than a batch may wait for the fence and for the broker."""
CHANNEL = "ore_relay"
"""Of PostgreSQL's notifications, with which a relay that stands by tells the one that leads."""


_T = schema.relay
_POSITION = select(_T.c.position, _T.c.published_sequence)
_E = schema.events.c
_FIRST_AFTER = (
    select(_E.originator_id, _E.originator_version, _E.topic, _E.state)
    .where(_E.id > bindparam("after"))
    .order_by(_E.id)
    .limit(1)
)
_MOVE = (
    update(_T)
    .where(_T.c.position == bindparam("old"))
    .values(position=bindparam("position"), published_sequence=bindparam("published_sequence"))
)
# On PostgreSQL one round trip that does not wait for the disk: published twice does no harm.
_MOVE_SOON = """
UPDATE relay SET position = %s, published_sequence = %s
WHERE position = %s AND set_config('synchronous_commit', 'off', TRUE) = 'off'
"""


class UnconfirmedError(OSError):
    """The broker refused, or did not confirm in time."""


class OvertakenError(OSError):
    """Another relay has moved the position: this one's lead is over."""


class Relay:
    """Publishes one service's contract events; at most one relay of a service leads.

    Args:
        application: Whose log is read.
        broker_url: kombu URL.
        poll_seconds: The safety net behind the wake-up after each commit.
    """

    def __init__(
        self, application: ServiceApplication, broker_url: str, *, poll_seconds: float = 0.25
    ) -> None:
        self.application = application
        self.broker_url = broker_url
        self.poll_seconds = poll_seconds
        self.trouble: str | None = None
        self.is_leading = False
        self._confirm_seconds = metrics.CONFIRM_SECONDS.labels(application.name)
        self._at: tuple[int, int] | None = None
        self._stopping = threading.Event()
        self._bell = _Bell()
        application.on_commit.append(self.wake)

    def wake(self) -> None:
        """There is something new in the log."""
        self._bell.ring()

    def stop(self) -> None:
        """End `run` after the batch in hand."""
        self._stopping.set()
        self._bell.ring()

    def run(self) -> None:
        """Publish until stopped; whatever breaks is waited for and tried again."""
        failures = 0
        while not self._stopping.is_set():
            try:
                with self._leadership() as lead:
                    if lead is None:
                        self.trouble = None  # another one does the work
                        self._stand_by()
                        continue
                    with broker.connect(self.broker_url) as connection:
                        self._publish_until_stopped(connection, lead)
                failures = 0
            except TRANSIENT as error:
                self.application.doubt_epoch()
                self.trouble = f"{type(error).__name__}: {error}"
                log.warning("relay_interrupted", service=self.application.name, error=self.trouble)
                self._stopping.wait(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
                failures += 1
            except Exception:
                log.exception("relay_failed", service=self.application.name)
                self._stopping.wait(BACK_OFF_SECONDS[-1])
            finally:
                self.is_leading = False

    def _stand_by(self) -> None:
        """Until it is time to ask for the lead again, tell the leader what is recorded here.

        By a transaction of its own: a notification takes a lock of the whole server when its
        transaction commits, for which no command must wait.
        """
        ends = time.monotonic() + STANDBY_SECONDS
        while not self._stopping.is_set() and (left := ends - time.monotonic()) > 0:
            if self._bell.wait(left) and not self._stopping.is_set():
                with self.application.database.reading() as connection:  # each by itself
                    connection.exec_driver_sql(f"NOTIFY {CHANNEL}")

    def _publish_until_stopped(self, connection: Any, lead: Sequence[Connection]) -> None:
        broker.declare_events(connection)
        publisher = _ConfirmedPublisher(connection, self.broker_url)
        self.is_leading = True
        self.trouble = None
        self._at = None
        check_at = 0.0
        drivers: list[Any] = [session.connection.dbapi_connection for session in lead]
        while not self._stopping.is_set():
            is_more = self.publish_batch(publisher)
            if time.monotonic() >= check_at:  # also where something is always recorded
                for session in lead:
                    session.exec_driver_sql("SELECT 1")
                publisher.stay_alive()
                check_at = time.monotonic() + self.poll_seconds
            if not is_more and not any(map(_was_told, drivers)):
                self._bell.wait(self.poll_seconds, *drivers)

    def publish_batch(self, publisher: _ConfirmedPublisher) -> bool:
        """Publish the next contract events and store the position once all are confirmed.

        Returns:
            Whether there may be more at once.
        """
        if self._at is None:
            with self.application.database.reading() as connection:
                self._at = self.position(connection)
            check_listener(self.application.database, self._at[0])
        position, published = self._at
        envelopes, read_up_to = self.application.read_contract_events(
            position, BATCH, previous=published, up_to_newer=True
        )
        last = envelopes[-1].sequence if envelopes else published
        if envelopes:
            began = time.monotonic()
            publisher.publish(envelopes)
            self._confirm_seconds.observe(time.monotonic() - began)
        if read_up_to > position:
            self._store_position(position, read_up_to, last)
            self._at = (read_up_to, last)
        return len(envelopes) == BATCH

    def position(self, connection: Connection) -> tuple[int, int]:
        """How far the log was read, and the last contract event that was confirmed."""
        row = connection.execute(_POSITION).one_or_none()
        return (row.position, row.published_sequence) if row else (0, 0)

    def oldest_waiting(self, connection: Connection, position: int) -> datetime | None:
        """The moment of the first event after a position, as the event tells it."""
        row = connection.execute(_FIRST_AFTER, {"after": position}).one_or_none()
        if row is None:
            return None
        stored = StoredEvent(row[0], row[1], row[2], bytes(row[3]))
        try:
            event: Any = self.application.mapper.to_domain_event(stored)
        except NewerEventError:
            return None  # only its own release knows it
        moment: datetime = event.timestamp
        return moment

    def _store_position(self, old: int, new: int, published: int) -> None:
        database = self.application.database
        if not database.is_sqlite:
            with database.single_statements() as session, session.cursor() as cursor:
                cursor.execute(_MOVE_SOON, (new, published, old))
                if cursor.rowcount:
                    return
        values = {"position": new, "published_sequence": published}
        with database.transaction(is_repeatable=True) as connection:
            if connection.execute(_MOVE, {"old": old, **values}).rowcount:
                return
            if (held := self.position(connection)[0]) != 0 or old != 0:
                raise OvertakenError(f"the position is {held}, and was {old}")
            connection.execute(insert(schema.relay).values(id=1, **values))

    @contextmanager
    def _leadership(self) -> Iterator[Sequence[Connection] | None]:
        """The sessions that hold the lead and hear others; ``None`` when another process leads."""
        database = self.application.database
        if database.is_sqlite:
            yield ()  # one process for each file
            return
        key = int.from_bytes(sha256(self.application.name.encode()).digest()[:7])
        with database.reading() as connection:
            asked = connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (key,))
            if not asked.scalar_one():
                yield None
                return
            try:
                # A frozen process would keep the lead: its system still answers for it.
                limit = f"{LEAD_SECONDS + self.poll_seconds:.0f}s"
                connection.exec_driver_sql(
                    f"LISTEN {CHANNEL}; SET idle_session_timeout = '{limit}'"
                )
                yield (connection,)
            finally:
                connection.invalidate()  # ends the session, and the lock with it


def _was_told(driver: Any) -> bool:
    """Whether another process has sent a notification since this was asked."""
    driver.poll()
    found = bool(driver.notifies)
    driver.notifies.clear()
    return found


class _Bell:
    """Wakes whoever waits for it, or for a socket; rung from any thread."""

    def __init__(self) -> None:
        self._ends = socket.socketpair()
        for end in self._ends:
            end.settimeout(0)

    def __del__(self) -> None:
        for end in self._ends:
            end.close()

    def ring(self) -> None:
        """Wake the waiting one, or the next one at once."""
        with suppress(BlockingIOError):  # rung so often that one more says nothing new
            self._ends[1].send(b"!")

    def wait(self, seconds: float, *sockets: Any) -> bool:
        """Whether it was rung, or one of the sockets has something to read, within that time."""
        with selectors.DefaultSelector() as selector, suppress(BlockingIOError):
            for one in (self._ends[0], *sockets):
                selector.register(one, selectors.EVENT_READ)
            ready = selector.select(seconds)
            self._ends[0].recv(65536)
        return bool(ready)


class _ConfirmedPublisher:
    """Publishes batches and waits until the broker has confirmed every message of one."""

    def __init__(self, connection: Any, url: str) -> None:
        self.connection = connection
        self.channel = connection.channel()
        self.exchange = broker.events_exchange(url)
        self.has_confirms = not broker.is_inprocess(url)
        self._next_tag = 0
        self._unconfirmed: set[int] = set()
        if self.has_confirms:
            self.channel.confirm_select()
            # The driver would look at the socket before each message whether the broker blocks;
            # one that does confirms nothing, and that is noticed.
            self.channel.connection.client_properties = {}
            self.channel.events["basic_ack"].add(self._on_ack)
            self.channel.events["basic_nack"].add(self._on_nack)

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Publish all, in order.

        Raises:
            UnconfirmedError: Any of them was refused, or not confirmed in time.
        """
        self._cork(1)
        for envelope in envelopes:
            # Straight to the channel: nothing is left for kombu's producer to declare or encode.
            self.channel.basic_publish(
                self._message(envelope),
                exchange=self.exchange.name,
                routing_key=f"{envelope.source}.{envelope.event_name}",
            )
            if self.has_confirms:
                self._next_tag += 1
                self._unconfirmed.add(self._next_tag)
        self._cork(0)
        deadline = time.monotonic() + CONFIRM_TIMEOUT_SECONDS
        while self._unconfirmed:
            left = deadline - time.monotonic()
            with suppress(TimeoutError):
                # A frame at a time: draining would wait as long again after each heartbeat.
                self.channel.connection.blocking_read(max(left, 0))
            if left <= 0 and self._unconfirmed:
                raise UnconfirmedError("the broker did not confirm in time")

    def _cork(self, is_corked: int) -> None:
        """Let the system send in large pieces: a packet for each message costs more than it."""
        if self.has_confirms and hasattr(socket, "TCP_CORK"):  # Linux
            sock: socket.socket = self.channel.connection.transport.sock
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, is_corked)

    def _message(self, envelope: Envelope) -> Any:
        return self.channel.prepare_message(
            envelope.to_json(),
            None,
            CONTENT_TYPE,
            "utf-8",
            {
                "cloudEvents_type": envelope.type,
                "cloudEvents_source": f"/ore/{envelope.source}",
                "cloudEvents_subject": envelope.subject,
            },
            {"delivery_mode": 2, "message_id": envelope.id},
        )

    def stay_alive(self) -> None:
        """Keep the connection's heartbeat going while there is nothing to publish."""
        if self.has_confirms:
            with suppress(TimeoutError):
                self.connection.drain_events(timeout=0)  # the broker's beats count once read
            self.connection.heartbeat_check()

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:  # noqa: FBT001 -- amqp's form
        if multiple:
            self._unconfirmed = {tag for tag in self._unconfirmed if tag > delivery_tag}
        else:
            self._unconfirmed.discard(delivery_tag)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:  # noqa: FBT001 -- amqp's form
        raise UnconfirmedError("the broker refused a message")

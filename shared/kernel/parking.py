"""Messages that could not be handled: kept in order with their error, replayed or discarded."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection, delete, insert, select, update

from shared.contracts.base import ContractEvent
from shared.kernel import schema
from shared.kernel.application import ServiceApplication
from shared.kernel.clock import effective_at
from shared.kernel.context import CommandContext, command_context
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.event_store import Effect
from shared.kernel.positions import (
    AlreadyDeliveredError,
    DeliveryMark,
    Position,
    mark_delivered,
    parked_count,
    pass_over,
    read_position,
)
from shared.kernel.refusal import NotFoundError
from shared.kernel.subscription import TRANSIENT, Handlers

log = structlog.get_logger(__name__)
RETRY_SECONDS = (0.05, 0.2)
WAITS = "waits behind an earlier message"


@dataclass(frozen=True)
class ParkedMessage:
    """A message that waits for a person's decision."""

    id: int
    subscription: str
    source: str | None
    sequence: int | None
    subject: str | None
    type: str | None
    body: str
    error: str
    attempts: int
    is_behind: bool
    parked_at: datetime


def has_parked(connection: Connection, subscription: str, source: str, subject: str) -> bool:
    """Whether an earlier message about the same subject waits; it stays until the transaction ends.

    Else one could be parked behind a message that is being replayed or discarded.
    """
    t = schema.parked_messages.c
    query = select(t.id).where(
        t.subscription == subscription, t.source == source, t.subject == subject
    )
    return connection.execute(query.limit(1).with_for_update()).first() is not None


def parked_subjects(
    connection: Connection, subscription: str, of: Collection[str]
) -> set[tuple[str, str]]:
    """Source and subject of what waits about these subjects; it stays as above."""
    t = schema.parked_messages.c
    query = select(t.source, t.subject).where(t.subscription == subscription, t.subject.in_(of))
    rows = connection.execute(query.order_by(t.id).with_for_update())
    return {(row.source, row.subject) for row in rows}


def park(
    connection: Connection, subscription: str, envelope: Envelope, error: str, attempts: int
) -> None:
    """Keep a message in the given transaction; 0 attempts means it waits behind an earlier one."""
    connection.execute(
        insert(schema.parked_messages).values(
            subscription=subscription,
            source=envelope.source,
            sequence=envelope.sequence,
            subject=envelope.subject,
            type=envelope.type,
            body=envelope.to_json().decode(),
            error=error[:4000],
            attempts=attempts,
            is_behind=attempts == 0,
            parked_at=datetime.now(UTC),
        )
    )


def park_undecodable(database: Database, subscription: str, body: bytes, error: str) -> None:
    """Keep a message that is no event at all, as it came: once, however often it comes."""
    t = schema.parked_messages
    # PostgreSQL's text holds no NUL.
    kept = body.decode("utf-8", "backslashreplace").replace("\0", "\\x00")[:100_000]
    same = (t.c.subscription == subscription) & t.c.source.is_(None) & (t.c.body == kept)
    with database.transaction() as connection:
        if connection.execute(update(t).where(same).values(attempts=t.c.attempts + 1)).rowcount:
            return  # it was not acknowledged when it was parked
        connection.execute(
            insert(t).values(
                subscription=subscription,
                body=kept,
                error=error[:4000],
                attempts=1,
                is_behind=False,
                parked_at=datetime.now(UTC),
            )
        )
    log.error("message_parked", subscription=subscription, reason="undecodable")


def list_parked(database: Database, subscription: str | None = None) -> list[ParkedMessage]:
    """All parked messages, oldest first."""
    t = schema.parked_messages
    query = select(t).order_by(t.c.id)
    if subscription is not None:
        query = query.where(t.c.subscription == subscription)
    with database.reading() as connection:
        return [ParkedMessage(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001


class ServiceSink:
    """Carries out a service's handlers, one event in one transaction with its position."""

    def __init__(self, application: ServiceApplication, handlers: Handlers) -> None:
        self.application = application
        self.handlers = handlers
        self.subscription = application.name
        self._may_have_parked = True

    def position(self, source: str) -> Position:
        """How far the source's log has taken effect."""
        with self.application.database.reading() as connection:
            # In this order: what another process parks is counted, or lies beyond the position.
            position = read_position(connection, self.subscription, source)
            self._may_have_parked = parked_count(connection, self.subscription) > 0
        return position

    def park_undecodable(self, body: bytes, error: str) -> None:
        """Keep a message that is no event."""
        park_undecodable(self.application.database, self.subscription, body, error)

    def apply(self, envelopes: Sequence[Envelope], position: Position) -> None:
        """Take over consecutive events of one source."""
        previous = position.sequence
        for envelope in envelopes:
            if self.handlers.find(envelope.type) is None and envelope is not envelopes[-1]:
                continue  # the next one that is handled moves the position over it
            mark = DeliveryMark(
                self.subscription, envelope.source, previous, envelope.sequence, envelope.epoch
            )
            self._apply_one(envelope, mark)
            previous = envelope.sequence

    def _apply_one(self, envelope: Envelope, mark: DeliveryMark) -> None:
        if self.handlers.find(envelope.type) is None:
            pass_over(self.application.database, mark)
            return
        if self._may_have_parked and self._park(envelope, mark, WAITS, attempts=0):
            return
        attempts = 0
        while True:
            attempts += 1
            try:
                self._handle(envelope, lambda work: self.application.execute(work, delivery=mark))
            except (*TRANSIENT, AlreadyDeliveredError):  # type: ignore[misc]
                raise
            except Exception as error:
                log.warning("handler_failed", type=envelope.type, attempt=attempts, exc_info=True)
                if attempts > len(RETRY_SECONDS):
                    self._park(envelope, mark, f"{type(error).__name__}: {error}", attempts)
                    return
                time.sleep(RETRY_SECONDS[attempts - 1])
            else:
                return

    def _handle(self, envelope: Envelope, execute: Callable[[Callable[[], None]], object]) -> None:
        found = self.handlers.find(envelope.type)

        def work() -> None:
            if found is not None:
                event_type, handler = found
                event: ContractEvent = envelope.read(event_type)
                handler(self.application, event)

        context = CommandContext(
            correlation_id=envelope.correlation_id or envelope.id,
            causation_id=envelope.id,
            traceparent=envelope.traceparent,
        )
        # What follows from a fact happened when the fact did, however late the message came.
        with command_context(context), effective_at(envelope.time):
            execute(work)

    def _park(self, envelope: Envelope, mark: DeliveryMark, error: str, attempts: int) -> bool:
        """Park it, with 0 attempts only where an earlier one of its subject waits; whether it is.

        Both in one transaction: the earlier one may be replayed or discarded at any moment.
        """
        with self.application.database.transaction() as connection:
            if attempts == 0 and not has_parked(
                connection, self.subscription, envelope.source, envelope.subject
            ):
                return False
            mark_delivered(connection, mark)
            park(connection, self.subscription, envelope, error, attempts)
        self._may_have_parked = True
        log.error(
            "message_parked",
            subscription=self.subscription,
            type=envelope.type,
            message_id=envelope.id,
        )
        return True

    def replay(self, parked: ParkedMessage, also: Effect | None = None) -> None:
        """Handle a parked message again; it leaves the list in the transaction of its effect.

        Args:
            parked: The message.
            also: Further SQL of that transaction.

        Raises:
            NotFoundError: It is not there any more, an earlier one of its subject waits, or it is
                no event at all.
            Exception: Whatever its handler raises; it stays parked.
        """
        with self.application.database.reading() as connection:
            first = first_of_subject(connection, parked)
        if first != parked.id or parked.source is None:
            raise NotFoundError(what="first parked message of its subject", id=str(parked.id))
        envelope = Envelope.from_json(parked.body)

        def execute(work: Callable[[], None]) -> None:
            def work_and_remove() -> None:
                work()
                self.application.write(lambda connection: remove(connection, parked.id))
                if also is not None:
                    self.application.write(also)

            self.application.execute(work_and_remove)

        self._handle(envelope, execute)


def first_of_subject(connection: Connection, parked: ParkedMessage) -> int | None:
    """Id of the earliest message that waits about the same subject."""
    t = schema.parked_messages.c
    return connection.execute(
        select(t.id)
        .where(
            t.subscription == parked.subscription,
            t.source == parked.source,
            t.subject == parked.subject,
        )
        .order_by(t.sequence)
        .limit(1)
    ).scalar_one_or_none()


def remove(connection: Connection, parked_id: int) -> None:
    """Take a message off the list in the given transaction.

    Raises:
        NotFoundError: It is not there.
    """
    t = schema.parked_messages
    removed = connection.execute(delete(t).where(t.c.id == parked_id))
    if removed.rowcount == 0:
        raise NotFoundError(what="parked message", id=str(parked_id))

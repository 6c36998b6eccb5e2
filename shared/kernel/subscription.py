"""A durable subscription: every event of its sources, in order, with its effect exactly once.

The broker is the fast path and may drop, double or reorder; the source's log is the truth. The
position in each source's log is kept in the listener's own database, in the transaction of the
effect.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import structlog
from eventsourcing.persistence import InterfaceError, OperationalError

from shared.contracts.base import ContractEvent
from shared.kernel import broker, metrics
from shared.kernel.database import UNREACHABLE
from shared.kernel.envelope import Envelope, MalformedMessageError
from shared.kernel.epochs import StoreRestoredError
from shared.kernel.positions import AlreadyDeliveredError, EpochChangedError, Position
from shared.kernel.refusal import BusyError, Refusal
from shared.kernel.serialization import NewerEventError

log = structlog.get_logger(__name__)

BATCH = 500
FEED_PAGE = 500
QUIET_FAILURES = 2
BACK_OFF_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
DRAIN_SECONDS = 1.0

HandlerFunction = TypeVar("HandlerFunction", bound=Callable[..., None])
Feed = Callable[[str, int, int], Sequence[Envelope]]
"""``(source, after, limit)`` to the source's contract events after that position."""

TRANSIENT: tuple[type[BaseException], ...] = (
    OperationalError,
    InterfaceError,
    *UNREACHABLE,
    BusyError,
    StoreRestoredError,
    NewerEventError,
    OSError,
    *broker.CONNECTION_ERRORS,
)
"""What passes by itself: waited for, never parked."""


class Handlers:
    """Which contract event leads to which use case of the listening service."""

    def __init__(self) -> None:
        self._by_type: dict[str, tuple[type[ContractEvent], Callable[..., None]]] = {}

    def on(self, event_type: type[ContractEvent]) -> Callable[[HandlerFunction], HandlerFunction]:
        """Register the handler ``(application, event)`` of one contract event."""

        def register(handler: HandlerFunction) -> HandlerFunction:
            name = event_type.event_type()
            if name in self._by_type:
                raise ValueError(f"{name} has a handler already")
            self._by_type[name] = (event_type, handler)
            return handler

        return register

    def find(self, event_type: str) -> tuple[type[ContractEvent], Callable[..., None]] | None:
        """The event class and handler for a CloudEvents type, if this listener has one."""
        return self._by_type.get(event_type)

    @property
    def event_types(self) -> tuple[type[ContractEvent], ...]:
        """The contract events listened to."""
        return tuple(event_type for event_type, _ in self._by_type.values())


class Sink(Protocol):
    """Where a subscription's events take effect, together with its position."""

    def position(self, source: str) -> Position:
        """How far the source's log has taken effect."""

    def apply(self, envelopes: Sequence[Envelope], position: Position) -> None:
        """Take over consecutive events of one source, starting right after ``position``."""

    def park_undecodable(self, body: bytes, error: str) -> None:
        """Keep a message that is no event."""


class Subscription:
    """Feeds a sink from the broker, and from the sources' logs wherever the broker left a gap.

    Args:
        name: Of the listener; its queue is ``ore.<name>``.
        sources: Services whose events it takes.
        sink: Where the events take effect.
        feed: Reads a source's log.
        broker_url: kombu URL.
        heal_seconds: After so long a silence the logs are asked for what may have been lost.
    """

    def __init__(
        self,
        name: str,
        sources: Sequence[str],
        sink: Sink,
        feed: Feed,
        broker_url: str,
        *,
        heal_seconds: float = 5.0,
    ) -> None:
        self.name = name
        self.sources = tuple(sources)
        self.sink = sink
        self.feed = feed
        self.broker_url = broker_url
        self.heal_seconds = heal_seconds
        self.trouble: str | None = None
        self.gaps_healed = 0
        self._healed = metrics.GAPS_HEALED.labels(name)
        self._stopping = threading.Event()
        self._positions: dict[str, Position] = {}

    def stop(self) -> None:
        """End `run` after the batch in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Consume until stopped; whatever breaks is waited for and tried again."""
        failures = 0
        while not self._stopping.is_set():
            try:
                with broker.connect(self.broker_url) as connection:
                    self._consume(connection)
                failures = 0
            except (*TRANSIENT, EpochChangedError) as error:  # type: ignore[misc]
                if self._stopping.is_set():
                    return
                self.trouble = f"{type(error).__name__}: {error}"
                # The first failures are those of services that start at the same time.
                tell = log.info if failures < QUIET_FAILURES else log.warning
                tell("subscription_interrupted", subscription=self.name, error=self.trouble)
                self._stopping.wait(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
                failures += 1
            except Exception:
                log.exception("subscription_failed", subscription=self.name)
                self._stopping.wait(BACK_OFF_SECONDS[-1])

    def catch_up(self) -> None:
        """Take over everything that the sources' logs hold beyond the position."""
        for source in self.sources:
            self._read_feed(source, until=None)

    def receive(self, bodies: Sequence[bytes], routes: Sequence[str] | None = None) -> None:
        """Take over messages as they came: seen ones skipped, gaps filled from the log.

        Args:
            bodies: The messages.
            routes: The key that each was published under at the exchange of contract events, empty
                where it came another way. Only its source may use that key, so the broker vouches
                for it. ``None`` where no broker was asked.
        """
        run: list[Envelope] = []
        for number, body in enumerate(bodies):
            envelope = self._read(body, routes[number] if routes is not None else None)
            if envelope is None:
                continue
            if run and envelope.source != run[0].source:
                self._flush(run)
            position = self._position_after(envelope.source, run)
            if position.epoch not in {None, envelope.epoch}:
                self._flush(run)
                self._refuse_epoch(envelope, body)
                continue
            if envelope.sequence <= position.sequence:
                continue
            if envelope.previous_sequence == position.sequence:
                run.append(envelope)
                continue
            self._flush(run)
            self.gaps_healed += 1
            self._healed.inc()
            self._read_feed(envelope.source, until=envelope.sequence)
        self._flush(run)

    def _read(self, body: bytes, route: str | None) -> Envelope | None:
        """The event in a message; ``None`` if it is none, then it is parked, or none of ours."""
        try:
            envelope = Envelope.from_json(body)
        except MalformedMessageError as error:
            self.sink.park_undecodable(body, str(error))
            return None
        if envelope.source not in self.sources:
            return None
        if route is not None and not route.startswith(f"{envelope.source}."):
            self.sink.park_undecodable(body, f"not published by {envelope.source}: key {route!r}")
            return None
        return envelope

    def _refuse_epoch(self, envelope: Envelope, body: bytes) -> None:
        """Park a message of an epoch that its source is not in; stop if the source is in it."""
        self._read_page(envelope.source, max(self._position(envelope.source).sequence - 1, 0), 1)
        self.sink.park_undecodable(body, f"{envelope.source} is not in epoch {envelope.epoch}")

    def _position(self, source: str) -> Position:
        if source not in self._positions:
            self._positions[source] = self.sink.position(source)
        return self._positions[source]

    def _position_after(self, source: str, run: Sequence[Envelope]) -> Position:
        return Position(run[-1].sequence, run[-1].epoch) if run else self._position(source)

    def _check_epoch(self, envelope: Envelope, position: Position) -> None:
        if position.epoch is not None and envelope.epoch != position.epoch:
            raise EpochChangedError(
                f"{envelope.source} was restored: epoch {envelope.epoch}, followed {position.epoch}"
            )

    def _flush(self, run: list[Envelope]) -> None:
        if not run:
            return
        source = run[0].source
        try:
            self.sink.apply(tuple(run), self._position(source))
            self._positions[source] = Position(run[-1].sequence, run[-1].epoch)
        except AlreadyDeliveredError:
            del self._positions[source]  # another consumer was ahead: look again
            self._read_feed(source, until=run[-1].sequence)
        except BaseException:
            self._positions.pop(source, None)
            raise
        finally:
            run.clear()

    def _read_feed(self, source: str, until: int | None) -> None:
        """Take over the source's log from the position on, up to ``until`` or its end.

        Its end as it is met: what is recorded meanwhile comes by the broker, and a source that
        always records something must not keep its listener from listening.
        """
        while not self._stopping.is_set():
            position = self._position(source)
            if until is not None and position.sequence >= until:
                return
            page = self._read_page(source, position.sequence, FEED_PAGE)
            is_last = not page or (until is None and len(page) < FEED_PAGE)
            self._flush(page)  # empties it
            if is_last:
                return

    def _read_page(self, source: str, after: int, limit: int) -> list[Envelope]:
        try:
            page = list(self.feed(source, after, limit))
        except Refusal as refusal:
            if refusal.code != StoreRestoredError().code:
                raise
            raise EpochChangedError(f"{source} was restored, and it is not settled") from None
        if page:  # the log speaks in the source's present epoch, of old events too
            self._check_epoch(page[0], self._position(source))
        return page

    def _consume(self, connection: Any) -> None:
        self._positions.clear()
        pending: deque[Any] = deque()
        with broker.consume(connection, self.name, self.sources, pending.append, prefetch=BATCH):
            self.catch_up()
            self.trouble = None
            quiet_since = time.monotonic()
            while not self._stopping.is_set():
                if broker.drain(connection, pending, DRAIN_SECONDS, BATCH):
                    bodies = [_as_bytes(message.body) for message in pending]
                    self.receive(bodies, [broker.route(message) for message in pending])
                    broker.acknowledge(connection, pending)
                    pending.clear()
                    quiet_since = time.monotonic()
                elif time.monotonic() - quiet_since >= self.heal_seconds:
                    self.catch_up()
                    quiet_since = time.monotonic()


def _as_bytes(body: bytes | str) -> bytes:
    """A message as it was sent: the driver gives text where the sender named an encoding."""
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body

"""The broker's topology and the few kombu calls that relays, subscriptions and RPC share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import amqp.exceptions
import kombu.exceptions
from kombu import Connection, Consumer, Exchange, Queue

from shared.kernel import amqp_transport, inprocess_broker

EVENTS = "ore.events"
UNROUTED = "ore.unrouted"
CONNECT_TIMEOUT_SECONDS = 5
HEARTBEAT_SECONDS = 10

CONNECTION_ERRORS: tuple[type[BaseException], ...] = (
    amqp.exceptions.AMQPError,
    kombu.exceptions.OperationalError,
)

amqp_transport.register()
inprocess_broker.register()


def is_inprocess(url: str) -> bool:
    """Whether the URL names the broker inside this process."""
    return url.startswith("memory://")


class _Connection(Connection):  # type: ignore[misc]
    def __exit__(self, *raised: object) -> None:
        drop(self) if isinstance(raised[1], Exception) else self.release()


def drop(connection: Connection) -> None:
    """End a connection of which nothing is expected any more, not even a goodbye."""
    # Asked for by its public name, a lost one would be made anew; in this process it has no socket.
    if cut := getattr(connection._connection, "cut", None):  # noqa: SLF001
        cut()
    connection.release()


def connect(url: str, beat: float | None = None, **transport_options: Any) -> Connection:
    """An open connection, which beats every ``HEARTBEAT_SECONDS`` or so many seconds.

    Raises:
        OSError, OperationalError: The broker cannot be reached within five seconds.
    """
    connection = _Connection(
        url,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        heartbeat=0 if is_inprocess(url) else beat or HEARTBEAT_SECONDS,
        transport_options=transport_options,
    )
    connection.connect()
    return connection


def events_exchange(url: str) -> Exchange:
    """The topic exchange of all contract events; what nobody takes goes to ``ore.unrouted``."""
    arguments = None if is_inprocess(url) else {"alternate-exchange": UNROUTED}
    return Exchange(EVENTS, type="topic", durable=True, arguments=arguments)


def declare_events(connection: Connection) -> None:
    """Declare the exchange of contract events and the queue of those that nobody takes.

    Where the operators made them already, a user without the right to make or delete them will do.
    """
    if _is_declared(connection, EVENTS):
        return
    channel = connection.default_channel
    if not is_inprocess(connection.as_uri()):
        unrouted = Exchange(UNROUTED, type="fanout", durable=True)
        Queue(UNROUTED, unrouted, durable=True, queue_arguments=_QUORUM)(channel).declare()
    events_exchange(connection.as_uri())(channel).declare()


def _is_declared(connection: Connection, exchange: str) -> bool:
    if is_inprocess(connection.as_uri()):
        return False  # declaring costs nothing there
    try:
        with connection.channel() as channel:
            channel.exchange_declare(exchange, "topic", passive=True)
    except amqp.exceptions.NotFound:
        return False
    return True


def route(message: Any) -> str:
    """The key that a message came under through the exchange of contract events, else nothing."""
    came = message.delivery_info
    return str(came["routing_key"]) if came["exchange"] == EVENTS else ""


_QUORUM = {"x-queue-type": "quorum"}


@contextmanager
def consume(
    connection: Connection,
    name: str,
    sources: Sequence[str],
    on_message: Callable[[Any], Any],
    *,
    prefetch: int,
) -> Iterator[None]:
    """Consume the durable queue of one listener, alone; others that try stand by."""
    declare_events(connection)
    inprocess = is_inprocess(connection.as_uri())
    arguments = None if inprocess else {**_QUORUM, "x-single-active-consumer": True}
    exchange = Exchange(EVENTS, type="topic", no_declare=True)  # it is there
    channel = connection.channel()
    queue = Queue(
        f"ore.{name}",
        exchange,
        routing_key=f"{sources[0]}.#",
        durable=True,
        queue_arguments=arguments,
    )(channel)
    queue.declare()
    for source in sources[1:]:
        queue.bind_to(exchange, routing_key=f"{source}.#")
    consumer = Consumer(channel, [queue], on_message=on_message, prefetch_count=prefetch)
    with consumer:
        yield


def acknowledge(connection: Connection, messages: Sequence[Any]) -> None:
    """Acknowledge all that a channel has delivered; ``messages`` in the order they came.

    One word for all of them: a quorum queue writes each word down.
    """
    at_once = not is_inprocess(connection.as_uri())  # there, nobody hears of the others
    for message in [messages[-1]] if at_once else messages:
        message.ack(multiple=at_once)


def drain(connection: Connection, pending: deque[Any], timeout_seconds: float, limit: int) -> bool:
    """Wait for messages, then take along what has come already.

    Returns:
        Whether ``pending`` holds any.
    """
    try:
        connection.drain_events(timeout=timeout_seconds)
        while pending and len(pending) < limit:
            connection.drain_events(timeout=0)
    except TimeoutError:
        pass
    if connection.heartbeat:  # it has none in this process
        connection.heartbeat_check()
    return bool(pending)

"""Asks a service over the broker, in nameko's own protocol, with a time limit and reconnection.

Used where nameko does not run: in the gateway, and for reading another service's log.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

import orjson
from kombu import Consumer, Exchange, Producer, Queue
from pydantic import BaseModel

from shared.kernel import broker, inprocess_broker
from shared.kernel.envelope import Envelope
from shared.kernel.refusal import Refusal

Answered = TypeVar("Answered")
RPC_EXCHANGE = "nameko-rpc"
DEFAULT_TIMEOUT_SECONDS = 10.0
IDLE_SECONDS = 30
REPLY_QUEUE_EXPIRES_SECONDS = 300
OUTDATED_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Pauses before another replica is asked where one of an earlier release cannot answer."""


class ServiceUnavailableError(Exception):
    """The service did not answer in time, is not there at all, or has no database at the moment.

    Whether a command was carried out is then unknown: ask again with the same idempotency key.
    """

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service}: {reason}")
        self.service = service
        self.reason = reason


class ReplicaOutdatedError(ServiceUnavailableError):
    """The replica that took the call is of an earlier release than what is stored.

    It did nothing; another replica may be of that release.
    """


class ServiceFailedError(Exception):
    """The service met an error of its own; its log tells more under the correlation id."""


class RefusedError(Refusal):
    """A refusal that came over the wire; the rule's own code, status and parameters."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._code = str(data["code"])
        super().__init__(
            field=data.get("field"), fields=data.get("fields") or (), **data.get("parameters") or {}
        )
        self.status = int(data.get("status", 409))  # type: ignore[misc]

    @property
    def code(self) -> str:
        """The rule's stable name."""
        return self._code


class CallContext(BaseModel):
    """What a caller says about itself; travels in the message's headers."""

    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None
    actor: str | None = None
    idempotency_key: str | None = None
    effective_at: datetime | None = None

    def headers(self) -> dict[str, str]:
        """As nameko's context headers."""
        return {
            f"nameko.{name}": value
            for name, value in self.model_dump(mode="json").items()
            if value is not None
        }


class RpcClient:
    """Calls methods of services; may be used from any number of threads.

    Args:
        broker_url: kombu URL.
        timeout_seconds: How long to wait for an answer, in all.
        attempts: How often an unanswered call is sent; more than once only where the caller gives
            an idempotency key or the call is a query.
    """

    def __init__(
        self,
        broker_url: str,
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        self.broker_url = broker_url
        self.timeout_seconds = timeout_seconds
        self._idle: list[_Channel] = []
        self._lock = threading.Lock()

    def call(
        self,
        service: str,
        method: str,
        request: BaseModel | Mapping[str, Any],
        context: CallContext | None = None,
        *,
        timeout_seconds: float | None = None,
    ) -> dict[str, Any]:
        """Ask and wait.

        Args:
            service: Name of the service.
            method: Name of its entrypoint.
            request: The entrypoint's request.
            context: Who asks, and why.
            timeout_seconds: Another limit than the client's.

        Returns:
            ``{"answer": …, "position": int | None, "source": service}`` of a command,
            ``{"answer": …}`` of a query.

        Raises:
            Refusal: A rule said no.
            ServiceUnavailableError: No answer in time, or the service cannot work at the moment.
            ServiceFailedError: The service met an error of its own.
        """
        limit = timeout_seconds or self.timeout_seconds
        body = request.model_dump(mode="json") if isinstance(request, BaseModel) else dict(request)
        headers = (context or CallContext()).headers()
        payload = orjson.dumps({"args": [], "kwargs": {"request": body}})
        try:
            with self._channel() as channel:
                reply = channel.ask(f"{service}.{method}", payload, headers, limit)
        except inprocess_broker.NobodyListensError:
            raise ServiceUnavailableError(service, "it is not running") from None
        except TimeoutError:
            raise ServiceUnavailableError(service, f"no answer within {limit:g} s") from None
        except (OSError, *broker.CONNECTION_ERRORS) as error:  # type: ignore[misc]
            raise ServiceUnavailableError(service, f"broker: {error}") from error
        if reply is None:
            raise ServiceUnavailableError(service, "it is not running")
        return _result(service, reply)

    def read_feed(self, source: str, after: int, limit: int) -> list[Envelope]:
        """Contract events of a service after a position, from its log."""
        try:
            wanted = {"after": after, "limit": limit}
            reply = passing_over_outdated(lambda: self.call(source, "read_feed", wanted))
        except ServiceUnavailableError as error:
            raise OSError(str(error)) from error
        return [Envelope.from_cloudevent(event) for event in reply["answer"]["events"]]

    @contextmanager
    def _channel(self) -> Iterator[_Channel]:
        with self._lock:
            channel = self._idle.pop() if self._idle else None
        if channel is None or not channel.is_usable():
            channel = _Channel(self.broker_url)
        try:
            yield channel
        except BaseException:
            channel.close(drop=True)
            raise
        with self._lock:
            self._idle.append(channel)

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            channels, self._idle = self._idle, []
        for channel in channels:
            channel.close()


def passing_over_outdated(ask: Callable[[], Answered]) -> Answered:
    """Ask again while replicas of an earlier release take the call, and of a later one there are.

    Raises:
        ReplicaOutdatedError: All that took it were of an earlier release.
    """
    for seconds in OUTDATED_SECONDS:
        with suppress(ReplicaOutdatedError):
            return ask()
        time.sleep(seconds)
    return ask()


class _Channel:
    """One connection with its reply queue; used by one caller at a time."""

    def __init__(self, broker_url: str) -> None:
        self.connection = broker.connect(broker_url, IDLE_SECONDS)
        self.last_used = time.monotonic()
        self._is_inprocess = broker.is_inprocess(broker_url)
        channel = self.connection.channel()
        exchange = Exchange(RPC_EXCHANGE, type="topic", durable=True)
        self.reply_to = str(uuid4())
        queue = Queue(
            f"rpc.reply-ore-{self.reply_to}",
            exchange,
            routing_key=self.reply_to,
            exclusive=not self._is_inprocess,
            auto_delete=True,
            expires=None if self._is_inprocess else REPLY_QUEUE_EXPIRES_SECONDS,
        )
        self._replies: dict[str, bytes] = {}
        self._returned: set[str] = set()
        self.consumer = Consumer(channel, [queue], on_message=self._on_reply, no_ack=True)
        self.consumer.consume()
        self.producer = Producer(
            channel, exchange=exchange, on_return=None if self._is_inprocess else self._on_return
        )

    def is_usable(self) -> bool:
        """Whether the connection still stands, as far as can be seen."""
        if self._is_inprocess or time.monotonic() - self.last_used <= IDLE_SECONDS:
            return bool(self.connection.connected)
        self.close(drop=True)  # the broker has given it up by now
        return False

    def ask(
        self, routing_key: str, payload: bytes, headers: Mapping[str, str], limit: float
    ) -> bytes | None:
        """Send and wait for the reply; ``None`` when nobody takes such messages.

        Raises:
            TimeoutError: No reply within ``limit`` seconds.
        """
        correlation_id = str(uuid4())
        self.producer.publish(
            payload,
            routing_key=routing_key,
            content_type="application/json",
            content_encoding="utf-8",
            reply_to=self.reply_to,
            correlation_id=correlation_id,
            headers=dict(headers),
            mandatory=True,
            delivery_mode=1,
        )
        deadline = time.monotonic() + limit
        while correlation_id not in self._replies:
            if correlation_id in self._returned:
                return None
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            self.connection.drain_events(timeout=remaining)
        self.last_used = time.monotonic()
        return self._replies.pop(correlation_id)

    def close(self, *, drop: bool = False) -> None:
        """Close the connection, or drop it; its reply queue goes with it."""
        try:
            if self._is_inprocess:
                self.consumer.cancel()
            broker.drop(self.connection) if drop else self.connection.release()
        except (OSError, *broker.CONNECTION_ERRORS):  # type: ignore[misc]
            pass  # it was broken anyway

    def _on_reply(self, message: Any) -> None:
        self._replies[message.properties["correlation_id"]] = message.body

    def _on_return(
        self, _exception: Exception, _exchange: str, _routing_key: str, message: Any
    ) -> None:
        self._returned.add(message.properties["correlation_id"])


def _result(service: str, reply: bytes | str) -> dict[str, Any]:
    payload = orjson.loads(reply)
    error = payload.get("error")
    if error:
        raise ServiceFailedError(f"{service}: {error.get('exc_type')}: {error.get('value')}")
    result: dict[str, Any] = payload["result"]
    raise_what_is_told(service, result)
    return result


def raise_what_is_told(service: str, result: Mapping[str, Any]) -> None:
    """Raise what a service answered instead of an answer, if it did."""
    if "unavailable" in result:
        kind = ReplicaOutdatedError if result.get("is_outdated") else ServiceUnavailableError
        raise kind(service, str(result["unavailable"]))
    if "refused" in result:
        raise RefusedError(result["refused"])

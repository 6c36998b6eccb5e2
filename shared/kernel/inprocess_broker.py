"""A broker inside this process for the embedded platform: kombu's, mended and woken.

kombu's in-memory transport loses the content type that nameko's RPC needs, and polls. Here a
waiting consumer is woken by the message. It keeps nothing: positions and logs heal a restart.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import kombu.transport
from kombu.transport import memory, virtual

_waiting: set[Transport] = set()


class NobodyListensError(Exception):
    """No queue takes such messages."""


class Message(virtual.Message):
    """Keeps the content type where nameko looks for it."""

    def __init__(self, payload: Any, channel: Any = None, **kwargs: Any) -> None:
        super().__init__(payload, channel=channel, **kwargs)
        self.properties["content_type"] = self.content_type


class Channel(memory.Channel):
    """Wakes whoever waits for the queue that a message enters."""

    Message = Message

    def basic_publish(
        self,
        message: Any,
        exchange: str,
        routing_key: str,
        *,
        mandatory: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Publish.

        Raises:
            NobodyListensError: It is mandatory, and no queue takes it.
        """
        if mandatory and exchange and not self._lookup(exchange, routing_key):
            raise NobodyListensError(routing_key)
        return super().basic_publish(message, exchange, routing_key, **kwargs)

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:
        super()._put(queue, message, **kwargs)
        for transport in tuple(_waiting):
            transport.wake()


class Transport(memory.Transport):
    """Waits for a message instead of asking again and again."""

    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self._woken = threading.Event()

    def wake(self) -> None:
        """Look at the queues again."""
        self._woken.set()

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Deliver one message.

        Raises:
            TimeoutError: None came within ``timeout`` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        _waiting.add(self)
        try:
            while True:
                self._woken.clear()
                try:
                    self.cycle.get(self._deliver, timeout=0)
                except virtual.base.Empty:
                    remaining = None if deadline is None else deadline - time.monotonic()
                    if remaining is not None and remaining <= 0:
                        raise TimeoutError from None
                    self._woken.wait(remaining)
                else:
                    return
        finally:
            _waiting.discard(self)


def register() -> None:
    """Make ``memory://`` mean this transport; may be called any number of times."""
    kombu.transport.TRANSPORT_ALIASES["memory"] = f"{__name__}:Transport"

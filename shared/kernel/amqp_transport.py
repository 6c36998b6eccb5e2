"""AMQP where the other end may leave without a word: a host that is gone, a path that is cut.

The driver waits without limit for the broker's word: for a confirm, for the goodbye of a connection
that is given up. Here no wait is longer than ``WAIT_SECONDS``; then the socket is closed, and
whoever used it connects anew. nameko's connections are of this kind too.
"""

from __future__ import annotations

from typing import Any

import amqp.exceptions
import kombu.transport
from kombu.transport import pyamqp

WAIT_SECONDS = 10.0


class _Connection(pyamqp.Connection):  # type: ignore[misc]
    def blocking_read(self, timeout: float | None = None) -> Any:
        """Read a frame.

        Raises:
            TimeoutError: None came within the time; where none was named, that is the end.
        """
        try:
            return super().blocking_read(WAIT_SECONDS if timeout is None else timeout)
        except TimeoutError:
            if timeout is None:
                self.cut()
            raise

    def heartbeat_tick(self, rate: int = 2) -> None:
        """Beat, and look for the broker's beat.

        Raises:
            ConnectionForced: Two of its beats are missing: that is the end.
        """
        try:
            super().heartbeat_tick(rate)
        except amqp.exceptions.ConnectionForced:
            self.cut()
            raise

    def cut(self) -> None:
        """Close the socket, if there still is one."""
        if self._transport is not None:  # by its public name, a lost one would be made anew
            self._transport.close()


class Transport(pyamqp.Transport):  # type: ignore[misc]
    """``amqp://``."""

    Connection = _Connection


class TlsTransport(pyamqp.SSLTransport):  # type: ignore[misc]
    """``amqps://``."""

    Connection = _Connection


def register() -> None:
    """Make both URLs mean these transports; may be called any number of times."""
    kombu.transport.TRANSPORT_ALIASES["amqp"] = f"{__name__}:Transport"
    kombu.transport.TRANSPORT_ALIASES["amqps"] = f"{__name__}:TlsTransport"

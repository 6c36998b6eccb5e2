"""One address before all replicas of the gateway: ``python -I -S fronting.py PORT HOST:PORT``.

Hands each connection to the next replica that takes it, and bytes through as they are: what a
proxy before it says in headers reaches the gateway. Which replicas there are is asked of the name
service each time, so scaling out and restarting need no word to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import socket
import sys

CONNECT_SECONDS = 2.0
DRAIN_SECONDS = 20.0
CHUNK = 65_536


class Front:
    """The listener and its open connections.

    Args:
        host: A name that stands for the addresses of all replicas.
        port: Of each.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.open: set[asyncio.Task[None]] = set()
        self._turns = itertools.count()

    async def serve(self, port: int) -> None:
        """Listen until SIGTERM or SIGINT; then let open connections finish."""
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        server = await asyncio.start_server(self.accept, "0.0.0.0", port)  # noqa: S104 -- published on purpose
        await stopping.wait()
        await self.end(server)

    async def end(self, server: asyncio.Server) -> None:
        """Take no more connections, and let the open ones finish."""
        server.close()
        if self.open:
            await asyncio.wait(self.open, timeout=DRAIN_SECONDS)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        task = asyncio.ensure_future(self._hand_on(reader, writer))
        self.open.add(task)
        task.add_done_callback(self.open.discard)

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            replica = await self._connect()
            if replica is None:
                return
            theirs, to_them = replica
            asking = asyncio.ensure_future(_pump(reader, to_them))
            try:
                await _pump(theirs, writer)  # the replica has the last word
            finally:
                asking.cancel()
                to_them.close()
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for address in await self._replicas():
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                connecting = asyncio.open_connection(address, self.port)
                return await asyncio.wait_for(connecting, CONNECT_SECONDS)
        return None

    async def _replicas(self) -> list[str]:
        """All of them, the next one first."""
        asking = asyncio.get_running_loop().getaddrinfo(
            self.host, self.port, family=socket.AF_INET, type=socket.SOCK_STREAM
        )
        try:
            found = sorted({str(entry[4][0]) for entry in await asking})
        except OSError:
            return []
        first = next(self._turns) % len(found)
        return found[first:] + found[:first]


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Hand through what comes, and the end of it."""
    with contextlib.suppress(OSError):
        while part := await source.read(CHUNK):
            sink.write(part)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()


def main(port: str, replicas: str) -> None:
    """Serve."""
    host, _, their_port = replicas.rpartition(":")
    asyncio.run(Front(host, int(their_port)).serve(int(port)))


if __name__ == "__main__":
    main(*sys.argv[1:])

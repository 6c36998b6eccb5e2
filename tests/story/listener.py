"""A listener that is none of ours: plain kombu, a queue of its own, every event as it came.

    python -m tests.story.listener AMQP_URL FILE

writes each message's body as one line, and acknowledges it once it is written. The first line
says that the queue is bound.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from kombu import Connection, Consumer, Exchange, Queue

from tests.story.steps import eventually

BOUND = "bound"
QUEUE = "somebody.else"
ROOT = Path(__file__).parents[2]


def listen(url: str, file: Path) -> None:
    """Write what comes until SIGTERM."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(1))
    with Connection(url) as connection, file.open("ab", buffering=0) as out:
        channel = connection.channel()
        exchange = Exchange("ore.events", type="topic", durable=True, passive=True)
        queue = Queue(QUEUE, exchange, routing_key="#", durable=True)

        def keep(message: Any) -> None:
            body = message.body
            out.write((body.encode() if isinstance(body, str) else bytes(body)) + b"\n")
            message.ack()

        with Consumer(channel, [queue], on_message=keep, prefetch_count=200):
            out.write(json.dumps({BOUND: True}).encode() + b"\n")
            while not stopping:
                try:
                    connection.drain_events(timeout=0.5)
                except TimeoutError:
                    continue


class Listener:
    """The listener as a process.

    Args:
        url: Of the broker; the platform has declared its exchange.
        file: Where it writes.
    """

    def __init__(self, url: str, file: Path) -> None:
        self.file = file
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.story.listener", url, str(file)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        eventually(self._is_bound, "the listener's queue")

    def _is_bound(self) -> bool:
        assert self.process.poll() is None, "the listener ended"
        return self.file.exists() and self.file.stat().st_size > 0

    def heard(self) -> list[dict[str, Any]]:
        """What came so far, in the order in which it came."""
        lines = self.file.read_bytes().split(b"\n")[1:]
        return [json.loads(line) for line in lines if line]

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=20)


if __name__ == "__main__":
    listen(sys.argv[1], Path(sys.argv[2]))

"""How the gateway's processes hear from the projector, in another one, that the views have moved.

By a notification of PostgreSQL: if each waiting request asked the database again and again, that
would cost more than the command that it waits for. Whoever is not told looks for himself, rarely.
"""

from __future__ import annotations

import select
import threading
from typing import Any

import structlog

from shared.kernel.database import UNREACHABLE, Database

log = structlog.get_logger(__name__)

CHANNEL = "ore_views"
LISTEN_AGAIN_SECONDS = 1.0
QUIET_SECONDS = 10.0


def announce(database: Database, source: str, sequence: int, *, is_level: bool) -> None:
    """Tell the gateway's processes that the views have moved; PostgreSQL only.

    In a transaction of its own: a notification takes a lock of the whole server when its
    transaction commits.

    Args:
        database: The gateway's own.
        source: Whose event was taken over.
        sequence: Its number in the source's log.
        is_level: Whether every view shows it.
    """
    told = f"{source} {sequence}" if is_level else ""
    with database.single_statements() as session, session.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", (CHANNEL, told))


class ViewsWatch:
    """Listens in a thread of its own, from the first request on that waits in this process.

    Args:
        database: The gateway's own, on PostgreSQL.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.is_listening = False
        self._moved = threading.Condition()
        self._level: dict[str, int] = {}
        self._untold = 0
        """How often something has moved of which only a look tells more."""
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def wait(self, source: str, sequence: int, seconds: float) -> bool:
        """Wait until every view shows what the source recorded under this number.

        Returns:
            Whether that was told; ``False`` after the time, or where it is time for a look.
        """
        with self._moved:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen_always, daemon=True)
                self._thread.start()
            known = self._untold
            self._moved.wait_for(
                lambda: self._level.get(source, 0) >= sequence or self._untold != known, seconds
            )
            return self._level.get(source, 0) >= sequence

    def stop(self) -> None:
        """Listen no more, once something comes or the connection is lost."""
        self._stopping.set()

    def _listen_always(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except UNREACHABLE as error:
                log.warning("views_watch_interrupted", error=type(error).__name__)
            self._forget()
            self._stopping.wait(LISTEN_AGAIN_SECONDS)

    def _listen(self) -> None:
        with self.database.single_statements() as session:
            connection = session.dbapi_connection
            with session.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
                self.is_listening = True
                while not self._stopping.is_set():
                    if not select.select([connection], [], [], QUIET_SECONDS)[0]:
                        cursor.execute("SELECT 1")  # whether the server is still there
                    connection.poll()
                    self._hear(connection.notifies)

    def _hear(self, notifies: list[Any]) -> None:
        with self._moved:
            while notifies:
                source, _, sequence = notifies.pop(0).payload.partition(" ")
                if sequence:
                    self._level[source] = max(self._level.get(source, 0), int(sequence))
                else:
                    self._untold += 1
            self._moved.notify_all()

    def _forget(self) -> None:
        """Know nothing any more: on another connection it may be another database by now."""
        with self._moved:
            self.is_listening = False
            self._level.clear()
            self._untold += 1
            self._moved.notify_all()

"""The time of day, always passed in, and the moment at which a command takes effect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")
"""Where the programme's days begin and end."""

_effective_at: ContextVar[datetime | None] = ContextVar("effective_at", default=None)


def current_time() -> datetime:
    """Moment of what is being done: the one set by `effective_at`, else now; aware, UTC."""
    return _effective_at.get() or datetime.now(UTC)


@contextmanager
def effective_at(moment: datetime | None) -> Iterator[None]:
    """Carry out what is inside as of ``moment`` (taking over history); ``None`` changes nothing."""
    if moment is not None and moment.tzinfo is None:
        raise ValueError("the moment must name its time zone")
    token = _effective_at.set(moment.astimezone(UTC) if moment else _effective_at.get())
    try:
        yield
    finally:
        _effective_at.reset(token)


def set_effective(moment: datetime | None) -> None:
    """Let it be ``moment`` from here on in this thread; for tests, ``None`` ends it."""
    _effective_at.set(moment)


def local_day(moment: datetime) -> date:
    """The day of a moment in Europe/Warsaw."""
    return moment.astimezone(WARSAW).date()


class Clock:
    """Tells use cases the time."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return current_time()

    def today(self) -> date:
        """The day in Europe/Warsaw."""
        return local_day(self.now())

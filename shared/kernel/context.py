"""What belongs to the command being carried out: who, why, and as part of which story."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import uuid4


@dataclass(frozen=True)
class CommandContext:
    """Identifiers that travel with a command and are stored beside the events it records."""

    correlation_id: str = field(default_factory=lambda: str(uuid4()))
    """The whole story that this command is a part of."""
    causation_id: str | None = None
    """The message that caused this command."""
    actor: str | None = None
    """Id of the account that acts; never a name."""
    idempotency_key: str | None = None
    """The same key has one effect and one answer."""


_current: ContextVar[CommandContext | None] = ContextVar("command_context", default=None)


def current_context() -> CommandContext:
    """The context of the running command; a fresh one outside of any."""
    return _current.get() or CommandContext()


@contextmanager
def command_context(context: CommandContext) -> Iterator[CommandContext]:
    """Carry out what is inside in this context."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)

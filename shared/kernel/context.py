"""What belongs to the command being carried out: who, why, and as part of which story."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import uuid4

SECRET_BYTES = 24


@dataclass(frozen=True)
class CommandContext:
    """Identifiers that travel with a command and are stored beside the events it records."""

    correlation_id: str = field(default_factory=lambda: str(uuid4()))
    """The whole story that this command is a part of."""
    causation_id: str | None = None
    """The message that caused this command."""
    actor: str | None = None
    """Id of the account that acts; never a name."""
    traceparent: str | None = None
    """The caller's place in its own trace (W3C Trace Context); handed on as it came."""
    idempotency_key: str | None = None
    """The same key has one effect and one answer."""


_current: ContextVar[CommandContext | None] = ContextVar("command_context", default=None)


def current_context() -> CommandContext:
    """The context of the running command; a fresh one outside of any."""
    return _current.get() or CommandContext()


def derive_secret(purpose: str) -> str:
    """A secret for whoever sent the running command; the same for the same key and purpose.

    Only the caller knows the key, so the secret need not be stored to be given out again when the
    answer was lost on its way.

    Args:
        purpose: What the secret opens, e.g. an id.

    Returns:
        32 characters that fit into an address; random without an idempotency key.
    """
    key = current_context().idempotency_key
    secret = key.encode() if key else secrets.token_bytes(SECRET_BYTES)
    digest = hmac.digest(secret, purpose.encode(), "sha256")[:SECRET_BYTES]
    return base64.urlsafe_b64encode(digest).decode()


@contextmanager
def command_context(context: CommandContext) -> Iterator[CommandContext]:
    """Carry out what is inside in this context."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)

"""What an operator decides about parked messages; every decision is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from shared.kernel.database import Database
from shared.kernel.event_store import Effect
from shared.kernel.operator_acts import OperatorAct, record_act
from shared.kernel.parking import ParkedMessage, list_parked, remove
from shared.kernel.refusal import InvalidRequestError, NotFoundError

log = structlog.get_logger(__name__)

Replay = Callable[[ParkedMessage, Effect], None]
"""Handles a message again and runs the SQL in the transaction of its effect."""


@dataclass(frozen=True)
class Outcome:
    """What became of one message."""

    id: int
    outcome: str
    """``done``, ``failed``, ``waits`` (behind one that failed) or ``no-event`` (not replayable)."""
    error: str | None
    """Why it failed, as its handler said it."""


def choose(
    database: Database, parked_id: int | None, *, is_whole_subject: bool = False
) -> list[ParkedMessage]:
    """The messages that an act is about, in the order in which they must be handled.

    Args:
        database: Where they are parked.
        parked_id: One of them; ``None`` for all.
        is_whole_subject: All that wait about the same subject as that one.

    Raises:
        NotFoundError: It is not there.
    """
    messages = sorted(list_parked(database), key=lambda m: (m.sequence or 0, m.id))
    if parked_id is None:
        return messages
    one = next((m for m in messages if m.id == parked_id), None)
    if one is None:
        raise NotFoundError(what="parked message", id=str(parked_id))
    if not is_whole_subject or one.source is None:
        return [one]
    return [m for m in messages if _subject(m) == _subject(one)]


def settle(
    database: Database,
    messages: Sequence[ParkedMessage],
    handle: Replay | None,
    *,
    is_discarding: bool,
    actor: str,
    reason: str | None,
) -> list[Outcome]:
    """Replay or discard, as an operator decided.

    Raises:
        InvalidRequestError: Something is to be discarded without a reason.
        NotFoundError: A message is not there any more, or nothing here could handle it.
    """
    reason = (reason or "").strip() or None
    if is_discarding:
        if reason is None:
            raise InvalidRequestError(fields=[{"field": "reason", "rule": "missing"}])
        return discard(database, messages, actor=actor, reason=reason)
    if handle is None:
        raise NotFoundError(what="parked message", id="-")
    return replay(database, messages, handle, actor=actor, reason=reason)


def replay(
    database: Database,
    messages: Sequence[ParkedMessage],
    handle: Replay,
    *,
    actor: str,
    reason: str | None = None,
) -> list[Outcome]:
    """Handle messages again; each leaves the list in the transaction of its effect and record.

    A failure ends nothing but its subject: what waits behind it stays in order.
    """
    outcomes = []
    stuck: set[tuple[str | None, ...]] = set()
    for message in messages:
        if message.source is None:
            outcomes.append(Outcome(message.id, "no-event", message.error))
        elif _subject(message) in stuck:
            outcomes.append(Outcome(message.id, "waits", None))
        else:
            outcomes.append(_replay_one(database, message, handle, actor, reason))
            if outcomes[-1].outcome != "done":
                stuck.add(_subject(message))
    return outcomes


def discard(
    database: Database, messages: Sequence[ParkedMessage], *, actor: str, reason: str
) -> list[Outcome]:
    """Take messages off the list for good, all or none; their effect will be missing.

    Raises:
        NotFoundError: One is not there any more.
    """
    with database.transaction() as connection:
        for message in sorted(messages, key=lambda m: m.id):  # as listeners lock them
            remove(connection, message.id)
            record_act(connection, _act("parked.discard", message, actor, reason, "done"))
    return [Outcome(message.id, "done", None) for message in messages]


def _replay_one(
    database: Database, message: ParkedMessage, handle: Replay, actor: str, reason: str | None
) -> Outcome:
    act = _act("parked.replay", message, actor, reason, "done")
    try:
        handle(message, lambda connection: record_act(connection, act))
    except Exception as error:
        log.warning("replay_failed", parked_id=message.id, type=message.type, exc_info=True)
        kind = type(error).__name__
        with database.transaction() as connection:
            failed = _act("parked.replay", message, actor, reason, f"failed: {kind}")
            record_act(connection, failed)
        return Outcome(message.id, "failed", f"{kind}: {error}")
    return Outcome(message.id, "done", None)


def _act(act: str, message: ParkedMessage, actor: str, reason: str | None, end: str) -> OperatorAct:
    about = f"{message.source} {message.sequence} {message.type}" if message.source else "no event"
    target = f"{message.id}: {message.subscription}, {about}"
    return OperatorAct(actor, act, target, end, reason)


def _subject(message: ParkedMessage) -> tuple[str | None, ...]:
    return message.subscription, message.source, message.subject

"""What the journal holds of a source that no longer has it, after the source was restored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from services.gateway.journal import journal, withdrawn_entries
from shared.kernel.envelope import Envelope

PAGE = 500
ReadStore = Callable[[int, int], list[Envelope]]
"""``(after, up to)`` to the contract events that the store holds between these numbers."""


def last_common(connection: Connection, source: str, read_store: ReadStore) -> int:
    """Number of the last event that the journal and the store hold alike; 0 when there is none."""
    below = None
    while page := _page_below(connection, source, below):
        held = {e.sequence: e for e in read_store(page[-1].sequence - 1, page[0].sequence)}
        for ours in page:
            theirs = held.get(ours.sequence)
            if theirs is not None and _says(theirs) == _says(ours):
                return ours.sequence
        below = page[-1].sequence
    return 0


def lost_entries(
    connection: Connection, source: str, epoch: str, after: int
) -> Iterator[tuple[int, Envelope]]:
    """Journal positions and events of an epoch beyond a number, in their order."""
    t = journal.c
    query = select(t.position, t.body).where(_of(source, epoch), t.sequence > after)
    for position, body in connection.execute(query.order_by(t.sequence)):
        yield position, Envelope.from_json(body)


def withdraw(connection: Connection, source: str, epoch: str, after: int, reason: str) -> int:
    """Take the lost entries out of the journal; they are kept aside with the reason.

    Returns:
        How many there were. The views still show them until they are rebuilt.
    """
    t = journal.c
    lost = and_(_of(source, epoch), t.sequence > after)
    rows = connection.execute(
        select(t.position, t.source, t.sequence, t.epoch, t.body).where(lost)
    ).all()
    if rows:
        now = datetime.now(UTC)
        connection.execute(
            insert(withdrawn_entries),
            [{**row._mapping, "reason": reason, "withdrawn_at": now} for row in rows],  # noqa: SLF001
        )
        connection.execute(delete(journal).where(lost))
    return len(rows)


def _page_below(connection: Connection, source: str, below: int | None) -> list[Envelope]:
    t = journal.c
    query = select(t.body).where(t.source == source).order_by(t.sequence.desc()).limit(PAGE)
    if below is not None:
        query = query.where(t.sequence < below)
    return [Envelope.from_json(body) for body in connection.execute(query).scalars()]


def _of(source: str, epoch: str) -> ColumnElement[bool]:
    return and_(journal.c.source == source, journal.c.epoch == epoch)


def _says(envelope: Envelope) -> tuple[object, ...]:
    """What makes an event the same one, whatever epoch it is told in."""
    return envelope.type, envelope.subject, envelope.time, envelope.data

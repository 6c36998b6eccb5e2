"""Positions of listeners, as rows beside the data they speak of."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, func, insert, select, update

from shared.kernel import schema
from shared.kernel.database import Database

_T = schema.subscription_positions
_OF_PAIR = (_T.c.subscription == bindparam("of_subscription")) & (
    _T.c.source == bindparam("of_source")
)
_READ = select(_T.c.sequence, _T.c.epoch).where(_OF_PAIR)
_MOVE = (
    update(_T)
    .where(_OF_PAIR, _T.c.sequence == bindparam("previous"))
    .values(sequence=bindparam("sequence"), epoch=bindparam("epoch"))
)

_SKIP = """
UPDATE subscription_positions SET sequence = %(sequence)s, epoch = %(epoch)s
WHERE subscription = %(subscription)s AND source = %(source)s AND sequence = %(previous)s
    AND set_config('synchronous_commit', 'off', TRUE) = 'off'
"""


class AlreadyDeliveredError(Exception):
    """The position has moved on: this message's effect is there, or another consumer is ahead."""


class EpochChangedError(Exception):
    """The source was restored to an earlier moment: its numbers may mean other events now."""


@dataclass(frozen=True)
class DeliveryMark:
    """Moves a listener's position over one message, from exactly the one before it."""

    subscription: str
    source: str
    previous: int
    sequence: int
    epoch: str


@dataclass(frozen=True)
class Position:
    """How far a listener has come in one source's log."""

    sequence: int
    epoch: str | None


def mark_delivered(connection: Connection, mark: DeliveryMark) -> None:
    """Move a position in the transaction of the effect.

    Raises:
        AlreadyDeliveredError: The position is not where the mark starts from.
    """
    moved = connection.execute(
        _MOVE,
        {
            "of_subscription": mark.subscription,
            "of_source": mark.source,
            "previous": mark.previous,
            "sequence": mark.sequence,
            "epoch": mark.epoch,
        },
    )
    if moved.rowcount == 1:
        return
    held = read_position(connection, mark.subscription, mark.source)
    if mark.previous != 0 or held.epoch is not None:
        raise AlreadyDeliveredError(f"{mark.subscription} is not at {mark.source} {mark.previous}")
    connection.execute(
        insert(_T).values(
            subscription=mark.subscription,
            source=mark.source,
            sequence=mark.sequence,
            epoch=mark.epoch,
        )
    )


def pass_over(database: Database, mark: DeliveryMark) -> None:
    """Move a position over a message that has no effect, in a statement of its own.

    Where a power cut takes that back, the message is passed over again.

    Raises:
        AlreadyDeliveredError: The position is not where the mark starts from.
    """
    if not database.is_sqlite:
        with database.single_statements() as session, session.cursor() as cursor:
            cursor.execute(_SKIP, asdict(mark))
            if cursor.rowcount:
                return
    with database.transaction(is_repeatable=True) as connection:
        mark_delivered(connection, mark)


def read_position(connection: Connection, subscription: str, source: str) -> Position:
    """Where a listener stands; 0 before its first message."""
    row = connection.execute(
        _READ, {"of_subscription": subscription, "of_source": source}
    ).one_or_none()
    return Position(row.sequence, row.epoch) if row else Position(0, None)


def parked_count(connection: Connection, subscription: str | None = None) -> int:
    """How many messages wait for a person's decision."""
    t = schema.parked_messages
    query = select(func.count()).select_from(t)
    if subscription is not None:
        query = query.where(t.c.subscription == subscription)
    return connection.execute(query).scalar_one()


def accept_epoch(
    connection: Connection, subscription: str, source: str, epoch: str, at_most: int
) -> tuple[int, int]:
    """Let a listener follow a restored source from the last event that both know.

    Args:
        connection: To the listener's database.
        subscription: The listener.
        source: The restored service.
        epoch: The source's new one.
        at_most: Number of the last event that was there before the restore and is there now.

    Returns:
        Where it stood, and where it goes on.
    """
    held = read_position(connection, subscription, source)
    goes_on = min(held.sequence, at_most)
    pair = {"of_subscription": subscription, "of_source": source}
    connection.execute(update(_T).where(_OF_PAIR).values(sequence=goes_on, epoch=epoch), pair)
    return held.sequence, goes_on

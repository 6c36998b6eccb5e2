"""Positions of listeners and the epoch of a store, as rows beside the data they speak of."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

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


def read_epoch(database: Database) -> str:
    """The store's epoch, made at the first call."""
    t = schema.store
    with database.reading() as connection:
        epoch = connection.execute(select(t.c.epoch)).scalar_one_or_none()
    if epoch is not None:
        return str(epoch)
    with database.transaction() as connection:
        with suppress(IntegrityError), connection.begin_nested():  # another process was first
            connection.execute(insert(t).values(id=1, epoch=uuid4().hex))
        return str(connection.execute(select(t.c.epoch)).scalar_one())

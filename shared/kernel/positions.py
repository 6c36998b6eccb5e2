"""Positions of listeners and the epoch of a store, as rows beside the data they speak of."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from shared.kernel import schema
from shared.kernel.database import Database


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
    t = schema.subscription_positions
    row = (t.c.subscription == mark.subscription) & (t.c.source == mark.source)
    values = {"sequence": mark.sequence, "epoch": mark.epoch}
    moved = connection.execute(update(t).where(row, t.c.sequence == mark.previous).values(values))
    if moved.rowcount == 1:
        return
    if mark.previous != 0 or connection.execute(select(t.c.sequence).where(row)).one_or_none():
        raise AlreadyDeliveredError(f"{mark.subscription} is not at {mark.source} {mark.previous}")
    connection.execute(
        insert(t).values(subscription=mark.subscription, source=mark.source, **values)
    )


def read_position(connection: Connection, subscription: str, source: str) -> Position:
    """Where a listener stands; 0 before its first message."""
    t = schema.subscription_positions.c
    row = connection.execute(
        select(t.sequence, t.epoch).where(t.subscription == subscription, t.source == source)
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

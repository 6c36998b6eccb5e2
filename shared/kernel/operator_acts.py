"""What operators did to the machinery: each act is recorded, done or failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from shared.kernel import schema
from shared.kernel.database import Database


@dataclass(frozen=True)
class OperatorAct:
    """One thing that an operator did, or tried."""

    actor: str
    """An account's id, or ``cli:`` and a system user's number; never a name."""
    act: str
    target: str
    """What it was done to, by number or technical name."""
    outcome: str
    """``done``, or what went wrong in a word: an error's kind, never its text."""
    reason: str | None = None
    recorded_at: datetime | None = None
    id: int | None = None


def record_act(connection: Connection, act: OperatorAct) -> None:
    """Record an act, in the transaction of what it did where it did something."""
    connection.execute(
        insert(schema.operator_acts).values(
            recorded_at=datetime.now(UTC),
            actor=act.actor,
            act=act.act,
            target=act.target[:300],
            reason=act.reason,
            outcome=act.outcome[:300],
        )
    )


def list_acts(database: Database, limit: int = 100) -> list[OperatorAct]:
    """The latest acts, newest first."""
    t = schema.operator_acts
    query = select(t).order_by(t.c.id.desc()).limit(limit)
    with database.reading() as connection:
        return [OperatorAct(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001

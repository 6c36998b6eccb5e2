"""``results``: the published results of each call, as published and as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    select,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.jst_columns import jst_columns, jst_or_none, jst_values
from services.gateway.projections.rows import change_row, read_as, same_named
from shared.contracts import recruitment
from shared.contracts.base import JstRef
from shared.contracts.recruitment import CallKind, Decision
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

result_lists = Table(
    "result_lists",
    metadata,
    Column("call_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("slug", String(80), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Index("result_lists_by_slug", "slug"),
)

results = Table(
    "results",
    metadata,
    Column("call_id", Uuid, primary_key=True),
    Column("application_id", Uuid, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("receipt_number", String(40), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("published_decision", String(20), nullable=False),
    Column("reserve_rank", Integer),
    Column("voivodeship", String(2), nullable=False),
    *jst_columns(nullable=True),
    Column("promoted_at", UtcDateTime),
    Column("promotion_reason", Text),
    Index("results_by_place", "call_id", "place"),
)


@dataclass(frozen=True)
class ResultRow:
    """One row of published results: no names, the receipt number tells the candidate."""

    application_id: UUID
    receipt_number: str
    decision: Decision
    """As of now: QUALIFIED after a promotion from the reserve list."""
    published_decision: Decision
    """As in the list first published."""
    reserve_rank: int | None
    voivodeship: str
    jst: JstRef | None
    promoted_at: datetime | None
    promotion_reason: str | None


@dataclass(frozen=True)
class ResultList:
    """All published results of a call."""

    call_id: UUID
    edition_id: UUID
    kind: CallKind
    slug: str
    published_at: datetime
    rows: tuple[ResultRow, ...]
    """Qualified, then reserve by rank, then rejected; each in the order of publication."""

    def with_decision(self, decision: Decision) -> tuple[ResultRow, ...]:
        """The rows whose decision of now is this one."""
        return tuple(row for row in self.rows if row.decision == decision)


class Results(View):
    """One row for each published result."""

    name = "results"
    tables = (result_lists, results)

    @handles(recruitment.ResultsPublished)
    def on_published(
        self, connection: Connection, event: recruitment.ResultsPublished, entry: JournalEntry
    ) -> None:
        """The list and its rows."""
        values = same_named(event, result_lists) | {"published_at": entry.time}
        upsert(connection, result_lists, values, key=("call_id",))
        for place, result in enumerate(event.results):
            values = {
                "call_id": event.call_id,
                "application_id": result.application_id,
                "place": place,
                "receipt_number": result.receipt_number,
                "decision": result.decision.value,
                "published_decision": result.decision.value,
                "reserve_rank": result.reserve_rank,
                "voivodeship": result.voivodeship,
            }
            key = ("call_id", "application_id")
            upsert(connection, results, values | jst_values(result.jst), key=key)

    @handles(recruitment.ReservePromoted)
    def on_promoted(
        self, connection: Connection, event: recruitment.ReservePromoted, entry: JournalEntry
    ) -> None:
        """The decision of now beside the published one."""
        key = {"call_id": event.call_id, "application_id": event.result.application_id}
        values = {
            "decision": event.result.decision.value,
            "promoted_at": entry.time,
            "promotion_reason": event.reason,
        }
        change_row(connection, results, key, values)


def results_of_call(connection: Connection, call_id: UUID) -> ResultList | None:
    """The published results of a call; ``None`` before their publication."""
    return _find(connection, result_lists.c.call_id == call_id)


def results_by_slug(connection: Connection, slug: str) -> ResultList | None:
    """The published results of the call with this address; ``None`` before their publication."""
    return _find(connection, result_lists.c.slug == slug)


def published_lists(connection: Connection, limit: int = 50) -> list[ResultList]:
    """The newest published lists, newest first, without their rows."""
    t = result_lists.c
    query = select(result_lists).order_by(t.published_at.desc(), t.call_id).limit(limit)
    return [_read_list(row, ()) for row in connection.execute(query)]


def _find(connection: Connection, condition: ColumnElement[bool]) -> ResultList | None:
    t = result_lists.c
    query = select(result_lists).where(condition).order_by(t.published_at.desc(), t.call_id)
    head = connection.execute(query).first()
    if head is None:
        return None
    found = connection.execute(
        select(results).where(results.c.call_id == head.call_id).order_by(results.c.place)
    )
    rows = sorted((_read(row) for row in found), key=_order)
    return _read_list(head, tuple(rows))


def _order(row: ResultRow) -> tuple[int, int]:
    rank = row.reserve_rank if row.decision == Decision.RESERVE else None
    return list(Decision).index(row.decision), rank or 0


def _read_list(row: Any, rows: tuple[ResultRow, ...]) -> ResultList:
    return ResultList(
        row.call_id, row.edition_id, CallKind(row.kind), row.slug, row.published_at, rows
    )


def _read(row: Any) -> ResultRow:
    return read_as(
        ResultRow,
        row,
        decision=Decision(row.decision),
        published_decision=Decision(row.published_decision),
        jst=jst_or_none(row),
    )

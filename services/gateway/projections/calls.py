"""``calls``: every published call, and what it is on a given day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    Uuid,
    case,
    select,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    equals,
    given,
    has_words,
    read_page,
)
from services.gateway.projections.polish import fold
from services.gateway.projections.rows import change_row, read_as, same_named
from shared.contracts import recruitment
from shared.contracts.recruitment import CallKind
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

calls = Table(
    "calls",
    metadata,
    Column("call_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("slug", String(80), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("first_closes_on", Date, nullable=False),
    Column("results_by", Date, nullable=False),
    Column("contact_email", String(254), nullable=False),
    Column("places", Integer),
    Column("training_dates", JSON, nullable=False),
    Column("covered_costs", JSON, nullable=False),
    Column("voivodeships", JSON, nullable=False),
    Column("privacy_notice_version", String(200), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("cancelled_at", UtcDateTime),
    Column("results_published_at", UtcDateTime),
    Column("extension_reason", Text),
    Column("cancellation_reason", Text),
    Column("folded", Text, nullable=False),
    Index("calls_by_slug", "slug"),
    Index("calls_by_edition", "edition_id", "kind"),
    Index("calls_by_deadline", "closes_on"),
)

call_voivodeships = Table(
    "call_voivodeships",
    metadata,
    Column("call_id", Uuid, primary_key=True),
    Column("voivodeship", String(2), primary_key=True),
    Index("call_voivodeships_by_voivodeship", "voivodeship"),
)


class CallState(StrEnum):
    """What a call is on a given day, for its reader."""

    ANNOUNCED = "ANNOUNCED"
    """Public, applications are taken from a later day on."""
    OPEN = "OPEN"
    """Takes applications."""
    ASSESSING = "ASSESSING"
    """Takes no more applications, results are not published yet."""
    DECIDED = "DECIDED"
    """Results are published."""
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class CallRow:
    """A published call. ``state`` is as of the day that was asked for."""

    call_id: UUID
    edition_id: UUID
    kind: CallKind
    slug: str
    title: str
    text: str
    opens_on: date
    closes_on: date
    first_closes_on: date
    """Last day as first announced; earlier than ``closes_on`` when the call was extended."""
    results_by: date
    contact_email: str
    places: int | None
    training_dates: tuple[date, ...]
    covered_costs: tuple[str, ...]
    voivodeships: tuple[str, ...]
    privacy_notice_version: str
    published_at: datetime
    closed_at: datetime | None
    cancelled_at: datetime | None
    results_published_at: datetime | None
    extension_reason: str | None
    cancellation_reason: str | None
    state: CallState

    @property
    def is_extended(self) -> bool:
        """Whether the deadline was moved after publication."""
        return self.closes_on > self.first_closes_on


@dataclass(frozen=True, kw_only=True)
class CallFilter(ListFilter):
    """Which calls."""

    edition_id: UUID | None = None
    kind: CallKind | None = None
    state: CallState | None = None
    voivodeships: tuple[str, ...] | None = None
    """Calls that invite from at least one of these."""
    text: str | None = None


class Calls(View):
    """One row for each call that was ever public."""

    name = "calls"
    tables = (calls, call_voivodeships)

    @handles(recruitment.CallPublished)
    def on_published(
        self, connection: Connection, event: recruitment.CallPublished, entry: JournalEntry
    ) -> None:
        """A row for the call."""
        values = same_named(event, calls) | {
            "first_closes_on": event.closes_on,
            "published_at": entry.time,
            "folded": fold(event.title, event.text),
        }
        upsert(connection, calls, values, key=("call_id",))
        for voivodeship in event.voivodeships:
            place = {"call_id": event.call_id, "voivodeship": voivodeship}
            upsert(connection, call_voivodeships, place, key=("call_id", "voivodeship"))

    @handles(recruitment.CallExtended)
    def on_extended(
        self, connection: Connection, event: recruitment.CallExtended, entry: JournalEntry
    ) -> None:
        """The later deadline."""
        values = {"closes_on": event.closes_on, "extension_reason": event.reason}
        change_row(connection, calls, {"call_id": event.call_id}, values)

    @handles(recruitment.CallClosed)
    def on_closed(
        self, connection: Connection, event: recruitment.CallClosed, entry: JournalEntry
    ) -> None:
        """No more applications."""
        change_row(connection, calls, {"call_id": event.call_id}, {"closed_at": entry.time})

    @handles(recruitment.CallCancelled)
    def on_cancelled(
        self, connection: Connection, event: recruitment.CallCancelled, entry: JournalEntry
    ) -> None:
        """Called off."""
        values = {"cancelled_at": entry.time, "cancellation_reason": event.reason}
        change_row(connection, calls, {"call_id": event.call_id}, values)

    @handles(recruitment.ResultsPublished)
    def on_results(
        self, connection: Connection, event: recruitment.ResultsPublished, entry: JournalEntry
    ) -> None:
        """Results are out."""
        values = {"results_published_at": entry.time}
        change_row(connection, calls, {"call_id": event.call_id}, values)


def open_calls(connection: Connection, today: date) -> list[CallRow]:
    """Calls that take applications today, the nearest deadline first.

    Args:
        connection: To the gateway's database.
        today: The day in Europe/Warsaw; first and last day of a call are both open days (DR-02).
    """
    query = (
        _calls(today)
        .where(state_on(today) == CallState.OPEN.value)
        .order_by(calls.c.closes_on, calls.c.title, calls.c.call_id)
    )
    return [_read(row) for row in connection.execute(query)]


def list_calls(connection: Connection, filters: CallFilter, today: date) -> Page[CallRow]:
    """Calls of every state, the newest publication first."""
    t = calls.c
    query = _calls(today).where(
        given(
            equals(t.edition_id, filters.edition_id),
            equals(t.kind, filters.kind),
            equals(state_on(today), filters.state),
            invites_from(filters.voivodeships),
            has_words(t.folded, filters.text),
        )
    )
    return read_page(connection, query, filters, (t.published_at.desc(), t.call_id), _read)


def find_call(connection: Connection, call_id: UUID, today: date) -> CallRow | None:
    """A call by its id."""
    row = connection.execute(_calls(today).where(calls.c.call_id == call_id)).first()
    return _read(row) if row else None


def find_call_by_slug(connection: Connection, slug: str, today: date) -> CallRow | None:
    """A call by the readable part of its address; the newest if several share it."""
    query = _calls(today).where(calls.c.slug == slug)
    row = connection.execute(query.order_by(calls.c.published_at.desc(), calls.c.call_id)).first()
    return _read(row) if row else None


def state_on(today: date) -> ColumnElement[str]:
    """What each call is on a day, as its `CallState` value."""
    t = calls.c
    return case(
        (t.cancelled_at.is_not(None), CallState.CANCELLED.value),
        (t.results_published_at.is_not(None), CallState.DECIDED.value),
        (t.closed_at.is_not(None), CallState.ASSESSING.value),
        (t.opens_on > today, CallState.ANNOUNCED.value),
        (t.closes_on < today, CallState.ASSESSING.value),
        else_=CallState.OPEN.value,
    )


def invites_from(voivodeships: tuple[str, ...] | None) -> ColumnElement[bool] | None:
    """The call invites from at least one of these; no condition for ``None``."""
    if voivodeships is None:
        return None
    t = call_voivodeships.c
    return calls.c.call_id.in_(select(t.call_id).where(t.voivodeship.in_(voivodeships)))


def _calls(today: date) -> Select[Any]:
    return select(calls, state_on(today).label("state"))


def _read(row: Any) -> CallRow:
    return read_as(
        CallRow,
        row,
        kind=CallKind(row.kind),
        training_dates=tuple(date.fromisoformat(day) for day in row.training_dates),
        covered_costs=tuple(row.covered_costs),
        voivodeships=tuple(row.voivodeships),
        state=CallState(row.state),
    )

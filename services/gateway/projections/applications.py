"""``applications``: where each application stands, without any personal data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    func,
    select,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.jst_columns import jst_columns, jst_or_none, jst_values
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    equals,
    given,
    has_words,
    one_of,
    read_page,
)
from services.gateway.projections.polish import fold
from services.gateway.projections.rows import change_row, find_row, read_as, same_named
from shared.contracts import recruitment
from shared.contracts.base import JstKind, JstRef
from shared.contracts.recruitment import ApplicationStatus, CallKind, PublishedResult
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

applications = Table(
    "applications",
    metadata,
    Column("application_id", Uuid, primary_key=True),
    Column("call_id", Uuid, nullable=False),
    Column("edition_id", Uuid, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("receipt_number", String(40), nullable=False),
    Column("voivodeship", String(2), nullable=False),
    *jst_columns(nullable=True),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("is_late_admission", Boolean, nullable=False),
    Column("status", String(20), nullable=False),
    Column("status_since", UtcDateTime, nullable=False),
    Column("reserve_rank", Integer),
    Column("is_promoted", Boolean, nullable=False),
    Column("folded", Text, nullable=False),
    Index("applications_by_call", "call_id", "status"),
    Index("applications_by_edition", "edition_id", "kind"),
    Index("applications_by_jst", "jst_id"),
    Index("applications_by_voivodeship", "voivodeship"),
)


@dataclass(frozen=True)
class ApplicationRow:
    """An application. Names and answers are recruitment's to tell (``get_application``)."""

    application_id: UUID
    call_id: UUID
    edition_id: UUID
    kind: CallKind
    receipt_number: str
    voivodeship: str
    jst: JstRef | None
    """The JST that applies, or an expert's employer, as of the application."""
    submitted_at: datetime
    is_late_admission: bool
    status: ApplicationStatus
    """RECEIVED, CHECKED, DECIDED (inner) or WITHDRAWN; the published decision afterwards."""
    status_since: datetime
    reserve_rank: int | None
    is_promoted: bool
    """Qualified from the reserve list after publication."""


@dataclass(frozen=True, kw_only=True)
class ApplicationFilter(ListFilter):
    """Which applications."""

    call_id: UUID | None = None
    edition_id: UUID | None = None
    kind: CallKind | None = None
    status: ApplicationStatus | None = None
    voivodeships: tuple[str, ...] | None = None
    jst_id: UUID | None = None
    jst_ids: tuple[UUID, ...] | None = None
    jst_kind: JstKind | None = None
    text: str | None = None
    """Words of receipt number, JST name or code."""


@dataclass(frozen=True)
class ApplicationCounts:
    """How many applications a call has by where they stand; each is in exactly one of them."""

    received: int = 0
    checked: int = 0
    decided: int = 0
    withdrawn: int = 0
    qualified: int = 0
    reserve: int = 0
    rejected: int = 0

    @property
    def total(self) -> int:
        """All of them, the withdrawn too."""
        return self.standing + self.withdrawn

    @property
    def standing(self) -> int:
        """All but the withdrawn."""
        return (
            self.received + self.checked + self.decided
            + self.qualified + self.reserve + self.rejected
        )  # fmt: skip

    @property
    def waiting(self) -> int:
        """Those without a prepared decision."""
        return self.received + self.checked


class Applications(View):
    """One row for each application."""

    name = "applications"
    tables = (applications,)

    @handles(recruitment.ApplicationSubmitted)
    def on_submitted(
        self, connection: Connection, event: recruitment.ApplicationSubmitted, entry: JournalEntry
    ) -> None:
        """A row for the application."""
        jst = event.jst
        values = same_named(event, applications) | {
            "submitted_at": entry.time,
            "status": ApplicationStatus.RECEIVED.value,
            "status_since": entry.time,
            "is_promoted": False,
            "folded": fold(event.receipt_number, *((jst.name, jst.code) if jst else ())),
        }
        upsert(connection, applications, values | jst_values(jst), key=("application_id",))

    @handles(
        recruitment.ApplicationWithdrawn,
        recruitment.ApplicationChecked,
        recruitment.ApplicationDecided,
    )
    def on_step(
        self,
        connection: Connection,
        event: recruitment.ApplicationWithdrawn
        | recruitment.ApplicationChecked
        | recruitment.ApplicationDecided,
        entry: JournalEntry,
    ) -> None:
        """Where the application stands now."""
        self._set(connection, event.application_id, entry, status=_STATUS_AFTER[type(event)].value)

    @handles(recruitment.ResultsPublished)
    def on_results(
        self, connection: Connection, event: recruitment.ResultsPublished, entry: JournalEntry
    ) -> None:
        """The published decisions."""
        for result in event.results:
            self._publish(connection, result, entry)

    @handles(recruitment.ReservePromoted)
    def on_promoted(
        self, connection: Connection, event: recruitment.ReservePromoted, entry: JournalEntry
    ) -> None:
        """Qualified after all."""
        self._publish(connection, event.result, entry, is_promoted=True)

    def _publish(
        self, connection: Connection, result: PublishedResult, entry: JournalEntry, **more: Any
    ) -> None:
        values = {"status": result.decision.value, "reserve_rank": result.reserve_rank}
        self._set(connection, result.application_id, entry, **values, **more)

    def _set(
        self, connection: Connection, application_id: UUID, entry: JournalEntry, **values: Any
    ) -> None:
        key = {"application_id": application_id}
        change_row(connection, applications, key, values | {"status_since": entry.time})


_STATUS_AFTER = {
    recruitment.ApplicationWithdrawn: ApplicationStatus.WITHDRAWN,
    recruitment.ApplicationChecked: ApplicationStatus.CHECKED,
    recruitment.ApplicationDecided: ApplicationStatus.DECIDED,
}


def list_applications(connection: Connection, filters: ApplicationFilter) -> Page[ApplicationRow]:
    """Applications, the oldest first."""
    t = applications.c
    query = select(applications).where(
        given(
            equals(t.call_id, filters.call_id),
            equals(t.edition_id, filters.edition_id),
            equals(t.kind, filters.kind),
            equals(t.status, filters.status),
            one_of(t.voivodeship, filters.voivodeships),
            equals(t.jst_id, filters.jst_id),
            one_of(t.jst_id, filters.jst_ids),
            equals(t.jst_kind, filters.jst_kind),
            has_words(t.folded, filters.text),
        )
    )
    return read_page(connection, query, filters, (t.submitted_at, t.application_id), _read)


def find_application(connection: Connection, application_id: UUID) -> ApplicationRow | None:
    """An application by its id."""
    row = find_row(connection, applications, application_id=application_id)
    return _read(row) if row else None


def counts_by_call(
    connection: Connection,
    call_ids: Collection[UUID] | None = None,
    voivodeships: tuple[str, ...] | None = None,
) -> dict[UUID, ApplicationCounts]:
    """Numbers of applications by call and status.

    Args:
        connection: To the gateway's database.
        call_ids: Only of these calls; all for ``None``.
        voivodeships: Only applications from these; all for ``None``.

    Returns:
        Counts >= 0 by call id, unit: applications. A call without any application has no key when
        all were asked for, and zeros when it was named.

    Source:
        Domain handbook section 4: receipt, assessment, decision and publication are four facts.
    """
    t = applications.c
    query = (
        select(t.call_id, t.status, func.count().label("number"))
        .where(given(one_of(t.call_id, call_ids), one_of(t.voivodeship, voivodeships)))
        .group_by(t.call_id, t.status)
    )
    counts: dict[UUID, dict[str, int]] = {call_id: {} for call_id in call_ids or ()}
    for row in connection.execute(query):
        counts.setdefault(row.call_id, {})[row.status.lower()] = row.number
    return {call_id: ApplicationCounts(**numbers) for call_id, numbers in counts.items()}


def _read(row: Any) -> ApplicationRow:
    return read_as(
        ApplicationRow,
        row,
        kind=CallKind(row.kind),
        jst=jst_or_none(row),
        status=ApplicationStatus(row.status),
    )

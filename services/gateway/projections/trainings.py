"""``trainings``: trainings of experts, who is enrolled, who was present, who completed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
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
from services.gateway.projections.applications import applications
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    equals,
    given,
    has_words,
    is_set,
    one_of,
    read_page,
)
from services.gateway.projections.polish import fold
from services.gateway.projections.rows import change_row, find_row, read_as, same_named
from shared.contracts import recruitment
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import TrainingMode
from shared.kernel.clock import local_day
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

trainings = Table(
    "trainings",
    metadata,
    Column("training_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("role", String(10), nullable=False),
    Column("title", String(200), nullable=False),
    Column("mode", String(10), nullable=False),
    Column("venue", String(200), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("completed_at", UtcDateTime),
    Column("folded", Text, nullable=False),
    Index("trainings_by_edition", "edition_id", "role"),
)

training_sessions = Table(
    "training_sessions",
    metadata,
    Column("training_id", Uuid, primary_key=True),
    Column("session_key", String(200), primary_key=True),
    Column("held_on", Date, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("present", JSON(none_as_null=True)),
    Column("recorded_at", UtcDateTime),
)

training_participants = Table(
    "training_participants",
    metadata,
    Column("training_id", Uuid, primary_key=True),
    Column("application_id", Uuid, primary_key=True),
    Column("voivodeship", String(2), nullable=False),
    Column("enrolled_at", UtcDateTime, nullable=False),
    Column("has_completed", Boolean),
    Index("training_participants_by_application", "application_id"),
)


@dataclass(frozen=True)
class SessionRow:
    """One day of a training."""

    key: str
    held_on: date
    hours: int
    topics: tuple[str, ...]
    present: tuple[UUID, ...] | None
    """Application ids of those present; ``None`` while attendance is not recorded."""
    recorded_at: datetime | None


@dataclass(frozen=True)
class ParticipantRow:
    """A candidate enrolled in a training; the name is recruitment's to tell."""

    application_id: UUID
    receipt_number: str | None
    voivodeship: str
    enrolled_at: datetime
    hours_attended: int
    """Sum of the hours of the sessions at which the candidate was recorded as present."""
    has_completed: bool | None
    """``None`` until the training is completed."""


@dataclass(frozen=True)
class TrainingRow:
    """A training with its numbers."""

    training_id: UUID
    edition_id: UUID
    role: ExpertRole
    title: str
    mode: TrainingMode
    venue: str
    capacity: int
    starts_on: date
    ends_on: date
    hours: int
    """Sum of the hours of all sessions."""
    planned_at: datetime
    completed_at: datetime | None
    sessions: tuple[SessionRow, ...]
    enrolled: int
    sessions_recorded: int
    completed: int
    not_completed: int

    @property
    def places_left(self) -> int:
        """Capacity not taken up; >= 0."""
        return max(0, self.capacity - self.enrolled)


@dataclass(frozen=True, kw_only=True)
class TrainingFilter(ListFilter):
    """Which trainings. A training belongs to no voivodeship."""

    edition_id: UUID | None = None
    role: ExpertRole | None = None
    is_completed: bool | None = None
    application_id: UUID | None = None
    """Those in which this candidate is enrolled."""
    text: str | None = None


class Trainings(View):
    """One row for each training, session and participant."""

    name = "trainings"
    tables = (trainings, training_sessions, training_participants)

    @handles(recruitment.TrainingPlanned)
    def on_planned(
        self, connection: Connection, event: recruitment.TrainingPlanned, entry: JournalEntry
    ) -> None:
        """A row for the training and for each session."""
        days = [session.held_on for session in event.sessions] or [local_day(entry.time)]
        values = same_named(event, trainings) | {
            "starts_on": min(days),
            "ends_on": max(days),
            "planned_at": entry.time,
            "folded": fold(event.title, event.venue),
        }
        upsert(connection, trainings, values, key=("training_id",))
        for session in event.sessions:
            values = {
                "training_id": event.training_id,
                "session_key": session.key,
                "held_on": session.held_on,
                "hours": session.hours,
                "topics": list(session.topics),
            }
            upsert(connection, training_sessions, values, key=("training_id", "session_key"))

    @handles(recruitment.CandidateEnrolled)
    def on_enrolled(
        self, connection: Connection, event: recruitment.CandidateEnrolled, entry: JournalEntry
    ) -> None:
        """A row for the participant."""
        values = same_named(event, training_participants) | {"enrolled_at": entry.time}
        key = ("training_id", "application_id")
        upsert(connection, training_participants, values, key=key)

    @handles(recruitment.AttendanceRecorded)
    def on_attendance(
        self, connection: Connection, event: recruitment.AttendanceRecorded, entry: JournalEntry
    ) -> None:
        """Who was there; a later record replaces the earlier."""
        key = {"training_id": event.training_id, "session_key": event.session_key}
        values = {"present": [str(one) for one in event.present], "recorded_at": entry.time}
        change_row(connection, training_sessions, key, values)

    @handles(recruitment.TrainingCompleted)
    def on_completed(
        self, connection: Connection, event: recruitment.TrainingCompleted, entry: JournalEntry
    ) -> None:
        """Who completed it."""
        key = {"training_id": event.training_id}
        change_row(connection, trainings, key, {"completed_at": entry.time})
        outcomes = dict.fromkeys(event.not_completed, False) | dict.fromkeys(event.completed, True)
        for application_id, has_completed in outcomes.items():
            one = key | {"application_id": application_id}
            change_row(connection, training_participants, one, {"has_completed": has_completed})


def list_trainings(connection: Connection, filters: TrainingFilter) -> Page[TrainingRow]:
    """Trainings, the latest first day first."""
    t, p = trainings.c, training_participants.c
    enrolled = select(p.training_id).where(p.application_id == filters.application_id)
    query = select(trainings).where(
        given(
            equals(t.edition_id, filters.edition_id),
            equals(t.role, filters.role),
            is_set(t.completed_at, filters.is_completed),
            t.training_id.in_(enrolled) if filters.application_id else None,
            has_words(t.folded, filters.text),
        )
    )
    page = read_page(connection, query, filters, (t.starts_on.desc(), t.training_id), lambda r: r)
    return Page(_complete(connection, page.rows), page.total, page.offset, page.limit)


def find_training(connection: Connection, training_id: UUID) -> TrainingRow | None:
    """A training by its id."""
    row = find_row(connection, trainings, training_id=training_id)
    return _complete(connection, (row,))[0] if row else None


def participants(
    connection: Connection, training_id: UUID, voivodeships: tuple[str, ...] | None = None
) -> list[ParticipantRow]:
    """Who is enrolled in a training, in the order of enrolment.

    ``hours_attended`` is the sum of the hours of the sessions at which the candidate was recorded
    as present, >= 0; sessions without recorded attendance add nothing.
    """
    p = training_participants.c
    query = (
        select(training_participants, applications.c.receipt_number)
        .outerjoin(applications, applications.c.application_id == p.application_id)
        .where(given(p.training_id == training_id, one_of(p.voivodeship, voivodeships)))
        .order_by(p.enrolled_at, p.application_id)
    )
    sessions = _sessions(connection, [training_id]).get(training_id, [])
    return [
        ParticipantRow(
            application_id=row.application_id,
            receipt_number=row.receipt_number,
            voivodeship=row.voivodeship,
            enrolled_at=row.enrolled_at,
            hours_attended=sum(
                s.hours for s in sessions if row.application_id in (s.present or ())
            ),
            has_completed=row.has_completed,
        )
        for row in connection.execute(query)
    ]


def _complete(connection: Connection, rows: Sequence[Any]) -> tuple[TrainingRow, ...]:
    """Training rows with their sessions and numbers of participants."""
    ids = [row.training_id for row in rows]
    sessions = _sessions(connection, ids)
    outcomes = _outcomes(connection, ids)
    return tuple(
        _read(row, sessions.get(row.training_id, []), outcomes.get(row.training_id, Counter()))
        for row in rows
    )


def _sessions(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[SessionRow]]:
    t = training_sessions.c
    query = select(training_sessions).where(t.training_id.in_(ids))
    found: dict[UUID, list[SessionRow]] = {}
    for row in connection.execute(query.order_by(t.held_on, t.session_key)):
        present = None if row.present is None else tuple(UUID(one) for one in row.present)
        session = SessionRow(
            row.session_key, row.held_on, row.hours, tuple(row.topics), present, row.recorded_at
        )
        found.setdefault(row.training_id, []).append(session)
    return found


def _outcomes(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Counter[bool | None]]:
    p = training_participants.c
    query = select(p.training_id, p.has_completed, func.count().label("number"))
    found: dict[UUID, Counter[bool | None]] = {}
    for row in connection.execute(
        query.where(p.training_id.in_(ids)).group_by(p.training_id, p.has_completed)
    ):
        found.setdefault(row.training_id, Counter())[row.has_completed] = row.number
    return found


def _read(row: Any, sessions: list[SessionRow], outcomes: Counter[bool | None]) -> TrainingRow:
    return read_as(
        TrainingRow,
        row,
        role=ExpertRole(row.role),
        mode=TrainingMode(row.mode),
        hours=sum(session.hours for session in sessions),
        sessions=tuple(sessions),
        enrolled=outcomes.total(),
        sessions_recorded=sum(1 for session in sessions if session.present is not None),
        completed=outcomes[True],
        not_completed=outcomes[False],
    )

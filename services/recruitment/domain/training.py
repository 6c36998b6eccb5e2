"""Training: sessions for qualified candidates, from the plan to who completed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from eventsourcing.domain import event

from services.recruitment.domain.errors import (
    AlreadyEnrolledError,
    AttendanceMissingError,
    NotEnrolledError,
    SessionRepeatedError,
    SessionUnknownError,
    TrainingCompletedError,
    TrainingFullError,
)
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import TrainingMode, TrainingSession
from shared.kernel.aggregate import Aggregate, FirstEvent


class Plan(NamedTuple):
    """What a training is planned as."""

    edition_id: UUID
    role: ExpertRole
    title: str
    mode: TrainingMode
    venue: str
    capacity: int
    sessions: Sequence[TrainingSession]
    minimum_attendance_pct: int


class Training(Aggregate):
    """A training of experts of one role."""

    TOPIC = "recruitment.Training"

    class Planned(Aggregate.Event, FirstEvent):
        """The training was planned."""

        TOPIC = "recruitment.TrainingPlanned"
        edition_id: UUID
        role: str
        title: str
        mode: str
        venue: str
        capacity: int
        sessions: list[TrainingSession]
        minimum_attendance_pct: int

    class CandidateEnrolled(Aggregate.Event):
        """A qualified candidate got a place."""

        TOPIC = "recruitment.TrainingCandidateEnrolled"
        application_id: UUID
        voivodeship: str

    class AttendanceRecorded(Aggregate.Event):
        """Who was present at one session; replaces an earlier record of the same session."""

        TOPIC = "recruitment.TrainingAttendanceRecorded"
        session_key: str
        present: list[UUID]

    class Completed(Aggregate.Event):
        """The training ended; who attended enough, and who did not."""

        TOPIC = "recruitment.TrainingCompleted"
        completed: list[UUID]
        not_completed: list[UUID]

    @classmethod
    def plan(cls, plan: Plan) -> Training:
        """Plan a training whose sessions can be told apart."""
        key, count = Counter(session.key for session in plan.sessions).most_common(1)[0]
        if count > 1:
            raise SessionRepeatedError(field="sessions", session_key=key)
        return cls(
            edition_id=plan.edition_id,
            role=plan.role.value,
            title=plan.title,
            mode=plan.mode.value,
            venue=plan.venue,
            capacity=plan.capacity,
            sessions=list(plan.sessions),
            minimum_attendance_pct=plan.minimum_attendance_pct,
        )

    @event(Planned)
    def __init__(
        self,
        *,
        edition_id: UUID,
        role: str,
        title: str,
        mode: str,
        venue: str,
        capacity: int,
        sessions: list[TrainingSession],
        minimum_attendance_pct: int,
    ) -> None:
        self.edition_id = edition_id
        self.role = ExpertRole(role)
        self.title = title
        self.mode = TrainingMode(mode)
        self.venue = venue
        self.capacity = capacity
        self.sessions = sessions
        self.minimum_attendance_pct = minimum_attendance_pct
        self.participants: list[UUID] = []
        self.attendance: dict[str, list[UUID]] = {}
        self.completed: list[UUID] | None = None

    @property
    def is_completed(self) -> bool:
        """Whether the training has ended."""
        return self.completed is not None

    def enrol(self, application_id: UUID, voivodeship: str) -> None:
        """Give a qualified candidate a place."""
        self._refuse_if_completed()
        if application_id in self.participants:
            raise AlreadyEnrolledError(field="application_id")
        if len(self.participants) >= self.capacity:
            raise TrainingFullError(capacity=self.capacity)
        self._enrol(application_id=application_id, voivodeship=voivodeship)

    def record_attendance(self, session_key: str, present: Sequence[UUID]) -> None:
        """Record who was present at a session; a second record replaces the first."""
        self._refuse_if_completed()
        if session_key not in {session.key for session in self.sessions}:
            raise SessionUnknownError(field="session_key", session_key=session_key)
        for application_id in present:
            if application_id not in self.participants:
                raise NotEnrolledError(field="present", application_id=str(application_id))
        self._record_attendance(session_key=session_key, present=list(dict.fromkeys(present)))

    def complete(self) -> tuple[list[UUID], list[UUID]]:
        """End the training once the attendance of every session is known.

        Returns:
            Who completed it and who did not, each in the order of enrolment.
        """
        self._refuse_if_completed()
        missing = [session.key for session in self.sessions if session.key not in self.attendance]
        if missing:
            raise AttendanceMissingError(session_keys=", ".join(missing))
        total = sum(session.hours for session in self.sessions)
        outcome: tuple[list[UUID], list[UUID]] = ([], [])
        for participant in self.participants:
            hours = self.hours_attended(participant)
            is_enough = has_attended_enough(hours, total, self.minimum_attendance_pct)
            outcome[0 if is_enough else 1].append(participant)
        completed, not_completed = outcome
        self._complete(completed=completed, not_completed=not_completed)
        return completed, not_completed

    def sessions_attended(self, application_id: UUID) -> list[TrainingSession]:
        """Sessions at which a participant was recorded as present, in the order of the plan."""
        return [s for s in self.sessions if application_id in self.attendance.get(s.key, ())]

    def hours_attended(self, application_id: UUID) -> int:
        """Hours of the sessions at which a participant was present; 0 before any record."""
        return sum(session.hours for session in self.sessions_attended(application_id))

    @event(CandidateEnrolled)
    def _enrol(self, application_id: UUID, voivodeship: str) -> None:
        self.participants.append(application_id)

    @event(AttendanceRecorded)
    def _record_attendance(self, session_key: str, present: list[UUID]) -> None:
        self.attendance[session_key] = present

    @event(Completed)
    def _complete(self, completed: list[UUID], not_completed: list[UUID]) -> None:
        self.completed = completed

    def _refuse_if_completed(self) -> None:
        if self.is_completed:
            raise TrainingCompletedError


def has_attended_enough(hours_attended: int, hours_total: int, minimum_pct: int) -> bool:
    """Whether a participant completes a training.

    Args:
        hours_attended: Hours of the sessions attended; 0 to ``hours_total``.
        hours_total: Hours of all sessions; at least 1.
        minimum_pct: Share of the hours that must be attended, in [1, 100].

    Returns:
        True when attended hours / total hours * 100 >= ``minimum_pct``; compared in whole
        numbers, so exactly the minimum is enough.

    Source:
        Domain rule DR-12: completion is derived from the rule configured for the training.
    """
    return hours_attended * 100 >= minimum_pct * hours_total

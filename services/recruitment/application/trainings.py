"""Use cases of trainings, up to the experts who come out of them."""

from __future__ import annotations

from services.recruitment.domain.application_form import Application
from services.recruitment.domain.edition import Edition
from services.recruitment.domain.expert import Expert, expert_id
from services.recruitment.domain.training import Plan, Training
from services.recruitment.projections.applications import find_applications
from services.recruitment.projections.roster import known_experts
from shared.contracts.base import CreatedAnswer, DoneAnswer
from shared.contracts.recruitment import (
    ApplicationAnswer,
    CompleteTraining,
    EnrolCandidate,
    Participant,
    PlanTraining,
    RecordAttendance,
    TrainingAnswer,
    TrainingOutcome,
    TrainingQuery,
)
from shared.kernel.application import ServiceApplication


class TrainingUseCases(ServiceApplication):
    """What can be asked about trainings."""

    def plan_training(self, request: PlanTraining) -> CreatedAnswer:
        """Plan a training of experts.

        Raises:
            NotFoundError: No such edition.
            SessionRepeatedError: Two sessions have one key.

        Records:
            ``recruitment.TrainingPlanned``
        """
        self.load(Edition, request.edition_id)
        training = Training.plan(Plan(**{name: getattr(request, name) for name in Plan._fields}))
        self.save(training)
        return CreatedAnswer(id=training.id)

    def enrol_candidate(self, request: EnrolCandidate) -> DoneAnswer:
        """Give a qualified candidate a place.

        Raises:
            NotFoundError: No such training or application.
            NotQualifiedError: The candidate is not qualified for the training's role.
            AlreadyEnrolledError: They have a place.
            TrainingFullError: All places are taken.
            TrainingCompletedError: The training has ended.

        Records:
            ``recruitment.TrainingCandidateEnrolled``
        """
        training = self.load(Training, request.training_id)
        application = self.load(Application, request.application_id)
        application.refuse_unless_qualified(training.role)
        training.enrol(application.id, application.voivodeship)
        self.save(training)
        return DoneAnswer()

    def record_attendance(self, request: RecordAttendance) -> DoneAnswer:
        """Record who was present at a session; a second record replaces the first.

        Raises:
            NotFoundError: No such training.
            StaleVersionError: Somebody enrolled or recorded meanwhile.
            SessionUnknownError: It has no such session.
            NotEnrolledError: Somebody present is not enrolled.
            TrainingCompletedError: The training has ended.

        Records:
            ``recruitment.TrainingAttendanceRecorded``
        """
        training = self.load(Training, request.training_id, request.expected_version)
        training.record_attendance(request.session_key, request.present)
        self.save(training)
        return DoneAnswer()

    def complete_training(self, request: CompleteTraining) -> TrainingOutcome:
        """End a training; who attended enough enters the roster, who is there already stays.

        Raises:
            NotFoundError: No such training.
            AttendanceMissingError: The attendance of a session is not known.
            TrainingCompletedError: It has ended before.

        Records:
            ``recruitment.TrainingCompleted``, and ``recruitment.ExpertEnteredRoster`` for each
            new expert.
        """
        training = self.load(Training, request.training_id)
        completed, not_completed = training.complete()
        experts = {application_id: expert_id(application_id) for application_id in completed}
        with self.database.reading() as connection:
            known = known_experts(connection, experts.values())
        new = [a for a in completed if experts[a] not in known]
        self.save(training, *(self._new_expert(training, self.load(Application, a)) for a in new))
        return TrainingOutcome(experts=experts, not_completed=tuple(not_completed))

    def get_training(self, request: TrainingQuery) -> TrainingAnswer:
        """One training with its participants.

        Raises:
            NotFoundError: No such training.
        """
        training = self.load(Training, request.training_id)
        with self.database.reading() as connection:
            found = find_applications(connection, training.participants)
        return TrainingAnswer(
            training_id=training.id,
            edition_id=training.edition_id,
            role=training.role,
            title=training.title,
            mode=training.mode,
            venue=training.venue,
            capacity=training.capacity,
            minimum_attendance_pct=training.minimum_attendance_pct,
            sessions=tuple(training.sessions),
            participants=tuple(_participant(training, found[a]) for a in training.participants),
            is_completed=training.is_completed,
            version=training.version,
        )

    def _new_expert(self, training: Training, application: Application) -> Expert:
        return Expert(
            application_id=application.id,
            training_id=training.id,
            edition_id=training.edition_id,
            role=training.role.value,
            voivodeship=application.voivodeship,
            employer_jst=application.jst,
            training_hours=training.hours_attended(application.id),
        )


def _participant(training: Training, application: ApplicationAnswer) -> Participant:
    application_id = application.application_id
    attended = training.sessions_attended(application_id)
    return Participant(
        application_id=application_id,
        full_name=application.applicant.full_name if application.applicant else None,
        receipt_number=application.receipt_number,
        hours_attended=sum(session.hours for session in attended),
        attended_sessions=tuple(session.key for session in attended),
        has_completed=(
            None if training.completed is None else application_id in training.completed
        ),
    )

"""Which of recruitment's domain events others see, and in which shape. No person stands in any."""

from __future__ import annotations

from services.recruitment.domain.application_form import Application
from services.recruitment.domain.call import Call
from services.recruitment.domain.edition import Edition
from services.recruitment.domain.expert import Expert
from services.recruitment.domain.local_government import LocalGovernment
from services.recruitment.domain.register_import import RegisterImport
from services.recruitment.domain.training import Training
from shared.contracts import recruitment as contracts
from shared.contracts.base import ExpertRole, JstKind
from shared.kernel.publication import Publications

publications = Publications("recruitment")

# --- editions and register ----------------------------------------------------------------------


@publications.of(Edition.Created)
def edition_created(event: Edition.Created) -> contracts.EditionCreated:
    """All of the configuration is public."""
    return contracts.EditionCreated(
        edition_id=event.originator_id, configuration=event.configuration
    )


@publications.of(Edition.Reconfigured)
def edition_reconfigured(event: Edition.Reconfigured) -> contracts.EditionReconfigured:
    """All of the configuration is public."""
    return contracts.EditionReconfigured(
        edition_id=event.originator_id, configuration=event.configuration
    )


@publications.of(LocalGovernment.Registered)
def jst_registered(event: LocalGovernment.Registered) -> contracts.LocalGovernmentRegistered:
    """The register is public."""
    return contracts.LocalGovernmentRegistered(jst=event.jst, state_on=event.state_on)


@publications.of(LocalGovernment.Reopened)
def jst_reopened(event: LocalGovernment.Reopened) -> contracts.LocalGovernmentRegistered:
    """To others a JST that is back is one more that is there."""
    return contracts.LocalGovernmentRegistered(jst=event.jst, state_on=event.state_on)


@publications.of(LocalGovernment.Renamed)
def jst_renamed(event: LocalGovernment.Renamed) -> contracts.LocalGovernmentRenamed:
    """When only the county's name changed, the previous name is the present one."""
    return contracts.LocalGovernmentRenamed(
        jst=event.jst, previous_name=event.previous_name, state_on=event.state_on
    )


@publications.of(LocalGovernment.KindChanged)
def jst_kind_changed(event: LocalGovernment.KindChanged) -> contracts.LocalGovernmentKindChanged:
    """Others may hold the previous code."""
    return contracts.LocalGovernmentKindChanged(
        jst=event.jst,
        previous_kind=JstKind(event.previous_kind),
        previous_code=event.previous_code,
        state_on=event.state_on,
    )


@publications.of(LocalGovernment.Closed)
def jst_closed(event: LocalGovernment.Closed) -> contracts.LocalGovernmentClosed:
    """The JST as it was last."""
    return contracts.LocalGovernmentClosed(jst=event.jst, state_on=event.state_on)


@publications.of(RegisterImport.Completed)
def register_imported(event: RegisterImport.Completed) -> contracts.RegisterImported:
    """The counts, to name the state and the source beside what is shown."""
    return contracts.RegisterImported(
        import_id=event.originator_id,
        state_on=event.state_on,
        registered=event.registered,
        renamed=event.renamed,
        kind_changed=event.kind_changed,
        closed=event.closed,
        unchanged=event.unchanged,
    )


# --- calls --------------------------------------------------------------------------------------


@publications.of(Call.Published)
def call_published(event: Call.Published) -> contracts.CallPublished:
    """The announcement; drafts stay inside."""
    return contracts.CallPublished(
        call_id=event.originator_id,
        edition_id=event.edition_id,
        voivodeships=tuple(event.voivodeships),
        **event.announcement.model_dump(),
    )


@publications.of(Call.Extended)
def call_extended(event: Call.Extended) -> contracts.CallExtended:
    """Both days, so that the page can show the deadline as of any day."""
    return contracts.CallExtended(
        call_id=event.originator_id,
        closes_on=event.closes_on,
        previous_closes_on=event.previous_closes_on,
        reason=event.reason,
    )


@publications.of(Call.Closed)
def call_closed(event: Call.Closed) -> contracts.CallClosed:
    """Nobody can apply any more."""
    return contracts.CallClosed(call_id=event.originator_id)


@publications.of(Call.Cancelled)
def call_cancelled(event: Call.Cancelled) -> contracts.CallCancelled | None:
    """A draft that is dropped concerns nobody outside."""
    if not event.was_public:
        return None
    return contracts.CallCancelled(call_id=event.originator_id, reason=event.reason)


@publications.of(Call.ResultsPublished)
def results_published(event: Call.ResultsPublished) -> contracts.ResultsPublished:
    """The complete list."""
    return contracts.ResultsPublished(
        call_id=event.originator_id,
        edition_id=event.edition_id,
        kind=contracts.CallKind(event.kind),
        slug=event.slug,
        results=tuple(event.results),
    )


# --- applications -------------------------------------------------------------------------------


@publications.of(Application.Submitted)
def application_submitted(event: Application.Submitted) -> contracts.ApplicationSubmitted:
    """That it was received; the access key and the person stay inside."""
    return contracts.ApplicationSubmitted(
        application_id=event.originator_id,
        call_id=event.call_id,
        edition_id=event.edition_id,
        kind=contracts.CallKind(event.kind),
        receipt_number=event.receipt_number,
        voivodeship=event.voivodeship,
        jst=event.jst,
        is_late_admission=event.is_late_admission,
    )


@publications.of(Application.Withdrawn)
def application_withdrawn(event: Application.Withdrawn) -> contracts.ApplicationWithdrawn:
    """That it was taken back."""
    return contracts.ApplicationWithdrawn(application_id=event.originator_id, call_id=event.call_id)


@publications.of(Application.Checked)
def application_checked(event: Application.Checked) -> contracts.ApplicationChecked:
    """That it was checked; with which outcome stays inside."""
    return contracts.ApplicationChecked(application_id=event.originator_id, call_id=event.call_id)


@publications.of(Application.Decided)
def application_decided(event: Application.Decided) -> contracts.ApplicationDecided:
    """That a decision is prepared; which one stays inside until the results."""
    return contracts.ApplicationDecided(application_id=event.originator_id, call_id=event.call_id)


@publications.of(Application.ApplicantErased)
def applicant_erased(event: Application.ApplicantErased) -> contracts.ApplicantErased:
    """That copies have to go too; why stays inside."""
    return contracts.ApplicantErased(application_id=event.originator_id, call_id=event.call_id)


@publications.of(Application.Promoted)
def reserve_promoted(event: Application.Promoted) -> contracts.ReservePromoted:
    """The row of the results as it is now."""
    return contracts.ReservePromoted(
        call_id=event.call_id,
        edition_id=event.edition_id,
        kind=contracts.CallKind(event.kind),
        result=event.result,
        reason=event.reason,
    )


# --- training and roster ------------------------------------------------------------------------


@publications.of(Training.Planned)
def training_planned(event: Training.Planned) -> contracts.TrainingPlanned:
    """The plan; the rule of completion stays inside."""
    return contracts.TrainingPlanned(
        training_id=event.originator_id,
        edition_id=event.edition_id,
        role=ExpertRole(event.role),
        title=event.title,
        mode=contracts.TrainingMode(event.mode),
        venue=event.venue,
        capacity=event.capacity,
        sessions=tuple(event.sessions),
    )


@publications.of(Training.CandidateEnrolled)
def candidate_enrolled(event: Training.CandidateEnrolled) -> contracts.CandidateEnrolled:
    """By application id."""
    return contracts.CandidateEnrolled(
        training_id=event.originator_id,
        application_id=event.application_id,
        voivodeship=event.voivodeship,
    )


@publications.of(Training.AttendanceRecorded)
def attendance_recorded(event: Training.AttendanceRecorded) -> contracts.AttendanceRecorded:
    """By application id."""
    return contracts.AttendanceRecorded(
        training_id=event.originator_id,
        session_key=event.session_key,
        present=tuple(event.present),
    )


@publications.of(Training.Completed)
def training_completed(event: Training.Completed) -> contracts.TrainingCompleted:
    """By application id."""
    return contracts.TrainingCompleted(
        training_id=event.originator_id,
        completed=tuple(event.completed),
        not_completed=tuple(event.not_completed),
    )


@publications.of(Expert.EnteredRoster)
def expert_entered_roster(event: Expert.EnteredRoster) -> contracts.ExpertEnteredRoster:
    """By id; the name is asked for where it may be shown."""
    return contracts.ExpertEnteredRoster(
        expert_id=event.originator_id,
        application_id=event.application_id,
        training_id=event.training_id,
        edition_id=event.edition_id,
        role=ExpertRole(event.role),
        voivodeship=event.voivodeship,
        employer_jst=event.employer_jst,
        training_hours=event.training_hours,
    )


@publications.of(Expert.LeftRoster)
def expert_left_roster(event: Expert.LeftRoster) -> contracts.ExpertLeftRoster:
    """The reason as a code, never as a text about a person."""
    return contracts.ExpertLeftRoster(expert_id=event.originator_id, reason_code=event.reason_code)

"""Trainings of experts: plan, enrol, attendance for each session, the end with its outcome."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from services.gateway import labels
from services.gateway.accounts import Role
from services.gateway.auth import principal
from services.gateway.clients import services
from services.gateway.i18n import format_day, ngettext
from services.gateway.i18n import gettext as _
from services.gateway.pages import Filter, Filters, choices, success
from services.gateway.panel import (
    Act,
    ActForm,
    Answered,
    Names,
    act_page,
    all_editions,
    area,
    as_uuid,
    csv_answer,
    done,
    edition_filter,
    edition_title,
    found,
    is_posted,
    posted_or_empty,
    read_list,
    reading,
    wants_csv,
)
from services.gateway.projections import trainings as trainings_view
from services.gateway.projections.trainings import (
    TrainingFilter,
    find_training,
)
from services.gateway.rows_of_forms import change_rows, numbers_of, put_rows
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import (
    ApplicationsQuery,
    ApplicationStatus,
    CompleteTraining,
    EnrolCandidate,
    Participant,
    PlanTraining,
    RecordAttendance,
    TrainingAnswer,
    TrainingQuery,
)
from shared.kernel.refusal import NotFoundError

blueprint = area("trainings")

SESSION_FIELDS = ("held_on-day", "held_on-month", "held_on-year", "hours", "topics")
FULL_SHARE_PCT = 100
MOST_CANDIDATES = 500


@blueprint.get("/panel/szkolenia")
def list_trainings() -> Answered:
    """Trainings, the latest first."""
    filters = Filters(
        (
            Filter("rola", _("Role"), (("", _("all")), ("ROS", "ROS"), ("PRO", "PRO"))),
            Filter(
                "stan",
                _("State"),
                (("", _("all")), ("trwa", _("not completed")), ("koniec", _("completed"))),
            ),
            edition_filter(),
            Filter("szukaj", _("Words")),
        )
    )
    role, state = filters["rola"], filters["stan"]
    rows, paging = read_list(
        trainings_view.list_trainings,
        TrainingFilter(
            role=ExpertRole(role) if role else None,
            is_completed=None if state is None else state == "koniec",
            edition_id=as_uuid(filters["edycja"]),
            text=filters["szukaj"],
        ),
    )
    if wants_csv():
        return csv_answer(
            "szkolenia",
            (
                _("Title"),
                _("Role"),
                _("Edition"),
                _("Mode"),
                _("Venue"),
                _("First day"),
                _("Last day"),
                _("Hours"),
                _("Capacity"),
                _("Enrolled"),
                _("Completed"),
            ),
            (
                (
                    row.title,
                    row.role.value,
                    Names.edition(row.edition_id),
                    labels.label(labels.TRAINING_MODES, row.mode),
                    row.venue,
                    row.starts_on.isoformat(),
                    row.ends_on.isoformat(),
                    row.hours,
                    row.capacity,
                    row.enrolled,
                    row.completed,
                )
                for row in rows
            ),
        )
    return render_template("trainings/list.html", filters=filters, rows=rows, paging=paging)


@blueprint.get("/panel/szkolenia/<uuid:training_id>")
def show_training(training_id: UUID) -> str:
    """One training: sessions, participants (their names for programme staff), what is next."""
    with reading() as connection:
        row = found(find_training(connection, training_id), "training", training_id)
        people = trainings_view.participants(
            connection, training_id, principal().scope.voivodeships or None
        )
    answer = _answer(training_id) if principal().has(Role.PROGRAMME_STAFF) else None
    names = {p.application_id: p.full_name for p in answer.participants} if answer else {}
    return render_template(
        "trainings/show.html", row=row, people=people, answer=answer, full_names=names
    )


@blueprint.route("/panel/szkolenia/nowe", methods=["GET", "POST"])
def plan_training() -> Answered:
    """Plan a training with its sessions."""
    form = posted_or_empty(_first_values())
    act = Act(
        title=_("New training"), button=_("Plan the training"), back=url_for(".list_trainings")
    )
    more = {
        "editions": [(str(e.edition_id), edition_title(e)) for e in all_editions().values()],
        "roles": choices(labels.EXPERT_ROLES),
        "modes": choices(labels.TRAINING_MODES),
    }
    is_changed = is_posted() and change_rows(form, {"sessions": SESSION_FIELDS})
    if is_posted() and not is_changed:
        answer = form.send(
            services().recruitment.plan_training,
            PlanTraining,
            _plan(form),
            messages=_plan_messages(),
        )
        if answer is not None:
            return done(
                _("The training was planned."),
                url_for(".show_training", training_id=answer.id),
            )
    return act_page(act, form, "trainings/form.html", sessions=numbers_of(form, "sessions"), **more)


@blueprint.route("/panel/szkolenia/<uuid:training_id>/uczestnicy", methods=["GET", "POST"])
def enrol(training_id: UUID) -> Answered:
    """Give places to several qualified candidates at once; the result is told for each."""
    answer = _answer(training_id)
    enrolled = {p.application_id for p in answer.participants}
    candidates = [
        candidate
        for candidate in services()
        .recruitment.list_applications(
            ApplicationsQuery(status=ApplicationStatus.QUALIFIED, limit=MOST_CANDIDATES)
        )
        .applications
        if candidate.kind.value == answer.role.value and candidate.application_id not in enrolled
    ]
    items = [
        (
            str(c.application_id),
            c.applicant.full_name if c.applicant else c.receipt_number,
            f"{c.receipt_number}, {labels.voivodeship(c.voivodeship)}",
        )
        for c in candidates
    ]
    form = posted_or_empty()
    act = Act(
        title=_("Enrol candidates"),
        caption=answer.title,
        button=_("Enrol the chosen"),
        back=url_for(".show_training", training_id=training_id),
        lead=ngettext(
            "%(num)s place is left.",
            "%(num)s places are left.",
            max(0, answer.capacity - len(enrolled)),
        ),
    )
    if is_posted():
        chosen = [id_ for id_ in form.texts("candidates") if id_ in {item[0] for item in items}]
        if not chosen:
            form.add_error("candidates", _("Choose at least one candidate"))
        number = _enrol_each(form, training_id, chosen) if form.is_valid else 0
        if number:
            said = ngettext(
                "%(num)s candidate was enrolled.", "%(num)s candidates were enrolled.", number
            )
            if form.is_valid:
                return done(said, act.back)
            success(said)
            form.add_error("", _("Not all of the chosen were enrolled."))
    return act_page(act, form, "trainings/enrol.html", items=items)


@blueprint.route(
    "/panel/szkolenia/<uuid:training_id>/obecnosc/<session_key>", methods=["GET", "POST"]
)
def record_attendance(training_id: UUID, session_key: str) -> Answered:
    """Who was present at one session; a second record replaces the first."""
    answer = _answer(training_id)
    session = next((s for s in answer.sessions if s.key == session_key), None)
    if session is None:
        raise NotFoundError(what="session", id=session_key)
    form = posted_or_empty({"expected_version": answer.version})
    if not is_posted():
        form.values.setlist(
            "present", [str(p.application_id) for p in _present(answer, session_key)]
        )
    act = Act(
        title=_("Attendance on %(day)s", day=format_day(session.held_on)),
        caption=answer.title,
        button=_("Save the attendance"),
        back=url_for(".show_training", training_id=training_id),
        lead=_("Tick who was present. A later record replaces this one."),
    )
    if is_posted():
        data = {
            "training_id": training_id,
            "session_key": session_key,
            "present": form.texts("present"),
            "expected_version": form.number("expected_version"),
        }
        if form.send(
            services().recruitment.record_attendance,
            RecordAttendance,
            data,
            fields={"present": "present", "application_id": "present"},
        ):
            return done(_("The attendance was saved."), act.back)
    items = [
        (str(p.application_id), p.full_name or p.receipt_number, p.receipt_number)
        for p in answer.participants
    ]
    newer = form.take_newer(lambda: _answer(training_id))
    saved = [p.full_name or p.receipt_number for p in _present(newer, session_key)] if newer else []
    return act_page(
        act,
        form,
        "trainings/attendance.html",
        items=items,
        session=session,
        saved=[(_("Present"), ", ".join(saved))] if newer else None,
    )


@blueprint.route("/panel/szkolenia/<uuid:training_id>/zakoncz", methods=["GET", "POST"])
def complete_training(training_id: UUID) -> Answered:
    """End a training: first who will enter the roster, then the act."""
    answer = _answer(training_id)
    form = posted_or_empty()
    act = Act(
        title=_("End the training"),
        caption=answer.title,
        button=_("End the training"),
        back=url_for(".show_training", training_id=training_id),
        lead=_(
            "Whoever attended at least %(share)s%% of the hours completes the training and enters "
            "the roster of experts. This cannot be undone.",
            share=answer.minimum_attendance_pct,
        ),
    )
    if is_posted():
        outcome = form.send(
            services().recruitment.complete_training,
            CompleteTraining,
            {"training_id": training_id},
        )
        if outcome is not None:
            return done(
                ngettext(
                    "The training ended; %(num)s expert entered the roster.",
                    "The training ended; %(num)s experts entered the roster.",
                    len(outcome.experts),
                ),
                act.back,
            )
    hours = sum(session.hours for session in answer.sessions)
    return act_page(
        act,
        form,
        "trainings/complete.html",
        answer=answer,
        hours=hours,
        enough=lambda p: p.hours_attended * FULL_SHARE_PCT >= answer.minimum_attendance_pct * hours,
    )


def _present(answer: TrainingAnswer, session_key: str) -> list[Participant]:
    return [p for p in answer.participants if session_key in p.attended_sessions]


def _answer(training_id: UUID) -> TrainingAnswer:
    return services().recruitment.get_training(TrainingQuery(training_id=training_id))


def _first_values() -> dict[str, Any]:
    edition = request.args.get("edycja") or next((str(e) for e in all_editions()), "")
    values: dict[str, Any] = {"edition_id": edition, "minimum_attendance_pct": "80"}
    return put_rows(values, "sessions", [dict.fromkeys(SESSION_FIELDS, "")])


def _plan(form: ActForm) -> dict[str, Any]:
    names = ("edition_id", "role", "title", "mode", "venue")
    data: dict[str, Any] = {name: form.text(name) or None for name in names}
    data["capacity"] = form.number("capacity")
    data["minimum_attendance_pct"] = form.number("minimum_attendance_pct")
    data["sessions"] = []
    for number in numbers_of(form, "sessions"):
        row = f"sessions.{number}"
        held_on: date | None = form.day(f"{row}.held_on")
        topics = [line.strip() for line in form.text(f"{row}.topics").splitlines() if line.strip()]
        data["sessions"].append(
            {
                "key": f"sesja-{number + 1}",
                "held_on": held_on,
                "hours": form.number(f"{row}.hours"),
                "topics": topics,
            }
        )
    return data


def _plan_messages() -> dict[str, str]:
    messages = {
        "edition_id": _("Choose the edition"),
        "role": _("Choose whom the training is for"),
        "title": _("Enter a title of at most 200 characters"),
        "mode": _("Choose how the training is held"),
        "venue": _("Enter the venue, or the address of the meeting"),
        "capacity": _("Enter a number of places from 1 to 1000"),
        "minimum_attendance_pct": _("Enter a share from 1 to 100"),
        "sessions": _("Add at least one session"),
    }
    for number in range(30):
        row = f"sessions.{number}"
        messages |= {
            f"{row}.held_on": _("Session %(number)s: enter the day", number=number + 1),
            f"{row}.hours": _("Session %(number)s: enter hours from 1 to 12", number=number + 1),
            f"{row}.topics": _("Session %(number)s: enter at least one topic", number=number + 1),
        }
    return messages


def _enrol_each(form: ActForm, training_id: UUID, chosen: list[str]) -> int:
    """Enrol one after another; a refusal stands in the form, the others are tried all the same."""
    number = 0
    for application_id in chosen:
        attempt = ActForm(form.values)
        data = {"training_id": training_id, "application_id": application_id}
        if attempt.send(services().recruitment.enrol_candidate, EnrolCandidate, data):
            number += 1
            continue
        form.status = attempt.status
        for message in attempt.errors.values():
            form.add_error("candidates", message)
    return number

from uuid import UUID

import pytest

from services.recruitment.domain.errors import (
    AttendanceMissingError,
    ExpertLeftError,
    NotEnrolledError,
    NotQualifiedError,
    TrainingFullError,
)
from services.recruitment.domain.expert import expert_id
from services.recruitment.personal_data import erase_applicant
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import (
    Decision,
    ExpertsQuery,
    PromoteReserve,
    RecordAttendance,
    RemoveExpert,
    TrainingQuery,
)
from shared.kernel.refusal import NotFoundError, StaleVersionError
from tests.unit.recruitment.builders import three_sessions
from tests.unit.recruitment.programme import BOLESLAWIEC, Programme

UNKNOWN = UUID(int=404)


class Course(Programme):
    """A training with Anna and Jan, both qualified, and Ewa on the reserve list."""

    def __init__(self):
        super().__init__()
        self.a_register()
        self.edition_id = self.an_edition(voivodeships=("02", "06", "24"))
        call_id = self.a_call(self.edition_id)
        self.anna = self.apply(call_id, "Anna Kowalska", jst_code=BOLESLAWIEC).application_id
        self.jan = self.apply(call_id, "Jan Nowak", voivodeship="24").application_id
        self.ewa = self.apply(call_id, "Ewa Lis").application_id
        self.decide(self.anna)
        self.decide(self.jan)
        self.decide(self.ewa, Decision.RESERVE, 1)
        self.publish_results(call_id)
        self.training_id = self.a_training(self.edition_id)

    def hold(self):
        """All sessions: Anna at all of them, Jan at the first."""
        self.enrol(self.training_id, self.anna)
        self.enrol(self.training_id, self.jan)
        self.attend(self.training_id, "1", self.anna, self.jan)
        self.attend(self.training_id, "2", self.anna)
        self.attend(self.training_id, "3", self.anna)

    def training(self):
        return self.ask("get_training", TrainingQuery(training_id=self.training_id))


# --- trainings ----------------------------------------------------------------------------------


def test_a_planned_training_is_shown_as_planned():
    course = Course()

    assert course.training().model_dump() == {
        "training_id": course.training_id,
        "edition_id": course.edition_id,
        "role": "PRO",
        "title": "Szkolenie PRO",
        "mode": "ON_SITE",
        "venue": "Sulejówek",
        "capacity": 2,
        "minimum_attendance_pct": 80,
        "sessions": tuple(session.model_dump() for session in three_sessions()),
        "participants": (),
        "is_completed": False,
        "version": 1,
    }


def test_a_training_of_an_unknown_edition_is_not_planned():
    with pytest.raises(NotFoundError) as refusal:
        Programme().a_training(UNKNOWN)

    assert refusal.value.parameters == {"what": "Edition", "id": str(UNKNOWN)}


def test_an_unknown_training_is_not_found():
    programme = Programme()

    for attempt in (
        lambda: programme.ask("get_training", TrainingQuery(training_id=UNKNOWN)),
        lambda: programme.enrol(UNKNOWN, UNKNOWN),
        lambda: programme.attend(UNKNOWN, "1"),
        lambda: programme.complete(UNKNOWN),
    ):
        with pytest.raises(NotFoundError) as refusal:
            attempt()
        assert refusal.value.parameters == {"what": "Training", "id": str(UNKNOWN)}


def test_an_unknown_candidate_is_not_found():
    course = Course()

    with pytest.raises(NotFoundError) as refusal:
        course.enrol(course.training_id, UNKNOWN)

    assert refusal.value.parameters == {"what": "Application", "id": str(UNKNOWN)}


def test_dr_13_only_the_qualified_are_enrolled():
    course = Course()

    with pytest.raises(NotQualifiedError) as refusal:
        course.enrol(course.training_id, course.ewa)

    assert refusal.value.parameters == {"role": "PRO", "state": "RESERVE"}


def test_who_was_qualified_as_pro_is_not_enrolled_in_a_training_of_ros():
    course = Course()
    training_id = course.a_training(course.edition_id, role=ExpertRole.ROS)

    with pytest.raises(NotQualifiedError):
        course.enrol(training_id, course.anna)


def test_who_moved_up_from_the_reserve_list_is_enrolled():
    course = Course()
    course.do("promote_reserve", PromoteReserve(application_id=course.ewa, reason="Rezygnacja"))

    course.enrol(course.training_id, course.ewa)

    assert [p.full_name for p in course.training().participants] == ["Ewa Lis"]


def test_a_full_training_takes_nobody_more():
    course = Course()
    course.do("promote_reserve", PromoteReserve(application_id=course.ewa, reason="Rezygnacja"))
    course.enrol(course.training_id, course.anna)
    course.enrol(course.training_id, course.jan)

    with pytest.raises(TrainingFullError):
        course.enrol(course.training_id, course.ewa)


def test_attendance_of_somebody_not_enrolled_is_refused():
    course = Course()
    course.enrol(course.training_id, course.anna)

    with pytest.raises(NotEnrolledError):
        course.attend(course.training_id, "1", course.anna, course.jan)


def test_attendance_over_somebody_elses_is_refused():
    course = Course()
    course.enrol(course.training_id, course.anna)
    seen = course.training().version
    course.attend(course.training_id, "1", course.anna)

    request = RecordAttendance(
        training_id=course.training_id, session_key="1", present=(), expected_version=seen
    )
    with pytest.raises(StaleVersionError):
        course.do("record_attendance", request)

    assert course.training().participants[0].attended_sessions == ("1",)


def test_participants_are_shown_with_what_they_attended():
    course = Course()
    course.hold()

    shown = [
        (p.application_id, p.full_name, p.hours_attended, p.attended_sessions, p.has_completed)
        for p in course.training().participants
    ]

    assert shown == [
        (course.anna, "Anna Kowalska", 20, ("1", "2", "3"), None),
        (course.jan, "Jan Nowak", 8, ("1",), None),
    ]
    assert {p.receipt_number[:4] for p in course.training().participants} == {"PRO-"}


def test_a_training_ends_when_all_attendance_is_known():
    course = Course()
    course.enrol(course.training_id, course.anna)
    course.attend(course.training_id, "1", course.anna)

    with pytest.raises(AttendanceMissingError) as refusal:
        course.complete(course.training_id)

    assert refusal.value.parameters == {"session_keys": "2, 3"}


def test_completing_brings_new_experts_into_the_roster_in_the_same_act():
    course = Course()
    course.hold()
    before = len(course.events())

    outcome = course.complete(course.training_id)

    assert (outcome.experts, outcome.not_completed) == (
        {course.anna: expert_id(course.anna)},
        (course.jan,),
    )
    assert course.events()[before:] == [
        "recruitment.TrainingCompleted",
        "recruitment.ExpertEnteredRoster",
    ]
    assert [p.has_completed for p in course.training().participants] == [True, False]
    assert course.training().is_completed


def test_who_is_an_expert_already_does_not_enter_again():
    course = Course()
    course.hold()
    course.complete(course.training_id)
    course.training_id = course.a_training(course.edition_id)
    course.hold()
    before = len(course.events())

    outcome = course.complete(course.training_id)

    assert outcome.experts == {course.anna: expert_id(course.anna)}
    assert course.events()[before:] == ["recruitment.TrainingCompleted"]


# --- roster -------------------------------------------------------------------------------------


def test_the_roster_shows_who_an_expert_is():
    course = Course()
    course.hold()
    course.complete(course.training_id)

    answer = course.ask("list_experts", ExpertsQuery())

    [expert] = answer.experts
    assert answer.total == 1
    assert expert.model_dump(exclude={"employer_jst"}) == {
        "expert_id": expert_id(course.anna),
        "role": "PRO",
        "full_name": "Anna Kowalska",
        "email": "anna@example.org",
        "voivodeship": "06",
        "training_hours": 20,
        "is_active": True,
    }
    assert expert.employer_jst.code == BOLESLAWIEC


def names(programme, **query):
    answer = programme.ask("list_experts", ExpertsQuery(**query))
    return answer.total, [expert.full_name for expert in answer.experts]


def a_roster():
    programme = Programme()
    ids = {
        name.split()[0]: programme.an_expert(name, voivodeship=voivodeship)
        for name, voivodeship in [
            ("Zofia Zych", "06"),
            ("Łucja Śliwa", "24"),
            ("Adam Lis", "06"),
        ]
    }
    return programme, ids


def test_the_roster_is_by_name_and_in_pages():
    programme, _ = a_roster()

    pages = [names(programme, offset=offset, limit=2) for offset in (0, 2)]

    assert pages == [(3, ["Adam Lis", "Łucja Śliwa"]), (3, ["Zofia Zych"])]


def test_the_roster_is_searched_by_role_voivodeship_id_and_part_of_a_name():
    programme, ids = a_roster()

    found = [
        names(programme, role="PRO")[0],
        names(programme, role="ROS")[0],
        names(programme, voivodeships=("24",)),
        names(programme, expert_ids=(ids["Adam"], UNKNOWN)),
        names(programme, text="sliwa"),
        names(programme, text="adam zych"),
    ]

    assert found == [3, 0, (1, ["Łucja Śliwa"]), (1, ["Adam Lis"]), (1, ["Łucja Śliwa"]), (0, [])]


def test_who_left_stays_in_the_list_as_inactive():
    programme, ids = a_roster()

    leaving = RemoveExpert(expert_id=ids["Adam"], reason_code="OWN_REQUEST")
    programme.do("remove_expert", leaving)

    experts = programme.ask("list_experts", ExpertsQuery()).experts
    assert [expert.is_active for expert in experts] == [False, True, True]
    with pytest.raises(ExpertLeftError):
        programme.do("remove_expert", leaving)


def test_an_unknown_expert_is_not_found():
    with pytest.raises(NotFoundError):
        Programme().do("remove_expert", RemoveExpert(expert_id=UNKNOWN, reason_code="OTHER"))


def test_an_erased_expert_has_no_name_and_stands_last():
    programme, ids = a_roster()
    adam = programme.told()[-1].application_id
    assert programme.told()[-1].expert_id == ids["Adam"]

    programme.app.write(lambda connection: erase_applicant(connection, adam))

    experts = programme.ask("list_experts", ExpertsQuery()).experts
    assert [expert.full_name for expert in experts] == ["Łucja Śliwa", "Zofia Zych", None]
    assert experts[-1].email is None

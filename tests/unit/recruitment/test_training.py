from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.recruitment.domain.errors import (
    AlreadyEnrolledError,
    AttendanceMissingError,
    NotEnrolledError,
    SessionRepeatedError,
    SessionUnknownError,
    TrainingCompletedError,
    TrainingFullError,
)
from services.recruitment.domain.training import has_attended_enough
from shared.kernel.testing import fact, given
from tests.unit.recruitment.builders import EDITION, a_training, three_sessions

ANNA = UUID(int=11)
JAN = UUID(int=12)
EWA = UUID(int=13)


def enrol(application_id):
    return lambda training: training.enrol(application_id, "06")


def attend(session_key, *present):
    return lambda training: training.record_attendance(session_key, present)


def complete(training):
    training.complete()


HELD = (enrol(ANNA), enrol(JAN), attend("1", ANNA, JAN), attend("2", ANNA), attend("3", JAN))


def test_planning_records_the_whole_plan():
    [planned] = a_training().collect_events()

    assert fact(planned) == (
        "recruitment.TrainingPlanned",
        {
            "edition_id": EDITION,
            "role": "PRO",
            "title": "Szkolenie PRO",
            "mode": "ON_SITE",
            "venue": "Sulejówek",
            "capacity": 2,
            "sessions": list(three_sessions()),
            "minimum_attendance_pct": 80,
        },
    )


def test_two_sessions_with_one_key_are_refused():
    first, second, _ = three_sessions()
    same_key = second.model_copy(update={"key": "1"})

    with pytest.raises(SessionRepeatedError) as refusal:
        a_training(sessions=(first, same_key))

    assert refusal.value.parameters == {"session_key": "1"}


# --- enrolment ----------------------------------------------------------------------------------


def test_enrolling_records_the_candidate():
    given(a_training).when(enrol(ANNA)).then(
        (
            "recruitment.TrainingCandidateEnrolled",
            {"application_id": ANNA, "voivodeship": "06"},
        ),
    )


def test_nobody_is_enrolled_twice():
    training = given(a_training, enrol(ANNA))

    with pytest.raises(AlreadyEnrolledError):
        training.when(enrol(ANNA))

    training.then_nothing()


def test_a_full_training_takes_nobody_more():
    training = given(a_training, enrol(ANNA), enrol(JAN))

    with pytest.raises(TrainingFullError) as refusal:
        training.when(enrol(EWA))

    assert refusal.value.parameters == {"capacity": 2}
    training.then_nothing()


# --- attendance ---------------------------------------------------------------------------------


def test_attendance_records_who_was_present_each_once():
    given(a_training, enrol(ANNA), enrol(JAN)).when(attend("1", JAN, ANNA, JAN)).then(
        (
            "recruitment.TrainingAttendanceRecorded",
            {"session_key": "1", "present": [JAN, ANNA]},
        ),
    )


def test_nobody_present_is_a_record_too():
    given(a_training).when(attend("1")).then(
        ("recruitment.TrainingAttendanceRecorded", {"session_key": "1", "present": []}),
    )


def test_a_second_record_of_a_session_replaces_the_first():
    training = a_training()
    for command in (enrol(ANNA), enrol(JAN), attend("1", ANNA), attend("1", JAN)):
        command(training)

    assert [training.hours_attended(who) for who in (ANNA, JAN)] == [0, 8]


def test_the_attendance_of_an_unknown_session_is_refused():
    training = given(a_training, enrol(ANNA))

    with pytest.raises(SessionUnknownError) as refusal:
        training.when(attend("4", ANNA))

    assert refusal.value.parameters == {"session_key": "4"}
    training.then_nothing()


def test_only_the_enrolled_can_be_present():
    training = given(a_training, enrol(ANNA))

    with pytest.raises(NotEnrolledError) as refusal:
        training.when(attend("1", ANNA, EWA))

    assert refusal.value.parameters == {"application_id": str(EWA)}
    training.then_nothing()


# --- completion ---------------------------------------------------------------------------------


def test_completing_tells_who_attended_enough_hours():
    given(a_training, *HELD).when(complete).then(
        (
            "recruitment.TrainingCompleted",
            {"completed": [ANNA], "not_completed": [JAN]},
        ),
    )


def test_a_training_does_not_end_before_the_attendance_of_every_session_is_known():
    training = given(a_training, enrol(ANNA), attend("2", ANNA))

    with pytest.raises(AttendanceMissingError) as refusal:
        training.when(complete)

    assert refusal.value.parameters == {"session_keys": "1, 3"}
    training.then_nothing()


@pytest.mark.parametrize("command", [enrol(EWA), attend("1", ANNA), complete])
def test_nothing_happens_in_a_training_that_ended(command):
    training = given(a_training, *HELD, complete)

    with pytest.raises(TrainingCompletedError):
        training.when(command)

    training.then_nothing()


@for_all(st.integers(1, 360), st.integers(1, 100), st.data())
def test_completion_is_the_share_of_hours_against_the_minimum(total, minimum_pct, data):
    attended = data.draw(st.integers(0, total))

    assert has_attended_enough(attended, total, minimum_pct) == (
        Fraction(attended, total) * 100 >= minimum_pct
    )


def test_exactly_the_minimum_is_enough():
    assert has_attended_enough(hours_attended=16, hours_total=20, minimum_pct=80)
    assert not has_attended_enough(hours_attended=15, hours_total=20, minimum_pct=80)

import pytest
from hypothesis import given, strategies

from services.advisory.domain.errors import StageNotReachedError, UnknownStageError
from services.advisory.domain.stages import Stages

CODES = strategies.lists(
    strategies.sampled_from(["AREA_CHOICE", "DIAGNOSIS", "HDR", "DIRECTIONS", "X", "Y"]),
    min_size=1,
    unique=True,
).map(tuple)


def test_the_first_stage_is_current_at_the_beginning():
    assert Stages(("A", "B")).current == "A"


def test_after_the_last_stage_none_is_current():
    assert Stages(("A", "B")).advance().advance().current is None


def test_after_the_last_stage_work_still_belongs_to_it():
    assert Stages(("A", "B")).advance().advance().current_or_last == "B"


def test_what_follows_the_last_stage_is_nothing():
    assert Stages(("A", "B")).advance().following is None


def test_a_stage_that_the_cycle_does_not_have_is_unknown():
    with pytest.raises(UnknownStageError) as refused:
        Stages(("A",)).is_completed("B")

    assert ("stage", {"stage": "B"}) == (refused.value.field, refused.value.parameters)


def test_a_later_stage_names_the_current_and_the_needed_one():
    with pytest.raises(StageNotReachedError) as refused:
        Stages(("A", "B", "C")).require_reached("C")

    assert refused.value.parameters == {"current": "A", "needed": "C"}


def test_work_of_two_stages_may_begin_with_the_first_of_them():
    Stages(("A", "B", "C"), completed=1).require_reached("C", "B")


def test_work_whose_stage_the_edition_lacks_has_no_gate():
    Stages(("A",)).require_reached("B")


@given(CODES, strategies.data())
def test_a_stage_is_completed_or_reached_or_ahead_and_only_one_of_them(codes, data):
    stages = Stages(codes, completed=data.draw(strategies.integers(0, len(codes))))

    for position, code in enumerate(codes):
        assert stages.is_completed(code) == (position < stages.completed)
        if position > stages.completed:
            with pytest.raises(StageNotReachedError):
                stages.require_reached(code)
        else:
            stages.require_reached(code)


@given(CODES)
def test_advancing_goes_through_every_stage_once_in_order(codes):
    stages, seen = Stages(codes), []
    while stages.current is not None:
        seen.append(stages.current)
        assert stages.following == stages.advance().current
        stages = stages.advance()

    assert tuple(seen) == codes

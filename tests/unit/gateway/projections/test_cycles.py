"""Advisory cycles."""

from __future__ import annotations

from services.gateway.projections.cycles import (
    CycleFilter,
    CycleState,
    activities_of,
    assignments_of,
    find_cycle,
    list_cycles,
    outcome_of,
    stages_of,
)
from shared.contracts.base import ExpertRole, JstKind
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import AREAS, DIAGNOSIS, STAGES, Story, by_source


def a_cycle():
    story = Story()
    edition = story.edition()
    cycle = story.open_cycle(edition, story.register("Łódź"))
    return story, edition, cycle


def with_a_team(story, edition, cycle, name="Team"):
    ros, pro = (story.expert(edition, role) for role in (ExpertRole.ROS, ExpertRole.PRO))
    team = story.team(edition, ros, pro, name)
    story.assign(cycle, team)
    return team, (ros, pro)


def test_a_new_cycle_is_in_its_first_stage():
    story, _edition, cycle = a_cycle()

    with shown(story.told) as connection:
        row = find_cycle(connection, cycle)
        assert (row.state, row.current_stage) == (CycleState.OPEN, STAGES[0])
        assert row.stage_entered_at == row.opened_at == row.last_event_at == story.now
        assert (row.team_id, row.area_code, row.hdr_id, row.expert_ids) == (None, None, None, ())
        assert [stage.stage for stage in stages_of(connection, cycle)] == list(STAGES)
        assert [stage.entered_at is None for stage in stages_of(connection, cycle)] == [
            False, True, True, True,
        ]  # fmt: skip


def test_stages_are_entered_and_completed_one_after_the_other():
    story, edition, cycle = a_cycle()
    opened = story.now
    story.wait(24)
    story.choose_area(cycle, AREAS[1])
    chosen = story.now
    story.wait(24)
    story.close_diagnosis(cycle, edition)

    with shown(story.told) as connection:
        row = find_cycle(connection, cycle)
        assert (row.current_stage, row.stage_entered_at) == (STAGES[2], story.now)
        assert (row.area_code, row.diagnosis_closed_at) == (AREAS[1], story.now)
        first, second, third, fourth = stages_of(connection, cycle)
        assert (first.entered_at, first.completed_at) == (opened, chosen)
        assert (second.entered_at, second.completed_at) == (chosen, story.now)
        assert (third.entered_at, third.completed_at) == (story.now, None)
        assert (fourth.entered_at, fourth.completed_at) == (None, None)


def test_a_completed_cycle_has_no_current_stage():
    story, edition, cycle = a_cycle()
    story.choose_area(cycle)
    story.close_diagnosis(cycle, edition)
    hdr_id = story.open_hdr(cycle, edition)
    story.submit_hdr(hdr_id)
    story.set_directions(cycle)

    with shown(by_source(story.told)) as connection:
        row = find_cycle(connection, cycle)
        assert (row.state, row.current_stage, row.completed_at) == (
            CycleState.COMPLETED,
            None,
            story.now,
        )
        assert row.hdr_id == hdr_id
        outcome = outcome_of(connection, cycle)
        assert outcome.diagnosis == DIAGNOSIS.model_dump()
        assert outcome.priorities == ("Planowanie",)
        assert outcome.directions == "Krok po kroku"
        assert outcome.tools == ({"name": "Arkusz", "reason": "prosty"},)


def test_what_is_not_settled_yet_is_empty():
    story, _edition, cycle = a_cycle()

    with shown(story.told) as connection:
        outcome = outcome_of(connection, cycle)
        assert (outcome.diagnosis, outcome.priorities, outcome.tools) == (None, (), ())
        assert outcome_of(connection, story.new_id()) is None
        assert find_cycle(connection, story.new_id()) is None
        assert stages_of(connection, story.new_id()) == []


def test_activities_are_summed_up_and_listed():
    story, edition, cycle = a_cycle()
    team, _ = with_a_team(story, edition, cycle)
    story.wait(48)
    newest = story.today
    second = story.log_activity(cycle, 1.5)
    story.wait(-24)
    first = story.log_activity(cycle, 2.25)  # logged later, held earlier

    with shown(story.told) as connection:
        row = find_cycle(connection, cycle)
        assert (row.activity_count, row.activity_hours, row.last_activity_on) == (2, 3.75, newest)
        activities = activities_of(connection, cycle)
        assert [one.activity_id for one in activities] == [second, first]
        assert {one.team_id for one in activities} == {team}


def test_a_cycle_knows_its_team_and_who_is_in_it_now():
    story, edition, cycle = a_cycle()
    first, _ = with_a_team(story, edition, cycle, "Pierwszy")
    since = story.now
    story.wait(24)
    second, (ros, _pro) = with_a_team(story, edition, cycle, "Drugi")
    new = story.expert(edition, ExpertRole.PRO)
    story.replace_member(second, ExpertRole.PRO, new)

    with shown(story.told) as connection:
        row = find_cycle(connection, cycle)
        assert (row.team_id, row.team_name, row.expert_ids) == (second, "Drugi", (ros, new))
        earlier, later = assignments_of(connection, cycle)
        assert (earlier.team_id, earlier.since, earlier.until) == (first, since, story.now)
        assert (later.team_name, later.until, later.reason) == ("Drugi", None, "zmiana")


def test_cycles_are_narrowed_by_every_choice_and_come_in_polish_order():
    story, edition, lodz = a_cycle()
    lublin_jst = story.register("Lublin", JstKind.RURAL, "24")
    lublin = story.open_cycle(edition, lublin_jst)
    team, (ros, _pro) = with_a_team(story, edition, lodz)
    story.choose_area(lodz, AREAS[2])

    def found(**choices):
        return [row.cycle_id for row in list_cycles(connection, CycleFilter(**choices)).rows]

    with shown(story.told) as connection:
        assert found() == found(state=CycleState.OPEN) == [lublin, lodz]
        assert found(kind=JstKind.RURAL) == found(voivodeships=("24",)) == [lublin]
        assert found(has_team=False) == found(stage=STAGES[0]) == [lublin]
        assert found(jst_id=lublin_jst.id) == found(jst_ids=(lublin_jst.id,)) == [lublin]
        assert found(team_id=team) == found(expert_id=ros) == found(has_team=True) == [lodz]
        assert found(area_code=AREAS[2]) == found(text="lodz powiat") == [lodz]
        assert found(state=CycleState.COMPLETED) == found(voivodeships=()) == []
        assert found(edition_id=story.new_id()) == []

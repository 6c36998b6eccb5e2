"""Trainings, roster and teams."""

from __future__ import annotations

from services.gateway.projections.roster import ExpertFilter, find_expert, list_experts
from services.gateway.projections.teams import (
    MemberRow,
    TeamFilter,
    find_team,
    list_teams,
    member_history,
)
from services.gateway.projections.trainings import (
    TrainingFilter,
    find_training,
    list_trainings,
    participants,
)
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import CallKind, Decision
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import Story

ROS, PRO = ExpertRole.ROS, ExpertRole.PRO


def a_training():
    """Two days, of 7 and 8 hours, two candidates of different voivodeships."""
    story = Story()
    edition = story.edition()
    call = story.call(edition, CallKind.PRO)
    candidates = [story.apply(call, voivodeship=place) for place in ("06", "24")]
    story.publish_results(call, dict.fromkeys(candidates, Decision.QUALIFIED))
    training = story.training(edition)
    for candidate in candidates:
        story.wait(1)
        story.enrol(training, candidate)
    return story, training, candidates


def test_a_training_counts_its_participants_and_recorded_sessions():
    story, training, candidates = a_training()
    story.attend(training, "S2", *candidates)
    story.attend(training, "S1", *candidates)
    story.attend(training, "S1", candidates[0])

    with shown(story.told) as connection:
        row = find_training(connection, training)
        assert (row.hours, row.enrolled, row.places_left, row.sessions_recorded) == (15, 2, 18, 2)
        assert (row.completed, row.not_completed, row.completed_at) == (0, 0, None)
        assert [session.present for session in row.sessions] == [
            (candidates[0],),
            tuple(candidates),
        ]
        assert [one.hours_attended for one in participants(connection, training)] == [15, 8]


def test_a_completed_training_tells_who_completed_it():
    story, training, candidates = a_training()
    story.complete_training(training, candidates[1])

    with shown(story.told) as connection:
        row = find_training(connection, training)
        assert (row.enrolled, row.completed, row.not_completed) == (2, 1, 1)
        first, second = participants(connection, training)
        assert (first.has_completed, second.has_completed) == (False, True)
        assert first.receipt_number == story.applications[candidates[0]].receipt_number
        assert participants(connection, training, ("24",)) == [second]
        assert participants(connection, training, ()) == []


def test_trainings_are_narrowed_by_every_choice():
    story, training, candidates = a_training()
    story.wait(24)
    other = story.training(story.editions[0], ROS)

    def found(**choices):
        page = list_trainings(connection, TrainingFilter(**choices))
        return [row.training_id for row in page.rows]

    with shown(story.told) as connection:
        assert found() == [other, training]
        assert found(role=PRO) == found(application_id=candidates[0]) == [training]
        assert found(is_completed=False) == [other, training]
        assert found(is_completed=True) == found(edition_id=story.new_id()) == []
        assert found(text="SULEJOWEK ros") == [other]
        assert find_training(connection, story.new_id()) is None


def a_team():
    story = Story()
    edition = story.edition()
    ros, pro = story.expert(edition, ROS), story.expert(edition, PRO)
    return story, edition, ros, pro, story.team(edition, ros, pro, "Łąka")


def test_an_expert_counts_teams_and_the_open_cycles_of_all_of_them():
    story, edition, ros, pro, team = a_team()
    alone = story.team(edition, ros, story.expert(edition, PRO), "Drugi")
    for number, each in enumerate((team, team, alone)):
        story.assign(story.open_cycle(edition, story.register(f"G{number}")), each)

    with shown(story.told) as connection:
        both, one = find_expert(connection, ros), find_expert(connection, pro)
        assert (both.teams, both.open_cycles) == (2, 3)
        assert (one.teams, one.open_cycles) == (1, 2)
        assert (one.role, one.training_hours, one.is_active) == (PRO, 15, True)
        assert find_team(connection, team).open_cycles == 2


def test_a_cycle_that_went_to_another_team_or_ended_is_open_for_none():
    story, edition, ros, pro, team = a_team()
    other = story.team(edition, ros, pro, "Inny")
    cycle = story.open_cycle(edition, story.register("Łódź"))
    story.assign(cycle, team)
    story.assign(cycle, other)

    with shown(story.told) as connection:
        assert find_team(connection, team).open_cycles == 0
        assert find_team(connection, other).open_cycles == 1

    story.choose_area(cycle)
    story.close_diagnosis(cycle, edition)
    story.complete_stage(cycle, 2)
    story.set_directions(cycle)

    with shown(story.told) as connection:
        assert find_team(connection, other).open_cycles == 0


def test_the_roster_is_narrowed_by_every_choice():
    story, edition, ros, pro, _team = a_team()
    other = story.expert(edition, PRO, "24")
    story.leave(pro)

    def found(**choices):
        return {row.expert_id for row in list_experts(connection, ExpertFilter(**choices)).rows}

    with shown(story.told) as connection:
        assert found() == {ros, other}
        assert found(is_active=None) == {ros, pro, other}
        assert found(is_active=False) == {pro}
        assert found(role=ROS) == found(is_in_team=True) == found(voivodeships=("06",)) == {ros}
        assert found(is_in_team=False) == found(expert_ids=(other,)) == {other}
        assert found(voivodeships=()) == found(text="łódź") == set()
        row = find_expert(connection, pro)
        assert (row.leaving_reason_code, row.left_at) == ("OWN_REQUEST", story.now)
        assert find_expert(connection, story.new_id()) is None


def test_a_team_remembers_who_had_which_slot():
    story, edition, ros, pro, team = a_team()
    formed = story.now
    story.wait(24)
    new = story.expert(edition, PRO)
    story.replace_member(team, PRO, new)

    with shown(story.told) as connection:
        assert member_history(connection, team) == [
            MemberRow(ROS, ros, formed, None, None),
            MemberRow(PRO, pro, formed, story.now, "choroba"),
            MemberRow(PRO, new, story.now, None, None),
        ]
        row = find_team(connection, team)
        assert (row.ros_expert_id, row.pro_expert_id) == (ros, new)


def test_teams_are_narrowed_by_every_choice_and_come_in_polish_order():
    story, edition, ros, pro, team = a_team()
    second = story.team(edition, ros, pro, "Lasy", "24")
    gone = story.team(edition, ros, pro, "Żuraw")
    story.dissolve(gone)

    def found(**choices):
        return [row.team_id for row in list_teams(connection, TeamFilter(**choices)).rows]

    with shown(story.told) as connection:
        assert found() == found(expert_id=ros) == [second, team]
        assert found(is_dissolved=True) == [gone]
        assert found(is_dissolved=None) == [second, team, gone]
        assert found(voivodeships=("24",)) == [second]
        assert found(text="laka") == [team]
        assert found(expert_id=story.new_id()) == found(edition_id=story.new_id()) == []
        assert find_team(connection, gone).is_dissolved
        assert find_team(connection, story.new_id()) is None

"""What is late or stands still."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.gateway.projections.attention import (
    AttentionFilter,
    AttentionKind,
    Target,
    Thresholds,
    attention,
    attention_counts,
)
from shared.contracts.base import ExpertRole, JstKind
from shared.contracts.hdr import HdrState
from shared.contracts.recruitment import CallKind, Decision
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import STAGES, Story, by_source
from tests.unit.gateway.projections.test_hdrs import an_hdr

DAY = date(2020, 3, 1)


def kinds(story, today, **choices):
    with shown(by_source(story.told)) as connection:
        rows = attention(connection, today, AttentionFilter(**choices)).rows
        counts = attention_counts(connection, today, AttentionFilter(**choices))
    assert {kind: number for kind, number in counts.items() if number} == {
        kind: sum(1 for row in rows if row.kind == kind) for kind in {row.kind for row in rows}
    }
    return {row.kind for row in rows}


def the_row(story, today, kind):
    with shown(by_source(story.told)) as connection:
        [row] = attention(connection, today, AttentionFilter(kinds=(kind,))).rows
    return row


def a_cycle(*, has_team=True):
    """Opened on 1 March 2020, half an hour after midnight in Warsaw."""
    story = Story()
    edition = story.edition()
    jst = story.register("Łódź", JstKind.URBAN, "24")
    ros, pro = (story.expert(edition, role, "24") for role in (ExpertRole.ROS, ExpertRole.PRO))
    team = story.team(edition, ros, pro, voivodeship="24")
    story.now = datetime(2020, 2, 29, 23, 30, tzinfo=UTC)
    cycle = story.open_cycle(edition, jst)
    if has_team:
        story.assign(cycle, team)
    return story, cycle, ros


def only_cycles(kind):
    return {"kinds": (kind,)}


def test_a_cycle_without_a_team_needs_one_at_once():
    story, cycle, _ros = a_cycle(has_team=False)

    row = the_row(story, DAY, AttentionKind.TEAM_MISSING)

    assert (row.target, row.target_id, row.days, row.since) == (Target.CYCLE, cycle, 0, DAY)
    assert (row.jst.name, row.voivodeship, row.expert_ids) == ("Łódź", "24", ())


@pytest.mark.parametrize(("days", "is_late"), [(45, False), (46, True)])
def test_a_stage_is_overdue_after_more_than_45_days(days, is_late):
    story, _cycle, _ros = a_cycle()
    today = DAY + timedelta(days=days)

    found = kinds(story, today, kinds=(AttentionKind.STAGE_OVERDUE,))

    assert found == ({AttentionKind.STAGE_OVERDUE} if is_late else set())
    if is_late:
        row = the_row(story, today, AttentionKind.STAGE_OVERDUE)
        assert (row.days, row.parameters) == (46, {"stage": STAGES[0]})


@pytest.mark.parametrize(("days", "is_late"), [(30, False), (31, True)])
def test_a_team_without_activity_for_more_than_30_days(days, is_late):
    story, _cycle, ros = a_cycle()
    today = DAY + timedelta(days=days)

    found = kinds(story, today, kinds=(AttentionKind.ACTIVITY_MISSING,), expert_id=ros)

    assert found == ({AttentionKind.ACTIVITY_MISSING} if is_late else set())


def test_a_logged_activity_counts_from_the_day_on_which_it_was_held():
    story, cycle, _ros = a_cycle()
    story.on(2020, 3, 20)
    story.log_activity(cycle)

    assert AttentionKind.ACTIVITY_MISSING not in kinds(story, date(2020, 4, 19))
    row = the_row(story, date(2020, 4, 20), AttentionKind.ACTIVITY_MISSING)
    assert (row.since, row.days) == (date(2020, 3, 20), 31)


def test_a_completed_cycle_needs_nothing():
    story, cycle, _ros = a_cycle()
    story.choose_area(cycle)
    story.close_diagnosis(cycle, story.editions[0])
    story.complete_stage(cycle, 2)
    story.set_directions(cycle)
    about_cycles = (
        AttentionKind.TEAM_MISSING,
        AttentionKind.STAGE_OVERDUE,
        AttentionKind.ACTIVITY_MISSING,
    )

    assert kinds(story, date(2021, 1, 1), kinds=about_cycles) == set()


def a_round():
    story = Story()
    story.on(2020, 3, 1)
    edition = story.edition()
    hdr_id = an_hdr(story, edition)
    story.submit_hdr(hdr_id)
    story.publish_hdr(hdr_id)
    return story, hdr_id, story.open_round(edition, days=30)


MONITORING = {"kinds": (AttentionKind.MONITORING_OVERDUE,)}


def test_monitoring_is_overdue_from_the_day_after_the_due_day():
    story, hdr_id, round_id = a_round()
    due = date(2020, 3, 31)

    assert kinds(story, due, **MONITORING) == set()
    row = the_row(story, due + timedelta(days=1), AttentionKind.MONITORING_OVERDUE)

    assert (row.target, row.target_id, row.since, row.days) == (Target.RECORD, hdr_id, due, 1)
    assert row.parameters["round_id"] == str(round_id)


@pytest.mark.parametrize("end", ["record", "close", "withdraw", "more time"])
def test_monitoring_is_not_overdue_any_more(end):
    story, hdr_id, round_id = a_round()
    {
        "record": lambda: story.record(round_id, hdr_id),
        "close": lambda: story.close_round(round_id),
        "withdraw": lambda: story.withdraw_hdr(hdr_id),
        "more time": lambda: story.move_due_date(round_id, 60),
    }[end]()

    assert kinds(story, date(2020, 4, 2), **MONITORING) == set()


def a_call(kind=CallKind.JST):
    """Open to 29 February, results promised by 5 March."""
    story = Story()
    edition = story.edition()
    jst = story.register("Łódź", JstKind.URBAN, "24")
    story.on(2020, 2, 7)
    call = story.call(edition, kind)
    return story, call, story.apply(call, jst, "24")


def test_an_application_waits_for_assessment_from_the_deadline_on():
    story, _call, application = a_call()

    assert kinds(story, date(2020, 2, 29)) == set()
    row = the_row(story, date(2020, 3, 1), AttentionKind.ASSESSMENT_MISSING)

    assert (row.target, row.target_id) == (Target.APPLICATION, application)
    assert (row.since, row.days, row.jst.name) == (date(2020, 2, 29), 1, "Łódź")
    assert row.parameters["status"] == "RECEIVED"


def test_an_experts_application_does_not_show_the_employer():
    story, _call, _application = a_call(CallKind.PRO)

    row = the_row(story, date(2020, 3, 1), AttentionKind.ASSESSMENT_MISSING)

    assert (row.jst, row.voivodeship) == (None, "24")
    jst_ids = tuple(story.jst)
    assert kinds(story, date(2020, 3, 1), jst_ids=jst_ids) == set()


def test_a_decided_application_waits_for_nobody_and_the_call_for_its_results():
    story, call, application = a_call()
    story.decide(application)

    assert kinds(story, date(2020, 3, 5)) == set()
    assert kinds(story, date(2020, 3, 6)) == {AttentionKind.RESULTS_OVERDUE}
    row = the_row(story, date(2020, 3, 6), AttentionKind.RESULTS_OVERDUE)
    assert (row.target, row.target_id, row.days, row.voivodeship) == (Target.CALL, call, 1, None)
    assert row.parameters == {"slug": "nabor", "call_title": "Nabór JST"}

    story.publish_results(call, {application: Decision.REJECTED})

    assert kinds(story, date(2020, 3, 6)) == set()


def test_a_call_concerns_the_voivodeships_that_it_invites_from():
    story, _call, application = a_call()
    story.decide(application)
    today = date(2020, 3, 6)

    assert kinds(story, today, voivodeships=("06",)) == {AttentionKind.RESULTS_OVERDUE}
    assert kinds(story, today, voivodeships=("02",)) == set()
    assert kinds(story, today, voivodeships=()) == set()
    assert kinds(story, today, jst_ids=tuple(story.jst)) == set()
    assert kinds(story, today, expert_id=story.new_id()) == set()


@pytest.mark.parametrize(("days", "is_late"), [(14, False), (15, True)])
def test_an_hdr_waits_in_an_editorial_state_for_more_than_14_days(days, is_late):
    story = Story()
    hdr_id = an_hdr(story, story.edition())
    story.on(2020, 3, 1)
    story.submit_hdr(hdr_id)
    today = DAY + timedelta(days=days)

    found = kinds(story, today, kinds=(AttentionKind.EDITING_WAITING,))

    assert found == ({AttentionKind.EDITING_WAITING} if is_late else set())
    if is_late:
        row = the_row(story, today, AttentionKind.EDITING_WAITING)
        assert row.parameters == {"state": HdrState.SUBMITTED.value}


def test_other_thresholds_and_pages():
    story, _cycle, _ros = a_cycle()
    patient = Thresholds(stage_days=400, activity_days=400)

    with shown(story.told) as connection:
        today = DAY + timedelta(days=200)
        about_cycles = AttentionFilter(
            kinds=(AttentionKind.STAGE_OVERDUE, AttentionKind.ACTIVITY_MISSING), limit=1
        )
        page = attention(connection, today, about_cycles)
        assert (len(page.rows), page.total, page.next_offset) == (1, 2, 1)
        assert attention(connection, today, about_cycles, patient).total == 0
        assert sum(attention_counts(connection, today, about_cycles, patient).values()) == 0


def test_scope_narrows_what_is_about_a_jst():
    story, _cycle, ros = a_cycle()
    today = DAY + timedelta(days=100)
    [jst] = story.jst
    late = {AttentionKind.STAGE_OVERDUE, AttentionKind.ACTIVITY_MISSING}

    for choices in ({"jst_ids": (jst,)}, {"expert_id": ros}):
        assert kinds(story, today, **choices) == late
    assert kinds(story, today, voivodeships=("24",)) >= late
    for choices in ({"jst_ids": ()}, {"voivodeships": ()}, {"edition_id": story.new_id()}):
        assert kinds(story, today, **choices) == set()


def test_a_gateway_that_knows_nothing_yet_asks_for_nothing():
    assert kinds(Story(), DAY) == set()

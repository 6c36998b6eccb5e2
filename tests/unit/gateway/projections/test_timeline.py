"""What happened to a JST."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from services.gateway.projections.registry import VIEWS
from services.gateway.projections.timeline import (
    INNER_TYPES,
    TITLE_PARAMETERS,
    TimelineFilter,
    recent,
    timeline,
)
from shared.contracts import advisory, hdr, monitoring, recruitment
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import CallKind, Decision
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import (
    AREAS,
    BY_CHANCE,
    Story,
    a_whole_story,
    any_story,
    by_source,
)

NEVER_ABOUT_A_JST = {
    "EditionCreated", "EditionReconfigured", "RegisterImported", "CallPublished", "CallExtended",
    "CallClosed", "CallCancelled", "TrainingPlanned", "CandidateEnrolled", "AttendanceRecorded",
    "TrainingCompleted", "ExpertEnteredRoster", "ExpertLeftRoster", "TeamFormed", "TeamDissolved",
}  # fmt: skip
ALL = TimelineFilter(limit=None, includes_inner=True)


def types(page):
    return [row.type for row in page.rows]


def test_a_whole_way_through_the_programme_newest_first():
    story = a_whole_story()
    [jst] = story.jst

    with shown(by_source(story.told)) as connection:
        page = timeline(connection, jst, ALL)

    about_the_jst = [
        type(one.event).__name__
        for one in story.told
        if getattr(one.event, "kind", CallKind.JST) == CallKind.JST
    ]
    expected = [name for name in about_the_jst if name not in NEVER_ABOUT_A_JST]
    assert sorted(types(page)) == sorted(expected)
    assert page.rows == tuple(
        sorted(page.rows, key=lambda row: (row.time, row.source, row.sequence), reverse=True)
    )


def test_every_event_about_a_jst_has_its_parameters():
    known = {
        event.__name__
        for owner in (recruitment, advisory, hdr, monitoring)
        for event in owner.EVENTS
    }

    assert set(TITLE_PARAMETERS) == known - NEVER_ABOUT_A_JST
    [view] = [one for one in VIEWS if one.name == "timeline"]
    assert {one.rsplit(".", 2)[-2] for one in view._handlers} - {"TeamFormed"} == set(
        TITLE_PARAMETERS
    )


def test_an_entry_has_what_its_sentence_needs():
    story = Story()
    edition = story.edition()
    jst = story.register("Łódź")
    cycle = story.open_cycle(edition, jst)
    ros, pro = (story.expert(edition, role) for role in (ExpertRole.ROS, ExpertRole.PRO))
    team = story.team(edition, ros, pro, "Łąka")
    story.assign(cycle, team)
    story.replace_member(team, ExpertRole.PRO, pro)
    story.choose_area(cycle, AREAS[1])

    with shown(story.told) as connection:
        found = {row.type: row for row in timeline(connection, jst.id).rows}

    assert found["AreaChosen"].parameters == {
        "area_code": AREAS[1],
        "previous_area_code": None,
        "cycle_id": str(cycle),
    }
    assert found["TeamAssigned"].parameters["team_name"] == "Łąka"
    assert found["TeamMemberReplaced"].parameters == {
        "team_id": str(team),
        "team_name": "Łąka",
        "role": "PRO",
        "reason": "choroba",
        "cycle_id": str(cycle),
    }
    assert found["LocalGovernmentRegistered"].parameters["name"] == "Łódź"
    assert found["AreaChosen"].subject_id == cycle
    position = found["AreaChosen"].position
    assert type(story.told[position - 1].event).__name__ == "AreaChosen"


def test_an_experts_application_is_no_business_of_the_employer():
    story = Story()
    jst = story.register("Łódź")
    call = story.call(story.edition(), CallKind.PRO)
    application = story.apply(call, jst)
    story.check(application)
    story.publish_results(call, {application: Decision.QUALIFIED})

    with shown(story.told) as connection:
        assert types(timeline(connection, jst.id, ALL)) == ["LocalGovernmentRegistered"]


def test_the_inner_steps_of_the_assessment_are_for_staff():
    story = Story()
    jst = story.register("Łódź")
    application = story.apply(story.call(story.edition()), jst)
    story.check(application)
    story.decide(application)

    with shown(story.told) as connection:
        assert set(types(timeline(connection, jst.id, ALL))) >= set(INNER_TYPES)
        assert not set(types(timeline(connection, jst.id))) & set(INNER_TYPES)


def test_a_team_that_went_to_another_jst_is_no_longer_this_ones_business():
    story = Story()
    edition = story.edition()
    jst = story.register("Łódź")
    cycle = story.open_cycle(edition, jst)
    ros, pro = (story.expert(edition, role) for role in (ExpertRole.ROS, ExpertRole.PRO))
    first, second = (story.team(edition, ros, pro, name) for name in ("A", "B"))
    story.assign(cycle, first)
    story.assign(cycle, second)
    story.replace_member(first, ExpertRole.PRO, pro)

    with shown(story.told) as connection:
        assert "TeamMemberReplaced" not in types(timeline(connection, jst.id))


def test_the_timeline_by_choices():
    story = Story()
    story.on(2020, 3, 1)
    jst = story.register("Łódź", voivodeship="24")
    story.on(2020, 3, 5)
    cycle = story.open_cycle(story.edition(), jst)
    story.on(2020, 3, 9)
    story.choose_area(cycle)

    def found(**choices):
        return types(timeline(connection, jst.id, TimelineFilter(**choices)))

    with shown(story.told) as connection:
        whole = ["StageCompleted", "AreaChosen", "CycleOpened", "LocalGovernmentRegistered"]
        assert found() == found(voivodeships=("24",)) == whole
        assert found(types=("AreaChosen",)) == ["AreaChosen"]
        assert found(since=story.now) == whole[:2]
        assert found(until=story.now) == whole[2:]
        assert found(until=story.now - timedelta(days=8)) == []
        assert found(offset=1, limit=2) == whole[1:3]
        assert found(after_position=len(story.told) - 1) == ["StageCompleted"]
        assert found(voivodeships=()) == found(correlation_id="x") == []


def test_what_happened_lately_leaves_out_the_register_and_other_regions():
    story = Story()
    edition = story.edition()
    for place in ("06", "24"):
        story.wait(1)
        story.open_cycle(edition, story.register("Łódź", voivodeship=place))

    with shown(story.told) as connection:
        assert types(recent(connection, TimelineFilter())) == ["CycleOpened", "CycleOpened"]
        [row] = recent(connection, TimelineFilter(voivodeships=("24",))).rows
        assert story.jst[row.jst_id].voivodeship == "24"


@BY_CHANCE
@given(any_story())
def test_every_entry_belongs_to_a_jst_and_has_all_its_parameters(story):
    with shown(by_source(story.told)) as connection:
        for jst in story.jst:
            for row in timeline(connection, jst, ALL).rows:
                assert tuple(row.parameters) == TITLE_PARAMETERS[row.type]

"""How many came how far, and who they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.projections.programme_funnel import (
    ExpertFunnelFilter,
    ExpertMilestone,
    FunnelFilter,
    Milestone,
    expert_rows,
    funnel_rows,
    programme_funnel,
)
from shared.contracts.base import ExpertRole, JstKind
from shared.contracts.recruitment import CallKind, Decision
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import (
    AREAS,
    BY_CHANCE,
    PLACES,
    Story,
    a_whole_story,
    any_story,
    by_source,
)

NONE = dict.fromkeys(Milestone, 0)


def names(page):
    return [row.jst.name for row in page.rows]


def an_edition_of_two():
    """Łódź was qualified and chose an area, Lublin only applied."""
    story = Story()
    edition = story.edition()
    call = story.call(edition)
    lodz = story.register("Łódź", JstKind.URBAN, "24")
    lublin = story.register("Lublin", JstKind.RURAL, "06")
    applications = [story.apply(call, jst) for jst in (lodz, lublin)]
    decisions = (Decision.QUALIFIED, Decision.RESERVE)
    story.publish_results(call, dict(zip(applications, decisions, strict=True)))
    cycle = story.open_cycle(edition, lodz)
    story.choose_area(cycle, AREAS[0])
    return story, edition, call, applications


def test_a_jst_that_came_to_the_end_holds_every_milestone_but_the_withdrawn_hdr():
    story = a_whole_story()

    with shown(by_source(story.told)) as connection:
        funnel = programme_funnel(connection)
        [row] = funnel_rows(connection, None, FunnelFilter()).rows

    assert funnel.jst == dict.fromkeys(Milestone, 1) | {Milestone.HDR_PUBLISHED: 0}
    assert list(row.milestones) == [one for one in Milestone if one != Milestone.HDR_PUBLISHED]
    assert row.area_code == AREAS[0]
    assert funnel.experts == dict.fromkeys(ExpertMilestone, 2)
    assert funnel.experts_by_role() == {
        role: dict.fromkeys(ExpertMilestone, 1) for role in ExpertRole
    }


def test_the_funnel_counts_by_voivodeship_kind_and_area():
    story, edition, _call, _applications = an_edition_of_two()

    with shown(story.told) as connection:
        funnel = programme_funnel(connection, edition)

    far = NONE | dict.fromkeys(list(Milestone)[:4], 1)
    near = NONE | {Milestone.APPLIED: 1}
    assert [(cell.voivodeship, cell.kind, cell.area_code) for cell in funnel.cells] == [
        ("06", JstKind.RURAL, None),
        ("24", JstKind.URBAN, AREAS[0]),
    ]
    assert [cell.counts for cell in funnel.cells] == [near, far]
    assert [cell.participations for cell in funnel.cells] == [1, 1]
    assert funnel.by_voivodeship() == {"06": near, "24": far}
    assert funnel.by_kind() == {JstKind.RURAL: near, JstKind.URBAN: far}
    assert funnel.by_area() == {None: near, AREAS[0]: far}
    assert funnel.by_area_and_kind() == {
        (None, JstKind.RURAL): near,
        (AREAS[0], JstKind.URBAN): far,
    }
    assert funnel.jst[Milestone.APPLIED] == 2


def test_every_number_opens_the_rows_behind_it():
    story, edition, _call, _applications = an_edition_of_two()

    def found(milestone, **choices):
        return names(funnel_rows(connection, milestone, FunnelFilter(**choices)))

    with shown(story.told) as connection:
        assert found(Milestone.APPLIED) == found(None) == ["Lublin", "Łódź"]
        assert found(Milestone.QUALIFIED) == found(None, has_area=True) == ["Łódź"]
        assert found(Milestone.QUALIFIED, has_reached=False) == ["Lublin"]
        assert found(None, has_area=False) == found(None, voivodeships=("06",)) == ["Lublin"]
        assert found(None, area_code=AREAS[0]) == found(None, kind=JstKind.URBAN) == ["Łódź"]
        assert found(None, text="lublin") == found(None, limit=1) == ["Lublin"]
        assert found(None, offset=1) == ["Łódź"]
        assert found(None, voivodeships=()) == found(None, edition_id=story.new_id()) == []
        [jst_id] = [one.id for one in story.jst.values() if one.name == "Łódź"]
        assert found(None, jst_ids=(jst_id,), edition_id=edition) == ["Łódź"]


def test_nothing_is_counted_where_nothing_is_in_scope():
    story, _edition, _call, _applications = an_edition_of_two()

    with shown(story.told) as connection:
        funnel = programme_funnel(connection, voivodeships=())

    assert (funnel.cells, funnel.expert_cells, funnel.jst) == ((), (), NONE)


def test_a_jst_counts_once_however_often_it_applied():
    story, _edition, call, applications = an_edition_of_two()
    jst = story.applications[applications[1]].jst
    story.apply(call, jst)

    with shown(story.told) as connection:
        assert programme_funnel(connection).jst[Milestone.APPLIED] == 2
        story.withdraw(applications[1])

    with shown(story.told) as connection:
        assert programme_funnel(connection).jst[Milestone.APPLIED] == 2


def test_a_withdrawn_application_does_not_count_and_its_jst_still_took_part():
    story, _edition, _call, applications = an_edition_of_two()
    story.withdraw(applications[1])

    with shown(story.told) as connection:
        funnel = programme_funnel(connection)
        assert funnel.jst[Milestone.APPLIED] == 1
        assert [cell.participations for cell in funnel.cells] == [1, 1]
        assert names(funnel_rows(connection, None, FunnelFilter())) == ["Lublin", "Łódź"]


def test_what_was_lost_can_be_reached_again():
    story = a_whole_story()
    [hdr_id] = story.hdrs
    story.wait(24)
    story.publish_hdr(hdr_id)

    with shown(story.told) as connection:
        [row] = funnel_rows(connection, Milestone.HDR_PUBLISHED, FunnelFilter()).rows
        assert row.milestones[Milestone.HDR_PUBLISHED] == story.now


def test_a_promotion_from_the_reserve_list_qualifies():
    story, _edition, _call, applications = an_edition_of_two()
    story.promote(applications[1])

    with shown(story.told) as connection:
        assert programme_funnel(connection).jst[Milestone.QUALIFIED] == 2


def test_over_several_editions_participations_are_counted():
    story, edition, _call, _applications = an_edition_of_two()
    second = story.edition("druga")
    [jst] = [one for one in story.jst.values() if one.name == "Łódź"]
    story.apply(story.call(second, slug="drugi"), jst)

    with shown(story.told) as connection:
        assert programme_funnel(connection).jst[Milestone.APPLIED] == 3
        assert programme_funnel(connection, edition).jst[Milestone.APPLIED] == 2
        assert programme_funnel(connection, second).jst[Milestone.APPLIED] == 1


def test_the_funnel_of_an_earlier_moment_for_the_change_since():
    story = Story()
    edition = story.edition()
    jst = story.register("Łódź")
    before = story.now
    story.wait(1)
    application = story.apply(story.call(edition), jst)
    applied = story.now
    story.wait(1)
    story.withdraw(application)

    with shown(story.told) as connection:
        for at, participations, number in ((before, 0, 0), (applied, 1, 1), (story.now, 1, 0)):
            funnel = programme_funnel(connection, at=at)
            assert sum(cell.participations for cell in funnel.cells) == participations
            assert funnel.jst[Milestone.APPLIED] == number
            rows = funnel_rows(connection, Milestone.APPLIED, FunnelFilter(at=at))
            assert rows.total == number


def test_a_jst_stays_in_the_cell_in_which_it_took_part_first():
    story, _edition, _call, _applications = an_edition_of_two()
    [lublin] = [one for one in story.jst.values() if one.name == "Lublin"]
    changed = story.become_urban_rural(lublin)
    story.wait(24)
    story.apply(story.call(story.editions[0], slug="drugi"), changed)

    with shown(story.told) as connection:
        assert set(programme_funnel(connection).by_kind()) == {JstKind.RURAL, JstKind.URBAN}


def two_experts():
    story = Story()
    edition = story.edition()
    ros, pro = (story.expert(edition, role) for role in (ExpertRole.ROS, ExpertRole.PRO))
    return story, edition, ros, pro


def test_experts_by_voivodeship_and_role():
    story, edition, ros, pro = two_experts()
    story.team(edition, ros, pro)
    call = story.call(edition, CallKind.PRO, "drugi")
    story.apply(call, voivodeship="24")
    story.withdraw(story.apply(call, voivodeship="24"))

    def found(milestone, **choices):
        page = expert_rows(connection, milestone, ExpertFunnelFilter(**choices))
        return [(row.role, row.voivodeship) for row in page.rows]

    with shown(by_source(story.told)) as connection:
        funnel = programme_funnel(connection)
        cells = {
            (cell.voivodeship, cell.role): (cell.candidates, *cell.counts.values())
            for cell in funnel.expert_cells
        }
        assert cells == {
            ("06", ExpertRole.PRO): (1, 1, 1, 1, 1),
            ("06", ExpertRole.ROS): (1, 1, 1, 1, 1),
            ("24", ExpertRole.PRO): (2, 1, 0, 0, 0),
        }
        assert funnel.experts_by_voivodeship()["24"][ExpertMilestone.APPLIED] == 1
        in_team = [(ExpertRole.PRO, "06"), (ExpertRole.ROS, "06")]
        assert sorted(found(ExpertMilestone.IN_TEAM)) == in_team
        assert found(ExpertMilestone.TRAINED, role=ExpertRole.ROS) == in_team[1:]
        waiting = found(ExpertMilestone.QUALIFIED, has_reached=False)
        assert waiting == [(ExpertRole.PRO, "24")] * 2
        assert len(found(None)) == 4
        assert found(None, voivodeships=()) == found(None, text="nikt") == []
        assert found(None, edition_id=story.new_id()) == []


@pytest.mark.parametrize("end", ["dissolve", "leave", "replace"])
def test_who_is_no_longer_in_a_team_does_not_count(end):
    story, edition, ros, pro = two_experts()
    team = story.team(edition, ros, pro)
    if end == "dissolve":
        story.dissolve(team)
    elif end == "leave":
        story.leave(pro)
    else:
        story.replace_member(team, ExpertRole.PRO, story.expert(edition, ExpertRole.PRO, "24"))

    with shown(by_source(story.told)) as connection:
        rows = expert_rows(connection, ExpertMilestone.IN_TEAM, ExpertFunnelFilter()).rows

    assert pro not in {row.expert_id for row in rows}
    assert len(rows) == {"dissolve": 0, "leave": 1, "replace": 2}[end]


@BY_CHANCE
@given(any_story(), st.sampled_from([None, PLACES[:1], PLACES[1:]]), st.booleans())
def test_every_number_of_any_funnel_is_the_number_of_rows_behind_it(story, places, is_as_of):
    at = story.now if is_as_of else None  # earlier than the end where history was taken over
    edition = story.editions[0]
    with shown(story.told) as connection:
        funnel = programme_funnel(connection, edition, places, at)
        for milestone in Milestone:
            choices = {"edition_id": edition, "voivodeships": places, "at": at}
            rows = funnel_rows(connection, milestone, FunnelFilter(**choices, limit=None))
            assert funnel.jst[milestone] == rows.total == len(rows.rows)
            assert all(milestone in row.milestones for row in rows.rows)
            others = FunnelFilter(**choices, has_reached=False)
            without = funnel_rows(connection, milestone, others).total
            assert rows.total + without == sum(cell.participations for cell in funnel.cells)
        for cell in funnel.cells:
            one = FunnelFilter(
                edition_id=edition,
                voivodeships=(cell.voivodeship,),
                kind=cell.kind,
                area_code=cell.area_code,
                has_area=cell.area_code is not None,
                at=at,
            )
            for milestone, number in cell.counts.items():
                assert funnel_rows(connection, milestone, one).total == number
        for milestone in ExpertMilestone:
            filters = ExpertFunnelFilter(**choices)
            assert funnel.experts[milestone] == expert_rows(connection, milestone, filters).total

"""Rounds, records, and the report of a round."""

from __future__ import annotations

from datetime import timedelta
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.projections.monitoring import (
    ActionFilter,
    Aggregates,
    IndicatorFilter,
    Known,
    RecordFilter,
    RoundFilter,
    find_record,
    find_round,
    find_round_by_slug,
    list_actions,
    list_indicators,
    list_records,
    list_rounds,
    report,
)
from shared.contracts.base import ExpertRole, JstKind
from shared.contracts.monitoring import ActionState
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import AREAS, BY_CHANCE, Story, any_story, by_source
from tests.unit.gateway.projections.test_hdrs import an_hdr

DONE, DROPPED, STARTED = ActionState.DONE, ActionState.DROPPED, ActionState.IN_PROGRESS
UNITS = {
    "Lublin": {"kind": JstKind.RURAL, "place": "06", "area": AREAS[0]},
    "Łódź": {"kind": JstKind.URBAN, "place": "24", "area": AREAS[1]},
    "Żory": {"kind": JstKind.URBAN, "place": "24", "area": AREAS[0]},
}


def a_round():
    """A round that asks three HDRs."""
    story = Story()
    edition = story.edition()
    asked = {name: an_hdr(story, edition, name, **unit) for name, unit in UNITS.items()}
    for hdr_id in asked.values():
        story.submit_hdr(hdr_id)
        story.publish_hdr(hdr_id)
    return story, story.open_round(edition), asked


def an_answered_round():
    """Lublin reported in time, Żory late, Łódź not at all."""
    story, round_id, asked = a_round()
    story.record(round_id, asked["Lublin"], states=(DONE, STARTED), values=(20, 2), helping="wójt")
    story.record(round_id, asked["Żory"], states=(DONE, DROPPED), values=(5, None), is_late=True)
    return story, round_id, asked


def numbers(aggregates: Aggregates):
    return (aggregates.asked, aggregates.recorded, aggregates.on_time, aggregates.late)


def test_the_report_of_a_round():
    story, round_id, asked = an_answered_round()

    with shown(story.told) as connection:
        found = report(connection, round_id)

    overall = found.overall
    assert numbers(overall) == (3, 2, 1, 1)
    assert overall.response_rate_ratio == pytest.approx(2 / 3)
    assert overall.on_time_ratio == pytest.approx(1 / 3)
    assert overall.actions_by_state == {
        ActionState.NOT_STARTED: 0,
        STARTED: 1,
        DONE: 2,
        DROPPED: 1,
        ActionState.POSTPONED: 0,
    }
    assert (overall.actions, overall.action_ratio(DONE)) == (4, 0.5)
    assert (overall.indicators_with_value, overall.indicators_without_value) == (3, 1)
    # (20-10)/(20-10) = 1, (2-0)/(4-0) = 0.5, (5-10)/(20-10) = -0.5: below the baseline, not cut
    assert overall.mean_attainment_ratio == pytest.approx((1 + 0.5 - 0.5) / 3)
    assert overall.indicators_reaching_target == 1
    assert overall.reaching_target_ratio == pytest.approx(1 / 3)
    assert {kind: numbers(one) for kind, one in found.by_kind.items()} == {
        JstKind.RURAL: (1, 1, 1, 0),
        JstKind.URBAN: (2, 1, 0, 1),
    }
    assert {area: numbers(one) for area, one in found.by_area.items()} == {
        AREAS[0]: (2, 2, 1, 1),
        AREAS[1]: (1, 0, 0, 0),
    }
    assert {place: numbers(one) for place, one in found.by_voivodeship.items()} == {
        "06": (1, 1, 1, 0),
        "24": (2, 1, 0, 1),
    }
    assert [(one.hdr_id, one.helping_factors) for one in found.factors] == [
        (asked["Lublin"], "wójt")
    ]
    assert found.changed_after_closing == 0


def test_a_group_without_records_has_no_ratios_but_the_response_rate():
    story, round_id, _asked = an_answered_round()

    with shown(story.told) as connection:
        silent = report(connection, round_id).by_area[AREAS[1]]

    assert silent.response_rate_ratio == 0
    assert silent.mean_attainment_ratio is None
    assert silent.reaching_target_ratio is None
    assert silent.action_ratio(DONE) is None


def test_where_nothing_was_asked_there_is_no_response_rate():
    story, round_id, _asked = an_answered_round()

    with shown(story.told) as connection:
        for voivodeships in ((), ("02",)):
            nothing = report(connection, round_id, voivodeships)
            assert numbers(nothing.overall) == (0, 0, 0, 0)
            assert nothing.overall.response_rate_ratio is None
            assert nothing.overall.on_time_ratio is None
            assert nothing.by_kind == nothing.by_area == nothing.by_voivodeship == {}
        assert numbers(report(connection, round_id, ("24",)).overall) == (2, 1, 0, 1)
        assert report(connection, story.new_id()) is None


def test_a_correction_after_closing_is_known_now_and_not_then():
    story, round_id, asked = an_answered_round()
    story.record(round_id, asked["Lublin"], values=(20, 3))
    story.close_round(round_id)
    story.record(round_id, asked["Lublin"], states=(DROPPED, DROPPED), values=(None, 4))
    story.record(round_id, asked["Lublin"], states=(DROPPED, DROPPED), values=(10, 4))

    with shown(story.told) as connection:
        now = report(connection, round_id)
        then = report(connection, round_id, known=Known.AT_CLOSING)
        assert (now.changed_after_closing, then.changed_after_closing) == (1, 1)
        assert numbers(now.overall) == numbers(then.overall) == (3, 2, 1, 1)
        assert now.overall.mean_attainment_ratio == pytest.approx((0 + 1 - 0.5) / 3)
        assert then.overall.mean_attainment_ratio == pytest.approx((1 + 0.75 - 0.5) / 3)
        assert now.overall.actions_by_state[DROPPED] == 3
        assert then.overall.actions_by_state[DROPPED] == 1
        assert find_record(connection, round_id, asked["Lublin"]).revision == 4
        filters = RecordFilter(hdr_id=asked["Lublin"], known=Known.AT_CLOSING)
        assert [row.revision for row in list_records(connection, filters).rows] == [2]


def test_rounds_are_listed_with_their_numbers():
    story, round_id, _asked = an_answered_round()
    first_due = story.today + timedelta(days=30)
    story.move_due_date(round_id, 60)
    story.wait(24)
    later = story.open_round(story.editions[0], "druga", days=90)
    story.close_round(later)

    with shown(story.told) as connection:
        page = list_rounds(connection, RoundFilter())
        assert [row.round_id for row in page.rows] == [later, round_id]
        row = page.rows[1]
        assert (row.asked, row.recorded, row.is_closed) == (3, 2, False)
        assert (row.first_due_on, row.due_on) == (first_due, first_due + timedelta(days=30))
        assert find_round_by_slug(connection, "druga").is_closed
        assert find_round(connection, round_id, ("24",)).asked == 2
        assert find_round(connection, round_id, ("24",)).recorded == 1
        closed = list_rounds(connection, RoundFilter(is_closed=True, edition_id=story.editions[0]))
        assert [row.round_id for row in closed.rows] == [later]
        assert find_round(connection, story.new_id()) is None
        assert find_round_by_slug(connection, "trzecia") is None


def test_records_are_narrowed_by_every_choice_and_come_in_polish_order():
    story, round_id, asked = an_answered_round()
    edition = story.editions[0]
    ros, pro = (story.expert(edition, role) for role in (ExpertRole.ROS, ExpertRole.PRO))
    story.assign(story.hdrs[asked["Łódź"]].cycle_id, story.team(edition, ros, pro))
    lublin = story.hdrs[asked["Lublin"]].jst

    def found(**choices):
        return [row.jst.name for row in list_records(connection, RecordFilter(**choices)).rows]

    with shown(by_source(story.told)) as connection:
        assert found() == found(round_id=round_id) == ["Lublin", "Łódź", "Żory"]
        assert found(is_recorded=False) == found(expert_id=pro) == ["Łódź"]
        assert found(is_late=True) == found(area_code=AREAS[0], text="zory") == ["Żory"]
        assert found(is_late=False) == found(kind=JstKind.RURAL) == ["Lublin"]
        assert found(jst_id=lublin.id) == found(jst_ids=(lublin.id,)) == ["Lublin"]
        assert found(voivodeships=("24",), is_recorded=True) == ["Żory"]
        assert found(voivodeships=()) == found(is_round_closed=True) == []
        row = find_record(connection, round_id, asked["Łódź"])
        assert (row.is_recorded, row.revision, row.helping_factors) == (False, 0, "")
        assert find_record(connection, round_id, story.new_id()) is None


def test_every_number_opens_the_records_behind_it():
    story, round_id, _asked = an_answered_round()

    with shown(story.told) as connection:
        [dropped] = list_actions(connection, ActionFilter(state=DROPPED)).rows
        assert (dropped.jst.name, dropped.key, dropped.description) == ("Żory", "A2", "Warsztat")
        reaching = list_indicators(connection, IndicatorFilter(reaches_target=True)).rows
        assert [(row.jst.name, row.key, row.attainment_ratio) for row in reaching] == [
            ("Lublin", "W1", 1.0)
        ]
        [empty] = list_indicators(connection, IndicatorFilter(has_value=False)).rows
        assert (empty.jst.name, empty.value, empty.unit) == ("Żory", None, "szkoły")
        below = list_indicators(connection, IndicatorFilter(reaches_target=False)).rows
        assert [row.attainment_ratio for row in below] == [0.5, -0.5]
        of_lublin = list_actions(connection, ActionFilter(round_id=round_id, kind=JstKind.RURAL))
        assert [row.key for row in of_lublin.rows] == ["A1", "A2"]


def by_hand(rows, indicators) -> tuple[int, int, float | None]:
    ratios = [one.attainment_ratio for one in indicators if one.attainment_ratio is not None]
    mean = fsum(ratios) / len(ratios) if ratios else None
    return len(rows), sum(row.is_recorded for row in rows), mean


@BY_CHANCE
@given(any_story(), st.sampled_from(Known), st.sampled_from([None, ("06",), ("24", "30")]))
def test_the_numbers_of_any_report_are_those_of_the_rows_behind_them(story, known, places):
    with shown(story.told) as connection:
        for round_id in story.rounds:
            found = report(connection, round_id, places, known)
            choices = {"round_id": round_id, "voivodeships": places, "known": known, "limit": None}
            rows = list_records(connection, RecordFilter(**choices)).rows
            indicators = list_indicators(connection, IndicatorFilter(**choices)).rows
            overall = found.overall
            assert by_hand(rows, indicators) == (
                overall.asked,
                overall.recorded,
                overall.mean_attainment_ratio,
            )
            for state, number in overall.actions_by_state.items():
                actions = list_actions(connection, ActionFilter(**choices, state=state))
                assert actions.total == number
            for groups in (found.by_kind, found.by_area, found.by_voivodeship):
                assert sum(one.asked for one in groups.values()) == overall.asked
                assert sum(one.recorded for one in groups.values()) == overall.recorded
                assert sum(one.actions for one in groups.values()) == overall.actions
                assert all(0 <= one.response_rate_ratio <= 1 for one in groups.values())

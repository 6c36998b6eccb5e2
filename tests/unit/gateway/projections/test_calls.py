"""Calls, applications and results."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.gateway.projections.applications import (
    ApplicationCounts,
    ApplicationFilter,
    counts_by_call,
    find_application,
    list_applications,
)
from services.gateway.projections.calls import (
    CallFilter,
    CallState,
    find_call,
    find_call_by_slug,
    list_calls,
    open_calls,
)
from services.gateway.projections.results import (
    published_lists,
    results_by_slug,
    results_of_call,
)
from shared.contracts.base import JstKind
from shared.contracts.recruitment import ApplicationStatus, CallKind, Decision
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import Story

FIRST_DAY, LAST_DAY = date(2020, 2, 7), date(2020, 2, 29)


def a_call(kind=CallKind.JST, slug="nabor"):
    """The call of 2020: open from 7 to 29 February, a leap day."""
    story = Story()
    edition = story.edition()
    story.on(2020, 2, 7)
    return story, story.call(edition, kind, slug)


@pytest.mark.parametrize(
    ("today", "is_open"),
    [
        (FIRST_DAY - timedelta(days=1), False),
        (FIRST_DAY, True),
        (LAST_DAY, True),
        (LAST_DAY + timedelta(days=1), False),
    ],
)
def test_a_call_is_open_from_its_first_day_to_the_end_of_its_last(today, is_open):
    story, call = a_call()

    with shown(story.told) as connection:
        assert [row.call_id for row in open_calls(connection, today)] == [call] * is_open


def test_an_extended_call_is_open_longer_and_says_so():
    story, call = a_call()
    story.extend(call, 7)

    with shown(story.told) as connection:
        [row] = open_calls(connection, date(2020, 3, 7))
        assert (row.is_extended, row.first_closes_on, row.extension_reason) == (
            True,
            LAST_DAY,
            "ferie",
        )


def published(story, call):
    story.publish_results(call, {})


@pytest.mark.parametrize(
    ("act", "today", "state"),
    [
        (None, FIRST_DAY - timedelta(days=1), CallState.ANNOUNCED),
        (None, FIRST_DAY, CallState.OPEN),
        (None, LAST_DAY + timedelta(days=1), CallState.ASSESSING),
        (Story.close_call, FIRST_DAY, CallState.ASSESSING),
        (published, LAST_DAY + timedelta(days=1), CallState.DECIDED),
        (Story.cancel_call, FIRST_DAY, CallState.CANCELLED),
    ],
)
def test_the_state_of_a_call_on_a_day(act, today, state):
    story, call = a_call()
    if act:
        act(story, call)

    with shown(story.told) as connection:
        assert find_call(connection, call, today).state == state
        assert find_call_by_slug(connection, "nabor", today).state == state
        for other in CallState:
            page = list_calls(connection, CallFilter(state=other), today)
            assert page.total == (other == state)


def test_calls_are_listed_by_choices_the_newest_first():
    story, first = a_call()
    story.wait(24)
    second = story.call(story.editions[0], CallKind.PRO, "nabor-pro")

    def found(**choices):
        page = list_calls(connection, CallFilter(**choices), FIRST_DAY)
        return [row.call_id for row in page.rows]

    with shown(story.told) as connection:
        assert found() == [second, first]
        assert found(kind=CallKind.PRO) == [second]
        assert found(edition_id=story.new_id()) == []
        assert found(voivodeships=("06",)) == [second, first]
        assert found(voivodeships=("02",)) == found(voivodeships=()) == []
        assert found(text="nabor pro zapraszamy") == [second]
        assert find_call(connection, story.new_id(), FIRST_DAY) is None
        assert find_call_by_slug(connection, "inny", FIRST_DAY) is None


def assessed():
    """Five applications: one of each way."""
    story, call = a_call()
    kinds = (JstKind.URBAN, JstKind.RURAL, JstKind.COUNTY, JstKind.URBAN, JstKind.URBAN)
    units = [story.register(f"Gmina {n}", kind) for n, kind in enumerate(kinds, start=1)]
    applications = []
    for jst in units:
        story.wait(1)
        applications.append(story.apply(call, jst))
    story.withdraw(applications[4])
    return story, call, applications


def test_where_an_application_stands_before_publication():
    story, call, applications = assessed()
    story.check(applications[1])
    story.decide(applications[2])

    with shown(story.told) as connection:
        rows = list_applications(connection, ApplicationFilter(call_id=call)).rows
        assert [row.status for row in rows] == [
            ApplicationStatus.RECEIVED,
            ApplicationStatus.CHECKED,
            ApplicationStatus.DECIDED,
            ApplicationStatus.RECEIVED,
            ApplicationStatus.WITHDRAWN,
        ]
        assert counts_by_call(connection) == {
            call: ApplicationCounts(received=2, checked=1, decided=1, withdrawn=1)
        }


def test_where_an_application_stands_after_publication_and_promotion():
    story, call, (qualified, reserve, later, rejected, _) = assessed()
    decisions = {
        rejected: Decision.REJECTED,
        later: Decision.RESERVE,
        reserve: Decision.RESERVE,
        qualified: Decision.QUALIFIED,
    }
    story.publish_results(call, decisions)
    story.promote(reserve)

    with shown(story.told) as connection:
        row = find_application(connection, reserve)
        assert (row.status, row.is_promoted) == (ApplicationStatus.QUALIFIED, True)
        counts = counts_by_call(connection, [call])[call]
        assert counts == ApplicationCounts(qualified=2, reserve=1, rejected=1, withdrawn=1)
        assert (counts.total, counts.standing, counts.waiting) == (5, 4, 0)
        listed = results_of_call(connection, call)
        assert listed == results_by_slug(connection, "nabor")
        assert [row.application_id for row in listed.rows] == [reserve, qualified, later, rejected]
        assert listed.rows[0].published_decision == Decision.RESERVE
        assert listed.rows[0].promotion_reason == "rezygnacja"
        assert len(listed.with_decision(Decision.QUALIFIED)) == 2
        [newest] = published_lists(connection)
        assert (newest.call_id, newest.rows) == (call, ())


def test_there_are_no_results_before_they_are_published():
    story, call = a_call()

    with shown(story.told) as connection:
        assert results_of_call(connection, call) is None
        assert results_by_slug(connection, "nabor") is None
        assert published_lists(connection) == []


def test_applications_are_narrowed_by_every_choice():
    story, _call, applications = assessed()
    first = story.applications[applications[0]]

    def found(**choices):
        page = list_applications(connection, ApplicationFilter(**choices))
        return [applications.index(row.application_id) for row in page.rows]

    with shown(story.told) as connection:
        assert found() == [0, 1, 2, 3, 4]
        assert found(jst_id=first.jst.id) == found(jst_ids=(first.jst.id,)) == [0]
        assert found(jst_kind=JstKind.RURAL) == [1]
        assert found(status=ApplicationStatus.WITHDRAWN) == [4]
        assert found(voivodeships=("24",)) == found(jst_ids=()) == []
        assert found(text=f"gmina {first.receipt_number.lower()}") == [0]
        assert found(kind=CallKind.PRO) == found(edition_id=story.new_id()) == []
        assert found(offset=1, limit=2) == [1, 2]


def test_a_call_without_applications_has_zeros_when_it_was_named():
    story, call = a_call()

    with shown(story.told) as connection:
        assert counts_by_call(connection, [call]) == {call: ApplicationCounts()}
        assert counts_by_call(connection) == {}
        assert counts_by_call(connection, [call], ("24",)) == {call: ApplicationCounts()}

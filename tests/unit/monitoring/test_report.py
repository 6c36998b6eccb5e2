from datetime import date

import pytest
from hypothesis import given, strategies

from services.monitoring.domain.errors import IncompleteReportError
from services.monitoring.domain.report import ReportOutcome, outcome_of
from shared.contracts.monitoring import ActionReport, ActionState
from tests.unit.monitoring.builders import a_hdr, a_report, done, measured, result_1, result_2


def findings(**changes):
    """Field, rule and key of everything that the report lacks."""
    with pytest.raises(IncompleteReportError) as refused:
        outcome_of(a_report(**changes), a_hdr())
    return [
        (entry["field"], entry["rule"], entry["parameters"]["key"])
        for entry in refused.value.fields
    ]


def test_a_complete_report_amounts_to_its_answers_and_attainments():
    assert outcome_of(a_report(), a_hdr()) == ReportOutcome(
        actions=(done("A1"), ActionReport(key="A2", state=ActionState.IN_PROGRESS)),
        indicators=(result_1(), result_2()),
        helping_factors="Zaangażowana rada",
        hindering_factors="Budżet",
        changes_made="",
        support_needed="Doradztwo zdalne",
    )


def test_the_outcome_is_in_the_order_of_the_hdr():
    report = a_report(
        actions=(done("A2"), done("A1")), indicators=(measured("I2", 1.0), measured("I1", 50.0))
    )

    outcome = outcome_of(report, a_hdr())

    assert [action.key for action in outcome.actions] == ["A1", "A2"]
    assert outcome.indicators == (result_1(50.0, 1.0), result_2(1.0, 0.25))


def test_every_action_is_reported():
    assert findings(actions=(done("A2"),)) == [("actions", "ACTION_MISSING", "A1")]


def test_no_other_action_is_reported():
    assert findings(actions=(done("A1"), done("A9"), done("A2"))) == [
        ("actions.1.key", "ACTION_UNKNOWN", "A9")
    ]


def test_no_action_is_reported_twice():
    assert findings(actions=(done("A1"), done("A2"), done("A1"))) == [
        ("actions.2.key", "ACTION_REPEATED", "A1")
    ]


def test_every_indicator_is_reported_even_if_not_measured():
    assert findings(indicators=(measured("I1", None),)) == [
        ("indicators", "INDICATOR_MISSING", "I2")
    ]


def test_no_other_indicator_is_reported():
    assert findings(indicators=(measured("I1", 1), measured("I2", 1), measured("I3", 1))) == [
        ("indicators.2.key", "INDICATOR_UNKNOWN", "I3")
    ]


def test_no_indicator_is_reported_twice():
    assert findings(indicators=(measured("I1", 1), measured("I1", 2), measured("I2", 1))) == [
        ("indicators.1.key", "INDICATOR_REPEATED", "I1")
    ]


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_dropped_action_needs_a_reason(reason):
    dropped = ActionReport(key="A2", state=ActionState.DROPPED, reason=reason)

    assert findings(actions=(done("A1"), dropped)) == [
        ("actions.1.reason", "REASON_REQUIRED", "A2")
    ]


def test_a_postponed_action_needs_a_reason_and_a_new_date():
    postponed = ActionReport(key="A1", state=ActionState.POSTPONED)

    assert findings(actions=(postponed, done("A2"))) == [
        ("actions.0.reason", "REASON_REQUIRED", "A1"),
        ("actions.0.new_date", "NEW_DATE_REQUIRED", "A1"),
    ]


def test_dropped_and_postponed_actions_with_what_they_need_are_complete():
    dropped = ActionReport(key="A1", state=ActionState.DROPPED, reason="Brak środków")
    postponed = ActionReport(
        key="A2", state=ActionState.POSTPONED, reason="Pandemia", new_date=date(2026, 9, 7)
    )

    outcome = outcome_of(a_report(actions=(dropped, postponed)), a_hdr())

    assert outcome.actions == (dropped, postponed)


def test_everything_that_is_missing_is_named_at_once():
    assert findings(actions=(), indicators=()) == [
        ("actions", "ACTION_MISSING", "A1"),
        ("actions", "ACTION_MISSING", "A2"),
        ("indicators", "INDICATOR_MISSING", "I1"),
        ("indicators", "INDICATOR_MISSING", "I2"),
    ]


def test_a_finding_says_what_is_wrong_in_words():
    with pytest.raises(IncompleteReportError) as refused:
        outcome_of(a_report(actions=(done("A1"),)), a_hdr())

    assert refused.value.as_data() == {
        "code": "incomplete-report",
        "status": 422,
        "field": None,
        "fields": [
            {
                "field": "actions",
                "rule": "ACTION_MISSING",
                "message": "the action is not reported",
                "parameters": {"key": "A2"},
            }
        ],
        "parameters": {},
    }


def test_an_hdr_without_actions_and_indicators_has_an_empty_report():
    outcome = outcome_of(a_report(actions=(), indicators=()), a_hdr(actions=(), indicators=()))

    assert (outcome.actions, outcome.indicators) == ((), ())


KEYS = strategies.lists(strategies.sampled_from(["A1", "A2", "A3"]), max_size=5)


@given(KEYS)
def test_a_report_is_complete_exactly_if_it_names_each_action_once(keys):
    report = a_report(actions=tuple(done(key) for key in keys))
    try:
        outcome_of(report, a_hdr())
        is_complete = True
    except IncompleteReportError:
        is_complete = False

    assert is_complete == (sorted(keys) == ["A1", "A2"])

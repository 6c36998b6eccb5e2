"""Compares every number that the platform shows with the story's ledger."""

from __future__ import annotations

from tests.story.checks import events, funnel, lists, people, publications, reports
from tests.story.steps import Steps

CHECKS = (
    lists.register,
    lists.calls,
    lists.applications,
    lists.results,
    people.trainings,
    people.roster,
    people.teams,
    people.cycles,
    publications.hdrs,
    publications.catalogue,
    publications.summaries,
    funnel.jst,
    funnel.rows_behind,
    funnel.experts,
    funnel.in_one_region,
    reports.monitoring,
    reports.records,
    reports.attention,
    reports.cards_and_timelines,
    events.feed,
)


def check(story: Steps) -> None:
    """Compare everything.

    Raises:
        AssertionError: Something differs.
    """
    story.settle()
    for compare in CHECKS:
        compare(story)

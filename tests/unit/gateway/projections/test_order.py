"""Every view gives the same rows in whatever order the sources' events came in."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from services.gateway.journal import Journal
from services.gateway.projections import View
from services.gateway.projections.registry import VIEWS
from services.gateway.rebuilding import rebuild
from shared.contracts import advisory, hdr, monitoring, recruitment
from shared.kernel import schema
from shared.kernel.positions import Position
from tests.unit.gateway.projections.showing import an_empty_gateway, rows_of, show, shown
from tests.unit.gateway.projections.stories import (
    BY_CHANCE,
    Told,
    a_whole_story,
    any_order,
    any_story,
    by_source,
    stories,
)


def rows_after(connection: Connection, told: list[Told], view: type[View]) -> object:
    """A view's rows after these events; nothing stays."""
    savepoint = connection.begin_nested()
    show(connection, told, view)
    rows = rows_of(connection, view)
    savepoint.rollback()
    return rows


@BY_CHANCE
@given(data=st.data())
def test_any_interleaving_of_the_sources_gives_the_same_rows(data):
    story = data.draw(any_story())
    interleaved = data.draw(any_order(story.told))

    with shown([]) as connection:
        for view in VIEWS:
            expected = rows_after(connection, by_source(story.told), view)
            assert rows_after(connection, interleaved, view) == expected, view.name
            assert rows_after(connection, story.told, view) == expected, view.name


def a_journal() -> Journal:
    database = an_empty_gateway()
    with database.transaction() as connection:
        schema.create_v1(connection)
    journal = Journal(database, [view() for view in VIEWS])
    journal.prepare()
    return journal


def append(journal: Journal, told: list[Told]) -> None:
    """Let the journal take events as its subscription hands them over: batches of one source."""
    previous: dict[str, int] = {}
    for source, batch in groupby(told, key=lambda each: each.source):
        first = previous.get(source, 0)
        envelopes = []
        for each in batch:
            envelopes.append(each.envelope(previous.get(source, 0)))
            previous[source] = each.sequence
        journal.apply(envelopes, Position(first, "e"))


def everything(journal: Journal) -> dict[str, object]:
    with journal.database.reading() as connection:
        return {view.name: rows_of(connection, view, set()) for view in VIEWS}


@stories(10)
@given(data=st.data())
def test_a_view_rebuilt_from_zero_has_the_same_rows(data):
    journal = a_journal()
    append(journal, data.draw(any_order(data.draw(any_story()).told)))
    followed = everything(journal)

    for view in VIEWS:
        rebuild(journal.database, view.name, actor="test")

    assert everything(journal) == followed
    journal.database.close()


def test_every_contract_event_is_taken_by_a_view_or_changes_nothing():
    published = {
        event.event_type()
        for owner in (recruitment, advisory, hdr, monitoring)
        for event in owner.EVENTS
    }
    untold = {one for one in published if not any(view.listens_to(one) for view in VIEWS)}

    assert untold == set()


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_an_event_about_something_unknown_changes_nothing_else_and_does_not_fail(view):
    story = a_whole_story()

    with shown([]) as connection:
        for each in story.told:  # each alone, without anything that came before it
            rows_after(connection, [each], view)

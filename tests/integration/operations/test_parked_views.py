"""What a view could not take holds up its subject, however well the view is afterwards."""

import threading

import pytest

from services.gateway.journal import SUBSCRIPTION, Journal
from services.gateway.projections.editions import Editions
from services.gateway.projections.registry import VIEWS
from services.gateway.rebuilding import rebuild
from shared.contracts.recruitment import ReconfigureEdition
from shared.kernel.database import Database
from shared.kernel.parking import list_parked
from shared.kernel.positions import Position
from shared.kernel.subscription import Subscription
from tests.integration.kernel.waiting import until_it_waits_or_ends
from tests.unit.gateway.programme import a_configuration
from tests.unit.gateway.projections.showing import rows_of

pytestmark = pytest.mark.integration


def broken(*_):
    raise ValueError("the view is broken")


def reconfigure(platform, ends_on):
    """Let the first edition end on another day."""
    [created] = platform.feed("recruitment", 0, 1)
    later = a_configuration(slug="edycja-1", ends_on=ends_on)
    request = ReconfigureEdition.model_validate(
        {"edition_id": created.subject, "configuration": later}
    )
    platform.app.execute(lambda: platform.app.reconfigure_edition(request))


def rows(platform):
    with platform.gateway.reading() as connection:
        return rows_of(connection, Editions, set())


def last_days(platform):
    with platform.gateway.reading() as connection:
        query = "SELECT slug, ends_on FROM editions ORDER BY slug"
        return [(row[0], str(row[1])) for row in connection.exec_driver_sql(query)]


@pytest.fixture
def parked(platform, monkeypatch):
    """One event is parked for a view, which works again."""
    with monkeypatch.context() as for_a_while:
        for_a_while.setattr(Editions, "apply", broken)
        reconfigure(platform, "2027-01-31")
        platform.listener.catch_up()
    [message] = list_parked(platform.gateway)
    return message


def with_the_others(platform):
    platform.listener.catch_up()


def by_itself(platform):
    others = Journal(platform.gateway, [view() for view in VIEWS if view is not Editions])
    Subscription(SUBSCRIPTION, ["recruitment"], others, platform.feed, "memory://").catch_up()
    platform.journal.follow_each()


@pytest.mark.parametrize("follow", [with_the_others, by_itself])
def test_a_later_event_of_its_subject_waits_behind_it_and_others_go_on(platform, parked, follow):
    before = last_days(platform)[0]
    reconfigure(platform, "2027-03-31")
    platform.open_edition("edycja-3")

    follow(platform)

    assert last_days(platform)[0] == before
    assert platform.shown() == ["edycja-1", "edycja-2", "edycja-3"]
    first, second = list_parked(platform.gateway)
    assert (first, second.subject, second.is_behind) == (parked, parked.subject, True)
    platform.journal.replay(first)
    platform.journal.replay(second)
    replayed = rows(platform)
    assert last_days(platform)[0] == ("edycja-1", "2027-03-31")
    rebuild(platform.gateway, Editions.name, actor="test")
    assert replayed == rows(platform)


@pytest.mark.parametrize("platform", ["postgres"], indirect=True)
def test_nothing_is_parked_behind_what_is_being_replayed(platform, parked):
    reconfigure(platform, "2027-03-31")
    position = platform.position()
    event = platform.feed("recruitment", position.sequence, 1)
    elsewhere = Database(platform.urls["gateway"])
    following = threading.Thread(target=platform.journal.apply, args=(event, position))

    def meanwhile(_connection):
        following.start()
        until_it_waits_or_ends(following, platform.gateway)

    Journal(elsewhere, [view() for view in VIEWS]).replay(parked, meanwhile)
    following.join()
    elsewhere.close()

    assert list_parked(platform.gateway) == []
    assert last_days(platform)[0] == ("edycja-1", "2027-03-31")


@pytest.mark.parametrize("platform", ["postgres"], indirect=True)
def test_a_projector_that_waited_for_another_sees_what_that_one_parked(platform, monkeypatch):
    reconfigure(platform, "2027-01-31")
    reconfigure(platform, "2027-03-31")
    position = platform.position()
    first, second = platform.feed("recruitment", position.sequence, 2)
    elsewhere = Database(platform.urls["gateway"])
    following = threading.Thread(
        target=Journal(elsewhere, platform.journal.views).apply,
        args=([second], Position(first.sequence, first.epoch)),
    )
    take, move = Editions.apply, platform.journal._move_view
    is_broken = [True]

    def half_broken(view, connection, entries):
        if is_broken[0]:
            broken()
        take(view, connection, entries)

    def moved(connection, view, at):
        move(connection, view, at)
        if view == Editions.name:
            is_broken[0] = False
            following.start()
            until_it_waits_or_ends(following, platform.gateway)

    monkeypatch.setattr(Editions, "apply", half_broken)
    monkeypatch.setattr(platform.journal, "_move_view", moved)
    platform.journal.apply([first], position)
    following.join()
    elsewhere.close()

    assert [message.is_behind for message in list_parked(platform.gateway)] == [False, True]

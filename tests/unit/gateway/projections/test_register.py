"""Editions and the register of JST."""

from __future__ import annotations

from datetime import date

from services.gateway.projections.editions import (
    find_edition,
    find_edition_by_slug,
    grouping_of,
    known_areas,
    list_editions,
)
from services.gateway.projections.local_governments import (
    JstFilter,
    find_jst,
    jst_by_ids,
    list_imports,
    search_jst,
)
from shared.contracts.base import JstKind
from shared.contracts.recruitment import PublicationGrouping
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import AREAS, Story


def names(page):
    return [row.jst.name for row in page.rows]


def test_an_edition_is_found_with_its_newest_configuration():
    story = Story()
    edition = story.edition("pilot")
    story.wait(5)
    story.reconfigure(edition, "REGION")

    with shown(story.told) as connection:
        found = find_edition_by_slug(connection, "pilot")
        assert found == find_edition(connection, edition)
        assert found.configuration.publication_grouping == PublicationGrouping.REGION
        assert found.changed_at > found.created_at
        assert [row.edition_id for row in list_editions(connection)] == [edition]
        assert list(known_areas(connection)) == list(AREAS)
        assert grouping_of(connection, edition) == PublicationGrouping.REGION
        assert grouping_of(connection, story.new_id()) == PublicationGrouping.KIND
        assert find_edition(connection, story.new_id()) is None
        assert find_edition_by_slug(connection, "inna") is None


def test_the_picker_finds_by_parts_of_name_and_code_without_accents_and_case():
    story = Story()
    lodz = story.register("Łódź")
    story.register("Łódzkie Pole", voivodeship="24")
    story.register("Stara Łódź", JstKind.RURAL)

    with shown(story.told) as connection:
        assert names(search_jst(connection, JstFilter(text="lodz"))) == [
            "Łódzkie Pole",
            "Łódź",
            "Stara Łódź",  # begins with another word
        ]
        assert names(search_jst(connection, JstFilter(text="łódź STA"))) == ["Stara Łódź"]
        assert names(search_jst(connection, JstFilter(text=lodz.code))) == ["Łódź"]
        assert names(search_jst(connection, JstFilter(text="50%_"))) == []
        assert names(search_jst(connection, JstFilter(voivodeships=("24",)))) == ["Łódzkie Pole"]
        assert names(search_jst(connection, JstFilter(voivodeships=()))) == []
        assert names(search_jst(connection, JstFilter(kind=JstKind.RURAL))) == ["Stara Łódź"]


def test_names_come_in_polish_order_page_by_page():
    story = Story()
    for name in ("Żory", "Łuków", "Lublin", "Ćmielów", "Zamość", "Cieszyn"):
        story.register(name)

    with shown(story.told) as connection:
        first = search_jst(connection, JstFilter(limit=4))
        assert names(first) == ["Cieszyn", "Ćmielów", "Lublin", "Łuków"]
        assert (first.total, first.previous_offset, first.next_offset) == (6, None, 4)
        last = search_jst(connection, JstFilter(limit=4, offset=4))
        assert names(last) == ["Zamość", "Żory"]
        assert (last.total, last.previous_offset, last.next_offset) == (6, 0, None)
        assert len(search_jst(connection, JstFilter(limit=None)).rows) == 6


def test_a_jst_is_found_by_a_code_from_before_its_kind_changed():
    story = Story()
    before = story.register("Janów", JstKind.RURAL)
    after = story.become_urban_rural(before)

    with shown(story.told) as connection:
        assert find_jst(connection, before.code) == find_jst(connection, after.code)
        assert find_jst(connection, after.code).jst == after
        assert find_jst(connection, "9999999") is None


def test_a_closed_jst_stays_known_but_is_not_offered():
    story = Story()
    story.on(2019, 1, 1)
    gone = story.register("Ostrowice")
    story.close_jst(gone)

    with shown(story.told) as connection:
        assert search_jst(connection, JstFilter(text="ostrowice")).total == 0
        assert search_jst(connection, JstFilter(text="ostrowice", includes_closed=True)).total == 1
        [found] = jst_by_ids(connection, [gone.id, story.new_id()]).values()
        assert (found.is_closed, found.state_on) == (True, date(2019, 1, 1))


def test_a_renamed_jst_is_found_by_its_new_name_only():
    story = Story()
    story.rename(story.register("Nowe Miasto Lubawskie"), "Bratian")

    with shown(story.told) as connection:
        assert names(search_jst(connection, JstFilter(text="bratian"))) == ["Bratian"]
        assert search_jst(connection, JstFilter(text="lubawskie")).total == 0


def test_imports_are_listed_newest_first():
    story = Story()
    for registered in (3, 5):
        story.wait(1)
        story.imported(registered)

    with shown(story.told) as connection:
        assert [row.registered for row in list_imports(connection)] == [5, 3]

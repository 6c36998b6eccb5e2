"""HDRs on their way, and the catalogue of the published ones."""

from __future__ import annotations

from datetime import date

import pytest

from services.gateway.projections.hdrs import (
    CatalogueFilter,
    HdrFilter,
    catalogue,
    catalogue_facets,
    catalogue_groups,
    document_of,
    editing_queue,
    find_hdr,
    find_published,
    list_hdrs,
    versions_of,
)
from shared.contracts.base import ExpertRole, JstKind
from shared.contracts.hdr import HdrState
from shared.contracts.recruitment import PublicationGrouping
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import AREAS, Story, by_source


def an_hdr(story, edition, name="Łódź", *, kind=JstKind.URBAN, place="06", area=AREAS[0]):
    cycle = story.open_cycle(edition, story.register(name, kind, place))
    story.choose_area(cycle, area)
    story.close_diagnosis(cycle, edition)
    return story.open_hdr(cycle, edition)


def a_draft():
    story = Story()
    edition = story.edition()
    return story, edition, an_hdr(story, edition)


def test_an_hdr_on_its_way_through_editing():
    story, _edition, hdr_id = a_draft()
    story.submit_hdr(hdr_id)
    story.wait(24)
    story.edit_hdr(hdr_id)

    with shown(story.told) as connection:
        row = find_hdr(connection, hdr_id)
        assert (row.state, row.state_since) == (HdrState.SUBSTANTIVE_EDITING, story.now)
        assert (row.submission_count, row.published_version, row.slug) == (1, None, None)
        assert find_hdr(connection, story.new_id()) is None


def test_a_returned_hdr_is_a_draft_with_a_reason_until_it_is_handed_in_again():
    story, _edition, hdr_id = a_draft()
    story.submit_hdr(hdr_id)
    story.return_hdr(hdr_id)

    with shown(story.told) as connection:
        row = find_hdr(connection, hdr_id)
        assert (row.state, row.returned_from) == (HdrState.DRAFT, HdrState.SUBMITTED)
        assert row.return_reason == "Brak wskaźników"

    story.submit_hdr(hdr_id)

    with shown(story.told) as connection:
        row = find_hdr(connection, hdr_id)
        assert (row.state, row.submission_count) == (HdrState.SUBMITTED, 2)
        assert (row.returned_from, row.return_reason) == (None, None)


def test_the_editing_queue_begins_with_the_longest_wait():
    story = Story()
    edition = story.edition()
    _draft, late, early, published = (an_hdr(story, edition, name) for name in "DCBA")
    for hdr_id in (early, late, published):
        story.wait(24)
        story.submit_hdr(hdr_id)
    story.wait(24)
    story.edit_hdr(late, HdrState.APPROVED)
    story.publish_hdr(published)

    with shown(story.told) as connection:
        assert [row.hdr_id for row in editing_queue(connection).rows] == [early, late]
        narrowed = HdrFilter(states=(HdrState.APPROVED, HdrState.DRAFT))
        assert [row.hdr_id for row in editing_queue(connection, narrowed).rows] == [late]


def test_hdrs_are_narrowed_by_every_choice_and_come_in_polish_order():
    story, edition, lodz = a_draft()
    lublin = an_hdr(story, edition, "Lublin", kind=JstKind.RURAL, place="24", area=AREAS[1])
    ros, pro = (story.expert(edition, role) for role in (ExpertRole.ROS, ExpertRole.PRO))
    team = story.team(edition, ros, pro)
    story.assign(story.hdrs[lodz].cycle_id, team)
    story.submit_hdr(lublin)
    jst = story.hdrs[lublin].jst

    def found(**choices):
        return [row.hdr_id for row in list_hdrs(connection, HdrFilter(**choices)).rows]

    with shown(by_source(story.told)) as connection:
        assert found() == found(edition_id=edition) == [lublin, lodz]
        assert found(kind=JstKind.RURAL) == found(area_code=AREAS[1]) == [lublin]
        assert found(voivodeships=("24",)) == found(jst_id=jst.id) == [lublin]
        assert found(jst_ids=(jst.id,)) == found(states=(HdrState.SUBMITTED,)) == [lublin]
        assert found(expert_id=pro) == found(text="ŁÓDŹ") == [lodz]
        assert found(voivodeships=()) == found(expert_id=story.new_id()) == []
        row = find_hdr(connection, lodz)
        assert (row.team_id, row.expert_ids) == (team, (ros, pro))


def a_catalogue():
    """Four published HDRs of four kinds, one not published, one withdrawn."""
    story = Story()
    edition = story.edition()
    places = {
        "Łódź": {"kind": JstKind.URBAN, "place": "24", "area": AREAS[0]},
        "Lublin": {"kind": JstKind.RURAL, "place": "06", "area": AREAS[0]},
        "Żary": {"kind": JstKind.URBAN_RURAL, "place": "06", "area": AREAS[1]},
        "żywiecki": {"kind": JstKind.COUNTY, "place": "30", "area": AREAS[1]},
        "Cofnięta": {"kind": JstKind.RURAL, "place": "06", "area": AREAS[0]},
    }
    found = {name: an_hdr(story, edition, name, **place) for name, place in places.items()}
    for name, hdr_id in found.items():
        story.submit_hdr(hdr_id)
        story.publish_hdr(hdr_id, f"Plan {name}")
    story.withdraw_hdr(found["Cofnięta"])
    found["W pracy"] = an_hdr(story, edition, "W pracy")
    return story, edition, found


def test_the_catalogue_holds_what_is_published_and_nothing_else():
    story, edition, _found = a_catalogue()

    def names(**choices):
        return [row.jst.name for row in catalogue(connection, CatalogueFilter(**choices)).rows]

    with shown(story.told) as connection:
        assert names() == names(edition_id=edition) == ["Lublin", "Łódź", "Żary", "żywiecki"]
        assert names(kind=JstKind.RURAL) == ["Lublin"]
        assert names(area_code=AREAS[1]) == ["Żary", "żywiecki"]
        assert names(voivodeships=("06", "30")) == ["Lublin", "Żary", "żywiecki"]
        assert names(voivodeships=()) == names(edition_id=story.new_id()) == []
        assert names(text="plan zary madre planowanie") == ["Żary"]
        assert names(text="plan nigdzie") == []
        assert names(offset=1, limit=2) == ["Łódź", "Żary"]


@pytest.mark.parametrize(
    ("period", "is_found"),
    [
        ({"running_from": date(2021, 8, 31)}, True),
        ({"running_from": date(2021, 9, 1)}, False),
        ({"running_to": date(2020, 9, 1)}, True),
        ({"running_to": date(2020, 8, 31)}, False),
        ({"running_from": date(2020, 10, 1), "running_to": date(2020, 10, 1)}, True),
    ],
)
def test_the_catalogue_by_implementation_period(period, is_found):
    story, _edition, _found = a_catalogue()

    with shown(story.told) as connection:
        assert catalogue(connection, CatalogueFilter(**period)).total == 4 * is_found


def test_facets_count_what_each_other_choice_would_give():
    story, edition, _found = a_catalogue()

    with shown(story.told) as connection:
        facets = catalogue_facets(connection, CatalogueFilter(area_code=AREAS[1]))
        assert facets.areas == {AREAS[0]: 2, AREAS[1]: 2}  # as if no area were chosen
        assert facets.kinds == {JstKind.COUNTY: 1, JstKind.URBAN_RURAL: 1}
        assert facets.voivodeships == {"06": 1, "30": 1}
        assert facets.editions == {edition: 2}
        none = catalogue_facets(connection, CatalogueFilter(text="nigdzie"))
        assert (none.kinds, none.areas, none.voivodeships, none.editions) == ({}, {}, {}, {})


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (
            PublicationGrouping.KIND,
            [
                ("RURAL", ["Lublin"]),
                ("URBAN", ["Łódź"]),
                ("COUNTY", ["żywiecki"]),
                ("URBAN_RURAL", ["Żary"]),
            ],
        ),
        (
            PublicationGrouping.KIND_MERGED,
            [
                ("RURAL", ["Lublin"]),
                ("URBAN_AND_URBAN_RURAL", ["Łódź", "Żary"]),
                ("COUNTY", ["żywiecki"]),
            ],
        ),
        (
            PublicationGrouping.REGION,
            [("06", ["Lublin", "Żary"]), ("24", ["Łódź"]), ("30", ["żywiecki"])],
        ),
    ],
)
def test_the_catalogue_under_the_headings_of_its_edition(grouping, expected):
    story, _edition, _found = a_catalogue()

    with shown(story.told) as connection:
        groups = catalogue_groups(connection, CatalogueFilter(limit=1), grouping)
        assert [(group.key, [row.jst.name for row in group.rows]) for group in groups] == expected


def test_a_jst_stays_under_its_kind_of_publication_unless_todays_is_asked_for():
    story, _edition, found = a_catalogue()
    story.become_urban_rural(story.hdrs[found["Lublin"]].jst)

    with shown(story.told) as connection:
        then = CatalogueFilter(kind=JstKind.RURAL)
        today = CatalogueFilter(kind=JstKind.URBAN_RURAL, by_todays_kind=True)
        assert [row.jst.name for row in catalogue(connection, then).rows] == ["Lublin"]
        assert [row.jst.name for row in catalogue(connection, today).rows] == ["Lublin", "Żary"]
        assert catalogue_facets(connection, today).kinds == {
            JstKind.COUNTY: 1,
            JstKind.URBAN: 1,
            JstKind.URBAN_RURAL: 2,
        }
        groups = catalogue_groups(connection, today, PublicationGrouping.KIND)
        assert [group.key for group in groups] == ["URBAN_RURAL"]


def test_a_new_version_takes_the_place_of_the_earlier_in_the_catalogue_only():
    story, _edition, found = a_catalogue()
    lodz = found["Łódź"]
    story.publish_hdr(lodz, "Plan poprawiony", slug="plan-poprawiony")
    code = story.hdrs[lodz].jst.code

    with shown(story.told) as connection:
        assert catalogue(connection, CatalogueFilter()).total == 4
        newest, first = versions_of(connection, lodz)
        assert (newest.title, newest.is_current) == ("Plan poprawiony", True)
        assert (first.title, first.is_current) == ("Plan Łódź", False)
        assert find_published(connection, code, "dobra-oswiata") == newest  # old address, new text
        assert find_published(connection, code, "plan-poprawiony", 1) == first
        assert find_published(connection, code, "plan-poprawiony", 3) is None
        assert document_of(connection, lodz, 2)["title"] == "Plan poprawiony"
        assert document_of(connection, lodz, 1)["title"] == "Plan Łódź"


def test_an_address_is_found_by_an_earlier_or_later_code_of_the_jst():
    story, _edition, found = a_catalogue()
    before = story.hdrs[found["Lublin"]].jst
    after = story.become_urban_rural(before)

    with shown(story.told) as connection:
        for code in (before.code, after.code):
            assert find_published(connection, code, "dobra-oswiata").hdr_id == found["Lublin"]
        assert find_published(connection, before.code, "inny") is None
        assert find_published(connection, "9999999", "dobra-oswiata") is None


def test_a_withdrawn_hdr_leaves_a_tombstone_without_its_text():
    story, _edition, found = a_catalogue()
    gone = found["Cofnięta"]

    with shown(story.told) as connection:
        tombstone = find_published(connection, story.hdrs[gone].jst.code, "dobra-oswiata")
        assert (tombstone.is_withdrawn, tombstone.withdrawal_reason) == (True, "Błąd w danych")
        assert tombstone.withdrawn_at == story.now
        assert document_of(connection, gone, 1) is None
        assert find_hdr(connection, gone).state == HdrState.WITHDRAWN

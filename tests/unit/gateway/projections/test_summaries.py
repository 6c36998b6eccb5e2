"""Summaries and the base of good practices."""

from __future__ import annotations

from services.gateway.projections.summaries import (
    SummaryFilter,
    counts_by_form,
    document_of,
    find_published_summary,
    find_summary,
    list_summaries,
    published_summaries,
)
from shared.contracts.base import ExpertRole, JstKind
from shared.contracts.hdr import SummaryForm, SummaryState
from tests.unit.gateway.projections.showing import shown
from tests.unit.gateway.projections.stories import Story, by_source
from tests.unit.gateway.projections.test_hdrs import an_hdr


def a_summary(name="Łódź", story=None, **place):
    story = story or Story()
    edition = story.editions[0] if story.editions else story.edition()
    hdr_id = an_hdr(story, edition, name, **place)
    story.submit_hdr(hdr_id)
    story.publish_hdr(hdr_id)
    return story, story.choose_form(hdr_id)


def test_the_form_can_change_while_it_is_a_draft():
    story, summary = a_summary()
    chosen = story.now
    story.wait(24)
    story.choose_form(story.summaries[summary].hdr_id, SummaryForm.MINI_REPORTAGE)

    with shown(story.told) as connection:
        row = find_summary(connection, summary)
        assert (row.form, row.state) == (SummaryForm.MINI_REPORTAGE, SummaryState.DRAFT)
        assert (row.chosen_at, row.state_since) == (chosen, chosen)
        assert document_of(connection, summary) is None
        assert find_summary(connection, story.new_id()) is None


def test_a_summary_that_was_given_back_says_why():
    story, summary = a_summary()
    story.move_summary(summary, SummaryState.SUBMITTED)
    story.move_summary(summary, SummaryState.DRAFT, "Dodaj koszty")

    with shown(story.told) as connection:
        row = find_summary(connection, summary)
        assert (row.state, row.return_reason) == (SummaryState.DRAFT, "Dodaj koszty")

    story.move_summary(summary, SummaryState.SUBMITTED)

    with shown(story.told) as connection:
        assert find_summary(connection, summary).return_reason is None


def test_a_published_summary_is_found_by_its_address_and_its_text():
    story, summary = a_summary()
    jst = story.summaries[summary].jst
    story.become_urban_rural(jst)
    story.publish_summary(summary, "Żłobek dla każdego")

    with shown(story.told) as connection:
        row = find_published_summary(connection, jst.code, "dobra-praktyka")
        assert row == find_summary(connection, summary)
        assert (row.state, row.title) == (SummaryState.PUBLISHED, "Żłobek dla każdego")
        assert row.jst.kind == JstKind.URBAN_RURAL  # as of publication
        assert document_of(connection, summary) == {"problem": "Za mało żłobków"}
        text = SummaryFilter(text="zlobkow kazdego lodz")
        assert published_summaries(connection, text).rows == (row,)
        assert find_published_summary(connection, jst.code, "inna") is None


def test_only_published_ones_are_public_the_newest_first():
    story, draft = a_summary("Ale")
    published = []
    for name in ("Bor", "Cis"):
        story, summary = a_summary(name, story)
        story.wait(24)
        story.publish_summary(summary)
        published.append(summary)

    with shown(story.told) as connection:
        public = published_summaries(connection, SummaryFilter(states=(SummaryState.DRAFT,)))
        assert [row.summary_id for row in public.rows] == published[::-1]
        known = list_summaries(connection, SummaryFilter())
        assert [row.summary_id for row in known.rows] == [draft, *published]
        assert find_published_summary(connection, known.rows[0].jst.code, "dobra-praktyka") is None


def test_summaries_are_narrowed_by_every_choice():
    story, lodz = a_summary()
    story, zory = a_summary("Żory", story, kind=JstKind.RURAL, place="24")
    hdr_id = story.summaries[zory].hdr_id
    jst = story.summaries[zory].jst
    story.choose_form(hdr_id, SummaryForm.REFLECTION_STUDY)
    story.move_summary(zory, SummaryState.SUBMITTED)
    edition = story.editions[0]
    ros, pro = (story.expert(edition, role) for role in (ExpertRole.ROS, ExpertRole.PRO))
    story.assign(story.hdrs[hdr_id].cycle_id, story.team(edition, ros, pro))

    def found(**choices):
        return [row.summary_id for row in list_summaries(connection, SummaryFilter(**choices)).rows]

    with shown(by_source(story.told)) as connection:
        assert found() == found(edition_id=edition) == [lodz, zory]
        assert found(form=SummaryForm.REFLECTION_STUDY) == found(hdr_id=hdr_id) == [zory]
        assert found(states=(SummaryState.SUBMITTED,)) == found(kind=JstKind.RURAL) == [zory]
        assert found(voivodeships=("24",)) == found(jst_id=jst.id) == [zory]
        assert found(jst_ids=(jst.id,)) == found(expert_id=ros) == found(text="zory") == [zory]
        assert found(area_code="OTHER") == found(voivodeships=()) == found(states=()) == []
        assert find_summary(connection, zory).expert_ids == (ros, pro)
        assert counts_by_form(connection, SummaryFilter(form=SummaryForm.GOOD_PRACTICE)) == {
            SummaryForm.GOOD_PRACTICE: 1,
            SummaryForm.REFLECTION_STUDY: 1,
            SummaryForm.MINI_REPORTAGE: 0,
        }

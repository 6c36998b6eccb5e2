from datetime import date

import pytest

from services.hdr.domain.errors import (
    IncompleteHdrError,
    NotEditableError,
    UnkeepableDocumentError,
    WrongStateError,
)
from services.hdr.domain.hdr import hdr_id_of, prefilled
from services.hdr.domain.template import Template
from shared.contracts.hdr import HdrState
from shared.kernel.testing import fact, given
from tests.unit.hdr.builders import (
    CYCLE_ID,
    DIAGNOSIS,
    EDITION_ID,
    HDR_ID,
    HDR_TEMPLATE,
    JST,
    JST_AS_TOWN,
    PRIORITIES,
    a_complete_document,
    a_complete_document_with,
    an_open_hdr,
)

REPORT = {
    "template_version": 1,
    "required_elements": [
        "title",
        "implementation_period",
        "diagnosis_summary",
        "priorities",
        "main_goal",
        "objectives",
        "actions",
        "indicators",
        "management_tools",
        "implementation_directions",
        "monitoring_plan",
    ],
    "rules": [
        "INSIDE_PERIOD",
        "OBJECTIVE_HAS_ACTION",
        "OBJECTIVE_HAS_INDICATOR",
        "PERIOD_ORDER",
        "PRIORITY_HAS_OBJECTIVE",
    ],
    "rows": {
        "priorities": 2,
        "objectives": 2,
        "actions": 2,
        "indicators": 2,
        "management_tools": 1,
    },
}


def write(hdr):
    hdr.save_draft(a_complete_document(), HDR_TEMPLATE)


def spoil(hdr):
    hdr.save_draft(a_complete_document_with(main_goal=""), HDR_TEMPLATE)


def submit(hdr):
    hdr.submit(HDR_TEMPLATE)


def start_editing(hdr):
    hdr.start_editing()


def finish_substantive_editing(hdr):
    hdr.finish_substantive_editing(HDR_TEMPLATE)


def finish_proofreading(hdr):
    hdr.finish_proofreading(HDR_TEMPLATE)


def publish(hdr):
    hdr.publish(HDR_TEMPLATE, JST_AS_TOWN, "wspolne-planowanie")


def withdraw(hdr):
    hdr.withdraw("Gmina odstąpiła od realizacji.")


def give_back(hdr):
    hdr.give_back("Cel drugi bez kosztów.")


STEPS = {
    HdrState.DRAFT: (write,),
    HdrState.SUBMITTED: (write, submit),
    HdrState.SUBSTANTIVE_EDITING: (write, submit, start_editing),
    HdrState.LANGUAGE_PROOFREADING: (write, submit, start_editing, finish_substantive_editing),
}
STEPS[HdrState.APPROVED] = (*STEPS[HdrState.LANGUAGE_PROOFREADING], finish_proofreading)
STEPS[HdrState.PUBLISHED] = (*STEPS[HdrState.APPROVED], publish)
STEPS[HdrState.WITHDRAWN] = (*STEPS[HdrState.PUBLISHED], withdraw)


def an_hdr_in(state):
    return given(an_open_hdr, *STEPS[state])


def states_except(*states):
    return [state for state in HdrState if state not in states]


def refused(step, state):
    """Run a step in a state where it is not possible; nothing may be recorded."""
    hdr = an_hdr_in(state)
    with pytest.raises(WrongStateError) as error:
        hdr.when(step)
    hdr.then_nothing()
    return error.value


# --- opening --------------------------------------------------------------------------------------


def test_a_cycle_has_one_hdr_whose_id_never_changes():
    assert HDR_ID == hdr_id_of(CYCLE_ID) == an_open_hdr().id


def test_an_hdr_opens_with_what_the_diagnosis_already_says():
    [opened] = an_open_hdr().collect_events()

    assert (
        "hdr.HdrOpened",
        {
            "cycle_id": CYCLE_ID,
            "edition_id": EDITION_ID,
            "jst": JST,
            "area_code": "BUDGET_PLANNING",
            "template_version": 1,
            "document": {
                "diagnosis_summary": {
                    "sources": "Ankiety i rozmowy.",
                    "findings": "Szkoły planują osobno.",
                    "strengths": "Zgrany zespół dyrektorów.",
                    "difficulties": "Brak wspólnych danych.",
                },
                "priorities": [
                    {"key": "P1", "name": "Wspólne planowanie"},
                    {"key": "P2", "name": "Dane dla decyzji"},
                ],
            },
        },
    ) == fact(opened)


def test_only_what_the_template_knows_is_filled_in():
    text = {"pl": "Tytuł", "en": "Title"}
    template = Template.model_validate(
        {
            "kind": "HDR",
            "template_version": 2,
            "elements": [{"name": "title", "label": text, "type": "text", "is_required": True}],
        }
    )

    assert {} == prefilled(template, DIAGNOSIS, PRIORITIES)


# --- writing --------------------------------------------------------------------------------------


def test_a_draft_is_kept_although_it_is_not_complete():
    draft = {"title": "Plan", "actions": [{"key": "D1"}]}

    given(an_open_hdr).when(lambda hdr: hdr.save_draft(draft, HDR_TEMPLATE)).then(
        ("hdr.HdrDraftSaved", {"document": draft}),
    )


@pytest.mark.parametrize(
    "state", [HdrState.DRAFT, HdrState.SUBSTANTIVE_EDITING, HdrState.LANGUAGE_PROOFREADING]
)
def test_authors_write_drafts_and_editors_change_what_they_edit(state):
    document = a_complete_document_with(title="Inny tytuł")

    an_hdr_in(state).when(lambda hdr: hdr.save_draft(document, HDR_TEMPLATE)).then(
        ("hdr.HdrDraftSaved", {"document": document}),
    )


def test_the_same_text_again_records_nothing():
    an_hdr_in(HdrState.DRAFT).when(write).then_nothing()


@pytest.mark.parametrize(
    "state", [HdrState.SUBMITTED, HdrState.APPROVED, HdrState.PUBLISHED, HdrState.WITHDRAWN]
)
def test_nobody_changes_a_text_that_waits_or_is_public(state):
    hdr = an_hdr_in(state)

    with pytest.raises(NotEditableError) as error:
        hdr.when(spoil)

    hdr.then_nothing()
    assert {"what": "Hdr", "id": str(HDR_ID), "state": state.value} == error.value.parameters
    assert ("not-editable", 409) == (error.value.code, error.value.status)


def test_a_document_of_another_shape_is_not_kept_and_every_place_is_named():
    hdr = given(an_open_hdr)

    with pytest.raises(UnkeepableDocumentError) as error:
        hdr.when(lambda h: h.save_draft({"title": 7, "poem": "text"}, HDR_TEMPLATE))

    hdr.then_nothing()
    assert ("unkeepable-document", 422) == (error.value.code, error.value.status)
    assert [
        {
            "field": "title",
            "rule": "TYPE",
            "message": "Title: TYPE",
            "label": {"pl": "Tytuł", "en": "Title"},
            "parameters": {"expected": "text"},
        },
        {
            "field": "poem",
            "rule": "UNKNOWN_ELEMENT",
            "message": "Unknown element: UNKNOWN_ELEMENT",
            "label": {"pl": "Nieznany element", "en": "Unknown element"},
            "parameters": {"name": "poem"},
        },
    ] == error.value.fields


# --- submission -----------------------------------------------------------------------------------


def test_a_complete_hdr_is_submitted_with_the_report_of_its_check():
    an_hdr_in(HdrState.DRAFT).when(submit).then(
        ("hdr.HdrSubmitted", {"cycle_id": CYCLE_ID, "submission": 1, "report": REPORT}),
    )


def test_an_incomplete_hdr_is_not_submitted_and_everything_missing_is_named():
    hdr = given(an_open_hdr)

    with pytest.raises(IncompleteHdrError) as error:
        hdr.when(submit)

    hdr.then_nothing()
    assert ("incomplete-hdr", 422, "document") == (
        error.value.code,
        error.value.status,
        error.value.field,
    )
    assert {"hdr_id": str(HDR_ID), "count": 14} == error.value.parameters
    assert [
        ("title", "REQUIRED"),
        ("implementation_period.starts_on", "REQUIRED"),
        ("implementation_period.ends_on", "REQUIRED"),
        ("priorities[0]", "PRIORITY_HAS_OBJECTIVE"),
        ("priorities[1]", "PRIORITY_HAS_OBJECTIVE"),
        ("main_goal", "REQUIRED"),
        ("objectives", "REQUIRED"),
        ("actions", "REQUIRED"),
        ("indicators", "REQUIRED"),
        ("management_tools", "REQUIRED"),
        ("implementation_directions", "REQUIRED"),
        ("monitoring_plan.how", "REQUIRED"),
        ("monitoring_plan.when", "REQUIRED"),
        ("monitoring_plan.who", "REQUIRED"),
    ] == [(entry["field"], entry["rule"]) for entry in error.value.fields]


def test_a_second_submission_counts_two():
    given(an_open_hdr, write, submit, give_back).when(submit).then(
        ("hdr.HdrSubmitted", {"cycle_id": CYCLE_ID, "submission": 2, "report": REPORT}),
    )


@pytest.mark.parametrize("state", states_except(HdrState.DRAFT))
def test_only_a_draft_is_submitted(state):
    error = refused(submit, state)

    assert ("wrong-state", 409) == (error.code, error.status)
    assert {
        "what": "Hdr",
        "id": str(HDR_ID),
        "state": state.value,
        "needed": "DRAFT",
    } == error.parameters


# --- editing --------------------------------------------------------------------------------------


def test_substantive_editing_starts():
    an_hdr_in(HdrState.SUBMITTED).when(start_editing).then(
        ("hdr.HdrEditingStarted", {"cycle_id": CYCLE_ID}),
    )


@pytest.mark.parametrize("state", states_except(HdrState.SUBMITTED))
def test_only_a_submitted_hdr_is_edited(state):
    assert "SUBMITTED" == refused(start_editing, state).parameters["needed"]


def test_substantive_editing_is_finished():
    an_hdr_in(HdrState.SUBSTANTIVE_EDITING).when(finish_substantive_editing).then(
        ("hdr.HdrSubstantiveEditingFinished", {"cycle_id": CYCLE_ID}),
    )


@pytest.mark.parametrize("state", states_except(HdrState.SUBSTANTIVE_EDITING))
def test_only_begun_editing_is_finished(state):
    assert "SUBSTANTIVE_EDITING" == refused(finish_substantive_editing, state).parameters["needed"]


def test_proofreading_is_finished():
    an_hdr_in(HdrState.LANGUAGE_PROOFREADING).when(finish_proofreading).then(
        ("hdr.HdrProofread", {"cycle_id": CYCLE_ID}),
    )


@pytest.mark.parametrize("state", states_except(HdrState.LANGUAGE_PROOFREADING))
def test_only_begun_proofreading_is_finished(state):
    assert "LANGUAGE_PROOFREADING" == refused(finish_proofreading, state).parameters["needed"]


@pytest.mark.parametrize(
    ("state", "finish"),
    [
        (HdrState.SUBSTANTIVE_EDITING, finish_substantive_editing),
        (HdrState.LANGUAGE_PROOFREADING, finish_proofreading),
    ],
)
def test_editing_must_leave_a_complete_text(state, finish):
    hdr = given(an_open_hdr, *STEPS[state], spoil)

    with pytest.raises(IncompleteHdrError) as error:
        hdr.when(finish)

    hdr.then_nothing()
    assert ["main_goal"] == [entry["field"] for entry in error.value.fields]


# --- returning ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    [
        HdrState.SUBMITTED,
        HdrState.SUBSTANTIVE_EDITING,
        HdrState.LANGUAGE_PROOFREADING,
        HdrState.APPROVED,
    ],
)
def test_every_editorial_step_can_return_it_with_a_reason(state):
    an_hdr_in(state).when(give_back).then(
        (
            "hdr.HdrReturned",
            {
                "cycle_id": CYCLE_ID,
                "returned_from": state.value,
                "reason": "Cel drugi bez kosztów.",
            },
        ),
    )


@pytest.mark.parametrize("state", [HdrState.DRAFT, HdrState.PUBLISHED, HdrState.WITHDRAWN])
def test_what_the_authors_have_or_the_public_reads_is_not_returned(state):
    error = refused(give_back, state)

    assert (
        "SUBMITTED,SUBSTANTIVE_EDITING,LANGUAGE_PROOFREADING,APPROVED" == error.parameters["needed"]
    )


def test_a_returned_hdr_says_why_until_it_is_submitted_again():
    hdr = an_open_hdr()
    write(hdr)
    submit(hdr)
    give_back(hdr)
    assert (HdrState.DRAFT, "Cel drugi bez kosztów.") == (hdr.state, hdr.return_reason)

    submit(hdr)

    assert (HdrState.SUBMITTED, None) == (hdr.state, hdr.return_reason)


# --- publication ----------------------------------------------------------------------------------


def test_publication_keeps_the_text_and_the_jst_of_that_moment():
    an_hdr_in(HdrState.APPROVED).when(publish).then(
        (
            "hdr.HdrPublished",
            {
                "cycle_id": CYCLE_ID,
                "edition_id": EDITION_ID,
                "jst": JST_AS_TOWN,
                "area_code": "BUDGET_PLANNING",
                "template_version": 1,
                "published_version": 1,
                "slug": "wspolne-planowanie",
                "title": "Wspólne planowanie oświaty w gminie Siennica Różana",
                "starts_on": date(2026, 3, 1),
                "ends_on": date(2027, 6, 30),
                "document": a_complete_document(),
            },
        ),
    )


@pytest.mark.parametrize("state", states_except(HdrState.APPROVED))
def test_only_an_approved_hdr_is_published(state):
    assert "APPROVED" == refused(publish, state).parameters["needed"]


def test_a_published_hdr_is_withdrawn_with_a_reason():
    an_hdr_in(HdrState.PUBLISHED).when(withdraw).then(
        (
            "hdr.HdrWithdrawn",
            {"cycle_id": CYCLE_ID, "reason": "Gmina odstąpiła od realizacji."},
        ),
    )


@pytest.mark.parametrize("state", states_except(HdrState.PUBLISHED))
def test_only_a_published_hdr_is_withdrawn(state):
    assert "PUBLISHED" == refused(withdraw, state).parameters["needed"]

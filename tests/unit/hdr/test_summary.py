import pytest

from services.hdr import templates
from services.hdr.domain.errors import (
    HdrNotPublishedError,
    IncompleteSummaryError,
    NotEditableError,
    SummaryFormNotOfferedError,
    UnkeepableDocumentError,
    WrongStateError,
)
from services.hdr.domain.summary import expect_offered, expect_published, summary_id_of
from shared.contracts.hdr import HdrState, SummaryForm, SummaryState
from shared.kernel.testing import fact, given
from tests.unit.hdr.builders import (
    CONTACT,
    EDITION_ID,
    GOOD_PRACTICE_TEMPLATE,
    HDR_ID,
    JST,
    JST_AS_TOWN,
    a_chosen_summary,
    a_good_practice,
    a_public_good_practice,
    a_reflection_study,
)

PERSONAL = {"contact": CONTACT}
SUMMARY_ID = summary_id_of(HDR_ID)


def write(summary):
    summary.save_draft(a_good_practice(), GOOD_PRACTICE_TEMPLATE)


def spoil(summary):
    summary.save_draft({**a_good_practice(), "effects": ""}, GOOD_PRACTICE_TEMPLATE)


def submit(summary):
    summary.submit(GOOD_PRACTICE_TEMPLATE, PERSONAL)


def approve(summary):
    summary.approve(GOOD_PRACTICE_TEMPLATE, PERSONAL)


def give_back(summary):
    summary.give_back("Prosimy o koszty.")


def publish(summary):
    summary.publish(JST_AS_TOWN, "laczymy-sily")


def choose_reflection_study(summary):
    summary.change_form(SummaryForm.REFLECTION_STUDY, 1)


STEPS = {
    SummaryState.DRAFT: (write,),
    SummaryState.SUBMITTED: (write, submit),
    SummaryState.APPROVED: (write, submit, approve),
    SummaryState.PUBLISHED: (write, submit, approve, publish),
}


def a_summary_in(state):
    return given(a_chosen_summary, *STEPS[state])


def states_except(*states):
    return [state for state in SummaryState if state not in states]


def refused(step, state):
    """Run a step in a state where it is not possible; nothing may be recorded."""
    summary = a_summary_in(state)
    with pytest.raises(WrongStateError) as error:
        summary.when(step)
    summary.then_nothing()
    assert ("Summary", str(SUMMARY_ID), state.value) == (
        error.value.parameters["what"],
        error.value.parameters["id"],
        error.value.parameters["state"],
    )
    return error.value.parameters["needed"]


# --- the form -------------------------------------------------------------------------------------


def test_an_hdr_has_one_summary_whose_id_never_changes():
    assert "e7aecbf5-c842-5634-8a4a-6f02e72f6591" == str(SUMMARY_ID)
    assert SUMMARY_ID == a_chosen_summary().id


def test_choosing_a_form_records_whose_summary_it_is():
    [chosen] = a_chosen_summary().collect_events()

    assert (
        "hdr.SummaryFormChosen",
        {
            "hdr_id": HDR_ID,
            "edition_id": EDITION_ID,
            "jst": JST,
            "area_code": "BUDGET_PLANNING",
            "form": "GOOD_PRACTICE",
            "template_version": 1,
        },
    ) == fact(chosen)


def test_another_form_begins_anew_and_is_recorded_with_the_one_before():
    a_summary_in(SummaryState.DRAFT).when(choose_reflection_study).then(
        (
            "hdr.SummaryFormChanged",
            {
                "hdr_id": HDR_ID,
                "edition_id": EDITION_ID,
                "jst": JST,
                "area_code": "BUDGET_PLANNING",
                "form": "REFLECTION_STUDY",
                "previous_form": "GOOD_PRACTICE",
                "template_version": 1,
            },
        ),
    )


def test_nothing_of_the_text_is_kept_when_the_form_changes():
    summary = a_chosen_summary()
    write(summary)

    choose_reflection_study(summary)

    assert (SummaryForm.REFLECTION_STUDY, {}) == (summary.form, summary.document)


def test_the_same_form_again_records_nothing_and_keeps_the_text():
    summary = a_summary_in(SummaryState.DRAFT)

    summary.when(lambda s: s.change_form(SummaryForm.GOOD_PRACTICE, 1)).then_nothing()


@pytest.mark.parametrize("state", states_except(SummaryState.DRAFT))
def test_the_form_changes_only_while_it_is_a_draft(state):
    assert "DRAFT" == refused(choose_reflection_study, state)


@pytest.mark.parametrize("state", [s for s in HdrState if s is not HdrState.PUBLISHED])
def test_only_a_published_hdr_is_summed_up(state):
    with pytest.raises(HdrNotPublishedError) as error:
        expect_published(HDR_ID, state)

    assert ("hdr-not-published", 409) == (error.value.code, error.value.status)
    assert {"hdr_id": str(HDR_ID), "state": state.value} == error.value.parameters


def test_a_published_hdr_is_summed_up():
    expect_published(HDR_ID, HdrState.PUBLISHED)


def test_a_form_that_the_edition_does_not_offer_is_refused():
    with pytest.raises(SummaryFormNotOfferedError) as error:
        expect_offered(SummaryForm.MINI_REPORTAGE, ("REFLECTION_STUDY", "GOOD_PRACTICE"))

    assert ("summary-form-not-offered", 422, "form") == (
        error.value.code,
        error.value.status,
        error.value.field,
    )
    assert {
        "form": "MINI_REPORTAGE",
        "offered": "GOOD_PRACTICE,REFLECTION_STUDY",
    } == error.value.parameters


def test_a_form_that_the_edition_offers_is_taken():
    expect_offered(SummaryForm.GOOD_PRACTICE, ("GOOD_PRACTICE",))


# --- writing --------------------------------------------------------------------------------------


def test_a_draft_is_kept_without_its_contact_data():
    given(a_chosen_summary).when(write).then(
        ("hdr.SummaryDraftSaved", {"document": a_public_good_practice()}),
    )


def test_contact_data_are_given_back_to_be_kept_apart():
    personal = a_chosen_summary().save_draft(a_good_practice(), GOOD_PRACTICE_TEMPLATE)

    assert {"contact": CONTACT} == personal


def test_other_contact_data_alone_record_nothing():
    document = {**a_good_practice(), "contact": {"name": "Jan Inny"}}

    a_summary_in(SummaryState.DRAFT).when(
        lambda s: s.save_draft(document, GOOD_PRACTICE_TEMPLATE)
    ).then_nothing()


def test_an_editor_changes_a_submitted_summary():
    a_summary_in(SummaryState.SUBMITTED).when(spoil).then(
        ("hdr.SummaryDraftSaved", {"document": {**a_public_good_practice(), "effects": ""}}),
    )


@pytest.mark.parametrize("state", [SummaryState.APPROVED, SummaryState.PUBLISHED])
def test_nobody_changes_what_is_approved_or_public(state):
    summary = a_summary_in(state)

    with pytest.raises(NotEditableError) as error:
        summary.when(spoil)

    summary.then_nothing()
    assert {
        "what": "Summary",
        "id": str(SUMMARY_ID),
        "state": state.value,
    } == error.value.parameters


def test_a_document_of_another_form_is_not_kept():
    summary = given(a_chosen_summary)

    with pytest.raises(UnkeepableDocumentError) as error:
        summary.when(lambda s: s.save_draft(a_reflection_study(), GOOD_PRACTICE_TEMPLATE))

    summary.then_nothing()
    assert [
        ("facts", "UNKNOWN_ELEMENT"),
        ("reactions", "UNKNOWN_ELEMENT"),
        ("interpretation", "UNKNOWN_ELEMENT"),
        ("decisions", "UNKNOWN_ELEMENT"),
    ] == [(entry["field"], entry["rule"]) for entry in error.value.fields]


# --- submission and approval ----------------------------------------------------------------------


def test_a_complete_summary_is_submitted():
    a_summary_in(SummaryState.DRAFT).when(submit).then(
        ("hdr.SummarySubmitted", {"hdr_id": HDR_ID}),
    )


def test_a_summary_without_contact_data_is_not_complete():
    summary = a_summary_in(SummaryState.DRAFT)

    with pytest.raises(IncompleteSummaryError) as error:
        summary.when(lambda s: s.submit(GOOD_PRACTICE_TEMPLATE, {}))

    summary.then_nothing()
    assert ("incomplete-summary", 422, "document") == (
        error.value.code,
        error.value.status,
        error.value.field,
    )
    assert {"summary_id": str(SUMMARY_ID), "count": 3} == error.value.parameters
    assert ["contact.name", "contact.office", "contact.email"] == [
        entry["field"] for entry in error.value.fields
    ]


@pytest.mark.parametrize("state", states_except(SummaryState.DRAFT))
def test_only_a_draft_is_submitted(state):
    assert "DRAFT" == refused(submit, state)


def test_a_submitted_summary_is_approved():
    a_summary_in(SummaryState.SUBMITTED).when(approve).then(
        ("hdr.SummaryApproved", {"hdr_id": HDR_ID}),
    )


def test_what_an_editor_left_incomplete_is_not_approved():
    summary = given(a_chosen_summary, *STEPS[SummaryState.SUBMITTED], spoil)

    with pytest.raises(IncompleteSummaryError) as error:
        summary.when(approve)

    summary.then_nothing()
    assert ["effects"] == [entry["field"] for entry in error.value.fields]


@pytest.mark.parametrize("state", states_except(SummaryState.SUBMITTED))
def test_only_a_submitted_summary_is_approved(state):
    assert "SUBMITTED" == refused(approve, state)


# --- returning ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [SummaryState.SUBMITTED, SummaryState.APPROVED])
def test_a_summary_is_returned_with_a_reason(state):
    a_summary_in(state).when(give_back).then(
        (
            "hdr.SummaryReturned",
            {"hdr_id": HDR_ID, "returned_from": state.value, "reason": "Prosimy o koszty."},
        ),
    )


@pytest.mark.parametrize("state", [SummaryState.DRAFT, SummaryState.PUBLISHED])
def test_what_the_authors_have_or_the_public_reads_is_not_returned(state):
    assert "SUBMITTED,APPROVED" == refused(give_back, state)


def test_a_returned_summary_says_why_until_it_is_submitted_again():
    summary = a_chosen_summary()
    write(summary)
    submit(summary)
    give_back(summary)
    assert (SummaryState.DRAFT, "Prosimy o koszty.") == (summary.state, summary.return_reason)

    submit(summary)

    assert (SummaryState.SUBMITTED, None) == (summary.state, summary.return_reason)


# --- publication ----------------------------------------------------------------------------------


def test_publication_keeps_the_text_without_contact_data_and_the_jst_of_that_moment():
    a_summary_in(SummaryState.APPROVED).when(publish).then(
        (
            "hdr.SummaryPublished",
            {
                "hdr_id": HDR_ID,
                "edition_id": EDITION_ID,
                "jst": JST_AS_TOWN,
                "area_code": "BUDGET_PLANNING",
                "form": "GOOD_PRACTICE",
                "template_version": 1,
                "slug": "laczymy-sily",
                "title": "Łączymy siły: wspólny budżet szkół",
                "document": a_public_good_practice(),
            },
        ),
    )


@pytest.mark.parametrize("state", states_except(SummaryState.APPROVED))
def test_only_an_approved_summary_is_published(state):
    assert "APPROVED" == refused(publish, state)


def test_every_form_has_a_template_to_write_with():
    assert all(templates.template(form, 1).kind == form for form in SummaryForm)

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.hdr.application import HdrApplication
from services.hdr.domain.errors import (
    HdrNotPublishedError,
    IncompleteHdrError,
    IncompleteSummaryError,
    SummaryFormNotOfferedError,
    UnknownTemplateError,
    WrongStateError,
)
from services.hdr.domain.hdr import hdr_id_of
from services.hdr.domain.summary import summary_id_of
from shared.contracts.base import CreatedAnswer, DoneAnswer, VersionAnswer
from shared.contracts.hdr import (
    ChooseSummaryForm,
    HdrAnswer,
    HdrHistoryEntry,
    HdrRequest,
    HdrState,
    ReturnHdr,
    ReturnSummary,
    SaveHdrDraft,
    SaveSummaryDraft,
    SummaryAnswer,
    SummaryForm,
    SummaryRequest,
    SummaryState,
    TemplateQuery,
    WithdrawHdr,
)
from shared.kernel import schema
from shared.kernel.refusal import NotFoundError, StaleVersionError
from shared.kernel.snapshots import EVERY
from tests.unit.hdr.builders import (
    CONTACT,
    CYCLE_ID,
    DIAGNOSIS,
    EDITION_ID,
    HDR_ID,
    JST,
    JST_AS_TOWN,
    NOW,
    PRIORITIES,
    SUMMARY_ID,
    TEAM_ID,
    a_complete_document,
    a_complete_document_with,
    a_good_practice,
    a_mini_reportage,
    a_public_good_practice,
    a_reflection_study,
    an_edition_configuration,
    publish_hdr,
    publish_summary,
    write_hdr,
    write_summary,
)

OTHER_CYCLE_ID = UUID("c1c1e000-0000-4000-8000-000000000002")
OTHER_HDR_ID = hdr_id_of(OTHER_CYCLE_ID)
HDR = HdrRequest(hdr_id=HDR_ID)
SUMMARY = SummaryRequest(summary_id=SUMMARY_ID)
NOBODY = UUID(int=404)


def open_another_hdr(app: HdrApplication, **changes):
    values = {
        "cycle_id": OTHER_CYCLE_ID,
        "edition_id": EDITION_ID,
        "jst": JST.model_copy(update={"id": UUID(int=2), "name": "Buk"}),
        "area_code": "BUDGET_PLANNING",
        "diagnosis": DIAGNOSIS,
        "priorities": PRIORITIES,
    }
    app.open_hdr(**{**values, **changes})


# --- an HDR ---------------------------------------------------------------------------------------


def test_an_open_hdr_shows_what_it_still_misses(app):
    hdr = app.get_hdr(HDR)

    assert hdr == HdrAnswer(
        hdr_id=HDR_ID,
        cycle_id=CYCLE_ID,
        edition_id=EDITION_ID,
        jst=JST,
        area_code="BUDGET_PLANNING",
        team_id=None,
        state=HdrState.DRAFT,
        template_version=1,
        document={
            "diagnosis_summary": DIAGNOSIS.model_dump(),
            "priorities": [
                {"key": "P1", "name": "Wspólne planowanie"},
                {"key": "P2", "name": "Dane dla decyzji"},
            ],
        },
        findings=hdr.findings,
        return_reason=None,
        published_version=None,
        slug=None,
        history=(HdrHistoryEntry(at=NOW, what="hdr.HdrOpened", version=1),),
        version=1,
    )
    assert 14 == len(hdr.findings)


def test_opening_it_again_changes_nothing(app):
    write_hdr(app)

    open_another_hdr(app, cycle_id=CYCLE_ID)

    assert 2 == app.get_hdr(HDR).version


def test_the_team_of_the_cycle_is_shown(app):
    app.note_team(CYCLE_ID, TEAM_ID)

    assert TEAM_ID == app.get_hdr(HDR).team_id


def test_the_template_is_the_one_that_the_edition_lays_down(app, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "services.hdr.templates.newest_version",
        lambda kind, at_most=None: asked.append((kind, at_most)) or 1,
    )
    app.note_edition(EDITION_ID, an_edition_configuration(hdr_template_version=3))

    open_another_hdr(app)

    assert [("HDR", 3)] == asked


def test_saving_answers_the_version_to_save_on_top_of(app):
    first = app.save_hdr_draft(SaveHdrDraft(hdr_id=HDR_ID, document={"title": "Plan"}))
    second = app.save_hdr_draft(
        SaveHdrDraft(hdr_id=HDR_ID, document={"title": "Nowy"}, expected_version=first.version)
    )

    assert (VersionAnswer(version=2), VersionAnswer(version=3)) == (first, second)
    assert {"title": "Nowy"} == app.get_hdr(HDR).document


def test_saving_the_same_text_again_keeps_the_version(app):
    request = SaveHdrDraft(hdr_id=HDR_ID, document={"title": "Plan"})

    assert app.save_hdr_draft(request) == app.save_hdr_draft(request)


def test_saving_over_somebody_elses_text_is_refused(app):
    app.save_hdr_draft(SaveHdrDraft(hdr_id=HDR_ID, document={"title": "Plan"}))

    with pytest.raises(StaleVersionError) as error:
        app.save_hdr_draft(
            SaveHdrDraft(hdr_id=HDR_ID, document={"title": "Inny"}, expected_version=1)
        )

    assert {"expected": 1, "actual": 2} == error.value.parameters
    assert {"title": "Plan"} == app.get_hdr(HDR).document


def test_an_hdr_goes_its_way_to_publication(app, clock):
    states = []
    write_hdr(app)
    for number, step in enumerate(
        [
            app.submit_hdr,
            app.start_editing,
            app.finish_substantive_editing,
            app.finish_proofreading,
            app.publish_hdr,
        ],
        start=1,
    ):
        clock.move_to(NOW + timedelta(days=number))
        assert DoneAnswer() == step(HDR)
        states.append(app.get_hdr(HDR).state)

    hdr = app.get_hdr(HDR)
    assert [
        "SUBMITTED",
        "SUBSTANTIVE_EDITING",
        "LANGUAGE_PROOFREADING",
        "APPROVED",
        "PUBLISHED",
    ] == states
    assert (1, "wspolne-planowanie-oswiaty-w-gminie-siennica-rozana", ()) == (
        hdr.published_version,
        hdr.slug,
        hdr.findings,
    )
    assert [
        HdrHistoryEntry(at=NOW, what="hdr.HdrOpened", version=1),
        HdrHistoryEntry(at=NOW, what="hdr.HdrDraftSaved", version=2),
        HdrHistoryEntry(at=NOW + timedelta(days=1), what="hdr.HdrSubmitted", version=3),
        HdrHistoryEntry(at=NOW + timedelta(days=2), what="hdr.HdrEditingStarted", version=4),
        HdrHistoryEntry(
            at=NOW + timedelta(days=3), what="hdr.HdrSubstantiveEditingFinished", version=5
        ),
        HdrHistoryEntry(at=NOW + timedelta(days=4), what="hdr.HdrProofread", version=6),
        HdrHistoryEntry(at=NOW + timedelta(days=5), what="hdr.HdrPublished", version=7),
    ] == list(hdr.history)


def test_an_incomplete_hdr_is_not_submitted_and_nothing_is_lost(app):
    app.save_hdr_draft(SaveHdrDraft(hdr_id=HDR_ID, document={"title": "Plan"}))

    with pytest.raises(IncompleteHdrError):
        app.submit_hdr(HDR)

    hdr = app.get_hdr(HDR)
    assert (HdrState.DRAFT, {"title": "Plan"}) == (hdr.state, hdr.document)


def test_a_returned_hdr_says_why(app):
    write_hdr(app)
    app.submit_hdr(HDR)

    app.return_hdr(ReturnHdr(hdr_id=HDR_ID, reason="Brak kosztów"))

    hdr = app.get_hdr(HDR)
    assert (HdrState.DRAFT, "Brak kosztów") == (hdr.state, hdr.return_reason)
    assert ("hdr.HdrReturned", "Brak kosztów") == (hdr.history[-1].what, hdr.history[-1].reason)


def test_publication_shows_the_jst_as_the_register_has_it_then(app):
    app.note_local_government(JST)
    app.note_local_government(JST_AS_TOWN)

    publish_hdr(app)

    assert JST_AS_TOWN == app.get_hdr(HDR).jst


def test_without_the_register_publication_shows_the_jst_of_the_cycle(app):
    publish_hdr(app)

    assert JST == app.get_hdr(HDR).jst


def test_two_hdrs_of_one_title_have_different_addresses(app):
    open_another_hdr(app)
    publish_hdr(app, title="Dobry plan")

    publish_hdr(app, OTHER_HDR_ID, title="Dobry plan")

    assert ("dobry-plan", "dobry-plan-buk") == (
        app.get_hdr(HDR).slug,
        app.get_hdr(HdrRequest(hdr_id=OTHER_HDR_ID)).slug,
    )


def test_the_address_of_a_withdrawn_hdr_is_never_given_again(app):
    open_another_hdr(app)
    publish_hdr(app, title="Dobry plan")
    app.withdraw_hdr(WithdrawHdr(hdr_id=HDR_ID, reason="Pomyłka"))

    publish_hdr(app, OTHER_HDR_ID, title="Dobry plan")

    assert "dobry-plan-buk" == app.get_hdr(HdrRequest(hdr_id=OTHER_HDR_ID)).slug


def test_a_withdrawn_hdr_keeps_its_text_and_its_address_for_the_notice(app):
    publish_hdr(app)

    app.withdraw_hdr(WithdrawHdr(hdr_id=HDR_ID, reason="Gmina odstąpiła"))

    hdr = app.get_hdr(HDR)
    assert HdrState.WITHDRAWN is hdr.state
    assert hdr.slug
    assert a_complete_document() == hdr.document
    assert "Gmina odstąpiła" == hdr.history[-1].reason


@pytest.mark.parametrize(
    "use_case",
    [
        "submit_hdr",
        "start_editing",
        "finish_substantive_editing",
        "finish_proofreading",
        "publish_hdr",
        "get_hdr",
    ],
)
def test_an_unknown_hdr_is_not_found(app, use_case):
    with pytest.raises(NotFoundError) as error:
        getattr(app, use_case)(HdrRequest(hdr_id=NOBODY))

    assert {"what": "Hdr", "id": str(NOBODY)} == error.value.parameters


# --- templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["HDR", *SummaryForm])
def test_a_template_is_told(app, kind):
    template = app.get_template(TemplateQuery(kind=kind))

    assert (kind, 1, "title") == (
        template.kind,
        template.template_version,
        template.elements[0].name,
    )


def test_a_reference_says_which_list_it_names(app):
    [objective] = [
        field
        for element in app.get_template(TemplateQuery(kind="HDR")).elements
        for field in element.fields
        if (element.name, field.name) == ("actions", "objective")
    ]

    assert ("reference", "objectives") == (objective.type, objective.refers_to)


def test_an_unknown_template_is_not_found(app):
    with pytest.raises(UnknownTemplateError):
        app.get_template(TemplateQuery(kind="HDR", template_version=9))


# --- a summary ------------------------------------------------------------------------------------


def choose(app, form=SummaryForm.GOOD_PRACTICE):
    return app.choose_summary_form(ChooseSummaryForm(hdr_id=HDR_ID, form=form))


def save(app, document, **values):
    return app.save_summary_draft(
        SaveSummaryDraft(summary_id=SUMMARY_ID, document=document, **values)
    )


def test_a_published_hdr_gets_one_summary(app):
    publish_hdr(app)

    assert CreatedAnswer(id=SUMMARY_ID) == choose(app) == choose(app)
    assert SUMMARY_ID == summary_id_of(HDR_ID)

    summary = app.get_summary(SUMMARY)
    assert summary == SummaryAnswer(
        summary_id=SUMMARY_ID,
        hdr_id=HDR_ID,
        edition_id=EDITION_ID,
        jst=JST,
        area_code="BUDGET_PLANNING",
        form=SummaryForm.GOOD_PRACTICE,
        state=SummaryState.DRAFT,
        template_version=1,
        document={},
        findings=summary.findings,
        return_reason=None,
        slug=None,
        history=(HdrHistoryEntry(at=NOW, what="hdr.SummaryFormChosen", version=1),),
        version=1,
    )
    assert 12 == len(summary.findings)


def test_an_hdr_that_is_not_public_gets_none(app):
    with pytest.raises(HdrNotPublishedError):
        choose(app)


def test_the_form_is_one_that_the_edition_offers(app):
    publish_hdr(app)
    app.note_edition(EDITION_ID, an_edition_configuration(summary_forms=("REFLECTION_STUDY",)))

    with pytest.raises(SummaryFormNotOfferedError):
        choose(app, SummaryForm.GOOD_PRACTICE)

    assert CreatedAnswer(id=SUMMARY_ID) == choose(app, SummaryForm.REFLECTION_STUDY)


def test_a_saved_summary_is_read_back_with_its_contact_data(app):
    publish_hdr(app)
    write_summary(app)

    summary = app.get_summary(SUMMARY)

    assert (a_good_practice(), ()) == (summary.document, summary.findings)
    assert 2 == summary.version


def test_contact_data_can_be_changed_alone(app):
    publish_hdr(app)
    write_summary(app)

    answer = save(app, {**a_good_practice(), "contact": {**CONTACT, "name": "Jan Inny"}})

    assert VersionAnswer(version=2) == answer
    assert "Jan Inny" == app.get_summary(SUMMARY).document["contact"]["name"]


def test_contact_data_that_were_left_out_are_gone(app):
    publish_hdr(app)
    write_summary(app)

    save(app, a_public_good_practice())

    assert a_public_good_practice() == app.get_summary(SUMMARY).document


def test_saving_over_somebody_elses_summary_is_refused(app):
    publish_hdr(app)
    write_summary(app)

    with pytest.raises(StaleVersionError):
        save(app, {"title": "Inny"}, expected_version=1)


def test_another_form_keeps_nothing_contact_data_included(app):
    publish_hdr(app)
    write_summary(app)

    choose(app, SummaryForm.REFLECTION_STUDY)

    summary = app.get_summary(SUMMARY)
    assert (SummaryForm.REFLECTION_STUDY, {}) == (summary.form, summary.document)


def test_the_same_form_again_keeps_everything(app):
    publish_hdr(app)
    write_summary(app)

    choose(app)

    assert a_good_practice() == app.get_summary(SUMMARY).document


@pytest.mark.parametrize(
    ("form", "document"),
    [
        (SummaryForm.GOOD_PRACTICE, a_good_practice()),
        (SummaryForm.REFLECTION_STUDY, a_reflection_study()),
        (SummaryForm.MINI_REPORTAGE, a_mini_reportage()),
    ],
)
def test_each_form_goes_its_way_to_publication(app, form, document):
    publish_hdr(app)
    choose(app, form)
    save(app, document)
    states = []

    for step in (app.submit_summary, app.approve_summary, app.publish_summary):
        assert DoneAnswer() == step(SUMMARY)
        states.append(app.get_summary(SUMMARY).state)

    assert ["SUBMITTED", "APPROVED", "PUBLISHED"] == states


def test_a_summary_without_contact_data_is_not_submitted(app):
    publish_hdr(app)
    choose(app)
    save(app, a_public_good_practice())

    with pytest.raises(IncompleteSummaryError):
        app.submit_summary(SUMMARY)


def test_an_editor_may_mend_a_submitted_summary_but_not_leave_it_incomplete(app):
    publish_hdr(app)
    write_summary(app)
    app.submit_summary(SUMMARY)
    save(app, {**a_good_practice(), "effects": ""})

    with pytest.raises(IncompleteSummaryError):
        app.approve_summary(SUMMARY)

    assert SummaryState.SUBMITTED is app.get_summary(SUMMARY).state


def test_a_returned_summary_says_why(app):
    publish_hdr(app)
    write_summary(app)
    app.submit_summary(SUMMARY)

    app.return_summary(ReturnSummary(summary_id=SUMMARY_ID, reason="Prosimy o koszty"))

    summary = app.get_summary(SUMMARY)
    assert (SummaryState.DRAFT, "Prosimy o koszty") == (summary.state, summary.return_reason)
    assert "Prosimy o koszty" == summary.history[-1].reason


def test_a_published_summary_has_an_address_and_the_jst_of_that_moment(app):
    publish_hdr(app)
    app.note_local_government(JST_AS_TOWN)

    publish_summary(app)

    summary = app.get_summary(SUMMARY)
    assert ("laczymy-sily-wspolny-budzet-szkol", JST_AS_TOWN) == (summary.slug, summary.jst)


def test_the_summary_of_a_withdrawn_hdr_is_not_published(app):
    publish_hdr(app)
    write_summary(app)
    app.submit_summary(SUMMARY)
    app.approve_summary(SUMMARY)
    app.withdraw_hdr(WithdrawHdr(hdr_id=HDR_ID, reason="Pomyłka"))

    with pytest.raises(HdrNotPublishedError):
        app.publish_summary(SUMMARY)

    assert SummaryState.APPROVED is app.get_summary(SUMMARY).state


def test_the_form_of_a_submitted_summary_stays(app):
    publish_hdr(app)
    write_summary(app)
    app.submit_summary(SUMMARY)

    with pytest.raises(WrongStateError):
        choose(app, SummaryForm.REFLECTION_STUDY)

    assert a_good_practice() == app.get_summary(SUMMARY).document


def test_a_person_is_forgotten_and_the_text_stays(app):
    publish_hdr(app)
    publish_summary(app)
    before = app.get_summary(SUMMARY)

    assert DoneAnswer() == app.erase_summary_contact(SUMMARY)
    assert DoneAnswer() == app.erase_summary_contact(SUMMARY)

    after = app.get_summary(SUMMARY)
    assert a_public_good_practice() == after.document
    assert ((), before.version) == (after.findings, after.version)


def test_no_snapshot_knows_the_person_before_or_after_the_erasure(app):
    publish_hdr(app)
    write_summary(app)
    for number in range(EVERY):
        save(app, {**a_good_practice(), "cost": f"{number} zł"})
    app.execute(lambda: save(app, {**a_good_practice(), "contact": CONTACT}))
    app.execute(lambda: app.erase_summary_contact(SUMMARY))

    with app.database.reading() as connection:
        kept = connection.execute(select(schema.snapshots.c.topic, schema.snapshots.c.state)).all()

    assert ["hdr.Summary"] == [topic.partition("#")[0] for topic, _ in kept]
    assert json.loads(kept[0].state)["document"]["cost"] == f"{EVERY - 1} zł"
    assert not any(value.encode() in kept[0].state for value in CONTACT.values())
    assert a_public_good_practice() == app.get_summary(SUMMARY).document


def test_no_event_knows_the_person(app):
    publish_hdr(app)
    publish_summary(app)

    log = b"".join(recorded.stored.state for recorded in app.log.select_behind_fence(0, 1000))

    assert "Łączymy siły" in log.decode()
    assert [] == [value for value in CONTACT.values() if value in log.decode()]


@pytest.mark.parametrize(
    "use_case",
    [
        "submit_summary",
        "approve_summary",
        "publish_summary",
        "erase_summary_contact",
        "get_summary",
    ],
)
def test_an_unknown_summary_is_not_found(app, use_case):
    with pytest.raises(NotFoundError) as error:
        getattr(app, use_case)(SummaryRequest(summary_id=NOBODY))

    assert {"what": "Summary", "id": str(NOBODY)} == error.value.parameters


def test_an_hdr_is_no_summary(app):
    with pytest.raises(NotFoundError):
        app.get_summary(SummaryRequest(summary_id=HDR_ID))


# --- in one transaction ---------------------------------------------------------------------------


def test_an_address_that_was_taken_meanwhile_makes_the_command_choose_another(app, monkeypatch):
    open_another_hdr(app)
    publish_hdr(app, title="Dobry plan")
    write_hdr(app, OTHER_HDR_ID, title="Dobry plan")
    other = HdrRequest(hdr_id=OTHER_HDR_ID)
    for step in (
        app.submit_hdr,
        app.start_editing,
        app.finish_substantive_editing,
        app.finish_proofreading,
    ):
        step(other)
    stale = iter(["dobry-plan"])
    honest = app._free_address
    monkeypatch.setattr(app, "_free_address", lambda *a, **k: next(stale, None) or honest(*a, **k))

    app.execute(lambda: app.publish_hdr(other))

    assert "dobry-plan-buk" == app.get_hdr(other).slug


def test_text_and_contact_data_are_kept_together_or_not_at_all(app, monkeypatch):
    publish_hdr(app)
    write_summary(app)

    def break_down(*_):
        raise RuntimeError("the database went away")

    monkeypatch.setattr("services.hdr.personal_data.keep_contact", break_down)
    with pytest.raises(RuntimeError):
        app.execute(lambda: save(app, {**a_good_practice(), "title": "Inny"}))

    assert a_good_practice() == app.get_summary(SUMMARY).document


def test_a_document_with_polish_letters_is_read_back_as_it_was_written(app):
    document = a_complete_document_with(title="Zażółć gęślą jaźń 🙂", main_goal="a\nb\t„c”")

    app.save_hdr_draft(SaveHdrDraft(hdr_id=HDR_ID, document=document))

    assert document == app.get_hdr(HDR).document

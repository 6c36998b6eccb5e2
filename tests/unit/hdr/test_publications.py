from datetime import date

from services.hdr.component import COMPONENT
from shared.contracts import hdr as contracts
from shared.contracts.hdr import (
    ChooseSummaryForm,
    HdrRequest,
    HdrState,
    ReturnHdr,
    ReturnSummary,
    SummaryForm,
    SummaryRequest,
    SummaryState,
    WithdrawHdr,
)
from shared.kernel.testing import published
from tests.unit.hdr.builders import (
    CYCLE_ID,
    EDITION_ID,
    HDR_ID,
    JST,
    SUMMARY_ID,
    a_complete_document,
    a_public_good_practice,
    publish_hdr,
    publish_summary,
    write_hdr,
    write_summary,
)

OPENED = contracts.HDROpened(
    hdr_id=HDR_ID,
    cycle_id=CYCLE_ID,
    edition_id=EDITION_ID,
    jst=JST,
    area_code="BUDGET_PLANNING",
    template_version=1,
)


def hdr_moved(previous_state, state):
    return contracts.HDRStateChanged(
        hdr_id=HDR_ID, cycle_id=CYCLE_ID, previous_state=previous_state, state=state
    )


def summary_moved(previous_state, state, reason=None):
    return contracts.SummaryStateChanged(
        summary_id=SUMMARY_ID,
        hdr_id=HDR_ID,
        previous_state=previous_state,
        state=state,
        reason=reason,
    )


def test_what_others_learn_on_the_way_to_publication_and_withdrawal(app):
    publish_hdr(app, title="Dobry plan")
    app.withdraw_hdr(WithdrawHdr(hdr_id=HDR_ID, reason="Pomyłka"))

    assert [
        OPENED,
        contracts.HDRSubmitted(hdr_id=HDR_ID, cycle_id=CYCLE_ID, submission=1),
        hdr_moved(HdrState.SUBMITTED, HdrState.SUBSTANTIVE_EDITING),
        hdr_moved(HdrState.SUBSTANTIVE_EDITING, HdrState.LANGUAGE_PROOFREADING),
        hdr_moved(HdrState.LANGUAGE_PROOFREADING, HdrState.APPROVED),
        contracts.HDRPublished(
            hdr_id=HDR_ID,
            cycle_id=CYCLE_ID,
            edition_id=EDITION_ID,
            jst=JST,
            area_code="BUDGET_PLANNING",
            template_version=1,
            published_version=1,
            slug="dobry-plan",
            title="Dobry plan",
            starts_on=date(2026, 3, 1),
            ends_on=date(2027, 6, 30),
            document={**a_complete_document(), "title": "Dobry plan"},
        ),
        contracts.HDRWithdrawn(hdr_id=HDR_ID, cycle_id=CYCLE_ID, reason="Pomyłka"),
    ] == published(app, COMPONENT.publications)


def test_what_others_learn_of_a_return(app):
    write_hdr(app)
    app.submit_hdr(HdrRequest(hdr_id=HDR_ID))
    app.return_hdr(ReturnHdr(hdr_id=HDR_ID, reason="Brak kosztów"))
    app.submit_hdr(HdrRequest(hdr_id=HDR_ID))

    assert [
        OPENED,
        contracts.HDRSubmitted(hdr_id=HDR_ID, cycle_id=CYCLE_ID, submission=1),
        contracts.HDRReturned(
            hdr_id=HDR_ID,
            cycle_id=CYCLE_ID,
            returned_from=HdrState.SUBMITTED,
            reason="Brak kosztów",
        ),
        contracts.HDRSubmitted(hdr_id=HDR_ID, cycle_id=CYCLE_ID, submission=2),
    ] == published(app, COMPONENT.publications)


def test_drafts_stay_inside(app):
    write_hdr(app)

    assert [OPENED] == published(app, COMPONENT.publications)


def test_what_others_learn_of_a_summary(app):
    publish_hdr(app)
    before = len(published(app, COMPONENT.publications))
    publish_summary(app)

    assert [
        contracts.SummaryFormChosen(
            summary_id=SUMMARY_ID,
            hdr_id=HDR_ID,
            edition_id=EDITION_ID,
            jst=JST,
            area_code="BUDGET_PLANNING",
            form=SummaryForm.GOOD_PRACTICE,
        ),
        summary_moved(SummaryState.DRAFT, SummaryState.SUBMITTED),
        summary_moved(SummaryState.SUBMITTED, SummaryState.APPROVED),
        contracts.SummaryPublished(
            summary_id=SUMMARY_ID,
            hdr_id=HDR_ID,
            edition_id=EDITION_ID,
            jst=JST,
            area_code="BUDGET_PLANNING",
            form=SummaryForm.GOOD_PRACTICE,
            template_version=1,
            slug="laczymy-sily-wspolny-budzet-szkol",
            title="Łączymy siły: wspólny budżet szkół",
            document=a_public_good_practice(),
        ),
    ] == published(app, COMPONENT.publications)[before:]


def test_what_others_learn_of_a_returned_summary_in_another_form(app):
    publish_hdr(app)
    write_summary(app)
    app.submit_summary(SummaryRequest(summary_id=SUMMARY_ID))
    app.return_summary(ReturnSummary(summary_id=SUMMARY_ID, reason="Prosimy o koszty"))
    app.choose_summary_form(ChooseSummaryForm(hdr_id=HDR_ID, form=SummaryForm.REFLECTION_STUDY))

    assert [
        summary_moved(SummaryState.SUBMITTED, SummaryState.DRAFT, "Prosimy o koszty"),
        contracts.SummaryFormChosen(
            summary_id=SUMMARY_ID,
            hdr_id=HDR_ID,
            edition_id=EDITION_ID,
            jst=JST,
            area_code="BUDGET_PLANNING",
            form=SummaryForm.REFLECTION_STUDY,
            previous_form=SummaryForm.GOOD_PRACTICE,
        ),
    ] == published(app, COMPONENT.publications)[-2:]


def test_every_event_that_the_contract_promises_is_told():
    told = {
        "HDROpened",
        "HDRSubmitted",
        "HDRStateChanged",
        "HDRReturned",
        "HDRPublished",
        "HDRWithdrawn",
        "SummaryFormChosen",
        "SummaryStateChanged",
        "SummaryPublished",
    }

    assert told == {event.__name__ for event in contracts.EVENTS}
    assert 14 == len(COMPONENT.publications.event_types)

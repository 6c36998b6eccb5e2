from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.recruitment.domain.announcement import Announcement
from services.recruitment.domain.errors import (
    CallNotOpenError,
    CallStillOpenError,
    PlacesExceededError,
    SlugTakenError,
    UndecidedApplicationsError,
)
from shared.contracts.recruitment import (
    ApplicationQuery,
    ApplicationStatus,
    CallRequest,
    CallsQuery,
    CallStage,
    CancelCall,
    Decision,
    ExtendCall,
    ReconfigureEdition,
    ReviseCall,
    WithdrawApplication,
)
from shared.kernel.refusal import NotFoundError, StaleVersionError
from tests.unit.recruitment.builders import AFTER_THE_CALL, a_configuration, an_announcement
from tests.unit.recruitment.programme import Programme, an_application_form, whole_programme

UNKNOWN = UUID(int=404)


def cancel(call_id):
    return CancelCall(call_id=call_id, reason="Brak środków")


def test_a_call_goes_from_draft_to_closed():
    programme = Programme()
    call_id = programme.a_call()

    extension = ExtendCall(call_id=call_id, closes_on=date(2020, 3, 2), reason="Ferie")
    programme.do("extend_call", extension)
    programme.do("close_call", CallRequest(call_id=call_id))

    assert programme.events()[1:] == [
        "recruitment.CallDrafted",
        "recruitment.CallPublished",
        "recruitment.CallExtended",
        "recruitment.CallClosed",
    ]


def test_a_call_is_published_for_the_voivodeships_that_the_edition_has_then():
    programme = Programme()
    edition_id = programme.an_edition()
    call_id = programme.a_draft(edition_id)
    wider = a_configuration(voivodeships=("06", "32"))
    programme.do(
        "reconfigure_edition", ReconfigureEdition(edition_id=edition_id, configuration=wider)
    )

    programme.do("publish_call", CallRequest(call_id=call_id))

    assert programme.told()[-1].voivodeships == ("06", "32")


def test_a_call_of_an_unknown_edition_is_not_drafted():
    with pytest.raises(NotFoundError) as refusal:
        Programme().a_draft(UNKNOWN)

    assert refusal.value.parameters == {"what": "Edition", "id": str(UNKNOWN)}


@pytest.mark.parametrize("use_case", ["publish_call", "close_call", "publish_results"])
def test_an_unknown_call_is_not_found(use_case):
    with pytest.raises(NotFoundError) as refusal:
        Programme().do(use_case, CallRequest(call_id=UNKNOWN))

    assert refusal.value.parameters == {"what": "Call", "id": str(UNKNOWN)}


def test_two_calls_cannot_share_an_address():
    programme = Programme()
    edition_id = programme.an_edition()
    programme.a_draft(edition_id)

    with pytest.raises(SlugTakenError) as refusal:
        programme.a_draft(edition_id)

    assert (refusal.value.field, refusal.value.parameters) == ("slug", {"slug": "pro-2020"})


def test_an_edition_and_a_call_may_have_the_same_address():
    programme = Programme()

    assert programme.a_draft(slug="pilotaz-systemu")


def test_the_address_of_a_dropped_draft_is_free_again():
    programme = Programme()
    edition_id = programme.an_edition()
    programme.do("cancel_call", cancel(programme.a_draft(edition_id)))

    assert programme.a_draft(edition_id)


def test_the_address_of_a_call_that_was_public_is_never_used_again():
    programme = Programme()
    edition_id = programme.an_edition()
    programme.do("cancel_call", cancel(programme.a_call(edition_id)))

    with pytest.raises(SlugTakenError):
        programme.a_draft(edition_id)


# --- results ------------------------------------------------------------------------------------


def test_results_of_all_applications_take_effect_in_one_act():
    programme = Programme()
    call_id = programme.a_call()
    anna = programme.apply(call_id, "Anna Kowalska").application_id
    jan = programme.apply(call_id, "Jan Nowak").application_id
    ewa = programme.apply(call_id, "Ewa Lis").application_id
    withdrawn = programme.apply(call_id, "Olga Mak").application_id
    programme.decide(anna, Decision.REJECTED)
    programme.decide(jan, Decision.QUALIFIED)
    programme.decide(ewa, Decision.RESERVE, 1)
    programme.do("withdraw_application", WithdrawApplication(application_id=withdrawn))
    before = len(programme.events())

    programme.publish_results(call_id)

    assert programme.events()[before:] == [
        "recruitment.CallResultsPublished",
        *["recruitment.ApplicationDecisionPublished"] * 3,
    ]
    published = programme.told()[-1]
    assert [(r.application_id, r.decision) for r in published.results] == [
        (jan, Decision.QUALIFIED),
        (ewa, Decision.RESERVE),
        (anna, Decision.REJECTED),
    ]
    statuses = [
        programme.ask("get_application", ApplicationQuery(application_id=a)).status
        for a in (jan, ewa, anna, withdrawn)
    ]
    assert statuses == [
        ApplicationStatus.QUALIFIED,
        ApplicationStatus.RESERVE,
        ApplicationStatus.REJECTED,
        ApplicationStatus.WITHDRAWN,
    ]


def test_a_call_without_applications_has_empty_results():
    programme = Programme()
    programme.publish_results(programme.a_call())

    assert programme.told()[-1].results == ()


def test_results_wait_for_the_deadline():
    programme = Programme()
    call_id = programme.a_call()
    programme.move_to(datetime(2020, 2, 29, 22, 59, tzinfo=UTC))

    with pytest.raises(CallStillOpenError):
        programme.do("publish_results", CallRequest(call_id=call_id))

    programme.move_to(datetime(2020, 2, 29, 23, 0, tzinfo=UTC))
    programme.do("publish_results", CallRequest(call_id=call_id))


def test_results_wait_for_the_last_decision_and_publish_nothing_before():
    programme = Programme()
    call_id = programme.a_call()
    programme.decide(programme.apply(call_id, "Anna Kowalska").application_id)
    programme.apply(call_id, "Jan Nowak")
    before = programme.events()

    with pytest.raises(UndecidedApplicationsError) as refusal:
        programme.publish_results(call_id)

    assert refusal.value.parameters == {"count": 1}
    assert programme.events() == before


def test_results_with_more_qualified_than_places_are_refused():
    programme = Programme()
    call_id = programme.a_call(places=1)
    for name in ("Anna Kowalska", "Jan Nowak"):
        programme.decide(programme.apply(call_id, name).application_id)

    with pytest.raises(PlacesExceededError):
        programme.publish_results(call_id)


# --- what happens at the same time --------------------------------------------------------------


def test_a_call_closed_while_an_application_comes_in_refuses_it():
    programme = Programme()
    call_id = programme.a_call()

    with pytest.raises(CallNotOpenError) as refusal:
        programme.do_interrupted(
            "submit_application",
            an_application_form(call_id),
            lambda: programme.do("close_call", CallRequest(call_id=call_id)),
        )

    assert refusal.value.parameters["rule"] == "CLOSED"
    assert programme.events()[-1] == "recruitment.CallClosed"


def test_an_application_that_comes_in_while_results_are_published_stops_them():
    programme = Programme()
    call_id = programme.a_call()
    programme.move_to(AFTER_THE_CALL)

    with pytest.raises(UndecidedApplicationsError) as refusal:
        programme.do_interrupted(
            "publish_results",
            CallRequest(call_id=call_id),
            lambda: programme.apply(call_id, late_admission_reason="Awaria serwera"),
        )

    assert refusal.value.parameters == {"count": 1}
    assert programme.events()[-1] == "recruitment.ApplicationSubmitted"


def test_a_withdrawal_while_results_are_published_leaves_the_application_out():
    programme = Programme()
    call_id = programme.a_call()
    anna = programme.apply(call_id, "Anna Kowalska").application_id
    jan = programme.apply(call_id, "Jan Nowak").application_id
    programme.decide(anna)
    programme.decide(jan)
    programme.move_to(AFTER_THE_CALL)

    programme.do_interrupted(
        "publish_results",
        CallRequest(call_id=call_id),
        lambda: programme.do("withdraw_application", WithdrawApplication(application_id=anna)),
    )

    assert [r.application_id for r in programme.told()[-1].results] == [jan]


# --- drafts ---------------------------------------------------------------------------------------


def revision(call_id, expected_version=None, **changes):
    terms = an_announcement(**changes).model_dump()
    return ReviseCall(call_id=call_id, expected_version=expected_version, **terms)


def test_a_draft_can_be_opened_again_as_it_was_written():
    programme = Programme()
    edition_id = programme.an_edition()
    call_id = programme.a_draft(edition_id)

    answer = programme.ask("get_call", CallRequest(call_id=call_id))

    assert (answer.call_id, answer.edition_id, answer.state, answer.version) == (
        call_id,
        edition_id,
        CallStage.DRAFT,
        1,
    )
    assert Announcement.model_validate(answer.model_dump()) == an_announcement()


def test_a_draft_that_was_changed_is_published_as_it_reads_now():
    programme = Programme()
    call_id = programme.a_draft()

    answer = programme.do("revise_call", revision(call_id, 1, title="Drugi nabór", places=5))
    programme.do("publish_call", CallRequest(call_id=call_id))

    assert answer.version == 2
    assert (programme.told()[-1].title, programme.told()[-1].places) == ("Drugi nabór", 5)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten():
    programme = Programme()
    call_id = programme.a_draft()
    programme.do("revise_call", revision(call_id, 1, title="Od koleżanki"))

    with pytest.raises(StaleVersionError) as refusal:
        programme.do("revise_call", revision(call_id, 1, title="Od kolegi"))

    assert refusal.value.parameters == {"expected": 1, "actual": 2}
    assert programme.ask("get_call", CallRequest(call_id=call_id)).title == "Od koleżanki"


def test_a_draft_that_moves_to_another_address_frees_the_former_one():
    programme = Programme()
    edition_id = programme.an_edition()
    call_id = programme.a_draft(edition_id)

    programme.do("revise_call", revision(call_id, slug="nowy-adres"))

    assert programme.a_draft(edition_id)
    with pytest.raises(SlugTakenError):
        programme.a_draft(edition_id, slug="nowy-adres")


def test_a_draft_cannot_move_to_a_taken_address_and_keeps_its_own():
    programme = Programme()
    edition_id = programme.an_edition()
    programme.a_draft(edition_id, slug="zajety")
    call_id = programme.a_draft(edition_id)

    with pytest.raises(SlugTakenError) as refusal:
        programme.do("revise_call", revision(call_id, slug="zajety"))

    assert refusal.value.field == "slug"
    assert programme.ask("get_call", CallRequest(call_id=call_id)).slug == "pro-2020"


def test_an_unknown_draft_is_neither_read_nor_changed():
    programme = Programme()

    for asked in (
        lambda: programme.ask("get_call", CallRequest(call_id=UNKNOWN)),
        lambda: programme.do("revise_call", revision(UNKNOWN)),
    ):
        with pytest.raises(NotFoundError) as refusal:
            asked()
        assert refusal.value.parameters == {"what": "Call", "id": str(UNKNOWN)}


def test_calls_are_listed_by_state_edition_and_words_the_last_changed_first():
    programme = Programme()
    first, second = programme.an_edition(), programme.an_edition(slug="druga")
    draft = programme.a_draft(first, slug="szkic", title="Łódzki nabór")
    programme.move_to(AFTER_THE_CALL)
    public = programme.a_call(second, slug="jawny", closes_on=date(2020, 3, 4))

    def listed(**query):
        answer = programme.ask("list_calls", CallsQuery(**query))
        return answer.total, [call.call_id for call in answer.calls]

    assert listed() == (2, [public, draft])
    assert listed(limit=1, offset=1) == (2, [draft])
    assert listed(state="DRAFT") == (1, [draft])
    assert listed(edition_id=second) == (1, [public])
    assert listed(text="lodzki szkic") == (1, [draft])
    assert listed(state="CANCELLED") == (0, [])


def test_the_list_says_of_each_call_what_the_call_itself_says():
    programme = whole_programme()

    answer = programme.ask("list_calls", CallsQuery())

    assert len(answer.calls) == 3
    for call in answer.calls:
        assert call == programme.ask("get_call", CallRequest(call_id=call.call_id))

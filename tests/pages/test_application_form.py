"""Applying in a call, page by page, without scripts."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.gateway.questions import QUESTIONS
from services.gateway.tables import application_drafts
from shared.contracts.recruitment import CallKind
from tests.pages.site import visit
from tests.unit.gateway.programme import BOLESLAWIEC, MAZOWIECKIE, NOTICE, WARSZAWA, Programme
from tooling import translations

FORM = "/nabory/nabor/zgloszenie"
PERSON = {
    "full_name": "Anna Próbna",
    "email": "anna@example.org",
    "phone": "+48 600 100 200",
}


@pytest.fixture(scope="module")
def with_calls():
    """Two open calls, one for JST and one for experts."""
    assert translations.main() == 0
    programme = Programme().set_up()
    programme.open_call("JST", slug="nabor", title="Nabór JST")
    programme.open_call("PRO", slug="nabor-pro", title="Nabór PRO")
    yield programme
    programme.close()


@pytest.fixture
def platform(with_calls):
    copied = with_calls.copy()
    copied.clock.move_to(copied.clock.moment)
    yield copied
    copied.close()


@pytest.fixture
def candidate(platform):
    return visit(platform)


def answers_of(kind):
    return {f"answers__{question.key}": f"O: {question.key}" for question in QUESTIONS[kind]}


def fill_in_jst_form(candidate):
    candidate.get(f"{FORM}/jst?szukaj=boleslawiec")
    candidate.post(jst_code=BOLESLAWIEC)
    candidate.post(**PERSON)
    candidate.post(**answers_of(CallKind.JST))
    return candidate.post(privacy_notice_version=NOTICE)


def stored_drafts(platform):
    with platform.rpc.gateway.reading() as connection:
        return connection.execute(select(application_drafts)).all()


def received(platform, call="call_jst"):
    answer = platform.as_("staff").get(f"/applications?call_id={platform.ids[call]}")
    return answer.json["items"]


def test_a_jst_applies_from_the_call_to_the_receipt(platform, candidate):
    candidate.get("/nabory/nabor")
    page = candidate.follow("Zgłoś się w tym naborze")
    assert (page.heading, page.text.count("Do zrobienia")) == ("Zgłoszenie", 4)

    candidate.follow("JST, która się zgłasza")
    candidate.get(f"{FORM}/jst?szukaj=boleslawiec")
    assert candidate.post(jst_code=BOLESLAWIEC).heading == "Osoba do kontaktu"
    assert candidate.post(**PERSON).heading == "Pytania"
    assert candidate.post(**answers_of(CallKind.JST)).heading == "Informacja o danych osobowych"
    page = candidate.post(privacy_notice_version=NOTICE)

    assert page.heading == "Sprawdź odpowiedzi"
    for text in ("Gmina miejska Bolesławiec", *PERSON.values(), "O: needs", NOTICE):
        assert text in page.text
    page = candidate.post()

    assert page.heading == "Otrzymaliśmy zgłoszenie"
    assert "Otrzymanie zgłoszenia nie oznacza zakwalifikowania" in page.text
    (application,) = received(platform)
    assert application["receipt_number"] in page.text
    assert (application["jst"]["code"], application["status"]) == (BOLESLAWIEC, "RECEIVED")


def test_an_expert_with_an_employer_applies(platform):
    candidate = visit(platform)
    form = "/nabory/nabor-pro/zgloszenie"
    candidate.get(f"{form}/osoba")
    assert candidate.post(**PERSON).heading == "W którym województwie chcesz pracować?"
    assert candidate.post(voivodeship=MAZOWIECKIE).heading.startswith("Czy pracujesz")
    assert candidate.post(has_employer="tak").heading == "W której JST pracujesz?"
    candidate.get(f"{form}/pracodawca/jst?szukaj=warszawa")
    assert candidate.post(jst_code=WARSZAWA).heading == "Pytania"
    candidate.post(**answers_of(CallKind.PRO))
    candidate.post(privacy_notice_version=NOTICE)
    page = candidate.post()

    assert page.heading == "Otrzymaliśmy zgłoszenie"
    (application,) = received(platform, "call_pro")
    assert application["voivodeship"] == MAZOWIECKIE
    assert application["jst"]["code"] == WARSZAWA


def test_an_expert_without_an_employer_needs_no_jst(platform):
    candidate = visit(platform)
    candidate.get("/nabory/nabor-pro/zgloszenie/osoba")
    candidate.post(**PERSON)
    candidate.post(voivodeship=MAZOWIECKIE)
    candidate.post(has_employer="nie")
    candidate.post(answers__experience="Lata pracy.", answers__motivation="Chcę.")
    candidate.post(privacy_notice_version=NOTICE)
    page = candidate.post()

    assert page.heading == "Otrzymaliśmy zgłoszenie"
    assert received(platform, "call_pro")[0]["jst"] is None


# --- nothing is lost, nothing is silently refused -------------------------------------------------


def test_wrong_values_are_named_at_their_fields_and_still_there(candidate):
    candidate.get(f"{FORM}/osoba")

    page = candidate.post(full_name="", email="nie adres", phone="12")

    assert page.status == 422
    assert page.errors == {
        "Wpisz imię i nazwisko": "#full_name",
        "Wpisz adres e-mail w poprawnej postaci, na przykład imie@przyklad.pl": "#email",
        "Wpisz numer telefonu mający od 7 do 20 cyfr, na przykład +48 600 000 000": "#phone",
    }
    assert page.fields["email"] == "nie adres"
    assert page.all("title")[0]["text"].startswith("Błąd: ")
    marked = page.all("input", class_="govuk-input--error")
    assert {field["id"] for field in marked} == {"full_name", "email", "phone"}
    assert all(f"{f['id']}-error" in f["aria-describedby"].split() for f in marked)


def test_what_was_typed_waits_in_this_browser_only(platform, candidate):
    candidate.get(f"{FORM}/osoba")
    candidate.post(full_name="Anna Próbna", email="nie adres")

    assert candidate.get(f"{FORM}/osoba").fields["full_name"] == "Anna Próbna"
    assert "Anna Próbna" not in visit(platform).get(f"{FORM}/osoba").html


def test_a_step_may_be_done_again_and_the_others_stay(candidate):
    fill_in_jst_form(candidate)
    candidate.get(f"{FORM}/osoba")

    page = candidate.post(full_name="Ewa Nowa")

    assert page.heading == "Sprawdź odpowiedzi"
    assert "Ewa Nowa" in page.text
    assert PERSON["email"] in page.text
    assert "O: team" in page.text


def test_the_language_can_be_changed_in_the_middle(candidate):
    candidate.get(f"{FORM}/osoba")
    candidate.post(full_name="Anna Próbna", email="nie adres")

    page = candidate.follow("English")

    assert page.heading == "Contact person"
    assert page.fields["full_name"] == "Anna Próbna"


def test_an_unfinished_application_cannot_be_checked_or_sent(platform, candidate):
    candidate.get(f"{FORM}/osoba")
    candidate.post(**PERSON)

    assert candidate.get(f"{FORM}/sprawdz").heading == "Zgłoszenie"
    assert candidate.get(f"{FORM}/potwierdzenie").heading == "Zgłoszenie"
    assert received(platform) == []


def test_a_deadline_that_passes_while_typing_loses_nothing(platform, candidate):
    platform.days_later(20)
    fill_in_jst_form(candidate)
    platform.days_later(1)

    assert "nie przyjmuje już zgłoszeń" in candidate.get(f"{FORM}/sprawdz").text
    page = candidate.post()

    assert page.status == 409
    assert [message for message in page.errors if "22 lutego 2026" in message]
    assert PERSON["full_name"] in page.text
    assert "nabor@example.org" in page.text
    assert received(platform) == []


def test_the_last_day_is_open_to_its_end_in_warsaw(platform, candidate):
    fill_in_jst_form(candidate)
    last_day = platform.clock.moment.replace(day=22, hour=22, minute=59)
    platform.clock.move_to(last_day - timedelta(days=10))
    candidate.get(f"{FORM}/osoba")
    candidate.post(**PERSON)
    platform.clock.move_to(last_day)

    assert candidate.post(f"{FORM}/sprawdz").heading == "Otrzymaliśmy zgłoszenie"


def test_a_second_open_application_is_refused_with_the_rule(platform, candidate):
    fill_in_jst_form(candidate)
    candidate.post()
    another = visit(platform)
    fill_in_jst_form(another)

    page = another.post()

    assert page.status == 409
    assert len(page.errors) == 1
    assert PERSON["email"] in page.text
    assert len(received(platform)) == 1


def test_sending_twice_is_one_application(platform, candidate):
    fill_in_jst_form(candidate)
    platform.rpc.lost_answers = 2

    page = candidate.post()
    assert (page.status, len(page.errors)) == (503, 1)
    assert PERSON["email"] in page.text
    page = candidate.post()

    assert page.heading == "Otrzymaliśmy zgłoszenie"
    assert len(received(platform)) == 1


def test_a_silent_service_loses_nothing(platform, candidate):
    fill_in_jst_form(candidate)
    platform.rpc.absent = {"recruitment"}

    page = candidate.post()

    assert page.status == 503
    assert page.heading == "Sprawdź odpowiedzi"
    assert PERSON["email"] in page.text


# --- privacy --------------------------------------------------------------------------------------


def test_after_sending_nothing_that_was_typed_stays_in_the_gateway(platform, candidate):
    fill_in_jst_form(candidate)
    assert "anna@example.org" in str(stored_drafts(platform))
    candidate.post()

    assert "anna@example.org" not in str(stored_drafts(platform))


def test_the_receipt_can_be_loaded_again_for_a_short_while(platform, candidate):
    fill_in_jst_form(candidate)
    link = candidate.post().all("p", id="personal-link")[0]["text"]

    assert link in candidate.get(f"{FORM}/potwierdzenie").text
    assert "potwierdzenie" not in visit(platform).get(f"{FORM}/potwierdzenie").html
    platform.clock.move_to(platform.clock.moment + timedelta(hours=2))
    assert candidate.get(f"{FORM}/potwierdzenie").heading == "Zgłoszenie"


def test_the_notice_must_be_read_and_its_version_is_kept(platform, candidate):
    candidate.get(f"{FORM}/jst?szukaj=boleslawiec")
    candidate.post(jst_code=BOLESLAWIEC)
    candidate.post(**PERSON)
    candidate.post(**answers_of(CallKind.JST))

    page = candidate.post()

    assert page.errors == {"Potwierdź, że znasz tę informację": "#privacy_notice_version"}
    assert "iod@ore.edu.pl" in page.text
    candidate.post(privacy_notice_version=NOTICE)
    candidate.post()
    application = received(platform)[0]["application_id"]
    sent = platform.as_("staff").get(f"/applications/{application}").json
    assert sent["privacy_notice_version"] == NOTICE


def test_a_draft_can_be_thrown_away(platform, candidate):
    candidate.get(f"{FORM}/osoba")
    candidate.post(**PERSON)
    candidate.get(FORM)
    assert candidate.follow("Usuń to, co wpisano").heading == "Czy chcesz usunąć to, co wpisano?"

    candidate.post()

    assert stored_drafts(platform) == []
    assert candidate.get(f"{FORM}/osoba").fields["full_name"] == ""


def test_the_drafts_cookie_goes_to_the_form_only_and_not_to_scripts(candidate):
    candidate.get(f"{FORM}/osoba")
    response = candidate.client.post(
        f"{FORM}/osoba", data=candidate.page.fields | PERSON, headers=candidate.headers
    )

    (cookie,) = [c for c in response.headers.getlist("Set-Cookie") if c.startswith("ore-draft")]
    assert f"Path={FORM}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert response.headers["Cache-Control"] == "no-store"


def test_a_form_from_elsewhere_is_refused(candidate):
    response = candidate.client.post(f"{FORM}/osoba", data=PERSON)

    assert response.status_code == 400


# --- picking a JST --------------------------------------------------------------------------------


def test_a_jst_is_found_without_polish_letters_and_told_by_kind_and_code(candidate):
    page = candidate.get(f"{FORM}/jst?szukaj=boleslawiec")

    codes = {radio["value"] for radio in page.all("input", type="radio")}
    assert BOLESLAWIEC in codes
    assert re.search(r"Gmina miejska Bolesławiec .* kod 0201011", page.text)


def test_the_picker_offers_only_where_the_call_invites(candidate):
    page = candidate.get(f"{FORM}/jst")

    regions = [o["value"] for o in page.all("option") if re.fullmatch(r"\d\d", o["value"])]
    assert regions == ["02", "14"]


def test_without_a_choice_the_list_says_what_to_do(candidate):
    candidate.get(f"{FORM}/jst?szukaj=boleslawiec")

    page = candidate.post()

    assert page.errors == {"Wybierz JST z listy": "#jst_code"}
    assert page.all("input", type="radio")


@pytest.mark.parametrize("code", ["9999999", "abc", "'"])
def test_a_jst_that_does_not_exist_is_not_taken(candidate, code):
    candidate.get(f"{FORM}/jst?szukaj=boleslawiec")

    assert "Wybierz JST z listy" in candidate.post(jst_code=code).errors


def test_a_search_without_result_says_so(candidate):
    assert "Nie znaleziono żadnej JST" in candidate.get(f"{FORM}/jst?szukaj=xyz").text


def test_an_expert_call_asks_no_jst_and_a_jst_call_no_voivodeship(candidate):
    assert candidate.get("/nabory/nabor-pro/zgloszenie/jst").status == 404
    assert candidate.get(f"{FORM}/wojewodztwo").status == 404
    assert candidate.get(f"{FORM}/pracodawca/jst").heading == "Która JST się zgłasza?"


def test_too_long_an_answer_is_kept_and_named(candidate):
    candidate.get(f"{FORM}/pytania")

    page = candidate.post(answers__needs="x" * 3001, answers__expectations="y", answers__team="z")

    assert page.errors == {"Skróć tę odpowiedź do 3000 znaków": "#answers-needs"}
    assert len(page.fields["answers.needs"].strip()) == 3001

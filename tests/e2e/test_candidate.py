"""A candidate: applies, corrects an error, keeps the receipt, looks at the status, withdraws."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.applying import CONTINUE, SEND, apply_as_expert, fill_in_as_expert, receipt_number
from tests.e2e.auditing import audit
from tests.e2e.forms import errors

pytestmark = pytest.mark.e2e

JST_CALL = "nabor-jst-tura-3"
ROS_CALL = "nabor-ekspertow-ros-tura-2"


def test_a_jst_applies_and_withdraws(visitors):
    page = visitors.open()
    page.goto("/")
    page.get_by_role("link", name="Nabór JST do doradztwa, tura III").click()
    page.get_by_role("button", name="Zgłoś się w tym naborze").click()
    expect(page.get_by_text("Do zrobienia")).to_have_count(4)

    # The JST comes from the register: many are called alike, so its county stands beside it.
    page.get_by_role("link", name="JST, która się zgłasza").click()
    page.get_by_label("Nazwa, powiat lub kod TERYT").fill("garwol")
    page.get_by_role("button", name="Pokaż").click()
    page.get_by_role("radio", name="Powiat garwoliński").check()
    page.get_by_role("button", name=CONTINUE).click()

    # A mistake: it is said where, and nothing that was typed is lost.
    expect(page.get_by_role("heading", level=1)).to_have_text("Osoba do kontaktu")
    page.get_by_label("Imię i nazwisko").fill("Żaneta Źrebiec")
    page.get_by_label("Adres e-mail").fill("zaneta.example.org")
    page.get_by_label("Numer telefonu").fill("+48 600 100 200")
    page.get_by_role("button", name=CONTINUE).click()
    summary = errors(page)
    expect(page).to_have_title(re.compile("^Błąd: "))
    assert audit({"pl": page}) == []
    summary.get_by_role("link", name="Wpisz adres e-mail w poprawnej postaci").click()
    email = page.get_by_label("Adres e-mail")
    expect(email).to_be_focused()
    expect(email).to_have_value("zaneta.example.org")
    expect(email).to_have_accessible_description(re.compile(r"Błąd:\s+Wpisz adres e-mail"))
    expect(page.get_by_label("Imię i nazwisko")).to_have_value("Żaneta Źrebiec")
    expect(page.get_by_label("Numer telefonu")).to_have_value("+48 600 100 200")
    email.fill("zaneta@example.org")
    page.get_by_role("button", name=CONTINUE).click()

    page.get_by_label("Co w prowadzeniu szkół").fill("Mało uczniów w klasach.\nDużo małych szkół.")
    page.get_by_label("Czego oczekujecie").fill("Planu na trzy lata.")
    page.get_by_label("Kogo oddelegujecie").fill("Dwie osoby z wydziału edukacji.")
    page.get_by_role("button", name=CONTINUE).click()
    page.get_by_label("Znam treść tej informacji").check()
    page.get_by_role("button", name=CONTINUE).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sprawdź odpowiedzi")
    for text in ("Powiat garwoliński", "Żaneta Źrebiec", "Dużo małych szkół."):
        expect(page.get_by_role("definition").filter(has_text=text)).to_be_visible()
    assert audit({"pl": page}) == []
    page.get_by_role("button", name=SEND).click()

    number = receipt_number(page)
    assert re.fullmatch(r"JST-\w{4}-\w{4}", number)
    expect(page.get_by_text("Otrzymanie zgłoszenia nie oznacza zakwalifikowania.")).to_be_visible()
    assert audit({"pl": page}) == []
    link = page.locator("#personal-link").inner_text()

    # Days later, on another device, with nothing but the link.
    page = visitors.open()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(page.get_by_role("main")).to_contain_text("Otrzymane")
    page.get_by_role("button", name="Wycofaj zgłoszenie").click()
    page.get_by_label("Powód (nieobowiązkowo)").fill("Zgłosimy się za rok.")
    page.get_by_role("button", name="Wycofaj zgłoszenie").click()
    expect(page.get_by_role("alert")).to_contain_text("wycofane")
    expect(page.get_by_role("main")).to_contain_text("Wycofane")
    expect(page.get_by_role("button", name="Wycofaj zgłoszenie")).to_have_count(0)


def test_a_draft_waits_and_can_be_thrown_away(visitors):
    page = visitors.open()
    fill_in_as_expert(page, ROS_CALL, name="Cezary Ćwikliński")
    page.goto(f"/nabory/{ROS_CALL}/zgloszenie")
    expect(page.get_by_text("Wypełnione")).to_have_count(5)
    page.get_by_role("link", name="Usuń to, co wpisano").click()
    assert audit({"pl": page}) == []
    page.get_by_role("button", name="Usuń").click()
    page.goto(f"/nabory/{ROS_CALL}/zgloszenie/osoba")
    expect(page.get_by_label("Imię i nazwisko")).to_have_value("")


def test_sending_twice_makes_one_application(visitors):
    page = visitors.open()
    fill_in_as_expert(page, ROS_CALL, name="Lucjan Łoś")
    page.get_by_role("button", name=SEND).dblclick()
    number = receipt_number(page)
    page.reload()
    assert receipt_number(page) == number


def test_a_second_application_of_the_same_person_is_refused_with_the_reason(visitors):
    page = visitors.open()
    apply_as_expert(page, ROS_CALL, name="Róża Rzepka")
    fill_in_as_expert(page, ROS_CALL, name="Róża Rzepka")
    page.get_by_role("button", name=SEND).click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_contain_text("Zgłoszenie nie zostało wysłane")
    expect(summary).to_contain_text("jedno zgłoszenie")
    expect(page.get_by_role("definition").filter(has_text="Róża Rzepka")).to_be_visible()
    assert audit({"pl": page}) == []


def test_a_call_that_is_over_takes_no_application_but_keeps_the_text(visitors):
    page = visitors.open()
    page.goto("/nabory/nabor-ekspertow-pro-tura-3/zgloszenie/osoba")
    expect(page.get_by_role("main")).to_contain_text("nie przyjmuje już zgłoszeń")
    page.get_by_label("Imię i nazwisko").fill("Spóźniona Osoba")
    page.get_by_label("Adres e-mail").fill("po.terminie@example.org")
    page.get_by_role("button", name=CONTINUE).click()
    page.goto("/nabory/nabor-ekspertow-pro-tura-3/zgloszenie/osoba")
    expect(page.get_by_label("Imię i nazwisko")).to_have_value("Spóźniona Osoba")

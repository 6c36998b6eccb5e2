"""Everything essential without scripts: applying, signing in, writing an HDR, answering a round."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.applying import CONTINUE, SEND, fill_in_as_expert, receipt_number
from tests.e2e.forms import follow, press, said
from tests.e2e.visiting import PASSWORD, STAFF

pytestmark = pytest.mark.e2e

CALL = "nabor-ekspertow-pro-tura-4"


def test_a_candidate_applies(visitors):
    page = visitors.open(has_scripts=False)
    page.goto("/")
    page.get_by_role("link", name="Nabór ekspertów PRO, tura IV").click()
    page.get_by_role("button", name="Zgłoś się w tym naborze").click()

    page.get_by_role("link", name="Twoje dane").click()
    page.get_by_role("button", name=CONTINUE).click()
    expect(page.get_by_role("alert")).to_contain_text("Wpisz imię i nazwisko")
    fill_in_as_expert(page, CALL, name="Bez Skryptów")

    # An answer is changed: the employer is found in the register by a plain search.
    page.get_by_role("link", name="Zmień – Pracodawca").click()
    page.get_by_label("Tak", exact=True).check()
    page.get_by_role("button", name=CONTINUE).click()
    page.get_by_label("Nazwa, powiat lub kod TERYT").fill("lubartow")
    page.get_by_role("button", name="Pokaż").click()
    page.get_by_role("radio", name="Gmina wiejska Lubartów").check()
    page.get_by_role("button", name=CONTINUE).click()
    expect(page.get_by_role("definition").filter(has_text="Gmina wiejska Lubartów")).to_be_visible()
    page.get_by_role("button", name=SEND).click()
    assert re.fullmatch(r"PRO-\w{4}-\w{4}", receipt_number(page))
    page.get_by_role("link", name="Otwórz swoje zgłoszenie").click()
    expect(page.get_by_role("main")).to_contain_text("Otrzymane")


def test_somebody_signs_in_and_out(visitors):
    page = visitors.open(has_scripts=False)
    page.goto("/logowanie")
    page.get_by_label("Adres e-mail").fill(STAFF)
    page.get_by_label("Hasło", exact=True).fill(PASSWORD)
    press(page, "Zaloguj się")
    expect(page).to_have_url(re.compile("/panel$"))
    page.get_by_role("button", name="Wyloguj się").click()
    expect(page.get_by_role("link", name="Zaloguj się")).to_be_visible()


def test_an_hdr_is_written_with_a_row_added_and_one_taken_away(visitors):
    page = visitors.open(STAFF, has_scripts=False)
    page.goto("/panel/hdr?stan=DRAFT")
    page.get_by_role("link", name="Wyszków").click()
    follow(page, "Pisz")
    page.get_by_role("link", name="Priorytety rozwojowe", exact=True).click()
    expect(page.get_by_role("heading", name="Priorytety rozwojowe", level=1)).to_be_visible()
    rows = page.get_by_role("main").get_by_role("group")
    number = rows.count()
    press(page, "Zapisz i dodaj wiersz")
    expect(rows).to_have_count(number + 1)
    rows.last.get_by_role("textbox").fill("Wspólny język szkół i urzędu")
    press(page, "Zapisz")
    said(page, "Zapisano: „Priorytety rozwojowe”.")
    expect(rows.last.get_by_role("textbox")).to_have_value("Wspólny język szkół i urzędu")
    rows.first.get_by_role("button", name="Usuń").click()
    expect(rows).to_have_count(number)
    expect(rows.last.get_by_role("textbox")).to_have_value("Wspólny język szkół i urzędu")


def test_a_monitoring_round_is_answered(visitors):
    page = visitors.open(STAFF, has_scripts=False)
    page.goto("/panel/monitoring")
    page.get_by_role("rowheader").get_by_role("link", name="edycja bieżąca, runda 1").click()
    page.get_by_role("link", name="Puławy").click()
    follow(page, "Odpowiedz")
    expect(page.get_by_role("button", name="Wyślij sprawozdanie")).to_be_visible()
    actions = page.get_by_role("main").locator(".ore-row")
    for action in actions.all()[1:]:
        action.get_by_label("W toku").check()

    # Without scripts the reason stands behind a heading that opens by itself.
    first = actions.first
    first.get_by_label("Zaniechane").check()
    first.locator("summary").click()
    first.get_by_label("Powód").fill("Zadanie przejął powiat.")
    press(page, "Wyślij sprawozdanie")
    said(page, "Zapisano sprawozdanie. Dziękujemy.")
    expect(page.get_by_role("main")).to_contain_text("Zadanie przejął powiat.")

"""Editors: the queue, one HDR taken, one returned with a reason, another brought to its end."""

import pytest
from playwright.sync_api import expect

from tests.e2e.forms import errors, follow, press, said
from tests.e2e.visiting import EDITOR, STAFF

pytestmark = pytest.mark.e2e

PROOFREADER = "korektor@example.org"


def queue(page):
    page.goto("/panel")
    return page.get_by_role("table", name="HDR w redakcji")


def test_takes_an_hdr_and_returns_it_with_a_reason(visitors):
    page = visitors.open(EDITOR)
    expect(queue(page).get_by_role("row")).to_have_count(6)
    queue(page).get_by_role("link", name="Czerwonak").click()
    follow(page, "Rozpocznij redakcję")
    press(page, "Rozpocznij")
    said(page, "Rozpoczęto redakcję merytoryczną.")

    # An editor may write now.
    follow(page, "Redaguj")
    page.get_by_role("link", name="Tytuł").first.click()
    title = page.get_by_role("main").get_by_role("textbox").first
    title.fill(title.input_value() + " (po redakcji)")
    press(page, "Zapisz")
    said(page, "Zapisano")
    page.get_by_role("link", name="Wszystkie elementy").first.click()
    page.get_by_role("link", name="Wstecz").click()

    follow(page, "Zwróć")
    press(page, "Zwróć")
    errors(page)
    page.get_by_label("Co trzeba zmienić i dlaczego").fill("Wskaźniki nie pasują do celów.")
    press(page, "Zwróć")
    said(page, "HDR zwrócono autorom.")
    expect(page.get_by_role("main")).to_contain_text("Wskaźniki nie pasują do celów.")
    expect(queue(page)).not_to_contain_text("Czerwonak")


def test_brings_an_hdr_to_publication(visitors):
    page = visitors.open(EDITOR)
    queue(page).get_by_role("link", name="Lubartów").click()
    address = page.url
    follow(page, "Zakończ redakcję merytoryczną")
    press(page, "Przekaż do korekty")
    said(page, "HDR przekazano do korekty językowej.")

    page = visitors.open(PROOFREADER)
    queue(page).get_by_role("link", name="Lubartów").click()
    follow(page, "Zakończ korektę językową")
    press(page, "Zatwierdź do publikacji")
    said(page, "HDR zatwierdzono do publikacji.")
    expect(page.get_by_role("button", name="Opublikuj")).to_have_count(0)

    page = visitors.open(STAFF)
    page.goto(address)
    follow(page, "Opublikuj")
    press(page, "Opublikuj")
    said(page, "Opublikowano HDR.")
    page.get_by_role("link", name="Strona w katalogu").click()
    expect(page.get_by_role("main")).to_contain_text("Gmina miejska Lubartów")

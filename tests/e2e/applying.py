"""Filling in the public form of a call as somebody who makes no mistake."""

from __future__ import annotations

import re
import unicodedata

from playwright.sync_api import Page, expect

CONTINUE = "Zapisz i przejdź dalej"
SEND = "Wyślij zgłoszenie"


def go_on(page: Page) -> None:
    """Press the button of a step."""
    page.get_by_role("button", name=CONTINUE).click()


def fill_in_as_expert(page: Page, slug: str, *, name: str, voivodeship: str = "lubelskie") -> None:
    """All steps of an expert's form, as far as the page on which the answers are checked."""
    page.goto(f"/nabory/{slug}/zgloszenie/osoba")
    page.get_by_label("Imię i nazwisko").fill(name)
    page.get_by_label("Adres e-mail").fill(address_of(name))
    go_on(page)
    page.get_by_label(voivodeship, exact=True).check()
    go_on(page)
    page.get_by_label("Nie", exact=True).check()
    go_on(page)
    page.get_by_label("Jakie masz doświadczenie?").fill("Dziesięć lat doradzam szkołom.")
    page.get_by_label("Dlaczego chcesz").fill("Chcę pracować z samorządami.")
    go_on(page)
    page.get_by_label("Znam treść tej informacji").check()
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sprawdź odpowiedzi")


def apply_as_expert(page: Page, slug: str, *, name: str, voivodeship: str = "lubelskie") -> str:
    """Apply; the number on the receipt."""
    fill_in_as_expert(page, slug, name=name, voivodeship=voivodeship)
    page.get_by_role("button", name=SEND).click()
    return receipt_number(page)


def address_of(name: str) -> str:
    """The e-mail address of a person: by it two applications of one person are recognised."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("ł", "l"))
    return ".".join(re.sub(r"[^a-z ]", "", plain).split()) + "@example.org"


def receipt_number(page: Page) -> str:
    """The number on the receipt that is shown."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Otrzymaliśmy zgłoszenie")
    return page.locator(".govuk-panel__body strong").inner_text()

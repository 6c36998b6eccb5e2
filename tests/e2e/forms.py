"""What people do on every page: press a button, follow a link to an act, read what was done."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Locator, Page, expect


def press(page: Page, name: str) -> None:
    """Press a button of the page's own."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow a link that looks like a button: a way to an act."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def said(page: Page, text: str) -> None:
    """The page says what was done, and a screen reader hears it."""
    expect(page.get_by_role("alert").filter(has_text=text)).to_be_visible()


def fill_day(place: Page | Locator, name: str, day: date) -> None:
    """The three fields of a day."""
    group = place.get_by_role("group", name=name, exact=True)
    for label, value in (("Dzień", day.day), ("Miesiąc", day.month), ("Rok", day.year)):
        group.get_by_label(label, exact=True).fill(str(value))


def errors(page: Page) -> Locator:
    """The summary of what is wrong; it has the focus, and each entry leads to its field."""
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    for link in summary.get_by_role("link").all():
        expect(page.locator(link.get_attribute("href") or "#")).to_be_attached()
    return summary

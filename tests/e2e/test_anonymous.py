"""Somebody without an account: finds an HDR, reads it, and looks behind a number of a report."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.forms import errors

pytestmark = pytest.mark.e2e


def number_in(text):
    return int(re.search(r"\d+", text)[0])


def test_finds_an_hdr_by_filters_and_reads_it(visitors):
    page = visitors.open()
    page.goto("/")
    page.get_by_role("link", name="Przejrzyj katalog HDR").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Katalog")

    filters = page.get_by_role("search", name="Zawęź listę")
    filters.get_by_label("Rodzaj JST").select_option("Gminy miejsko-wiejskie")
    filters.get_by_label("Województwo").select_option("lubelskie")
    filters.get_by_label("Słowa z tekstu, JST lub kod").fill("bychawa")
    filters.get_by_role("button", name="Pokaż").click()

    expect(page.get_by_role("status")).to_have_text("1 wynik")
    expect(page).to_have_url(re.compile(r"rodzaj=URBAN_RURAL.*woj=06.*szukaj=bychawa"))
    page.get_by_role("link", name="Sprawny i przejrzysty system zarządzania").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Sprawny i przejrzysty system")
    expect(page.get_by_text("Gmina miejsko-wiejska Bychawa").first).to_be_visible()
    contents = page.get_by_role("navigation", name="Spis treści")
    for section in ("Cel główny", "Działania", "Wskaźniki"):
        contents.get_by_role("link", name=section, exact=True).click()
        expect(page.get_by_role("heading", name=section, exact=True)).to_be_in_viewport()


def test_a_filter_can_be_taken_out_again(visitors):
    page = visitors.open()
    page.goto("/hdr?woj=06&rodzaj=COUNTY")
    narrow = number_in(page.get_by_role("status").inner_text())
    page.get_by_role("link", name="Usuń filtr Rodzaj JST: Powiaty").click()
    expect(page.get_by_role("link", name="Usuń filtr Rodzaj JST")).to_have_count(0)
    text = page.get_by_role("status").inner_text()
    assert int(re.findall(r"\d+", text)[-1]) > narrow


def test_goes_from_a_number_of_the_monitoring_report_to_its_rows(visitors):
    page = visitors.open()
    page.goto("/")
    page.get_by_role("navigation", name="Główne menu").get_by_role(
        "link", name="Monitoring"
    ).click()
    page.get_by_role("link", name="Monitoring wdrażania HDR – 2020").click()

    late = page.get_by_role("link", name="odpowiedzi po terminie")
    number = number_in(late.inner_text())
    assert number == 4
    late.click()
    expect(page.get_by_role("status")).to_have_text(f"{number} wyniki")
    expect(page.get_by_role("row")).to_have_count(number + 1)

    page.go_back()
    dropped = page.get_by_role("row", name="Zaniechane").get_by_role("link")
    number = number_in(dropped.inner_text())
    dropped.click()
    expect(page.get_by_role("row")).to_have_count(number + 1)


def test_changes_the_language_and_stays_on_the_page(visitors):
    page = visitors.open()
    page.goto("/hdr?woj=06")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("(HDR)")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(
        page.get_by_role("link", name="Take out the filter Voivodeship: lubelskie")
    ).to_be_visible()
    page.get_by_role("navigation", name="Main navigation").get_by_role("link", name="Calls").click()
    expect(page.get_by_role("heading", name="Calls", level=1)).to_be_visible()


def test_a_browser_that_asks_for_english_gets_english(visitors):
    page = visitors.open(language="en")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_an_unknown_address_says_where_to_go(visitors):
    page = visitors.open()
    assert page.goto("/hdr/0000000/nie-ma").status == 404
    page.get_by_role("link", name="Przejdź na stronę główną").click()
    expect(page).to_have_url(re.compile(r"/$"))


def test_a_page_of_the_panel_leads_to_the_login_and_back(visitors):
    page = visitors.open()
    page.goto("/panel/hdr?stan=PUBLISHED")
    expect(page.get_by_role("heading", level=1)).to_have_text("Zaloguj się")
    page.get_by_label("Adres e-mail").fill("nikt@example.org")
    page.get_by_label("Hasło", exact=True).fill("zgaduję")
    page.get_by_role("main").get_by_role("button", name="Zaloguj się").click()
    errors(page)
    expect(page.get_by_label("Adres e-mail")).to_have_value("nikt@example.org")
    expect(page.get_by_label("Hasło", exact=True)).to_have_value("")

    page.get_by_label("Adres e-mail").fill("program@example.org")
    page.get_by_label("Hasło", exact=True).fill("doradztwo-demo")
    page.get_by_role("main").get_by_role("button", name="Zaloguj się").click()
    expect(page).to_have_url(re.compile(r"/panel/hdr\?stan=PUBLISHED$"))
    page.get_by_role("button", name="Wyloguj się").click()
    expect(page.get_by_role("main")).to_contain_text("Wylogowano")
    page.goto("/panel/hdr")
    expect(page).to_have_url(re.compile(r"/logowanie"))


def test_is_told_on_the_page_and_in_every_title_that_the_demonstration_is_made_up(visitors):
    page = visitors.open()
    page.goto("/hdr")

    expect(page.get_by_text("osoby, dokumenty i liczby – zmyślone")).to_be_visible()
    hdrs = page.get_by_role("main").locator("a[href^='/hdr/']")
    titles = [title for title in hdrs.all_inner_texts() if title]
    assert len(titles) > 20
    assert [title for title in titles if not title.endswith("(dane demonstracyjne)")] == []

"""A regional coordinator: how the region stands, what is late, whom to help."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.forms import press, said
from tests.e2e.visiting import COORDINATOR, COORDINATOR_OF_SILESIA

pytestmark = pytest.mark.e2e

OWN = {"lubelskie", "wielkopolskie"}


def number_of(link):
    return int(re.match(r"\d+", link.inner_text())[0])


def rows_found(page):
    """How many rows a list says it has."""
    return int(re.findall(r"\d+", page.get_by_role("main").get_by_role("status").inner_text())[-1])


def test_every_number_of_the_dashboard_opens_its_rows(visitors):
    page = visitors.open(COORDINATOR)
    page.goto("/panel")
    for name in ("JST w programie", "Eksperci w programie"):
        figures = page.get_by_role("list", name=name).get_by_role("link")
        expected = {one.get_attribute("href"): number_of(one) for one in figures.all()}
        assert len(expected) >= 4
        for address, number in list(expected.items())[::3]:
            page.goto(address)
            assert rows_found(page) == number, address
        page.goto("/panel")

    cell = page.get_by_role("row", name=re.compile("^lubelskie")).get_by_role("link").nth(1)
    number = number_of(cell)
    cell.click()
    assert rows_found(page) == number
    expect(page.get_by_role("link", name="Usuń filtr Województwo: lubelskie")).to_be_visible()

    # A row leads to the JST's card, the card to its timeline.
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("main").locator("time").first).to_be_visible()


def test_acts_on_what_needs_attention(visitors):
    page = visitors.open(COORDINATOR)
    page.goto("/panel")
    page.get_by_role("link", name="Cykle bez zespołu: 2").click()
    expect(page.get_by_role("status").first).to_have_text("2 wyniki")
    page.get_by_role("row", name="biłgorajski").get_by_role("link", name="Przydziel zespół").click()
    page.get_by_role("radio", name="Team lubelski 2").check()
    press(page, "Przydziel")
    said(page, "Przydzielono zespół.")
    page.goto("/panel/uwagi?rodzaj=TEAM_MISSING")
    expect(page.get_by_role("main")).to_contain_text("pilski")
    expect(page.get_by_role("main")).not_to_contain_text("biłgorajski")


def test_sees_only_own_voivodeships(visitors):
    page = visitors.open(COORDINATOR)
    for address in ("/panel/jst", "/panel/sprawy", "/panel/teamy", "/panel/hdr", "/panel/uwagi"):
        page.goto(address)
        options = page.get_by_label("Województwo").locator("option").all_inner_texts()
        assert set(options[1:]) == OWN, address
    page.goto("/panel/sprawy?woj=24")
    assert rows_found(page) > 0
    expect(page.get_by_role("main").get_by_role("table")).not_to_contain_text("śląskie")

    other = visitors.open(COORDINATOR_OF_SILESIA)
    other.goto("/panel/sprawy")
    link = other.get_by_role("main").get_by_role("table").get_by_role("link").first
    elsewhere = link.get_attribute("href")
    assert page.goto(elsewhere).status == 403
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_takes_the_numbers_to_a_meeting_as_a_file(visitors):
    page = visitors.open(COORDINATOR)
    page.goto("/panel/sprawy?stan=OPEN")
    number = rows_found(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Pobierz całą listę (CSV)").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == number + 1
    column = rows[0].index("Województwo")
    assert {row[column] for row in rows[1:]} <= OWN

"""An expert: own teams and JST, and what was done there."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.forms import errors, follow, press, said
from tests.e2e.visiting import EXPERT

pytestmark = pytest.mark.e2e


def test_logs_an_activity_in_an_own_cycle(visitors):
    page = visitors.open(EXPERT)
    page.goto("/panel")
    expect(page.get_by_role("main")).to_contain_text("Team mazowiecki 1")
    cycles = page.get_by_role("table", name="Własne cykle doradztwa")
    expect(cycles.get_by_role("row")).to_have_count(4)
    cycles.get_by_role("link", name="Mińsk Mazowiecki").click()
    table = page.get_by_role("table", name=re.compile("^Działania doradcze"))
    expect(table).to_be_visible()
    before = table.get_by_role("row").count()

    follow(page, "Odnotuj działanie")
    page.get_by_label("doradztwo zdalne").check()
    page.get_by_label("Godziny").fill("1,4")
    page.get_by_label("Liczba uczestników").fill("4")
    page.get_by_label("Temat").fill("Rozmowa o priorytetach")
    press(page, "Zapisz działanie")
    errors(page).get_by_role("link").first.click()
    expect(page.get_by_label("Godziny")).to_be_focused()
    expect(page.get_by_label("Temat")).to_have_value("Rozmowa o priorytetach")
    page.get_by_label("Godziny").fill("1,5")
    press(page, "Zapisz działanie")
    said(page, "Zapisano działanie.")
    expect(table.get_by_role("row")).to_have_count(before + 1)
    expect(table.get_by_role("row", name="Rozmowa o priorytetach")).to_contain_text("1,5")


def test_sees_nothing_of_other_teams(visitors):
    page = visitors.open(EXPERT)
    page.goto("/panel/sprawy")
    expect(page.get_by_role("status")).to_have_text("3 wyniki")
    assert page.goto("/panel/eksperci").status == 403
    assert page.goto("/panel/jst/0609033").status == 403
    expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()

"""A JST team: chooses the area, writes the HDR as it comes, answers the monitoring."""

import pytest
from playwright.sync_api import expect

from tests.e2e.auditing import audit
from tests.e2e.forms import errors, follow, press, said
from tests.e2e.visiting import JST

pytestmark = pytest.mark.e2e

BEFORE_THE_AREA = "teresa.janczuk@example.org"
WRITING_ITS_HDR = "natalia.dobruczak@example.org"


def test_chooses_the_support_area(visitors):
    page = visitors.open(BEFORE_THE_AREA)
    page.goto("/panel")
    page.get_by_role("list", name="Co teraz zrobić").get_by_role(
        "link", name="Wybierz obszar wsparcia"
    ).click()
    press(page, "Zapisz wybór")
    expect(errors(page)).to_contain_text("Wybierz obszar wsparcia")
    area = "Planowanie budżetowe"
    page.get_by_role("group", name="Który obszar").get_by_label(area).check()
    page.get_by_label("Dlaczego ten obszar").fill("Koszty rosną szybciej niż subwencja.")
    press(page, "Zapisz wybór")
    said(page, "Zapisano obszar wsparcia.")
    expect(page.get_by_role("definition").filter(has_text=area)).to_be_visible()


def test_writes_the_hdr_saves_it_incomplete_and_sees_what_is_missing(visitors):
    page = visitors.open(WRITING_ITS_HDR)
    page.goto("/panel")
    page.get_by_role("link", name="Napisz i złóż HDR").click()
    follow(page, "Pisz")
    expect(page.get_by_role("heading", name="brak", level=2)).to_be_visible()
    tasks = page.url
    missing = page.get_by_role("link", name="Ryzyka,")

    # A row is added and the first is filled in half: it is saved as it is.
    page.get_by_role("link", name="Ryzyka", exact=True).click()
    expect(page.get_by_role("group", name="R1")).to_be_visible()
    press(page, "Zapisz i dodaj wiersz")
    expect(page.get_by_role("group", name="R2")).to_be_visible()
    risk = page.get_by_role("group", name="R1").get_by_label("Ryzyko")
    risk.fill("Odejdzie osoba, która prowadzi sprawy oświaty.")
    press(page, "Zapisz")
    said(page, "Zapisano: „Ryzyka”.")
    expect(risk).to_have_value("Odejdzie osoba, która prowadzi sprawy oświaty.")

    # What it lacks is listed, and each entry leads to its field.
    page.goto(tasks)
    expect(missing).to_have_count(3)
    page.get_by_role("link", name="Ryzyka, wiersz 1 – Sposób postępowania").click()
    answer = page.get_by_role("group", name="R1").get_by_label("Sposób postępowania")
    expect(answer).to_be_in_viewport()
    assert page.url.endswith("#" + answer.get_attribute("id"))
    answer.fill("Opisać sprawy i szkolić zastępstwo.")
    press(page, "Usuń wiersz R2")
    expect(page.get_by_role("group", name="R2")).to_have_count(0)
    page.goto(tasks)
    expect(missing).to_have_count(0)

    # It is handed in only when it is whole.
    follow(page, "Złóż")
    expect(page.get_by_role("main")).to_contain_text("Najpierw uzupełnij braki")
    expect(page.get_by_role("button", name="Złóż")).to_have_count(0)
    assert audit({"pl": page}) == []


def test_a_mistake_in_the_hdr_keeps_what_was_typed(visitors):
    page = visitors.open(WRITING_ITS_HDR)
    page.goto("/panel")
    page.get_by_role("link", name="Napisz i złóż HDR").click()
    follow(page, "Pisz")
    page.get_by_role("link", name="Wskaźniki").first.click()
    target = page.get_by_label("Wartość docelowa").first
    target.fill("dużo")
    press(page, "Zapisz")
    expect(errors(page)).to_contain_text("wpisz liczbę")
    expect(target).to_have_value("dużo")


def test_answers_the_monitoring(visitors):
    page = visitors.open(JST)
    page.goto("/panel")
    page.get_by_role("link", name="Odpowiedz w rundzie monitoringu").click()
    expect(page.get_by_role("button", name="Wyślij sprawozdanie")).to_be_visible()
    actions = page.get_by_role("main").locator(".ore-row")
    for action in actions.all()[:-1]:
        action.get_by_label("zrealizowane").check()
    page.get_by_label("Co pomagało").fill("Zaangażowanie dyrektorek.")
    press(page, "Wyślij sprawozdanie")
    expect(errors(page).get_by_role("link")).to_have_count(1)
    expect(page.get_by_label("Co pomagało")).to_have_value("Zaangażowanie dyrektorek.")

    # A postponed action asks for its reason and the new day.
    last = actions.last
    last.get_by_label("przesunięte").check()
    press(page, "Wyślij sprawozdanie")
    errors(page)
    last.get_by_label("Powód").fill("Przetarg trzeba było powtórzyć.")
    for label, value in (("Dzień", "30"), ("Miesiąc", "6"), ("Rok", "2028")):
        last.get_by_label(label, exact=True).fill(value)
    press(page, "Wyślij sprawozdanie")
    said(page, "Zapisano sprawozdanie. Dziękujemy.")
    expect(page.get_by_role("main")).to_contain_text("Przetarg trzeba było powtórzyć.")

    anyone = visitors.open()
    anyone.goto("/monitoring/monitoring-wdrazania-hdr-runda-1/hdr?odpowiedz=terminowo")
    expect(anyone.get_by_role("row", name="Halinów")).to_be_visible()

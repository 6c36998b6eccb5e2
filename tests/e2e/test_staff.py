"""Programme staff: a call from its draft to its results, a training, a team."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from shared.kernel.clock import Clock
from tests.e2e.applying import apply_as_expert
from tests.e2e.forms import errors, fill_day, follow, press, said
from tests.e2e.visiting import STAFF

pytestmark = pytest.mark.e2e


def test_a_call_from_its_draft_to_its_results(visitors):
    page = visitors.open(STAFF)
    today = Clock().today()
    page.goto("/panel/nabory")
    follow(page, "Nowy nabór")

    # What is missing is said all at once, and nothing is public yet.
    page.get_by_label("Tytuł").fill("Nabór ekspertów PRO, tura próbna")
    press(page, "Sprawdź przed publikacją")
    expect(errors(page).get_by_role("link")).to_have_count(8)
    expect(page.get_by_label("Tytuł")).to_have_value("Nabór ekspertów PRO, tura próbna")

    page.get_by_label("Eksperci ds. personalnego rozwoju organizacji (PRO)").check()
    page.get_by_label("Adres", exact=True).fill("nabor-pro-proba")
    page.get_by_label("Treść naboru").fill("Zapraszamy.\n\nPraca w parach.")
    fill_day(page, "Pierwszy dzień", today)
    fill_day(page, "Ostatni dzień", today + timedelta(days=10))
    fill_day(page, "Wyniki do", today + timedelta(days=20))
    page.get_by_label("Liczba miejsc").fill("2")
    page.get_by_label("Adres e-mail do pytań").fill("nabory@example.org")
    page.get_by_label("Wersja klauzuli informacyjnej").fill("2026.1")
    press(page, "Sprawdź przed publikacją")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sprawdź nabór przed publikacją")
    expect(page.get_by_role("main")).to_contain_text("/nabory/nabor-pro-proba")
    anyone = visitors.open()
    assert anyone.goto("/nabory/nabor-pro-proba").status == 404

    press(page, "Opublikuj nabór")
    said(page, "Opublikowano nabór.")
    address = page.url

    # Two people apply.
    taken = apply_as_expert(anyone, "nabor-pro-proba", name="Bogumiła Gąska")
    late = apply_as_expert(visitors.open(), "nabor-pro-proba", name="Hieronim Śliwa")

    page.goto(address)
    page.get_by_role("row", name="Otrzymane").get_by_role("link").click()
    expect(page.get_by_role("status")).to_have_text("2 wyniki")
    applications = page.url
    expect(page.get_by_role("row", name=taken)).to_contain_text("Bogumiła Gąska")
    check(page, taken)
    decide(page, "Zakwalifikowane")

    page.goto(applications)
    check(page, late)
    follow(page, "Podejmij decyzję")
    page.get_by_label("Lista rezerwowa", exact=True).check()
    press(page, "Zapisz decyzję")
    expect(errors(page)).to_contain_text("liście rezerwowej")
    page.get_by_label("Miejsce na liście rezerwowej").fill("1")
    press(page, "Zapisz decyzję")
    said(page, "Przygotowano decyzję.")

    # Results need a call that is over, then they are public in one act.
    page.goto(address)
    follow(page, "Zamknij nabór")
    expect(page.get_by_role("main")).to_contain_text("2 zgłoszenia")
    press(page, "Zamknij nabór")
    said(page, "Zamknięto nabór.")
    follow(page, "Opublikuj wyniki")
    expect(page.get_by_role("main")).to_contain_text("Bogumiła Gąska")
    press(page, "Opublikuj wyniki")
    said(page, "Opublikowano wyniki.")

    anyone.goto("/wyniki/nabor-pro-proba")
    for number in (taken, late):
        expect(anyone.get_by_role("main")).to_contain_text(number)
    expect(anyone.get_by_role("main")).not_to_contain_text("Gąska")


def check(page, number):
    """Record that an application in the list meets the formal conditions."""
    page.get_by_role("link", name=number).click()
    follow(page, "Ocena formalna")
    page.get_by_label("Tak", exact=True).check()
    press(page, "Zapisz ocenę")
    said(page, "Zapisano ocenę formalną.")


def decide(page, decision, place=None):
    """Decide about the application that is shown."""
    follow(page, "Podejmij decyzję")
    page.get_by_label(decision, exact=True).check()
    if place:
        page.get_by_label("Miejsce na liście rezerwowej").fill(str(place))
    press(page, "Zapisz decyzję")
    said(page, "Przygotowano decyzję.")


def test_results_wait_for_every_decision_then_a_training_is_planned(visitors):
    page = visitors.open(STAFF)
    page.goto("/panel/nabory?stan=ASSESSING")
    page.get_by_role("link", name="Nabór ekspertów PRO, tura III").first.click()
    call = page.url
    follow(page, "Opublikuj wyniki")
    expect(page.get_by_role("main")).to_contain_text("Wyników nie można jeszcze opublikować")
    expect(page.get_by_role("button", name="Opublikuj wyniki")).to_have_count(0)
    undecided = page.get_by_role("region", name=re.compile("^Bez decyzji"))
    expect(undecided.get_by_role("row")).to_have_count(3)

    # Who failed the formal check can only be rejected: said at the field, with the way out.
    undecided.get_by_role("row", name="Krystian Lemieszek").get_by_role("link").click()
    follow(page, "Podejmij decyzję")
    page.get_by_label("Zakwalifikowane", exact=True).check()
    press(page, "Zapisz decyzję")
    expect(errors(page)).to_contain_text("Takie zgłoszenie można tylko odrzucić")
    page.get_by_label("Niezakwalifikowane").check()
    press(page, "Zapisz decyzję")
    said(page, "Przygotowano decyzję.")

    page.goto(f"{call}/wyniki")
    undecided.get_by_role("link").click()
    decide(page, "Lista rezerwowa", 2)
    page.goto(f"{call}/wyniki")
    press(page, "Opublikuj wyniki")
    said(page, "Opublikowano wyniki.")

    page.goto("/panel/szkolenia")
    follow(page, "Nowe szkolenie")
    page.get_by_label("ekspert PRO").check()
    page.get_by_label("Tytuł").fill("Szkolenie ekspertów PRO, tura III")
    page.get_by_label("stacjonarne").check()
    page.get_by_label("Miejsce spotkań").fill("Sulejówek")
    page.get_by_label("Liczba miejsc").fill("1")
    first = Clock().today() + timedelta(days=50)
    fill_day(page.get_by_role("group", name="Sesja 1"), "Dzień", first)
    page.get_by_role("group", name="Sesja 1").get_by_label("Godziny").fill("6")
    page.get_by_role("group", name="Sesja 1").get_by_label("Tematy").fill("Diagnoza\nDebata")
    press(page, "Dodaj sesję")
    second = page.get_by_role("group", name="Sesja 2")
    fill_day(second, "Dzień", first + timedelta(days=1))
    second.get_by_label("Godziny").fill("8")
    second.get_by_label("Tematy").fill("Praca w zespole")
    expect(page.get_by_label("Tytuł")).to_have_value("Szkolenie ekspertów PRO, tura III")
    press(page, "Zaplanuj szkolenie")
    said(page, "Zaplanowano szkolenie.")

    # One place, two candidates: the first gets it, the second learns why not.
    follow(page, "Zapisz kandydatów")
    page.get_by_label("Edyta Kaczmarzyk").check()
    page.get_by_label("Wioletta Mazgaj").check()
    press(page, "Zapisz wybranych")
    expect(page.get_by_role("alert").filter(has_text="Zapisano")).to_be_visible()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Nie wszystkich")
    page.get_by_role("link", name="Wróć do szkolenia").click()
    expect(page.get_by_role("main")).to_contain_text("1 z 1")


def test_forms_a_team_and_gives_it_a_jst_that_waits(visitors):
    page = visitors.open(STAFF)
    page.goto("/panel/teamy")
    follow(page, "Utwórz zespół")
    page.get_by_label("Edycja").select_option("Edycja bieżąca")
    page.get_by_label("Województwo").select_option("mazowieckie")
    press(page, "Dalej")
    press(page, "Utwórz zespół")
    expect(errors(page).get_by_role("link")).to_have_count(3)
    page.get_by_label("Nazwa zespołu").fill("Team mazowiecki próbny")
    for role in ("Ekspert ROS", "Ekspert PRO"):
        page.get_by_role("group", name=role).get_by_role("radio").first.check()
    press(page, "Utwórz zespół")
    said(page, "Utworzono zespół.")

    page.get_by_role("link", name="Przydziel temu zespołowi").filter(has_text="Sońsk").click()
    expect(page.get_by_role("radio", name="Team mazowiecki próbny")).to_be_checked()
    press(page, "Przydziel")
    said(page, "Przydzielono zespół.")
    expect(page.get_by_role("main")).to_contain_text("Team mazowiecki próbny")

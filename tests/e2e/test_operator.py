"""ORE's IT: is it healthy, how far behind, what is parked, and who may do what."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from services.gateway.journal import journal
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.parking import list_parked, park
from tests.e2e.auditing import audit
from tests.e2e.forms import errors, follow, press, said
from tests.e2e.visiting import OPERATOR

pytestmark = pytest.mark.e2e


def test_sees_that_everything_is_level(visitors):
    page = visitors.open(OPERATOR)
    page.goto("/panel")
    page.get_by_role("link", name="Operacje").first.click()
    services = page.get_by_role("table", name="Usługi")
    for name in ("recruitment", "advisory", "hdr", "monitoring"):
        row = services.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))
        expect(row).to_contain_text("Odpowiada")

    behind = re.compile("Opóźniony")
    for _ in range(10):
        views = page.get_by_role("table", name="Widoki")
        if not views.get_by_text(behind).count():
            break
        page.reload()
    states = views.get_by_role("row").get_by_text("Aktualny")
    assert states.count() == views.get_by_role("row").count() - 1
    expect(page.get_by_role("main")).to_contain_text("Nic nie jest odłożone.")
    expect(page.get_by_role("main")).not_to_contain_text("@")


def test_decides_about_a_parked_message(visitors, platform):
    """Its pages look right in both languages; the reason is asked for, and the act recorded."""
    database = Database(f"sqlite:///{platform.data / 'gateway.db'}")
    with database.transaction() as connection:
        event = Envelope.from_json(connection.scalar(select(journal.c.body).limit(1)))
        park(connection, "view:editions", event, "ValueError: broken", 3)
        park(connection, "view:editions", event, "", 0)
    first, second = (message.id for message in list_parked(database))
    place = "/panel/operacje/odlozone/gateway"
    wrong = []
    for address in (
        *(f"{place}/{first}{way}" for way in ("", "/ponow", "/sprawa", "/odrzuc")),
        f"{place}/ponow",
    ):
        pages = {language: visitors.keep_open(OPERATOR, language) for language in ("pl", "en")}
        for page in pages.values():
            page.goto(address)
        wrong += [f"{address}, {one}" for one in audit(pages)]
    assert not wrong, "\n - ".join(["", *wrong])

    page = visitors.open(OPERATOR)
    page.goto("/panel/operacje")
    page.get_by_role("link", name=f"gateway {first}").click()
    follow(page, "Odrzuć")
    press(page, "Odrzuć na stałe")
    expect(errors(page)).to_be_visible()
    for number in (first, second):
        page.goto(f"{place}/{number}/odrzuc")
        page.get_by_label("Powód").fill("próba")
        press(page, "Odrzuć na stałe")
    page.goto("/panel/operacje/czynnosci")
    assert page.get_by_role("main").get_by_text("próba").count() == 2
    assert list_parked(database) == []
    database.close()


def test_opens_an_account_that_works_at_once_and_closes_it(visitors):
    page = visitors.open(OPERATOR)
    page.goto("/panel/konta")
    follow(page, "Nowe konto")
    page.get_by_label("Imię i nazwisko").fill("Nowa Koordynatorka")
    page.get_by_label("Adres e-mail").fill("nowa@example.org")
    page.get_by_label("Hasło").fill("trzy długie słowa razem")
    page.get_by_role("group", name="Role").get_by_label("Koordynator regionalny").check()
    press(page, "Utwórz konto")
    expect(errors(page)).to_contain_text("województwa")
    expect(page.get_by_label("Hasło")).to_have_value("")
    page.get_by_label("Hasło").fill("trzy długie słowa razem")
    page.get_by_label("podlaskie").check()
    press(page, "Utwórz konto")
    said(page, "Utworzono konto.")
    account = page.url

    person = visitors.open()
    person.goto("/logowanie")
    person.get_by_label("Adres e-mail").fill("nowa@example.org")
    person.get_by_label("Hasło", exact=True).fill("trzy długie słowa razem")
    press(person, "Zaloguj się")
    expect(person.get_by_role("heading", level=1)).to_have_text("Nowa Koordynatorka")

    page.goto(account)
    follow(page, "Wyłącz")
    press(page, "Wyłącz")
    said(page, "Wyłączono konto.")
    person.goto("/panel/sprawy")
    expect(person.get_by_role("heading", level=1)).to_have_text("Zaloguj się")

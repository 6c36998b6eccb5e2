"""Signing in and out, on pages."""

import pytest

from platform_cli.demo import loading
from services.gateway.blueprints.sign_in import DEMO_PASSWORD
from tests.pages.site import visit
from tests.unit.gateway.programme import PASSWORD, Programme
from tooling import translations


@pytest.fixture(scope="module")
def with_people():
    assert translations.main() == 0
    programme = Programme()
    programme.as_("staff")
    yield programme
    programme.close()


@pytest.fixture
def platform(with_people):
    copied = with_people.copy()
    copied.clock.move_to(copied.clock.moment)
    yield copied
    copied.close()


@pytest.fixture
def visitor(platform):
    return visit(platform)


def enter(visitor, address="/logowanie", **fields):
    visitor.get(address)
    return visitor.client.post(
        "/logowanie",
        data=visitor.page.fields | {"email": "staff@example.org", "password": PASSWORD} | fields,
        headers=visitor.headers,
    )


def test_signing_in_leads_to_the_panel(visitor):
    response = enter(visitor)

    assert (response.status_code, response.headers["Location"]) == (303, "/panel")
    assert any(c.startswith("ore-session=") for c in response.headers.getlist("Set-Cookie"))
    assert visitor.get("/").all("button", class_="ore-header__button")


def test_signing_in_leads_back_to_where_the_person_was_going(visitor):
    response = enter(visitor, "/logowanie?next=/panel/sprawy%3Fstan%3DX")

    assert response.headers["Location"] == "/panel/sprawy?stan=X"


@pytest.mark.parametrize(
    "wish",
    ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "panel"],
)
def test_signing_in_never_leads_elsewhere(visitor, wish):
    assert enter(visitor, next=wish).headers["Location"] == "/panel"


def test_wrong_credentials_are_named_and_the_address_stays(visitor):
    visitor.get("/logowanie")

    page = visitor.post(email="staff@example.org", password="nie to hasło")

    assert page.status == 401
    assert len(page.errors) == 1
    assert page.fields["email"] == "staff@example.org"
    assert page.fields["password"] == ""


def test_empty_fields_are_named(visitor):
    visitor.get("/logowanie")

    page = visitor.post()

    assert page.status == 422
    assert page.errors == {"Wpisz adres e-mail": "#email", "Wpisz hasło": "#password"}


def test_too_many_attempts_say_how_long_to_wait(visitor):
    for _ in range(6):
        response = enter(visitor, password="nie to hasło")

    assert response.status_code == 429
    assert "15" in response.text


def test_signing_out_ends_the_session(visitor):
    enter(visitor)
    assert visitor.get("/wyloguj").heading == "Czy chcesz się wylogować?"

    page = visitor.post()

    assert "Wylogowano." in page.text
    assert not page.all("button", class_="ore-header__button")
    assert visitor.get("/wyloguj").heading == visitor.get("/").heading


def test_signing_out_needs_a_click_not_a_link(visitor):
    enter(visitor)

    assert visitor.client.post("/wyloguj").status_code == 400
    assert visitor.get("/").all("button", class_="ore-header__button")


def test_who_is_signed_in_need_not_sign_in(visitor):
    enter(visitor)

    response = visitor.client.get("/logowanie")

    assert (response.status_code, response.headers["Location"]) == (302, "/panel")


def test_a_demonstration_shows_whom_one_can_sign_in_as(platform):
    demonstration = visit(platform, is_demo=True).get("/logowanie")
    elsewhere = visit(platform).get("/logowanie")

    assert "staff@example.org" in demonstration.text
    assert DEMO_PASSWORD in demonstration.text
    assert "staff@example.org" not in elsewhere.text
    assert DEMO_PASSWORD not in elsewhere.text


def test_the_demonstrations_password_is_the_one_it_is_loaded_with():
    assert DEMO_PASSWORD == loading.PASSWORD

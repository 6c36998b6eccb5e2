"""A candidate's own application by the personal link."""

import pytest

from tests.pages.site import visit
from tests.unit.gateway.programme import BOLESLAWIEC, Programme
from tooling import translations


@pytest.fixture(scope="module")
def with_application():
    """An open call with one application."""
    assert translations.main() == 0
    programme = Programme().set_up()
    call = programme.open_call("JST", slug="nabor", title="Nabór JST")
    receipt = programme.apply(
        call, "Jan Wójt", jst_code=BOLESLAWIEC, answers={"needs": "Brak\ndanych."}
    )
    programme.ids["application"] = receipt["application_id"]
    programme.ids["key"] = receipt["access_key"]
    yield programme
    programme.close()


@pytest.fixture
def platform(with_application):
    copied = with_application.copy()
    copied.clock.move_to(copied.clock.moment)
    yield copied
    copied.close()


def link(programme, application="application", key="key"):
    return f"/zgloszenie/{programme.ids[application]}?klucz={programme.ids[key]}"


def test_the_link_shows_where_the_application_stands_and_what_was_sent(platform):
    page = visit(platform).get(link(platform))

    assert page.status == 200
    assert "Otrzymanie nie oznacza zakwalifikowania" in page.text
    for text in ("Jan Wójt", "jan@example.org", "Gmina miejska Bolesławiec", "Brak"):
        assert text in page.text
    assert "Co w prowadzeniu szkół jest dziś dla was najtrudniejsze?" in page.text


@pytest.mark.parametrize("end", ["", "?klucz=", "?klucz=zly"])
def test_without_the_right_key_there_is_nothing_to_see(platform, end):
    page = visit(platform).get(f"/zgloszenie/{platform.ids['application']}{end}")

    assert page.status == 404
    assert "Jan" not in page.html


def test_staff_need_the_key_here_too(platform):
    visitor = visit(platform)
    platform.as_("staff")
    visitor.get("/logowanie")
    visitor.client.post(
        "/logowanie",
        data={**visitor.page.fields, "email": "staff@example.org", "password": "x"},
    )

    assert visitor.get(f"/zgloszenie/{platform.ids['application']}").status == 404


def test_the_page_is_kept_nowhere_and_its_address_goes_nowhere(platform):
    headers = visit(platform).get(link(platform)).response.headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"


def test_an_application_is_withdrawn_after_a_question(platform):
    candidate = visit(platform)
    candidate.get(link(platform))

    page = candidate.follow("Wycofaj zgłoszenie")
    assert page.heading == "Czy chcesz wycofać zgłoszenie?"
    page = candidate.post(reason="Zmiana planów.")

    assert "Zgłoszenie zostało wycofane." in page.text
    assert "Wycofane" in page.text
    assert page.links["Zgłoś się w tym naborze"] == "/nabory/nabor/zgloszenie"
    assert "Wycofaj zgłoszenie" not in page.links


def test_withdrawing_twice_says_why_not(platform):
    candidate = visit(platform)
    candidate.get(link(platform))
    candidate.follow("Wycofaj zgłoszenie")
    address = candidate.address
    fields = candidate.page.fields
    candidate.post()

    response = candidate.client.post(address, data=fields, headers=candidate.headers)

    assert response.status_code == 409
    assert "govuk-error-summary" in response.text


@pytest.mark.parametrize(
    ("application", "text"),
    [
        ("application_jst", "Zgłoszenie zostało zakwalifikowane."),
        ("application_reserve", "na liście rezerwowej, na miejscu 1."),
    ],
)
def test_after_the_results_the_candidate_sees_the_decision(told, application, text):
    page = visit(told).get(link(told, application, f"key_of_{application}"))

    assert text in page.text
    assert "Wycofaj zgłoszenie" not in page.links
    assert "/wyniki/nabor-jst?numer=" in page.links["Zobacz wyniki tego naboru"]


def test_a_silent_service_is_named_as_such(platform):
    platform.rpc.absent = {"recruitment"}

    page = visit(platform).get(link(platform))

    assert page.status == 503
    assert page.response.headers["Retry-After"]
    assert page.all("h1")

"""What every page has: its frame, its headers, navigation, addresses, paging."""

from datetime import date

import pytest
from flask import Flask

from services.gateway import pages
from services.gateway.pages import Filter, Filters, Paging, address, days_left, paragraphs


@pytest.fixture
def app():
    app = Flask("services.gateway")
    app.secret_key = "for tests only"
    pages.init_app(app)
    return app


def test_an_address_keeps_what_is_not_changed_and_drops_page_and_language(app):
    with app.test_request_context("/hdr?woj=06&szukaj=plan&strona=3&lang=en"):
        assert address() == "/hdr?woj=06&szukaj=plan"
        assert address(woj="14") == "/hdr?woj=14&szukaj=plan"
        assert address(woj=None) == "/hdr?szukaj=plan"
        assert address(strona=2) == "/hdr?woj=06&szukaj=plan&strona=2"
        assert address(woj=["02", "04"], szukaj="") == "/hdr?woj=02&woj=04"


def test_an_address_is_escaped(app):
    with app.test_request_context("/hdr"):
        assert address(szukaj='a&b="ą"') == "/hdr?szukaj=a%26b%3D%22%C4%85%22"


def test_the_other_language_shows_the_same_page(app):
    with app.test_request_context("/hdr?woj=06&lang=pl"):
        assert pages.other_language("en") == "/hdr?woj=06&lang=en"
    with app.test_request_context("/nabory/a/zgloszenie/osoba?x=1", method="POST"):
        assert pages.other_language("en") == "/nabory/a/zgloszenie/osoba?lang=en"


@pytest.mark.parametrize(
    ("wish", "page", "offset"),
    [("", 1, 0), ("2", 2, 25), ("9", 3, 50), ("0", 1, 0), ("-1", 1, 0), ("x", 1, 0), ("²", 1, 0)],
)
def test_a_page_that_does_not_exist_is_the_nearest_one(app, wish, page, offset):
    with app.test_request_context(f"/hdr?strona={wish}"):
        paging = Paging(60)

        assert (paging.page, paging.offset, paging.limit, paging.pages) == (page, offset, 25, 3)


def test_paging_says_which_rows_are_shown(app):
    with app.test_request_context("/hdr?strona=2&lang=en"):
        assert Paging(60).summary == "26 to 50 of 60 results"
        assert Paging(1).summary == "1 result"
        assert Paging(0).summary == "0 results"


def test_far_page_numbers_are_left_out(app):
    with app.test_request_context("/hdr?strona=5&woj=06"):
        params = Paging(250).params()

    numbers = [item.get("number", "…") for item in params["items"]]
    assert numbers == [1, "…", 4, 5, 6, "…", 10]
    assert params["previous"]["href"] == "/hdr?woj=06&strona=4"
    assert params["next"]["href"] == "/hdr?woj=06&strona=6"
    assert params["items"][0]["href"] == "/hdr?woj=06"


def test_a_filter_takes_only_a_value_that_it_offers(app):
    regions = (("", "all"), ("06", "lubelskie"))
    filters = Filters((Filter("woj", "Region", regions), Filter("q", "Q")))

    with app.test_request_context("/hdr?woj=06&q=+plan+"):
        assert (filters["woj"], filters["q"], filters["other"]) == ("06", "plan", None)
        assert filters.chosen == [
            {"text": "Region: lubelskie", "remove": "/hdr?q=+plan+"},
            {"text": "Q: plan", "remove": "/hdr?woj=06"},
        ]
    with app.test_request_context("/hdr?woj=99"):
        assert filters["woj"] is None
        assert filters.chosen == []


def test_voivodeships_to_choose_from_are_in_polish_order():
    names = [name for _code, name in pages.voivodeship_choices(["24", "26", "10", "12"])]

    assert names == ["łódzkie", "małopolskie", "śląskie", "świętokrzyskie"]


@pytest.mark.parametrize(
    ("last_day", "words"),
    [
        (date(2020, 2, 28), "termin minął"),
        (date(2020, 2, 29), "dziś ostatni dzień"),
        (date(2020, 3, 1), "został 1 dzień"),
        (date(2020, 3, 3), "zostały 3 dni"),
        (date(2020, 3, 12), "zostało 12 dni"),
        (date(2020, 3, 22), "zostały 22 dni"),
    ],
)
def test_the_last_day_counts_as_a_day(app, last_day, words):
    with app.test_request_context("/?lang=pl"):
        assert days_left(date(2020, 2, 29), last_day) == words


def test_plain_text_becomes_paragraphs_and_nothing_more():
    assert paragraphs("a\nb\n\n<script>") == (
        '<p class="govuk-body">a<br>b</p>\n<p class="govuk-body">&lt;script&gt;</p>'
    )
    assert paragraphs(None) == ""
    assert pages.lines("a\r\n<b>") == "a<br>&lt;b&gt;"
    assert pages.mail_link('"x"@example.org') == (
        '<a class="govuk-link" href="mailto:&#34;x&#34;@example.org">&#34;x&#34;@example.org</a>'
    )


def test_nothing_inline_and_nothing_from_elsewhere_is_allowed_on_a_page(app):
    app.add_url_rule("/", view_func=lambda: "<p>page</p>")

    headers = app.test_client().get("/").headers

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "http" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"

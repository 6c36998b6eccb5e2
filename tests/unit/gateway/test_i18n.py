"""Which language a page speaks, and how it writes days, moments and numbers."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from services.gateway import i18n
from shared.contracts.base import LocalizedText


@pytest.fixture
def app():
    app = Flask("services.gateway")
    i18n.init_app(app)
    app.add_url_rule("/", view_func=i18n.language)
    return app


def told(app, address="/", *, cookie=None, accepts=None):
    client = app.test_client()
    if cookie:
        client.set_cookie(i18n.COOKIE, cookie)
    return client.get(address, headers={"Accept-Language": accepts} if accepts else {})


@pytest.mark.parametrize(
    ("address", "cookie", "accepts", "language"),
    [
        ("/", None, None, "pl"),
        ("/", None, "de", "pl"),
        ("/", None, "en-GB,en;q=0.9", "en"),
        ("/", None, "pl,en;q=0.5", "pl"),
        ("/", "en", "pl", "en"),
        ("/?lang=pl", "en", "en", "pl"),
        ("/?lang=xx", None, "en", "en"),
        ("/", "xx", None, "pl"),
    ],
)
def test_the_address_goes_before_the_cookie_before_the_browser_before_polish(
    app, address, cookie, accepts, language
):
    response = told(app, address, cookie=cookie, accepts=accepts)

    assert response.text == language
    assert response.headers["Content-Language"] == language


def test_a_chosen_language_is_kept_and_no_other_cookie_is_set(app):
    chosen = told(app, "/?lang=en").headers.getlist("Set-Cookie")

    assert [cookie.split(";")[0] for cookie in chosen] == ["lang=en"]
    assert told(app, "/").headers.getlist("Set-Cookie") == []


def test_an_answer_says_what_it_depends_on(app):
    assert set(told(app).vary) == {"Accept-Language", "Cookie"}


@pytest.mark.parametrize(
    ("language", "day", "short", "moment"),
    [
        ("pl", "29 lutego 2020", "29.02.2020", "1 marca 2020, 00:30"),
        ("en", "29 February 2020", "29/02/2020", "1 March 2020, 00:30"),
    ],
)
def test_days_and_moments_are_written_by_language_and_in_warsaws_time(
    app, language, day, short, moment
):
    with app.test_request_context(f"/?lang={language}"):
        assert i18n.format_day(date(2020, 2, 29)) == day
        assert i18n.format_short_day("2020-02-29") == short
        assert i18n.format_moment(datetime(2020, 2, 29, 23, 30, tzinfo=UTC)) == moment
        assert i18n.format_moment("2020-02-29T23:30:00Z") == moment


def test_the_day_of_a_moment_is_warsaws_day():
    assert i18n.as_day(datetime(2020, 2, 29, 23, 30, tzinfo=UTC)) == date(2020, 3, 1)
    assert i18n.as_day("2020-02-29T23:30:00Z") == date(2020, 3, 1)


@pytest.mark.parametrize(
    ("language", "count", "share", "figure"),
    [("pl", "2\xa0809", "37%", "0,5"), ("en", "2,809", "37%", "0.5")],
)
def test_numbers_are_written_by_language(app, language, count, share, figure):
    with app.test_request_context(f"/?lang={language}"):
        assert i18n.format_number(2809) == count
        assert i18n.format_percent(0.37) == share
        assert i18n.format_number(0.5) == figure


def test_what_is_not_known_is_a_dash_or_nothing(app):
    with app.test_request_context("/"):
        assert i18n.format_number(None) == "–"
        assert i18n.format_percent(None) == "–"
        assert i18n.format_day(None) == i18n.format_short_day(None) == ""
        assert i18n.format_moment(None) == ""
        assert i18n.localized(None) == ""


def test_a_text_in_two_languages_is_told_in_the_pages_own(app):
    text = LocalizedText(pl="Budżet", en="Budget")

    with app.test_request_context("/?lang=en"):
        assert i18n.localized(text) == "Budget"
        assert i18n.localized({"pl": "Budżet", "en": ""}) == "Budżet"
    with app.test_request_context("/?lang=pl"):
        assert i18n.localized(text) == "Budżet"


def test_polish_data_is_marked_as_polish_on_an_english_page_only(app):
    with app.test_request_context("/?lang=en"):
        assert i18n.polish("<b>Plan") == '<span lang="pl">&lt;b&gt;Plan</span>'
        assert i18n.polish("") == ""
    with app.test_request_context("/?lang=pl"):
        assert i18n.polish("Plan") == "Plan"


def test_names_are_sorted_as_polish_dictionaries_sort():
    names = ["Żory", "Zabrze", "Łuków", "Lublin", "Ąa", "Azja", "Źródła"]

    assert i18n.sort_by_name(names) == ["Azja", "Ąa", "Lublin", "Łuków", "Zabrze", "Źródła", "Żory"]


def test_a_heading_begins_with_a_capital_and_stays_as_it_is_otherwise():
    assert i18n.capital("gmina wiejska Słupsk") == "Gmina wiejska Słupsk"
    assert i18n.capital("łódzkie") == "Łódzkie"
    assert i18n.capital("") == ""

"""Every page, in both languages, wide and narrow: usable by everybody, and by itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import places, visiting
from tests.e2e.auditing import audit
from tests.e2e.demo import Demo
from tests.e2e.forms import errors

pytestmark = pytest.mark.e2e

LANGUAGES = ("pl", "en")


@pytest.fixture(scope="module")
def demo(platform):
    return Demo(platform.address)


def test_there_is_an_example_of_every_page():
    assert set(places.pages()) == places.EXAMPLES.keys()


@pytest.mark.parametrize("endpoint", places.pages())
def test_page(endpoint, demo, visitors):
    """The first example in both languages; the others differ in their content alone."""
    first, *others = (places.address(endpoint, one) for one in places.EXAMPLES[endpoint](demo))
    reader, *more_readers = places.readers(endpoint)
    wrong = look(visitors, reader, first, places.languages(endpoint))
    for address in others:
        wrong += look(visitors, reader, address, LANGUAGES[:1])
    for one in more_readers:
        wrong += look(visitors, one, first, LANGUAGES[:1])
    assert not wrong, "\n - ".join(["", *wrong])


@pytest.mark.parametrize("endpoint", places.REFUSED_WHEN_EMPTY)
def test_a_form_sent_empty(endpoint, demo, visitors):
    """What is missing is said in a summary that has the focus and leads to each field."""
    *_, values = places.EXAMPLES[endpoint](demo)
    page = visitors.keep_open(places.readers(endpoint)[0])
    page.goto(places.address(endpoint, values))
    page.locator("main form[method=post] button.govuk-button:not(.govuk-button--secondary)").click()
    errors(page)
    expect(page).to_have_title(re.compile("^Błąd"))
    assert audit({"pl": page}) == []


@pytest.mark.parametrize(
    ("account", "address", "status"),
    [
        (None, "/nie-ma-takiej-strony", 404),
        (None, "/nabory/nie-ma-takiego", 404),
        (visiting.JST, "/panel/konta", 403),
        (visiting.COORDINATOR_OF_SILESIA, "/panel/jst/0609033", 403),
    ],
)
def test_page_of_a_refusal(account, address, status, visitors):
    assert look(visitors, account, address, LANGUAGES, status=status) == []


def look(visitors, account, address, languages, *, status=200):
    """Open an address as somebody, and say what is wrong with what is shown."""
    pages = {language: visitors.keep_open(account, language) for language in languages}
    for page in pages.values():
        response = page.goto(address)
        if response.status != status:
            return [f"{address} ({account or 'anyone'}): {response.status}, not {status}"]
    return [f"{address} ({account or 'anyone'}), {one}" for one in audit(pages)]

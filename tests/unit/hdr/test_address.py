from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.hdr.domain.address import candidates, slugify
from shared.contracts.base import Slug
from tests.by_chance import examples

SLUG = TypeAdapter(Slug)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Zażółć gęślą jaźń", "zazolc-gesla-jazn"),
        ("ŁÓDŹ – Święta Żaba!", "lodz-swieta-zaba"),
        ("  Plan 2026/2027: cele, działania  ", "plan-2026-2027-cele-dzialania"),
        ("Straße, Øresund", "strasse-oresund"),
        ("???", ""),
        ("", ""),
    ],
)
def test_a_title_becomes_a_readable_address(title, slug):
    assert slug == slugify(title)


def test_a_long_title_ends_at_a_whole_word():
    assert "x" * 40 + "-" + "y" * 39 == slugify(f"{'x' * 40} {'y' * 39} z")
    assert "x" * 40 == slugify(f"{'x' * 40} {'y' * 40} z")
    assert "x" * 80 == slugify("x" * 200)


@examples(100)
@given(st.text(max_size=200), st.integers(1, 90))
def test_an_address_is_empty_or_valid_and_stays_as_it_is(text, maximum):
    slug = slugify(text, maximum)

    assert len(slug) <= maximum
    assert slug == slugify(slug, maximum)
    if slug and len(slug) <= 80:
        assert slug == SLUG.validate_python(slug)


def test_the_plainest_address_comes_first():
    assert [
        "dobry-plan",
        "dobry-plan-siennica-rozana",
        "dobry-plan-siennica-rozana-2",
        "dobry-plan-siennica-rozana-3",
    ] == list(islice(candidates("Dobry plan", "Siennica Różana", "hdr"), 4))


def test_a_place_that_the_title_names_already_is_not_named_twice():
    found = islice(candidates("Plan gminy Buk", "Buk", "hdr"), 3)

    assert ["plan-gminy-buk", "plan-gminy-buk-2", "plan-gminy-buk-3"] == list(found)


def test_a_title_without_latin_letters_still_gets_an_address():
    assert ["hdr", "hdr-buk"] == list(islice(candidates("Пла́н", "Buk", "hdr"), 2))


@examples(100)
@given(st.text(max_size=200), st.text(max_size=200))
def test_candidates_are_valid_and_never_repeat(title, place):
    found = list(islice(candidates(title, place, "hdr"), 12))

    assert len(set(found)) == 12
    assert found == [SLUG.validate_python(slug) for slug in found]

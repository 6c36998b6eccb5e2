"""Order and search of Polish text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.projections.polish import ALPHABET, fold, sort_key

TEXTS = st.text(st.sampled_from(ALPHABET + ALPHABET.upper() + " -19éüß.'"), max_size=8)


def test_letters_with_accents_come_right_after_the_ones_without():
    names = ["Ćmielów", "Żory", "Cz", "Łódź", "Lwówek", "Ąbce", "Abc", "Źlin", "Zz", "Ósme", "Oz"]

    assert sorted(names, key=sort_key) == [
        "Abc", "Ąbce", "Cz", "Ćmielów", "Lwówek", "Łódź", "Oz", "Ósme", "Zz", "Źlin", "Żory",
    ]  # fmt: skip


def test_the_whole_alphabet_is_in_its_order():
    assert sorted(set(ALPHABET), key=sort_key) == list(ALPHABET)


def test_words_are_ordered_before_longer_words_and_spaces_before_letters():
    names = ["Nowe Miasto Lubawskie", "Nowemiasto", "Nowe", "Nowe Miasto", "Nowe-Miasto"]

    assert sorted(names, key=sort_key) == [
        "Nowe", "Nowe Miasto", "Nowe Miasto Lubawskie", "Nowe-Miasto", "Nowemiasto",
    ]  # fmt: skip


def test_case_and_foreign_accents_decide_only_between_equal_texts():
    assert sort_key("abc") < sort_key("ABD")
    assert sort_key("Perec") < sort_key("Pérec") < sort_key("Pered")


@given(TEXTS)
def test_a_key_is_made_of_digits_so_that_every_collation_agrees(text):
    assert sort_key(text).isdecimal()
    assert sort_key(text).isascii()


@given(TEXTS, TEXTS)
def test_equal_keys_mean_equal_texts(one, other):
    assert (sort_key(one) == sort_key(other)) == (one.split() == other.split())


@given(st.lists(st.sampled_from(ALPHABET)), st.lists(st.sampled_from(ALPHABET)))
def test_polish_words_are_ordered_letter_by_letter(one, other):
    by_alphabet = [ALPHABET.index(c) for c in one] < [ALPHABET.index(c) for c in other]

    assert (sort_key("".join(one)) < sort_key("".join(other))) == by_alphabet


def test_folding_takes_away_case_accents_and_extra_spaces():
    assert fold("  ŁÓDŹ \n Śródmieście", None, "ßtraße") == "lodz srodmiescie sstrasse"


@given(TEXTS)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)

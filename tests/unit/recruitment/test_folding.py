import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.recruitment.folding import folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Łódź", "lodz"),
        ("  ZAŻÓŁĆ   gęślą\tjaźń ", "zazolc gesla jazn"),
        ("PRO-7K3M-92QD", "pro-7k3m-92qd"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_case_diacritics_and_blanks_do_not_count(text, expected):
    assert folded(text) == expected


@for_all(st.text(alphabet=st.characters(codec="utf-8", max_codepoint=0x24F)))
def test_folding_twice_changes_nothing_more(text):
    assert folded(folded(text)) == folded(text)


@for_all(st.text(alphabet="aąbcćdeęłńóśźżAĄĆĘŁŃÓŚŹŻ ", min_size=1))
def test_polish_letters_in_any_case_become_plain_ones(text):
    assert folded(text).isascii()
    assert folded(text) == folded(text.swapcase())

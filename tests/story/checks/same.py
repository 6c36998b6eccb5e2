"""Equality that says what differs, and the Polish order of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ALPHABET = " -0123456789aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"


def same(shown: Any, expected: Any, what: str) -> None:
    """Both are equal; else the entries that differ are named.

    Raises:
        AssertionError: They are not.
    """
    if shown == expected:
        return
    if isinstance(shown, Mapping) and isinstance(expected, Mapping):
        keys = sorted({*shown, *expected}, key=str)
        differing = {
            key: f"shown {shown.get(key)!r}, expected {expected.get(key)!r}"
            for key in keys
            if shown.get(key) != expected.get(key)
        }
        told = str(differing)
    elif isinstance(shown, set):
        too_many, missing = sorted(shown - expected, key=str), sorted(expected - shown, key=str)
        told = f"too many {too_many}, missing {missing}"
    else:
        told = f"shown {shown!r}, expected {expected!r}"
    raise AssertionError(f"{what}: {told}")


def in_polish_order(names: Iterable[str], what: str) -> None:
    """The names stand as in a Polish dictionary.

    Raises:
        AssertionError: They do not.
    """
    shown = list(names)
    same(shown, sorted(shown, key=_place), f"order of {what}")


def _place(name: str) -> list[int]:
    return [ALPHABET.find(letter) for letter in name.lower()]

"""Readable addresses of publications, made from their titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

MAXIMUM_LENGTH = 80
"""Longest address, in characters (the contracts' ``Slug``)."""
_ALONE = str.maketrans({"ł": "l", "ß": "ss", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe"})


def slugify(text: str, maximum: int = MAXIMUM_LENGTH) -> str:
    """A title as lower-case ASCII letters, digits and single hyphens.

    Args:
        text: Any text; Polish letters become their Latin base (``ł`` -> ``l``).
        maximum: Most characters, at least 1; a longer one ends at the last whole word that fits.

    Returns:
        The address; empty when the text holds no letter or digit that has a Latin form.
    """
    folded = unicodedata.normalize("NFKD", text.lower().translate(_ALONE))
    ascii_only = folded.encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_only))
    if len(slug) <= maximum:
        return slug
    whole_words, _, _ = slug[: maximum + 1].rpartition("-")
    return whole_words or slug[:maximum]


def candidates(title: str, place: str, otherwise: str) -> Iterator[str]:
    """Addresses for a title, the plainest first, without end.

    Args:
        title: Title of the publication.
        place: Name of its JST: tells two publications of the same title apart.
        otherwise: A word to stand for a title that has no Latin form; a slug itself.

    Yields:
        The title; the title with the place, unless it ends with it; the same with 2, 3 and so on.
        Each is a valid slug, and no two are equal.
    """
    base = slugify(title) or otherwise
    yield base
    placed = slugify(place, maximum=30)
    if placed and not base.endswith(placed):
        base = _join(base, placed)
        yield base
    for number in count(2):
        yield _join(base, str(number))


def _join(start: str, end: str) -> str:
    return f"{slugify(start, maximum=MAXIMUM_LENGTH - len(end) - 1)}-{end}"

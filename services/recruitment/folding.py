"""Text as it is searched: without case and without diacritics, the same on every database."""

from __future__ import annotations

import unicodedata

_STROKES = str.maketrans({"ł": "l", "đ": "d", "ø": "o"})
"""Letters whose stroke is no separate mark, so that taking marks away does not reach it."""


def folded(text: str) -> str:
    """A text for comparing: case, diacritics and repeated blanks do not count.

    Args:
        text: Any text, e.g. a name or what somebody typed to find it.

    Returns:
        Lower-case text; ``"Łódź"``, ``"lodz"`` and ``" LODZ"`` give the same. Folding twice
        changes nothing more.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.translate(_STROKES).split())

"""Order and search of Polish text, the same in every database.

A database's own collation differs from server to server and is not Polish in SQLite at all, so
both are columns of their own, made here.
"""

from __future__ import annotations

import unicodedata

ALPHABET = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
_END = "00"
_SPACE, _HYPHEN, _OTHER, _FIRST_DIGIT, _FIRST_LETTER = 10, 11, 12, 20, 40
_WEIGHTS = (
    {" ": _SPACE, "-": _HYPHEN}
    | {digit: _FIRST_DIGIT + number for number, digit in enumerate("0123456789")}
    | {letter: _FIRST_LETTER + number for number, letter in enumerate(ALPHABET)}
)
_WITHOUT_DECOMPOSITION = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae"})


def sort_key(text: str) -> str:
    """Text that sorts by its characters' codes as Polish dictionaries sort.

    Returns:
        Decimal digits only, two for each letter, so that every collation gives the same order:
        ą after a and before b; case, and accents that Polish lacks, decide only between otherwise
        equal texts. Equal texts, and only they, have equal keys (after NFC).

    Source:
        PN-N-01233 order of letters; domain handbook section 16.
    """
    normal = unicodedata.normalize("NFC", " ".join(text.split()))
    first = "".join(f"{weight}" for character in normal.lower() for weight in _weights(character))
    second = "".join(f"{ord(character):07d}" for character in normal)
    return f"{first}{_END}{second}"


def _weights(character: str) -> list[int]:
    if character in _WEIGHTS:
        return [_WEIGHTS[character]]
    bare = unicodedata.normalize("NFKD", character.translate(_WITHOUT_DECOMPOSITION))
    letters = [c for c in bare.lower() if not unicodedata.combining(c)]
    return [_WEIGHTS.get(letter, _OTHER) for letter in letters]


def fold(*texts: str | None) -> str:
    """Texts without case, accents and repeated spaces, joined: what a search looks in."""
    joined = " ".join(text for text in texts if text).casefold()
    bare = unicodedata.normalize("NFKD", joined.translate(_WITHOUT_DECOMPOSITION))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())

"""Every text of the gateway's code and templates has its Polish words."""

from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract

from services import gateway
from tooling import translations

ROOM = Path(gateway.__file__).parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy": None,
    "lazy_gettext": None,
    "lazy_in": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
SOURCES = sorted(
    path
    for path in ROOM.rglob("*")
    if path.suffix in {".html", ".py"} and not {"migrations", "translations"} & set(path.parts)
)


@pytest.fixture(scope="module")
def translated():
    files = sorted((ROOM / "translations" / "pl").glob("*.po"))
    return {
        translations.key_of(entry)
        for file in files
        for entry in translations.read_entries(file, "pl")
    }


@cache
def texts_of(path):
    """Texts with their contexts."""
    return list(_extracted(path))


def _extracted(path):
    is_template = path.suffix == ".html"
    options = {"extensions": "jinja2.ext.do", "trimmed": "true"} if is_template else {}
    with path.open("rb") as file:
        for _line, message, _comments, context in extract(
            "jinja2" if is_template else "python", file, keywords=KEYWORDS, options=options
        ):
            yield (message if isinstance(message, str) else message[0]), context


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOM)))
def test_every_text_is_translated(path, translated):
    assert [key for key in texts_of(path) if key not in translated] == []


def test_the_catalogues_are_sound():
    assert translations.main() == 0


def test_equal_texts_give_equal_files(tmp_path):
    text = 'msgid "Sign in"\nmsgstr "Zaloguj się"\n'
    (tmp_path / "pl").mkdir()
    (tmp_path / "pl" / "texts.po").write_text(text)
    assert translations.compile_language(tmp_path / "pl") == []
    compiled = (tmp_path / "pl" / "LC_MESSAGES" / "messages.mo").read_bytes()
    assert b"POT-Creation-Date: 1970-01-01 00:00+0000" in compiled

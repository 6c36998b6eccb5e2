"""Compiles the gateway's translations: one ``messages.mo`` per language from its ``.po`` files.

A language has one ``.po`` file per area of the screen, so that several people can work at once.
What a person would stumble over on the screen stops the build: a broken file, a fuzzy or empty
translation, a placeholder that the text does not have, the same text translated in two ways.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, PoFileParser

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "services" / "gateway" / "translations"

NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
"""Babel would write the moment of compiling: equal texts are to give equal files."""
Key = tuple[str, str | None]
"""The text to translate (its singular) and its context."""


LINE = re.compile(
    r"""\s*(?: \#.*
          | (?: (?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d+])?) \s* )? "(?:[^"\\]|\\.)*" \s*
        )?""",
    re.VERBOSE,
)
"""An empty line, a comment, or a string in quotes with or without its keyword."""


class BrokenFileError(Exception):
    """A file that cannot be read, and the line (from 1) where that shows."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class _Entries(Catalog):
    """A catalogue that also keeps each entry as it was read: the plain one merges repeated ones."""

    def __init__(self, locale: str) -> None:
        super().__init__(locale=locale)
        self.entries: list[Message] = []

    def __setitem__(self, id: str | tuple[str, ...] | list[str], message: Message) -> None:  # noqa: A002 - Babel's name for it
        self.entries.append(message)
        super().__setitem__(id, message)


def main() -> int:
    """Compile every language; 0, or 1 after naming every mistake by file and line."""
    mistakes = []
    for folder in sorted(path for path in TRANSLATIONS.glob("*") if path.is_dir()):
        mistakes += compile_language(folder)
    for mistake in mistakes:
        print(f"error: {mistake}", file=sys.stderr)
    return 1 if mistakes else 0


def compile_language(folder: Path) -> list[str]:
    """Merge a language's ``.po`` files into its ``LC_MESSAGES/messages.mo``.

    Args:
        folder: ``translations/<lang>``. The result is written only when it is complete and newer
            than none of its sources.

    Returns:
        Mistakes, each with file and line; empty when the result is in place.
    """
    sources = sorted(folder.glob("*.po"))
    target = folder / "LC_MESSAGES" / "messages.mo"
    if not sources or _is_up_to_date(target, sources):
        return []
    merged = Catalog(locale=folder.name, fuzzy=False, creation_date=NO_DATE)
    seen: dict[Key, tuple[str, Message]] = {}
    mistakes: list[str] = []
    for source in sources:
        name = str(source.relative_to(ROOT)) if source.is_relative_to(ROOT) else str(source)
        try:
            entries = read_entries(source, folder.name)
        except BrokenFileError as error:
            mistakes.append(f"{name}:{error.line}: {error}")
            continue
        for message in entries:
            place = f"{name}:{message.lineno}"
            mistakes += [f"{place}: {text}" for text in mistakes_in(message, merged)]
            first = seen.setdefault(key_of(message), (place, message))
            if first[1].string != message.string:
                mistakes.append(
                    f"{place}: {key_of(message)[0]!r} is translated otherwise at {first[0]}"
                )
            merged[message.id] = message
    if mistakes:
        return mistakes
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, merged)
    return []


def read_entries(source: Path, language: str) -> list[Message]:
    """Read one file's entries, the header and the obsolete ones left out.

    Raises:
        BrokenFileError: The file is not UTF-8 or not a ``.po`` file.
    """
    content = source.read_bytes()
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BrokenFileError(line, "not UTF-8") from error
    for number, line_text in enumerate(lines, start=1):
        # Babel takes a string whose end is missing for a whole one.
        if not LINE.fullmatch(line_text):
            raise BrokenFileError(number, f"not a line of a .po file: {line_text.strip()}")
    catalog = _Entries(language)
    try:
        # Not read_po: that one makes a catalogue of its own.
        PoFileParser(catalog, abort_invalid=True).parse(lines)
    except PoFileError as error:
        raise BrokenFileError(error.lineno + 1, str(error).rpartition(" on ")[0]) from error
    return [message for message in catalog.entries if message.id]


def mistakes_in(message: Message, catalog: Catalog) -> list[str]:
    """Say what is wrong with one entry, in no more words than needed."""
    text = key_of(message)[0]
    found = []
    if message.fuzzy:
        found.append(f"the translation of {text!r} is fuzzy: check it and remove the mark")
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not all(forms) or (message.pluralizable and len(forms) != catalog.num_plurals):
        found.append(f"the translation of {text!r} is empty or lacks a plural form")
    else:
        found += [str(error) for error in message.check(catalog)]
    return found


def key_of(message: Message) -> Key:
    """Return what makes an entry the same entry in two files."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return text, message.context


def _is_up_to_date(target: Path, sources: list[Path]) -> bool:
    """Tell by the files' times, the folder's included (a file may have been removed)."""
    if not target.is_file():
        return False
    times = [source.stat().st_mtime_ns for source in [*sources, sources[0].parent]]
    return target.stat().st_mtime_ns >= max(times)


if __name__ == "__main__":
    sys.exit(main())

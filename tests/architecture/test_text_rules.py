"""What no file of the repository says: where a machine keeps things, where packages come from."""

import re

import pytest

from tests.architecture.tree import files, name_of

# Written so that none of them finds itself.
FORBIDDEN = {
    "a folder of somebody's machine": r"(?<![\w.-])[/](?:work|root|Users/\w+|home/\w+)/",
    "the address of a package registry": (
        r"pypi[.]org|files[.]pythonhosted|registry[.]npmjs|registry[.]yarnpkg|proxy[.]golang"
    ),
    "a setting that says where packages come from": r"--(?:(?:extra-)?index-url|find-links)[ =]\S",
    "a registry's address in a lock file": r"\"resolved\": ",
    "a secret": r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}\b",
    "a mark of unfinished work": r"\b(?:T[O]DO|F[I]XME|X[X]X|H[A]CK)\b",
    "a conflict of a merge": r"^(?:<{7}|>{7}) ",
}
EXCEPTIONS: dict[tuple[str, str], str] = {}
"""``(file, rule)`` with the reason."""
BINARY = {".ico", ".png", ".jpg", ".woff2", ".gz", ".mo"}


def texts():
    """Every text file, with its path in the repository."""
    for path in files():
        if path.suffix not in BINARY:
            yield name_of(path), path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def all_texts():
    return dict(texts())


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_no_file_names(rule, all_texts):
    pattern = re.compile(FORBIDDEN[rule], re.MULTILINE)

    found = {
        f"{name}:{text[: match.start()].count(chr(10)) + 1}: {match[0]!r}"
        for name, text in all_texts.items()
        if (name, rule) not in EXCEPTIONS and (match := pattern.search(text))
    }

    assert found == set()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("a folder of somebody's machine", "see /" + "home/anna/ore"),
        ("the address of a package registry", "https://pypi." + "org/simple"),
        ("a setting that says where packages come from", "--index-" + "url https://x"),
        ("a mark of unfinished work", "# TO" + "DO: later"),
    ],
)
def test_the_rules_find_what_they_forbid(rule, text):
    assert re.search(FORBIDDEN[rule], text)


def test_every_file_is_text_in_utf_8_with_a_last_line_end(all_texts):
    unfinished = {
        name
        for name, text in all_texts.items()
        if text and not text.endswith("\n") and not name.endswith((".svg", ".csv"))
    }

    assert unfinished == set()


def test_every_exception_is_used():
    names = {name_of(path) for path in files()}

    assert {name for name, _ in EXCEPTIONS} <= names
    assert {rule for _, rule in EXCEPTIONS} <= FORBIDDEN.keys()

"""What the documents name is there: files, tests, commands, variables, links."""

import json
import re
from functools import cache

import pytest
import typer.main

from platform_cli.demo.loading import PASSWORD
from platform_cli.main import app
from tests.architecture.tree import ROOT, files, name_of, python_files

DOCUMENTS = [path for path in files(".md") if not name_of(path).startswith("node_modules/")]
OURS = [path for path in DOCUMENTS if name_of(path) != "docs/events.md"]
"""Without what is made from the code anyway."""
FOLDERS = ("bench", "deploy", "docs", "platform_cli", "requirements", "services", "shared", "tests",
           "tooling")  # fmt: skip
MEMBERS = {"ORE_SETTINGS"}
"""Names in the code that look like variables of the environment and are none."""
OF_TESTS = {"ORE_TEST_POSTGRES_URL", "ORE_TEST_RABBITMQ_URL", "ORE_TEST_RABBITMQ_MANAGEMENT_URL",
            "ORE_CHROMIUM"}  # fmt: skip
LONGEST_ADR = 45


def text_of(path):
    return path.read_text(encoding="utf-8")


def anchors_in(path):
    """The anchors of a page's headings, as the usual hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)">', text_of(path)))


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page):
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        if not place.exists() or (anchor and anchor not in anchors_in(place)):
            lost.append(target)

    assert lost == []


@pytest.mark.parametrize("page", OURS, ids=name_of)
def test_every_file_that_a_page_names_is_there(page):
    """In backticks, from the root: ``shared/kernel/relay.py``, ``tests/unit/<service>/`` not."""
    lost = [
        name
        for name in re.findall(r"`([\w./-]+/[\w./-]*)`", text_of(page))
        if name.startswith(tuple(f"{folder}/" for folder in FOLDERS)) and not (ROOT / name).exists()
    ]

    assert lost == []


@cache
def defined_in(name):
    return set(re.findall(r"def (test_\w+)", text_of(ROOT / name)))


@pytest.mark.parametrize("page", OURS, ids=name_of)
def test_every_test_that_a_page_names_is_there(page):
    """In backticks: ``tests/unit/kernel/test_envelope.py::test_what_is_written_is_read``."""
    lost = [
        f"{file}::{test}"
        for file, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text_of(page))
        if not (ROOT / file).is_file() or test not in defined_in(file)
    ]

    assert lost == []


@pytest.mark.parametrize("page", OURS, ids=name_of)
def test_every_command_that_a_page_names_is_there(page):
    targets = set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))
    group = typer.main.get_command(app)
    commands = set(group.commands)

    code = re.findall(r"`([^`\n]+)`", text_of(page))
    code += re.findall(r"^```\w*\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)
    named = {word for text in code for word in re.findall(r"(?<![\w/.-])make ([a-z][a-z-]*)", text)}
    asked = {word for text in code for word in re.findall(r"(?<![\w/.-])ore ([a-z][a-z-]*)", text)}

    assert named - targets == set()
    assert asked - commands == set()


def variables_of_the_code():
    """The names of ``ORE_…`` variables that the product's code asks the environment for."""
    found = set()
    for path in python_files("platform_cli/", "services/", "shared/"):
        found |= set(re.findall(r"\bORE_[A-Z]+(?:_[A-Z]+)*(?!_?[A-Z{])\b", text_of(path)))
    return {name for name in found if not name.endswith("_")} - MEMBERS


def test_every_variable_of_the_environment_is_in_the_operations_page():
    named = set(re.findall(r"ORE_[A-Z_]*[A-Z]", text_of(ROOT / "docs" / "operations.md")))

    assert variables_of_the_code() - named == set()


def test_every_variable_that_the_operations_page_names_is_asked_for():
    named = set(re.findall(r"`(ORE_[A-Z_]*[A-Z])`", text_of(ROOT / "docs" / "operations.md")))

    assert named - variables_of_the_code() - OF_TESTS == set()


def test_the_readme_begins_with_what_one_can_do():
    lines = text_of(ROOT / "README.md").splitlines()
    first_command = next(number for number, line in enumerate(lines, 1) if line.startswith("```"))

    assert first_command < 20
    assert 100 <= len(lines) <= 150


def test_the_logins_that_the_readme_names_are_those_of_the_demonstration():
    accounts = json.loads(text_of(ROOT / "platform_cli" / "demo" / "data" / "accounts.json"))
    readme = text_of(ROOT / "README.md")

    named = set(re.findall(r"`([\w.-]+@example\.org)`", readme))

    assert named
    assert named <= {account["email"] for account in accounts["accounts"]}
    assert f"`{PASSWORD}`" in readme


def test_decisions_are_numbered_without_gaps_and_short():
    decisions = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in decisions]

    assert numbers == list(range(1, len(numbers) + 1))
    for path in decisions:
        lines = text_of(path).splitlines()
        assert lines[0].startswith(f"# {int(path.name[:4])}. ")
        assert len(lines) <= LONGEST_ADR, path.name
        assert any(re.match(r"Accepted|Superseded|Proposed", line) for line in lines), path.name


def test_every_decision_that_is_referred_to_is_there():
    numbers = {path.name[:4] for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")}

    referred = {
        (name_of(path), number)
        for path in files(".py", ".md", ".toml")
        for number in re.findall(r"ADR-(\d{4})", text_of(path))
    }

    assert {(name, number) for name, number in referred if number not in numbers} == set()

"""The import rules of docs/architecture.md, as pyproject.toml states them for import-linter."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, importing, name_of, python_files

NAMEKO_MODULES = {
    "tests/integration/kernel/green_reader.py": "slow queries beside other green threads",
    "shared/kernel/nameko_host.py": "the host of nameko services",
    "platform_cli/serving.py": "entry script: patches before it imports anything else",
    "platform_cli/embedded.py": "entry script: patches before it imports anything else",
    "platform_cli/one_process.py": "all services in one process",
    "tests/samples/serving.py": "entry script of the sample services",
    "tests/faults/serving.py": "entry script: forks the sample services",
}
"""Besides each service's ``service.py`` and its test."""


def test_the_import_rules_hold():
    result = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("library", ["nameko", "eventlet", "psycogreen"])
def test_the_transport_is_seen_only_at_the_edge(library):
    seen = importing(library, "services/", "shared/", "platform_cli/", "deploy/", "tests/")

    elsewhere = {
        name
        for name in seen.keys() - NAMEKO_MODULES.keys()
        if not name.endswith(("/service.py", "/test_service.py"))
    }
    assert elsewhere == set(), "leaving it one day must touch a handful of files (ADR-0004)"


def test_nobody_publishes_or_listens_past_the_relay_and_the_subscription():
    """TR-18, TR-19, TR-23: nameko's events lose what fails, and write to two places at once."""
    guilty = importing("nameko.events", "services/", "shared/", "platform_cli/")
    mentioned = [
        name_of(path)
        for path in python_files("services/", "shared/", "platform_cli/")
        if "Event" + "Dispatcher" in path.read_text(encoding="utf-8")
    ]

    assert guilty == {}
    assert mentioned == []


def test_the_contracts_name_no_service():
    assert importing("services", "shared/") == {}
    assert importing("platform_cli", "shared/") == {}

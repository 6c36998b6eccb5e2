"""One installation for the whole folder: fresh volumes, taken away at the end."""

import json
import subprocess
import sys
import time

import pytest

from tests.containers.compose import (
    FIGURES,
    LOG,
    RESULTS,
    ROOT,
    compose,
    image_sizes,
    machine,
)

TOLD = {}
"""What the tests measured, by its name: printed at the end and kept in a file."""


@pytest.fixture(scope="session")
def figures():
    """Where a test puts what it measured."""
    return TOLD


@pytest.fixture(scope="session")
def images(figures):
    """The images of this checkout, built."""
    subprocess.run([sys.executable, "-m", "deploy.secret_files"], cwd=ROOT, check=True)
    started = time.monotonic()
    compose("build", seconds=600)
    figures["seconds to build the images"] = round(time.monotonic() - started)
    figures["MB of each image above its base"] = image_sizes()
    return figures["MB of each image above its base"]


@pytest.fixture(scope="session")
def platform(images, figures):
    """The whole system, healthy."""
    compose("down", "--volumes", "--timeout", "5")
    started = time.monotonic()
    try:
        compose("up", "--detach", "--wait")
        figures["seconds from up to all healthy, images built"] = round(time.monotonic() - started)
        figures["measured on"] = machine()
        yield
    finally:
        RESULTS.mkdir(exist_ok=True)
        LOG.write_text(compose("logs", "--no-color", "--timestamps"))
        compose("down", "--volumes", "--timeout", "10")


def pytest_terminal_summary(terminalreporter):
    """Show what was measured, as a table."""
    if not TOLD:
        return
    RESULTS.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(TOLD, indent=2) + "\n")
    terminalreporter.section("measured")
    for name, value in TOLD.items():
        rows = value.items() if isinstance(value, dict) else [("", value)]
        for part, number in rows:
            terminalreporter.write_line(f"{name:50} {part:14} {number:>8}")

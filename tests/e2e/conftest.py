"""One platform and one Chromium for all tests; what a failed test saw is kept."""

import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import servers
from tests.e2e.running import ROOT, a_platform
from tests.e2e.visiting import PATIENCE_MS, Visitors

RESULTS = ROOT / "test-results" / "e2e"
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OUTCOME = pytest.StashKey[bool]()

expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.stash[OUTCOME] = report.failed
    return report


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    with a_platform(tmp_path_factory.mktemp("data"), RESULTS / "platform.log") as running:
        yield running


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=servers.find().chromium, args=SWITCHES
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def all_visitors(browser, platform):
    """Remembers who signed in, over all tests."""
    return Visitors(browser, platform.address)


@pytest.fixture
def visitors(all_visitors, request):
    """Opens windows for this test; none of them may see a fault."""
    yield all_visitors
    faults = all_visitors.faults()
    try:
        if request.node.stash.get(OUTCOME, True) or faults:
            name = re.sub(r"[^\w.-]+", "-", request.node.nodeid.removeprefix("tests/e2e/"))
            all_visitors.keep(RESULTS / name.strip("-"))
    finally:
        all_visitors.close()
    assert not faults

"""Servers of the suite's own, a platform for each test, and the figures at the end."""

import contextlib
import fcntl
import os
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from deploy.local.postgres import PrivatePostgres
from deploy.local.processes import make_folder
from deploy.local.rabbitmq import PrivateRabbitMQ
from tests.faults.harness import Forker, Platform
from tests.servers import Servers

HERE = Path(__file__).parent
VAR = HERE.parents[1] / "var" / "faults"
SEED = int(os.environ.get("SEED") or 20261126)
KILLS = int(os.environ.get("KILLS") or 100)
MINUTES = float(os.environ.get("MINUTES") or 10)
SAYS = f"Fault suite, SEED={SEED} KILLS={KILLS}"
LONG = 300
"""From so many kills on, it is a long run."""
collect_ignore = [] if KILLS >= LONG else ["test_programme.py"]
FIGURES = []
"""Rows: fault, times, commands (``None`` in a part of the row before), seconds, flaws."""


@pytest.fixture(scope="session")
def folder():
    """For the servers of this run alone; the next run takes over what a killed one left."""
    make_folder(VAR)
    for number in count(1):
        with (VAR / f"{number}.lock").open("w") as lock, contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found = VAR / str(number)
            make_folder(found)
            yield found
            return


@pytest.fixture(scope="session")
def postgres(folder):
    server = PrivatePostgres(folder / "postgres")
    server.start()
    yield server
    server.wipe()


@pytest.fixture(scope="session")
def rabbitmq(folder):
    server = PrivateRabbitMQ(folder / "rabbitmq")
    server.start()
    yield server
    server.wipe()


@pytest.fixture(scope="session")
def servers(postgres, rabbitmq):
    return Servers(postgres.url, rabbitmq.amqp_url, rabbitmq.management_url, "")


@pytest.fixture(scope="session")
def forker(tmp_path_factory):
    forker = Forker(tmp_path_factory.mktemp("forker") / "forker.log")
    yield forker
    forker.stop()


@pytest.fixture(scope="session")
def plain_forker(tmp_path_factory):
    forker = Forker(tmp_path_factory.mktemp("forker") / "plain.log", "plain")
    yield forker
    forker.stop()


@pytest.fixture
def platform(servers, forker, tmp_path):
    platform = Platform(servers, forker, tmp_path / "platform.log")
    yield platform
    platform.close()
    log = tmp_path / "platform.log"
    if log.exists():  # shown where the test failed
        print(log.read_text(errors="replace")[-4000:])  # noqa: T201


@pytest.fixture
def judge(platform):
    """Ends a test: everything is level in time, and no promise was broken."""

    def decide(fault, times):
        flaws, took = platform.verdict()
        FIGURES.append((fault, times, len(platform.load.commands), took, flaws))
        assert flaws == []

    return decide


def pytest_collection_finish(session):
    """Tell the seed before anything can fail, hang or be interrupted."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and any(item.path.parent == HERE for item in session.items):
        reporter.write_line(SAYS)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport():
    """Tell the seed beside each failure."""
    report = (yield).get_result()
    if report.failed:
        report.sections.append(("Fault suite", SAYS))


def pytest_terminal_summary(terminalreporter):
    """Also of a run that was interrupted, as far as it came."""
    if not FIGURES:
        return
    say = terminalreporter.write_line
    say("")
    say(SAYS)
    say(f"{'fault':52} {'times':>6} {'commands':>9} {'level after':>12} {'lost':>5} "
        f"{'doubled':>8} {'disorder':>9} {'other':>6}")  # fmt: skip
    sums = Counter()
    for fault, times, commands, took, flaws in FIGURES:
        if commands is None:
            say(f"{fault:52} {times:6}")
            continue
        kinds = _kinds(flaws)
        sums.update({"times": times, "commands": commands, **kinds})
        say(_row(fault, times, commands, f"{took:.1f} s", kinds))
    slowest = max(row[3] for row in FIGURES)
    say(_row("all", sums["times"], sums["commands"], f"{slowest:.1f} s", sums))


def _kinds(flaws):
    found = Counter(lost=0, doubled=0, disorder=0, other=0)
    for flaw in flaws:
        kind = next((k for k in ("lost", "doubled") if k in flaw.kind), None)
        found[kind or ("disorder" if "order" in flaw.kind else "other")] += 1
    return found


def _row(fault, times, commands, took, kinds):
    return (
        f"{fault:52} {times:6} {commands:9} {took:>12} {kinds['lost']:5} {kinds['doubled']:8} "
        f"{kinds['disorder']:9} {kinds['other']:6}"
    )

"""The test suites, one pytest run each, and how strictly their results are read.

A suite passes only if it ran at least one test and every test it has: a skipped test is a promise
that nobody checked, so it counts as a failure, as do expected failures.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from tooling.steps import compiling

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "test-results"
QUICK = "unit+contract+architecture"
"""What needs no server: one run, so that no core waits while another ends a folder."""
PAGES = "pages"
"""Each page and route over the whole programme in one process: too many for every minute."""
PARALLEL = (QUICK, PAGES)
"""Suites worth one worker per core; the others share servers."""
SUITES = (QUICK, PAGES, "deploy", "integration", "faults", "story", "e2e")
"""All suites, by the folders they run; each folder must exist and hold at least one test."""
ELSEWHERE = ("containers", "ha")
"""Folders with a target of their own: they need a Docker engine."""
LONGEST_MINUTES = 40


@dataclass(frozen=True)
class Suite:
    """What one pytest run came to."""

    name: str
    passed_tests: int
    failed_tests: int
    skipped: tuple[str, ...]
    seconds: float
    complaint: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether it ran completely and all was well."""
        return not self.complaint and not self.failed_tests and not self.skipped

    def line(self) -> str:
        """Say it in one line."""
        verdict = "passed" if self.passed else "FAILED"
        details = [f"{self.passed_tests} passed", f"{self.failed_tests} failed"]
        if self.skipped:
            details.append(f"{len(self.skipped)} skipped, which counts as failed")
        if self.complaint:
            details.append(self.complaint)
        return f"tests/{self.name}: {verdict} ({', '.join(details)}; {self.seconds:.0f} s)"


def run_suite(name: str, *, at_a_glance: bool = False) -> Suite:
    """Run one suite, its output going where ours goes, and read its report.

    Args:
        name: One of `SUITES`.
        at_a_glance: Try each property with a quarter of its examples.
    """
    folders = [ROOT / "tests" / part for part in name.split("+")]
    started = time.monotonic()
    for folder in folders:
        if not any(folder.rglob("test_*.py")):
            return Suite(name, 0, 0, (), 0.0, f"tests/{folder.name} holds no test")
    RESULTS.mkdir(exist_ok=True)
    report = RESULTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    print(f"--- tests/{name}", flush=True)
    command = [sys.executable, "-m", "pytest", *map(str, folders), "-q", f"--junitxml={report}"]
    if name in PARALLEL:
        command += ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]
    try:
        code = subprocess.run(
            command,
            check=False,
            cwd=ROOT,
            env=compiling() | ({"HYPOTHESIS_PROFILE": "glance"} if at_a_glance else {}),
            stdin=subprocess.DEVNULL,
            timeout=LONGEST_MINUTES * 60,
        ).returncode
    except subprocess.TimeoutExpired:
        return Suite(name, 0, 0, (), time.monotonic() - started, f"over {LONGEST_MINUTES} minutes")
    return read_report(name, report, code, time.monotonic() - started)


def read_report(name: str, report: Path, code: int, seconds: float) -> Suite:
    """Read pytest's JUnit report.

    Args:
        name: The suite.
        report: The report's file; missing when pytest itself broke.
        code: pytest's exit code.
        seconds: How long it took.
    """
    if not report.is_file():
        return Suite(name, 0, 0, (), seconds, f"pytest ended with code {code} and no report")
    passed, failed, skipped = 0, 0, []
    # Written a moment ago by our own pytest.
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif (reason := case.find("skipped")) is not None:
            skipped.append(f"{case.get('classname')}.{case.get('name')}: {reason.get('message')}")
        else:
            passed += 1
    complaint = ""
    if not passed and not failed and not skipped:
        complaint = "no test ran"
    elif code and not failed:
        complaint = f"pytest ended with code {code}"
    return Suite(name, passed, failed, tuple(skipped), seconds, complaint)


def unlisted_folders() -> list[str]:
    """Return folders of tests that no suite covers: they would never run."""
    listed = {part for name in SUITES for part in name.split("+")} | {*ELSEWHERE}
    folders = (ROOT / "tests").glob("*/")
    return sorted(
        path.name
        for path in folders
        if path.is_dir() and path.name not in listed and any(path.rglob("test_*.py"))
    )

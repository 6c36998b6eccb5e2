"""``make check``: everything that needs no server, side by side; meant to end within a minute."""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tooling.suites import QUICK, run_suite

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
STATIC: dict[str, Sequence[str]] = {
    # The slowest first: there are more of them than cores.
    "mypy": ("mypy",),
    "ruff format": ("ruff", "format", "--check", "."),
    "ruff check": ("ruff", "check", "."),
    "import-linter": ("lint-imports",),
}
BUDGET_SECONDS = 60


@dataclass(frozen=True)
class Part:
    """What a part said and whether it was content."""

    name: str
    passed: bool
    seconds: float
    output: str


def main() -> int:
    """Run all parts; 0 only if every one is content."""
    if "--static" in sys.argv:
        parts = run_all_static()
        show(parts)
        return 0 if all(part.passed for part in parts) else 1
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=1) as pool:
        static = [pool.submit(run_static, name) for name in STATIC]
        # The tests print as they go; the others wait for their turn to speak.
        suite = run_suite(QUICK, at_a_glance=True)
        parts = [part.result() for part in static]
    show(parts)
    print(suite.line())
    seconds = time.monotonic() - started
    failed = [p.name for p in parts if not p.passed] + [suite.name] * (not suite.passed)
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'all well'} ({seconds:.0f} s)")
    if seconds > BUDGET_SECONDS:
        print(f"That is over {BUDGET_SECONDS} s: look for the slow tests with `--durations=20`.")
    return 1 if failed else 0


def run_all_static() -> list[Part]:
    """Run the parts that read the code without running it, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(run_static, STATIC))


def run_static(name: str) -> Part:
    """Run one of ``STATIC`` and keep what it prints."""
    program, *arguments = STATIC[name]
    started = time.monotonic()
    done = subprocess.run(
        [str(BIN / program), *arguments],
        check=False,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Part(name, done.returncode == 0, time.monotonic() - started, done.stdout.strip())


def show(parts: Sequence[Part]) -> None:
    """Print one line for a content part, and all that an unhappy one said."""
    for part in parts:
        if not part.passed:
            print(f"--- {part.name}\n{part.output}")
        print(f"{part.name}: {'passed' if part.passed else 'FAILED'} ({part.seconds:.0f} s)")


if __name__ == "__main__":
    sys.exit(main())

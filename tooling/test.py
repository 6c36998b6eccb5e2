"""``make test``: all checks and all tests, against a real PostgreSQL, RabbitMQ and Chromium.

The last lines say what ran against what. It fails if anything failed, was skipped, or could not
run for want of a server or a browser.
"""

import sys
import time

from deploy.local import infra
from deploy.local.processes import InfraError
from tooling import check, images
from tooling.suites import SUITES, Suite, run_suite, unlisted_folders


def main() -> int:
    """Run everything, whatever fails on the way; 0 only if all of it is well."""
    started = time.monotonic()
    was_running = infra.postgres_server() is not None, infra.rabbitmq_server() is not None
    try:
        servers = infra.summary(infra.up())
    except InfraError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    try:
        parts = check.run_all_static()
        check.show(parts)
        images_are_whole = images.main() == 0
        suites = [run_suite(name) for name in SUITES]
    finally:
        # What ran before stays for whoever started it.
        names = ("postgres", "rabbitmq")
        infra.down([name for name, ran in zip(names, was_running, strict=True) if not ran])
    unhappy = [part.name for part in parts if not part.passed]
    unhappy += [] if images_are_whole else ["image environments"]
    unhappy += [f"tests/{suite.name}" for suite in suites if not suite.passed]
    for name in unlisted_folders():
        print(f"error: tests/{name} is in no suite of tooling/suites.py")
        unhappy.append(f"tests/{name}")
    report(suites, unhappy, servers, time.monotonic() - started)
    return 1 if unhappy else 0


def report(suites: list[Suite], unhappy: list[str], servers: list[str], seconds: float) -> None:
    """Print the last lines."""
    print()
    for suite in suites:
        for test in suite.skipped:
            print(f"skipped: {test}")
    for suite in suites:
        print(suite.line())
    print(f"failed: {', '.join(unhappy)}" if unhappy else "All checks and tests passed", end="")
    print(f" ({seconds / 60:.1f} min).")
    passed = sum(suite.passed_tests for suite in suites)
    failed = sum(suite.failed_tests + len(suite.skipped) for suite in suites)
    print(f"{passed} passed, {failed} failed")
    print("Ran against:", *servers, sep="\n")


if __name__ == "__main__":
    sys.exit(main())

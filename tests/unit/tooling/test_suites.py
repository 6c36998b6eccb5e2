"""How strictly a suite's results are read."""

import pytest

from tooling.suites import Suite, read_report

PASSED = '<testcase classname="a" name="passes"/>'
FAILED = '<testcase classname="a" name="fails"><failure message="no"/></testcase>'
BROKEN = '<testcase classname="a" name="breaks"><error message="no fixture"/></testcase>'
SKIPPED = '<testcase classname="a" name="waits"><skipped message="no server"/></testcase>'
XFAILED = (
    '<testcase classname="a" name="hopes"><skipped type="pytest.xfail" message="bug"/></testcase>'
)


@pytest.fixture
def read(tmp_path):
    def read(*cases: str, code: int = 0) -> Suite:
        report = tmp_path / "report.xml"
        report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
        return read_report("unit", report, code, 1.0)

    return read


def test_a_suite_whose_tests_all_pass_has_passed(read):
    suite = read(PASSED, PASSED)

    assert suite.passed
    assert suite.line() == "tests/unit: passed (2 passed, 0 failed; 1 s)"


@pytest.mark.parametrize(
    ("case", "reason"), [(SKIPPED, "a.waits: no server"), (XFAILED, "a.hopes: bug")]
)
def test_a_test_that_was_skipped_or_expected_to_fail_counts_as_failed(read, case, reason):
    suite = read(PASSED, case)

    assert not suite.passed
    assert suite.skipped == (reason,)
    assert "FAILED (1 passed, 0 failed, 1 skipped, which counts as failed; " in suite.line()


@pytest.mark.parametrize("case", [FAILED, BROKEN])
def test_a_failure_and_a_broken_fixture_fail_the_suite(read, case):
    suite = read(PASSED, case, code=1)

    assert (suite.passed, suite.failed_tests, suite.complaint) == (False, 1, "")


def test_a_suite_in_which_no_test_ran_has_not_passed(read):
    suite = read(code=5)

    assert (suite.passed, suite.complaint) == (False, "no test ran")


def test_a_code_that_no_failed_test_explains_is_a_complaint(read):
    suite = read(PASSED, code=3)

    assert (suite.passed, suite.complaint) == (False, "pytest ended with code 3")


def test_without_a_report_the_suite_has_not_passed(tmp_path):
    suite = read_report("unit", tmp_path / "none.xml", 4, 1.0)

    assert (suite.passed, suite.complaint) == (False, "pytest ended with code 4 and no report")

"""How the platform in one process starts and ends; in processes of their own, as it patches all."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from functools import partial

import pytest

from tests.story.processes import free_port, surroundings
from tests.story.steps import eventually

pytestmark = pytest.mark.story

INSTEAD = """
import sys
from platform_cli import embedded
from platform_cli.demo import loading
from platform_cli.demo.steps import StepRefusedError
import eventlet

def load_demo(database, rpc, console):
    {body}

loading.load_demo = load_demo
sys.exit(embedded.main())
"""
START_SECONDS = 60


@contextmanager
def started(folder, *program):
    command = [sys.executable, *program, "--data", str(folder), "--port", str(free_port())]
    with subprocess.Popen(
        command, env=surroundings(), stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def in_one_line(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            {"ORE_HDR_DATABASE_URL": "postgresql://ore@db/hdr"},
            "ORE_HDR_DATABASE_URL names a server",
        ),
        (
            {"ORE_BROKER_URL": "amqp://ore@mq/ore", "ORE_HDR_MIGRATION_URL": "postgresql://db/hdr"},
            "ORE_BROKER_URL, ORE_HDR_MIGRATION_URL name servers",
        ),
    ],
)
def test_with_the_variables_of_servers_it_does_not_start(tmp_path, variables, said):
    ended = subprocess.run(
        [sys.executable, "-m", "platform_cli.embedded", "--data", str(tmp_path / "data")],
        check=False, env=surroundings(variables), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    told = in_one_line(ended.stderr)

    assert ended.returncode == 1
    assert told.startswith(f"error: {said}")
    assert "unset" in told
    assert "ore up --distributed" in told
    assert "Traceback" not in told
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("error", "is_expected"),
    [
        ("StepRefusedError('demo:register: [not allowed]')", True),
        ("OSError(28, 'No space left on device')", True),
        ("ZeroDivisionError('a slip')", False),
    ],
)
def test_a_demonstration_that_cannot_be_loaded_ends_it_with_a_sentence(
    tmp_path, error, is_expected
):
    program = INSTEAD.format(body=f"raise {error}")
    with started(tmp_path / "data", "-c", program) as process:
        told = process.communicate(timeout=START_SECONDS)[1]

    assert process.returncode == 1, told
    assert "The demonstration could not be loaded (" in in_one_line(told)
    assert "Stopped; the data is in" in told
    assert ("Traceback" not in told) is is_expected


def test_loading_is_broken_off_before_the_services_stop(tmp_path):
    body = """
    print("LOADING", file=sys.stderr, flush=True)
    try:
        while rpc.call("hdr", "report_status", {}):
            eventlet.sleep(0.01)
    finally:
        print("BROKEN OFF", file=sys.stderr, flush=True)
    """.strip()
    with started(tmp_path / "data", "-c", INSTEAD.format(body=body)) as process:
        assert process.stderr is not None
        assert any("LOADING" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=START_SECONDS)[1]

    assert process.returncode == 0, told
    assert told.index("BROKEN OFF") < told.index("Stopped;")
    assert "Traceback" not in told
    assert "error" not in told


def entries_of(folder):
    """How many entries the journal has; 0 while there is none."""
    try:
        with closing(sqlite3.connect(f"file:{folder}/gateway.db?mode=ro", uri=True)) as database:
            return database.execute("SELECT count(*) FROM journal").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def has_entries(folder, count):
    return entries_of(folder) >= count


def test_ended_while_it_loads_the_demonstration_it_goes_on_at_the_next_start(tmp_path):
    folder = tmp_path / "data"
    before = 0
    for _start in range(2):
        with started(folder, "-m", "platform_cli.embedded") as process:
            eventually(
                partial(has_entries, folder, before + 40),
                "the demonstration to go on",
                START_SECONDS,
            )
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            told = process.communicate(timeout=START_SECONDS)[1]
        assert process.returncode == 0, told
        assert "Traceback" not in told
        assert "error" not in told
        assert entries_of(folder) >= before + 40
        before = entries_of(folder)

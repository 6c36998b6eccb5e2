"""``ore up --distributed`` as it is given at a terminal."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from platform_cli.registry import PROCESSES
from tests import servers as real
from tests.story.processes import answers, free_port, log_shown_on_failure, ore, surroundings
from tests.story.steps import eventually

pytestmark = [pytest.mark.story, pytest.mark.integration]
START_SECONDS = 90
NOBODY = "postgresql://ore:secret-of-nobody@127.0.0.1:1/ore"
UNREACHABLE = {
    "ORE_BROKER_URL": "amqp://ore:secret-of-nobody@127.0.0.1:1//",
    **{
        f"ORE_{name}_DATABASE_URL": NOBODY
        for name in ("RECRUITMENT", "ADVISORY", "HDR", "MONITORING", "GATEWAY")
    },
}


@pytest.fixture
def environment():
    with real.an_environment(real.find(without=("chromium",)), "up") as made:
        yield made


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_who_opens_the_address_when_it_is_told_sees_a_page(environment, tmp_path):
    port = free_port()
    log = tmp_path / "up.log"
    with log.open("wb") as output, log_shown_on_failure(log):
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "platform_cli.main", "up", "--distributed", "--no-demo"),
                *("--port", str(port)),
            ],
            env=surroundings(environment),
            stdout=output,
            stderr=output,
        )
        try:
            eventually(
                lambda: process.poll() is not None or "The platform is running" in log.read_text(),
                "the platform to run",
                START_SECONDS,
            )
            assert process.poll() is None
            assert answers(f"http://127.0.0.1:{port}", "/")
            started = children_of(process.pid)
            assert len(started) == len(PROCESSES)

            process.send_signal(signal.SIGINT)

            assert process.wait(timeout=60) == 0
            assert not [pid for pid in started if is_alive(pid)]
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


def test_a_taken_port_is_told_before_anything_starts():
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        code, told = ore("up", "--distributed", "--port", str(port), environment=UNREACHABLE)

    assert code == 1
    assert f"Port {port} on 127.0.0.1 is taken" in told


@pytest.mark.parametrize(
    "command",
    [
        ("up", "--distributed", "--port", "{port}"),
        ("migrate", "hdr"),
        ("parked", "list"),
        ("reconcile", "hdr"),
        ("feed", "hdr"),
        ("demo",),
        ("backup", "{tmp_path}/copy"),
    ],
    ids=" ".join,
)
def test_servers_that_cannot_be_reached_are_told_of_in_a_sentence(command, tmp_path):
    port = free_port()
    arguments = [part.format(tmp_path=tmp_path, port=port) for part in command]

    code, told = ore(*arguments, environment=UNREACHABLE)

    assert code == 1
    assert "error:" in told
    assert "ore doctor" in told
    assert "Traceback" not in told
    assert "secret-of-nobody" not in told

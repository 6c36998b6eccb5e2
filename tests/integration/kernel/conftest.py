"""The sample services as real nameko processes on real servers."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.rpc import RpcClient, ServiceUnavailableError
from tests import servers as real
from tests.samples.parts import LEDGER, MIRROR

DEADLINE_SECONDS = 30.0


def eventually(condition, what="it to hold", deadline_seconds=DEADLINE_SECONDS):
    """Ask again and again until the condition gives something true; its value."""
    deadline = time.monotonic() + deadline_seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    pytest.fail(f"waited {deadline_seconds:g} s in vain for {what}")


def a_prepared_database(url, component):
    """A sample service's database with its tables."""
    database = Database(url)
    with database.transaction() as connection:
        schema.create_v1(connection)
        component.metadata.create_all(connection)
    return database


@pytest.fixture
def ledger(postgres_url):
    application = LEDGER.build(a_prepared_database(postgres_url, LEDGER))
    yield application
    application.close()


class SampleProcesses:
    """Starts and ends the sample services; each a process of its own."""

    def __init__(self, urls, amqp_url, log_folder: Path):
        self.urls = urls
        self.amqp_url = amqp_url
        self.log_folder = log_folder
        self.running = {}
        self.rpc = RpcClient(amqp_url, timeout_seconds=DEADLINE_SECONDS)

    def start(self, name):
        settings = {"service": name, "database": self.urls[name], "broker": self.amqp_url}
        with (self.log_folder / f"{name}.log").open("a") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.samples.serving", json.dumps(settings)],
                env={**os.environ, "PYTHONPATH": str(Path.cwd())},
                stdout=log,
                stderr=log,
            )
        eventually(lambda: self._answers(name), f"{name} to answer")

    def _answers(self, name):
        assert self.running[name].poll() is None, (self.log_folder / f"{name}.log").read_text()
        try:
            return self.rpc.call(name, "report_status", {}, timeout_seconds=1.0)
        except ServiceUnavailableError:
            return None

    def kill(self, name):
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def stop(self, name):
        process = self.running.pop(name)
        process.terminate()
        return process.wait(timeout=DEADLINE_SECONDS)


@pytest.fixture
def samples(servers, amqp_url, tmp_path):
    with (
        real.a_postgres_database(servers) as ledger_url,
        real.a_postgres_database(servers) as mirror_url,
    ):
        for url, component in ((ledger_url, LEDGER), (mirror_url, MIRROR)):
            a_prepared_database(url, component).close()
        processes = SampleProcesses(
            {"ledger": ledger_url, "mirror": mirror_url}, amqp_url, tmp_path
        )
        yield processes
        for name in list(processes.running):
            processes.kill(name)
        processes.rpc.close()

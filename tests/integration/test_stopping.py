"""A service ends when it is told to, also when its servers are not there any more."""

import os
import signal
import subprocess
import sys

import pytest

from shared.kernel.rpc import RpcClient, ServiceUnavailableError
from tests import servers as real
from tests.architecture.tree import ROOT
from tests.faults.proxy import Proxy, at_port
from tests.integration.kernel.conftest import eventually

pytestmark = pytest.mark.integration
START_SECONDS = 60.0
STOP_SECONDS = 4
ENDED_WITHIN_SECONDS = 40.0
"""Far more than it takes; without a limit of its own the process would stay for ever."""


@pytest.fixture
def environment(servers):
    with real.an_environment(servers, "stopping", ["monitoring"]) as made:
        yield made


def wait_until_it_answers(broker_url, process):
    rpc = RpcClient(broker_url, timeout_seconds=2)

    def answers():
        assert process.poll() is None, "it ended by itself"
        try:
            return rpc.call("monitoring", "report_status", {})
        except ServiceUnavailableError:
            return None

    eventually(answers, "the service to answer", START_SECONDS)
    rpc.close()


@pytest.mark.parametrize("vanished", ["nothing", "broker", "database"])
def test_a_service_ends_when_it_is_told_to(environment, vanished, tmp_path):
    broker_url = environment["ORE_BROKER_URL"]
    database_url = environment["ORE_MONITORING_DATABASE_URL"]
    with Proxy.before(broker_url) as broker, Proxy.before(database_url) as database:
        variables = {
            **os.environ,
            **environment,
            "ORE_BROKER_URL": at_port(broker_url, broker.port),
            "ORE_MONITORING_DATABASE_URL": at_port(database_url, database.port),
            "ORE_STOP_SECONDS": str(STOP_SECONDS),
            "PYTHONPATH": str(ROOT),
        }
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "platform_cli.serving", "monitoring"],
                env=variables,
                stdout=log,
                stderr=log,
            )
        try:
            wait_until_it_answers(broker_url, process)
            if vanished == "broker":
                broker.stall()
            if vanished == "database":
                database.stall()

            process.send_signal(signal.SIGTERM)

            code = process.wait(timeout=ENDED_WITHIN_SECONDS)
        finally:
            process.kill()
            process.wait()
    told = (tmp_path / "log").read_text()
    if vanished == "nothing":
        assert (code, "service_stopped" in told) == (0, True)
    assert "service_stopped" in told or "service_stop_overdue" in told

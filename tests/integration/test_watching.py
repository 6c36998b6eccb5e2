"""The health and metrics port of a process, in threads and beside eventlet's hub."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from platform_cli.watching import Watched, watch
from shared.kernel.metrics import Figures
from shared.kernel.settings import SettingsError

pytestmark = pytest.mark.integration


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def figures():
    found = Figures()
    found.add("ore_relay_position", "x", 5, service="ledger")
    return found


def test_a_process_tells_that_it_lives_is_ready_and_how_far_it_is():
    state = {"is_ready": True}
    port = watch(
        Watched(lambda: (state["is_ready"], {"service": "ledger"}), figures),
        {"ORE_METRICS_PORT": "0"},
    )

    assert get(port, "/health/live") == (200, '{"status":"alive"}')
    assert get(port, "/health/ready") == (200, '{"status":"ready","service":"ledger"}')
    assert 'ore_relay_position{service="ledger"} 5.0' in get(port, "/metrics")[1]
    assert get(port, "/else")[0] == 404
    state["is_ready"] = False
    assert get(port, "/health/ready")[0] == 503


def test_an_error_while_looking_is_told_as_unavailable_without_its_text():
    def broken():
        raise RuntimeError("postgresql://secret@host")

    port = watch(Watched(broken, figures), {"ORE_METRICS_PORT": "0"})

    assert get(port, "/health/ready") == (503, "unavailable\n")
    assert get(port, "/health/live")[0] == 200


def test_without_a_port_nothing_is_served():
    assert watch(Watched(lambda: (True, {}), figures), {}) is None


def test_a_port_that_is_taken_stops_the_start_with_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        with pytest.raises(SettingsError, match=r"^ORE_METRICS_PORT: cannot listen on 127"):
            watch(Watched(lambda: (True, {}), figures), {"ORE_METRICS_PORT": number})


UNDER_EVENTLET = """
import warnings
warnings.simplefilter("ignore")
import eventlet
eventlet.monkey_patch()
import json, socket, time
from platform_cli.watching import Watched, watch
from shared.kernel.metrics import Figures

def slow():
    eventlet.sleep(1.0)
    return True, {}

port = watch(Watched(slow, Figures), {"ORE_METRICS_PORT": "0"})
idle = socket.create_connection(("127.0.0.1", port))   # connects, and says nothing
asked = socket.create_connection(("127.0.0.1", port))
asked.sendall(b"GET /health/ready HTTP/1.0\\r\\n\\r\\n")
answer, longest, last = [], 0.0, time.monotonic()
eventlet.spawn(lambda: answer.append(asked.recv(100)))
while not answer:
    eventlet.sleep(0.01)
    now = time.monotonic()
    longest, last = max(longest, now - last), now
print(json.dumps({"longest": longest, "answer": answer[0].decode()[:15]}))
"""


def test_neither_a_slow_look_nor_a_silent_client_holds_up_eventlets_hub():
    run = subprocess.run(
        [sys.executable, "-c", UNDER_EVENTLET], capture_output=True, timeout=60, check=True
    )

    told = json.loads(run.stdout)
    assert told["answer"] == "HTTP/1.0 200 OK"
    assert told["longest"] < 0.5

"""Prometheus with our files beside the running platform: who is asked, what rules and panels say.

Prometheus and its two exporters are Debian's where their stock images cannot be had. Grafana is
not packed by Debian: of it the files alone are tested (tests/deploy/test_observability.py).
"""

import json
import subprocess
from collections import Counter

import pytest
import urllib3
import yaml  # type: ignore[import-untyped]

from tests.containers.compose import ENVIRONMENT, ROOT, address, compose, containers_of, docker
from tests.story.steps import eventually

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]
FOLDER = ROOT / "deploy" / "observability"
OVERLAY = "docker-compose.yml:deploy/observability/compose.observability.yml"
STAND_INS = "tests/containers/watchers/compose.yml"
WATCHERS = ("prometheus", "blackbox", "node")
PROMETHEUS = "http://127.0.0.1:9090"
WATCHED = ("recruitment", "advisory", "hdr", "monitoring", "projector")


def has_stock_images():
    """Whether the images that the overlay names are here, or can be had."""
    pulled = subprocess.run(
        ["docker", "compose", "pull", "--quiet", *WATCHERS],
        cwd=ROOT, env=ENVIRONMENT, check=False, capture_output=True, timeout=180,
    )  # fmt: skip
    return pulled.returncode == 0


@pytest.fixture(scope="module")
def prometheus(platform):
    """Prometheus and what it asks beside the platform."""
    patch = pytest.MonkeyPatch()
    patch.setitem(ENVIRONMENT, "COMPOSE_FILE", OVERLAY)
    if not has_stock_images():
        patch.setitem(ENVIRONMENT, "COMPOSE_FILE", f"{OVERLAY}:{STAND_INS}")
        compose("build", "--quiet", "prometheus", seconds=300)
    try:
        compose("up", "--detach", "--no-deps", *WATCHERS)
        eventually(is_ready, "Prometheus to be ready", 60.0)
        yield
    finally:
        compose("rm", "--stop", "--force", *WATCHERS)
        project = ENVIRONMENT["COMPOSE_PROJECT_NAME"]
        docker("volume", "rm", f"{project}_prometheus")
        docker("network", "rm", f"{project}_watch")
        patch.undo()


def is_ready():
    try:
        return urllib3.request("GET", f"{PROMETHEUS}/-/ready", retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def ask(path, **query):
    response = urllib3.request("GET", f"{PROMETHEUS}/api/v1/{path}", fields=query, timeout=10.0)
    answer = json.loads(response.data)
    assert answer["status"] == "success", answer
    return answer["data"]


def test_every_replica_of_everything_is_asked_and_answers(prometheus):
    expected = {
        "services": sum(len(containers_of(name)) for name in WATCHED),
        "gateway": len(containers_of("gateway")),
        **dict.fromkeys(("rabbitmq", "node", "certificate"), 1),
    }

    def answering():
        found = ask("targets", state="active")["activeTargets"]
        up = Counter(one["labels"]["job"] for one in found if one["health"] == "up")
        return found if up == expected == Counter(one["labels"]["job"] for one in found) else None

    eventually(answering, f"{expected} to answer", 90.0)


def test_every_alert_is_loaded_and_can_be_evaluated(prometheus):
    written = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"]
    names = [rule["alert"] for group in written for rule in group["rules"]]

    def evaluated():
        rules = [rule for group in ask("rules")["groups"] for rule in group["rules"]]
        return rules if {rule["health"] for rule in rules} <= {"ok", "err"} else None

    rules = eventually(evaluated, "every rule to be evaluated", 60.0)
    assert [rule["name"] for rule in rules] == names
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}


@pytest.fixture(scope="module")
def visited(prometheus):
    """Somebody looks at pages and an event is recorded, so that there is something to draw."""
    for path in ("/", "/health/ready", "/api/v1/editions"):
        urllib3.request("GET", f"{address()}{path}", timeout=30.0)


BOARD = json.loads((FOLDER / "grafana" / "dashboards" / "ore.json").read_text("utf-8"))


@pytest.mark.parametrize("panel", BOARD["panels"], ids=lambda panel: panel["title"])
def test_a_panel_has_something_to_draw(panel, visited):
    (target,) = panel["targets"]

    drawn = eventually(
        lambda: ask("query", query=target["expr"])["result"], f"values of {target['expr']}", 90.0
    )

    assert all(len(series["value"]) == 2 for series in drawn)

"""Alerts and dashboard speak of figures that exist, and each alert of something to do."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from typer.main import get_command

from deploy import secret_files
from deploy.local.debian import PACKAGES, install_packages
from platform_cli.main import app

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "observability"
NAME = re.compile(r"\b(?:ore|node|probe)_[a-z_]+")
FOREIGN = {
    "node_filesystem_avail_bytes",  # node exporter
    "node_filesystem_size_bytes",
    "probe_ssl_earliest_cert_expiry",  # blackbox exporter
}
SUFFIXES = ("_total", "_bucket", "_sum", "_count")


def exported() -> set[str]:
    """Names in the code, and what the client library makes of counters and histograms."""
    names: set[str] = set()
    for folder in ("shared", "services", "platform_cli"):
        for path in (ROOT / folder).rglob("*.py"):
            source = path.read_text("utf-8")
            names |= set(re.findall(r'"(ore_[a-z_]+)"', source))
            for ending in re.findall(r'f"ore_\{who\}_([a-z_]+)"', source):
                names |= {f"ore_{who}_{ending}" for who in ("relay", "subscription", "view")}
    return names | {name + suffix for name in names for suffix in SUFFIXES}


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[str]:
    board = json.loads((FOLDER / "grafana/dashboards/ore.json").read_text("utf-8"))
    panels = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(panels) == len(board["panels"])
    return panels + [rule["expr"] for rule in alerts()]


def sections() -> dict[str, str]:
    parts = re.split(r"^## ", (ROOT / "docs/runbook.md").read_text("utf-8"), flags=re.MULTILINE)
    return {head: body for head, _, body in (part.partition("\n") for part in parts[1:])}


def promtool(*arguments: str) -> None:
    if shutil.which("promtool") is None:
        install_packages(PACKAGES["prometheus"])
    done = subprocess.run(
        ["promtool", *arguments], check=False, cwd=FOLDER, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_fire_when_they_should_and_only_then() -> None:
    promtool("test", "rules", "alerts.test.yml")


def test_prometheus_accepts_its_configuration() -> None:
    promtool("check", "config", "prometheus.yml")


def test_every_alert_is_expected_to_fire_in_a_test() -> None:
    tested = (FOLDER / "alerts.test.yml").read_text("utf-8")

    assert [a["alert"] for a in alerts() if f'alertname="{a["alert"]}"' not in tested] == []


def test_alerts_and_panels_use_only_figures_that_are_exported() -> None:
    used = {name for text in expressions() for name in NAME.findall(text)}

    assert used - exported() - FOREIGN == set()


def test_every_alert_has_its_section_in_the_runbook_and_no_section_is_left_over() -> None:
    assert list(sections()) == [alert["alert"] for alert in alerts()]
    for alert in alerts():
        assert alert["annotations"]["runbook"] == f"docs/runbook.md#{alert['alert'].lower()}"


def test_every_section_names_a_command_that_exists() -> None:
    for head, body in sections().items():
        commands = re.findall(r"`ore ([a-z -]+)`", body)
        assert commands, head
        for command in commands:
            known: Any = get_command(app)
            for word in command.split():
                known = known.commands.get(word)
                assert known is not None, f"{head}: ore {command}"


def read(name: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def whole() -> dict[str, Any]:
    """The components with and without the overlay."""
    overlay = read("deploy/observability/compose.observability.yml")["services"]
    return read("docker-compose.yml")["services"] | overlay


def test_every_target_is_a_component_at_the_port_where_it_answers() -> None:
    """The certificate's address is the installation's own."""
    asked: dict[str, str] = {}
    for job in read("deploy/observability/prometheus.yml")["scrape_configs"]:
        for found in job.get("dns_sd_configs", []):
            asked |= dict.fromkeys(found["names"], str(found["port"]))
        for static in job.get("static_configs", []):
            targets = [t for t in static["targets"] if not t.startswith("https:")]
            asked |= dict(target.split(":") for target in targets)

    ports = {"rabbitmq": "15692", "node": "9100"}
    for name, component in whole().items():
        environment = component.get("environment", {})
        if "ORE_METRICS_PORT" in environment:
            assert environment["ORE_METRICS_HOST"] == "0.0.0.0"
            ports[name] = environment["ORE_METRICS_PORT"]
        elif "ORE_GATEWAY_BIND" in environment:
            ports[name] = environment["ORE_GATEWAY_BIND"].partition(":")[2]
    assert asked == ports


def test_prometheus_is_in_a_network_of_every_target() -> None:
    components = whole()
    seen = set(components["prometheus"]["networks"])

    for name in ("recruitment", "advisory", "hdr", "monitoring", "projector", "gateway", "node",
                 "rabbitmq", "blackbox", "grafana"):  # fmt: skip
        assert seen & set(components[name]["networks"]), name


def test_the_overlays_secrets_are_made_with_the_others() -> None:
    overlay = read("deploy/observability/compose.observability.yml")
    made = secret_files.make()

    for name, place in overlay["secrets"].items():
        assert place["file"] == f"./secrets/{name}"
        assert len(made[name]) >= 32


def test_grafana_reads_the_source_and_the_folder_that_are_provisioned() -> None:
    base = FOLDER / "grafana"
    source = yaml.safe_load((base / "provisioning/datasources/prometheus.yml").read_text("utf-8"))
    board = json.loads((base / "dashboards/ore.json").read_text("utf-8"))

    used = {panel["datasource"]["uid"] for panel in board["panels"]}

    assert used == {entry["uid"] for entry in source["datasources"]}


def test_the_dashboard_has_the_form_that_grafana_reads() -> None:
    """Grafana is in no package that the tests can start: its files are held to what it asks for."""
    board = json.loads((FOLDER / "grafana/dashboards/ore.json").read_text("utf-8"))
    assert {"uid", "title", "schemaVersion", "time", "refresh", "panels"} <= board.keys()
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])

    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24, panel["title"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, f"{panel['title']} lies over another panel"
        taken |= cells
        assert panel["type"] == "timeseries"
        assert panel["datasource"]["type"] == "prometheus"
        assert [target["refId"] for target in panel["targets"]] == ["A"]


def test_grafana_finds_what_is_provisioned_where_the_overlay_puts_it() -> None:
    grafana = read("deploy/observability/compose.observability.yml")["services"]["grafana"]
    mounts = dict(volume.split(":")[:2] for volume in grafana["volumes"])
    provider = yaml.safe_load(
        (FOLDER / "grafana/provisioning/dashboards/ore.yml").read_text("utf-8")
    )["providers"][0]

    assert mounts["./deploy/observability/grafana/provisioning"] == "/etc/grafana/provisioning"
    assert mounts["./deploy/observability/grafana/dashboards"] == provider["options"]["path"]

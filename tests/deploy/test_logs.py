"""A server's log holds nothing that people wrote: no refused statement, no key that clashed."""

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.deploy.test_kubernetes import OVERLAYS, of_kind

ROOT = Path(__file__).resolve().parents[2]
SILENT = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}


def command(path: str, server: str) -> set[str]:
    found: list[str] = yaml.safe_load((ROOT / path).read_text("utf-8"))["services"][server][
        "command"
    ]
    return set(found)


@pytest.mark.parametrize(
    ("path", "server"),
    [
        ("docker-compose.yml", "postgres"),
        ("deploy/compose.ha.yml", "postgres"),
        ("deploy/compose.ha.yml", "postgres-2"),
    ],
)
def test_a_server_of_compose_logs_no_statement(path: str, server: str) -> None:
    assert {f"--{name}={value}" for name, value in SILENT.items()} <= command(path, server)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_server_on_a_cluster_logs_no_statement(overlay: str) -> None:
    (server,) = of_kind(overlay, "Cluster")

    assert SILENT.items() <= server["spec"]["postgresql"]["parameters"].items()

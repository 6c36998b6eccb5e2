"""The overlay for two of everything: what its files must say, without an engine."""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]


def services(path: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / path).read_text("utf-8"))["services"]
    return found


def test_whoever_asks_for_a_database_gives_a_lost_servers_name_up_soon() -> None:
    """The resolver's own patience, 10 s, is that of a caller: every connection would take it."""
    overlay = services("deploy/compose.ha.yml")
    asking = {
        name
        for name, service in services("docker-compose.yml").items()
        if any(str(secret).endswith(("database-url", "migration-url"))
               for secret in service.get("secrets", ()))
    }  # fmt: skip

    assert len(asking) == 12
    for name in asking:
        assert overlay[name]["dns_opt"] == ["timeout:1", "attempts:1"], name

"""Prints the figures of the main job, and what they come to against its peers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

TARGETS = {
    "HTTP command p50 (answered at once) / echo p50": 3.0,
    "command to view p50 / round trip p50": 20.0,
    "command to view p99 / round trip p99": 100.0,
}
ROWS: tuple[tuple[str, Callable[[dict[str, Any]], Any]], ...] = (
    ("commands", lambda f: f["commands"]),
    ("seconds", lambda f: f["seconds"]),
    ("commands/s", lambda f: f["commands_per_second"]),
    ("command p50, ms", lambda f: f["command"]["p50_ms"]),
    ("command p99, ms", lambda f: f["command"]["p99_ms"]),
    ("one client: command p50, ms", lambda f: f["http_command"]["p50_ms"]),
    ("one client: command p99, ms", lambda f: f["http_command"]["p99_ms"]),
    ("… not waiting for the views p50, ms", lambda f: f["http_command_unwaited"]["p50_ms"]),
    ("… of it in the service (RPC) p50, ms", lambda f: f["rpc_command"]["p50_ms"]),
    ("command to view p50, ms", lambda f: f["command_to_view"]["p50_ms"]),
    ("command to view p99, ms", lambda f: f["command_to_view"]["p99_ms"]),
    ("processor time of a command, ms", lambda f: sum(f["http_command"]["cpu_ms"].values())),
    ("memory, MiB", lambda f: sum(f["memory_mib"].values())),
    ("idle: share of a core", lambda f: f["idle_after"]["cpu_share"]),
    ("idle: memory, MiB", lambda f: f["idle_after"]["memory_mib"]),
)


def ratios(result: dict[str, Any]) -> dict[str, float]:
    """Figures of the distributed platform against its peers'; no unit, two decimals."""
    platform, peers = result["distributed"], result["peers"]
    delay, trip = platform["command_to_view"], peers["kombu_round_trip"]
    echo = peers["nameko_echo"]["p50_ms"]
    found = {
        "HTTP command p50 (answered at once) / echo p50": platform["http_command_unwaited"][
            "p50_ms"
        ]
        / echo,
        "… answered when every view shows it": platform["http_command"]["p50_ms"] / echo,
        "command to view p50 / round trip p50": delay["p50_ms"] / trip["p50_ms"],
        "command to view p99 / round trip p99": delay["p99_ms"] / trip["p99_ms"],
    }
    return {name: round(value, 2) for name, value in found.items()}


def show(result: dict[str, Any], console: Console) -> None:
    """Print the figures."""
    machine = Table("machine", "", show_header=False)
    for name, value in result["machine"].items():
        machine.add_row(name, value)
    console.print(machine)
    kinds = [kind for kind in ("embedded", "distributed") if kind in result]
    table = Table(f"{result['size']['jst']} JST, {result['threads']} clients", *kinds)
    for name, read in ROWS:
        table.add_row(name, *(_told(read, result[kind]) for kind in kinds))
    console.print(table)
    if "distributed" not in result:
        return
    console.print("memory by process, MiB:", result["distributed"]["memory_mib"])
    console.print("peers:", result["peers"])
    compared = Table("against the bare peers", "ratio", "target")
    for name, value in result["ratios"].items():
        target = TARGETS.get(name)
        colour = "default" if target is None else "green" if value <= target else "red"
        limit = "" if target is None else f"at most {target:g}"
        compared.add_row(name, f"[{colour}]{value}[/{colour}]", limit)
    console.print(compared)


def _told(read: Callable[[dict[str, Any]], Any], figures: dict[str, Any]) -> str:
    try:
        return f"{read(figures):g}"
    except KeyError:
        return "–"

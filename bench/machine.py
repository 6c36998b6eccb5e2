"""What was measured on: the machine, its servers, and what a process takes of it."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from deploy.local.databases import ask_management
from tests.servers import Servers

TICKS = os.sysconf("SC_CLK_TCK")
KIB_PER_MIB = 1024


def facts(servers: Servers) -> dict[str, str]:
    """The machine and the versions of what ran on it."""
    connection = psycopg2.connect(servers.postgres_url)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = str(cursor.fetchone()[0])  # type: ignore[index]
    connection.close()
    overview = ask_management(servers.management_url, "GET", "/api/overview")
    return {
        "cpu": _line("/proc/cpuinfo", "model name"),
        "cores": str(os.cpu_count()),
        "memory": f"{int(_line('/proc/meminfo', 'MemTotal').split()[0]) / KIB_PER_MIB**2:.1f} GiB",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": postgres,
        "rabbitmq": str(overview["rabbitmq_version"]),
    }


def _line(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def memory_mib(pid: int) -> float:
    """Resident memory of a process and its children, MiB; shared pages count in each."""
    return sum(_resident_kib(one) for one in family(pid)) / KIB_PER_MIB


def _resident_kib(pid: int) -> int:
    return int(_line(f"/proc/{pid}/status", "VmRSS").split()[0])


def family(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def cpu_share(pid: int, seconds: float) -> float:
    """Processor time that a process uses while nobody asks it, as a share of one core."""
    before = cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / seconds


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and its children have used."""
    return sum(_own_cpu_seconds(one) for one in family(pid))


def _own_cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS

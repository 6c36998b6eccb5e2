"""The compose project as its operators use it: `docker compose` on this checkout's files."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import urllib3

ROOT = Path(__file__).parents[2]
SECRETS = ROOT / "secrets"
PROCESSES = ("recruitment", "advisory", "hdr", "monitoring", "projector", "gateway", "front")
SERVERS = ("postgres", "rabbitmq")
IMAGES = ("recruitment", "advisory", "hdr", "monitoring", "gateway")
BASE_IMAGE = "python:3.13-slim"
UP_SECONDS = 240
RESULTS = ROOT / "test-results"
LOG = RESULTS / "containers.log"
FIGURES = ROOT / os.environ.get("FIGURES", "test-results/containers.json")
WATCHED_PORT = 9100
ENVIRONMENT = {
    **os.environ,
    "COMPOSE_PROJECT_NAME": "ore-test",
    "ORE_VERSION": "test",
    "ORE_PUBLISH": "127.0.0.1:8100",
    "ORE_ALLOW_BACKDATING": "yes",
    "ORE_INSECURE_COOKIES": "yes",
    "ORE_LOG_LEVEL": "INFO",
}


def compose(*arguments: str, seconds: float = UP_SECONDS) -> str:
    """Run `docker compose`; what it printed on standard output."""
    return _run("docker", "compose", *arguments, seconds=seconds)


def docker(*arguments: str, seconds: float = 90) -> str:
    """Run `docker`; what it printed on standard output."""
    return _run("docker", *arguments, seconds=seconds)


def _run(*command: str, seconds: float) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def containers_of(service: str) -> list[str]:
    """The ids of a service's running containers."""
    return compose("ps", "--quiet", service).split()


def inspect(container: str) -> dict:
    """What the engine knows of a container."""
    return json.loads(docker("inspect", container))[0]


def address() -> str:
    """Where the platform is reached, however many gateways there are."""
    return f"http://{ENVIRONMENT['ORE_PUBLISH']}"


def from_here(url: str) -> str:
    """A URL inside the project with an address that this machine reaches."""
    parts = urlsplit(url)
    (container,) = containers_of(str(parts.hostname))
    (network,) = inspect(container)["NetworkSettings"]["Networks"].values()
    place = parts.netloc.replace(f"@{parts.hostname}:", f"@{network['IPAddress']}:")
    return urlunsplit(parts._replace(netloc=place))


def secret(name: str) -> str:
    """What a secret's file holds."""
    return (SECRETS / name).read_text().strip()


def health(container: str) -> dict:
    """What a process tells of itself at the port that its health check asks."""
    return _watched(container, "/health/ready").json()


def metrics(container: str) -> str:
    """A process's figures as Prometheus reads them."""
    return _watched(container, "/metrics").data.decode()


def _watched(container: str, path: str) -> urllib3.BaseHTTPResponse:
    (network, *_) = inspect(container)["NetworkSettings"]["Networks"].values()
    address = f"http://{network['IPAddress']}:{WATCHED_PORT}{path}"
    return urllib3.request("GET", address, retries=False, timeout=10.0)


def log_lines(container: str) -> list[dict]:
    """What a process of ours wrote to its log."""
    done = subprocess.run(
        ["docker", "logs", container], capture_output=True, text=True, check=True, timeout=60
    )
    lines = (done.stdout + done.stderr).splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def memory() -> dict[str, int]:
    """MB of memory of each service's containers, all its replicas together."""
    template = "{{.Name}} {{.MemUsage}}"
    mine = compose("ps", "--quiet").split()
    used: dict[str, int] = {}
    for row in docker("stats", "--no-stream", "--format", template, *mine).splitlines():
        name, usage, *_ = row.split()
        service = name.removeprefix(f"{ENVIRONMENT['COMPOSE_PROJECT_NAME']}-").rpartition("-")[0]
        measured = re.fullmatch(r"([0-9.]+)([KMG])iB", usage)
        if measured is None:  # "0B" or "--": it is being started anew at this moment
            continue
        number, unit = measured.groups()
        megabytes = float(number) * {"K": 1 / 1024, "M": 1, "G": 1024}[unit]
        used[service] = used.get(service, 0) + round(megabytes)
    return used


def processor_seconds() -> dict[str, float]:
    """Of each service's containers since they started, all its replicas together."""
    used: dict[str, float] = {}
    for service in compose("ps", "--services").split():
        counts = [_processor_seconds(container) for container in containers_of(service)]
        used[service] = sum(counts)
    return used


def _processor_seconds(container: str) -> float:
    for place, unit in (("cpu.stat", 1e6), ("cpuacct/cpuacct.usage", 1e9)):
        asked = ["docker", "exec", container, "cat", f"/sys/fs/cgroup/{place}"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
        if found := re.match(r"(?:usage_usec )?(\d+)", told.stdout):
            return int(found[1]) / unit
    raise LookupError(f"{container} has no count of processor time")


def machine() -> dict[str, str]:
    """What was measured on."""
    servers = {
        "postgresql": (SERVERS[0], "postgres", "--version"),
        "rabbitmq": (SERVERS[1], "rabbitmqctl", "version"),
    }
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{total / 2**30:.1f} GiB",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "engine": docker("version", "--format", "{{.Server.Version}}").strip(),
        **{
            name: re.findall(r"\d+\.[\d.]+", compose("exec", "-T", *asked))[0]
            for name, asked in servers.items()
        },
    }


def image_sizes() -> dict[str, int]:
    """MB that each service's image has above the base image."""
    base = _size(BASE_IMAGE)
    return {name: _size(image(name)) - base for name in IMAGES}


def image(name: str) -> str:
    """The image of a service, by its tag."""
    return f"ore-{name}:{ENVIRONMENT['ORE_VERSION']}"


def _size(name: str) -> int:
    return round(int(docker("image", "inspect", "--format", "{{.Size}}", name)) / 1e6)

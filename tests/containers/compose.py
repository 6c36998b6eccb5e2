"""The compose project as its operators use it: `docker compose` on this checkout's files."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).parents[2]
SECRETS = ROOT / "secrets"
PROCESSES = ("recruitment", "advisory", "hdr", "monitoring", "projector", "gateway")
SERVERS = ("postgres", "rabbitmq")
UP_SECONDS = 240
ENVIRONMENT = {
    **os.environ,
    "COMPOSE_PROJECT_NAME": "ore-test",
    "ORE_PUBLISH": "127.0.0.1:8100-8109",
    "ORE_ALLOW_BACKDATING": "yes",
    "ORE_INSECURE_COOKIES": "yes",
    "ORE_LOG_LEVEL": "WARNING",
}


def compose(*arguments: str, seconds: float = UP_SECONDS) -> str:
    """Run `docker compose`; what it printed on standard output."""
    return _run("docker", "compose", *arguments, seconds=seconds)


def docker(*arguments: str) -> str:
    """Run `docker`; what it printed on standard output."""
    return _run("docker", *arguments, seconds=60)


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


def addresses() -> list[str]:
    """Of the gateway's replicas, on this machine."""
    found = []
    for container in containers_of("gateway"):
        (bound,) = inspect(container)["NetworkSettings"]["Ports"]["8000/tcp"]
        found.append(f"http://127.0.0.1:{bound['HostPort']}")
    return sorted(found)


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


def memory() -> dict[str, str]:
    """Memory of each running container, as the engine prints it."""
    rows = docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}").splitlines()
    mine = [row.split(" ", 1) for row in rows if row.startswith("ore-test-")]
    return {name.removeprefix("ore-test-"): usage.split(" /")[0] for name, usage in mine}

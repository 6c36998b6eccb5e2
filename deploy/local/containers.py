"""PostgreSQL and RabbitMQ as containers, where a Docker engine answers."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.local.postgres import START_SECONDS, StopMode, server_version
from deploy.local.processes import InfraError, free_port, make_folder, wait_until
from deploy.local.rabbitmq import START_SECONDS as BROKER_START_SECONDS
from deploy.local.rabbitmq import broker_version

POSTGRES_IMAGE = "postgres:17"
RABBITMQ_IMAGE = "rabbitmq:4.0-management"
PROGRAMS = ("pg_dump", "pg_restore")
PROGRAM = """\
#!/bin/sh
exec docker run --rm -i --network host --user "$(id -u):$(id -g)" \\
    --env PGHOST --env PGPORT --env PGUSER --env PGPASSWORD --env PGDATABASE --env PGOPTIONS \\
    -v "${{TMPDIR:-/tmp}}:${{TMPDIR:-/tmp}}" -v "$PWD:$PWD" -w "$PWD" {image} {name} "$@"
"""
STOP_SIGNALS: dict[StopMode, str] = {
    "smart": "SIGTERM",
    "fast": "SIGINT",
    "immediate": "SIGQUIT",
    "kill": "SIGKILL",
}


def engine_answers() -> bool:
    """Tell whether there is a Docker engine that we may use."""
    if shutil.which("docker") is None:
        return False
    try:
        asked = subprocess.run(["docker", "info"], check=False, capture_output=True, timeout=15)
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


class _Container:
    """One container of a fixed name; its ports and secrets are kept in a folder of ours."""

    def __init__(self, folder: Path, image: str) -> None:
        key = zlib.crc32(str(folder).encode())
        self.folder = folder
        self.image = image
        self.name = f"ore-{folder.name}-{key:08x}"

    def exists(self) -> bool:
        """Tell whether it was ever started, running now or not."""
        return (self.folder / "container.json").is_file()

    def is_running(self) -> bool:
        """Tell whether the container runs now."""
        return _docker("inspect", "-f", "{{.State.Running}}", self.name, check=False) == "true"

    def describe(self) -> str:
        """Say what this is, for the person who reads the test report."""
        return f"container {self.image}"

    def _run(self, ports: Sequence[tuple[int, int]], *options: str, command: Sequence[str]) -> None:
        if self.is_running():
            return
        if _docker("inspect", "-f", "{{.State.Status}}", self.name, check=False):
            _docker("start", self.name)
            return
        published = [part for ours, its in ports for part in ("-p", f"127.0.0.1:{ours}:{its}")]
        _docker("run", "-d", "--name", self.name, *published, *options, self.image, *command)

    def _wait_ready(self, ask: Callable[[], str], seconds: float) -> None:
        def is_ready() -> bool:
            if not self.is_running():
                said = _docker("logs", "--tail", "2", self.name, check=False)
                raise InfraError(f"container {self.name} ended while starting: {said}")
            try:
                ask()
            except InfraError:
                return False
            return True

        wait_until(is_ready, seconds, f"container {self.name} to answer")

    def _signal(self, number: str) -> None:
        if self.is_running():
            _docker("kill", "--signal", number, self.name)
            wait_until(lambda: not self.is_running(), 60, f"container {self.name} to end")

    def _remove(self) -> None:
        # Its anonymous volume goes with it: the next start is on an empty disk.
        _docker("rm", "-f", "-v", self.name, check=False)

    def _settings(self, names: Sequence[str]) -> dict[str, str]:
        file = self.folder / "container.json"
        if file.is_file():
            kept: dict[str, str] = json.loads(file.read_text())
            return kept
        make_folder(self.folder)
        taken: list[int] = []
        for name in names:
            taken.append(free_port(f"{self.folder} {name}", taken))
        chosen = {name: str(port) for name, port in zip(names, taken, strict=True)}
        chosen["password"] = secrets.token_urlsafe(16)
        file.write_text(json.dumps(chosen) + "\n")
        file.chmod(0o600)
        return chosen


class ContainerPostgres(_Container):
    """The same questions and commands as ``PrivatePostgres``."""

    kind = "container"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, POSTGRES_IMAGE)

    @property
    def url(self) -> str:
        """Where the superuser logs in."""
        kept = self._settings(["port"])
        return f"postgresql://postgres:{kept['password']}@127.0.0.1:{kept['port']}/postgres"

    def start(self) -> None:
        """Create or start the container and wait until it answers."""
        kept = self._settings(["port"])
        self._run(
            [(int(kept["port"]), 5432)],
            *("-e", f"POSTGRES_PASSWORD={kept['password']}"),
            command=["postgres", "-c", "max_connections=300"],
        )
        self._wait_ready(lambda: server_version(self.url), START_SECONDS)

    def stop(self, mode: StopMode = "fast") -> None:
        """End the server in the given way; see ``PrivatePostgres.stop``."""
        self._signal(STOP_SIGNALS[mode])

    def restart(self, mode: StopMode = "fast") -> None:
        """Stop in the given way and start again at the same address."""
        self.stop(mode)
        self.start()

    def wipe(self) -> None:
        """Remove the container and its data."""
        self._remove()

    def programs(self) -> Path:
        """A folder with PostgreSQL's programs in the server's version: older ones refuse it."""
        folder = self.folder / "programs"
        make_folder(folder)
        for name in PROGRAMS:
            file = folder / name
            file.write_text(PROGRAM.format(name=name, image=self.image))
            file.chmod(0o700)
        return folder


class ContainerRabbitMQ(_Container):
    """The same questions and commands as ``PrivateRabbitMQ``."""

    kind = "container"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, RABBITMQ_IMAGE)

    @property
    def amqp_url(self) -> str:
        """Where clients log in, at the default vhost."""
        kept = self._settings(["amqp", "management"])
        return f"amqp://ore:{kept['password']}@127.0.0.1:{kept['amqp']}//"

    @property
    def management_url(self) -> str:
        """Where the administrator logs in."""
        kept = self._settings(["amqp", "management"])
        return f"http://ore:{kept['password']}@127.0.0.1:{kept['management']}"

    def start(self) -> None:
        """Create or start the container and wait until it answers."""
        kept = self._settings(["amqp", "management"])
        self._run(
            [(int(kept["amqp"]), 5672), (int(kept["management"]), 15672)],
            # A node's data folder is named after its host: a fixed name finds its data again.
            *("--hostname", "ore"),
            *("-e", "RABBITMQ_DEFAULT_USER=ore"),
            *("-e", f"RABBITMQ_DEFAULT_PASS={kept['password']}"),
            command=[],
        )
        self._wait_ready(
            lambda: broker_version(self.amqp_url, self.management_url), BROKER_START_SECONDS
        )

    def stop(self) -> None:
        """Shut the node down in order."""
        self._signal("SIGTERM")

    def kill(self) -> None:
        """End the node with SIGKILL, as a crash would."""
        self._signal("SIGKILL")

    def restart(self) -> None:
        """Stop in order and start again at the same address."""
        self.stop()
        self.start()

    def wipe(self) -> None:
        """Remove the container and its data; the next start is a new broker at the old address."""
        self._remove()


def _docker(*arguments: str, check: bool = True) -> str:
    # What a container says may come by either way.
    errors = subprocess.STDOUT if arguments[0] == "logs" else subprocess.PIPE
    done = subprocess.run(
        ["docker", *arguments], check=False, stdout=subprocess.PIPE, stderr=errors, text=True
    )
    if check and done.returncode != 0:
        raise InfraError(f"`docker {arguments[0]}` failed: {done.stderr.strip()}")
    return done.stdout.strip()

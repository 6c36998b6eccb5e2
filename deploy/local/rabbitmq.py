"""A private RabbitMQ node with its own epmd, ports and data, beside any other on the machine."""

from __future__ import annotations

import json
import secrets
import shutil
import signal
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from kombu import Connection

from deploy.local.processes import (
    Account,
    InfraError,
    Process,
    clean_environment,
    find_program,
    free_port,
    is_port_free,
    make_folder,
    package_kind,
    server_folder,
    wait_until,
)

START_SECONDS = 120.0
STOP_SECONDS = 60.0
# Not Debian's /usr/sbin/rabbitmq-server: that wrapper insists on the packaged account and folders.
SCRIPTS = "/usr/lib/rabbitmq/bin"
PORT_NAMES = ("amqp", "management", "distribution", "epmd")


def script() -> str | None:
    """Find RabbitMQ's own start script; ``None`` when RabbitMQ is not installed."""
    packaged = Path(SCRIPTS) / "rabbitmq-server"
    return str(packaged) if packaged.exists() else find_program("rabbitmq-server")


def broker_version(amqp_url: str, management_url: str) -> str:
    """Log in at both doors and return the broker's version, such as ``3.10.8``.

    Raises:
        InfraError: No broker there, no access, or the user is no administrator.
    """
    try:
        with Connection(amqp_url, connect_timeout=3) as connection:
            connection.connect()
    except Exception as error:  # kombu's transports raise what they like
        raise InfraError(f"no AMQP access: {error}") from error
    user = management_get(management_url, "whoami")
    if "administrator" not in str(user["tags"]):
        raise InfraError(
            f"the user {user['name']} is no administrator, and the tests create vhosts"
        )
    return str(management_get(management_url, "overview")["rabbitmq_version"])


def management_get(management_url: str, path: str) -> dict[str, object]:
    """Ask the management API for one object."""
    parts = urlsplit(management_url)
    bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "/api/" + path, "", ""))
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, bare, parts.username or "guest", parts.password or "guest")
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPBasicAuthHandler(passwords)
    )
    try:
        with opener.open(bare, timeout=5) as answer:
            found: dict[str, object] = json.load(answer)
    except (OSError, ValueError) as error:
        raise InfraError(f"no access to the management API: {error}") from error
    return found


class PrivateRabbitMQ:
    """One node in one folder. Safe to call again: a running one is left as it is."""

    kind = "private"

    def __init__(self, folder: Path) -> None:
        self.account = Account.unprivileged("rabbitmq")
        self.folder = server_folder(folder, self.account)
        self._epmd_record = self.folder / "epmd.json"
        self._record = self.folder / "process.json"
        self._home = self.folder / "home"

    @property
    def ports(self) -> dict[str, int]:
        """The ports that were chosen at the first start, by ``PORT_NAMES``."""
        chosen: dict[str, int] = json.loads((self.folder / "ports.json").read_text())
        return chosen

    @property
    def amqp_url(self) -> str:
        """Where clients log in, at the default vhost."""
        return f"amqp://guest:guest@127.0.0.1:{self.ports['amqp']}//"

    @property
    def management_url(self) -> str:
        """Where the administrator logs in."""
        return f"http://guest:guest@127.0.0.1:{self.ports['management']}"

    def exists(self) -> bool:
        """Tell whether it was ever started, running now or not."""
        return (self.folder / "ports.json").is_file()

    def is_running(self) -> bool:
        """Tell whether our own node is alive."""
        return Process.load(self._record) is not None

    def start(self) -> None:
        """Create the node at the first time, start it, and wait until it answers."""
        if self.is_running():
            self._wait_ready()
            return
        program, epmd = script(), find_program("epmd", "/usr/lib/erlang/bin")
        if program is None or epmd is None:
            raise InfraError("RabbitMQ is not installed (no rabbitmq-server or no epmd found).")
        make_folder(self.folder)
        self.account.own(self._home)
        self._choose_ports()
        self._write_configuration()
        self._start_epmd(epmd)
        # What it says while starting; its own logs, which grow, are in its home.
        log = self.folder / "start.log"
        log.unlink(missing_ok=True)
        process = self.account.spawn([program], log, self._environment())
        process.save(self._record)
        self._wait_ready(log)

    def stop(self) -> None:
        """Shut the node down in order: messages and definitions stay on disk."""
        self._end(signal.SIGTERM)
        self._end_epmd()

    def kill(self) -> None:
        """End the node with SIGKILL, as a crash would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop in order and start again at the same address."""
        self._end(signal.SIGTERM)
        self.start()

    def wipe(self) -> None:
        """Stop and forget everything on disk but the ports: a new broker at the old address."""
        self.kill()
        self._end_epmd()
        shutil.rmtree(self._home, ignore_errors=True)

    def describe(self) -> str:
        """Say what this is, for the person who reads the test report."""
        return f"{package_kind()}, private node"

    def _end(self, number: signal.Signals) -> None:
        process = Process.load(self._record)
        if process is not None:
            # The start script waits for the node; a group signal reaches both.
            process.signal(number, group=True)
            process.wait_gone(STOP_SECONDS, "RabbitMQ")
            # The script may be gone before the node is; the address must be free for the next one.
            amqp = self.ports["amqp"]
            wait_until(lambda: is_port_free(amqp), STOP_SECONDS, f"port {amqp} to be free again")
        self._record.unlink(missing_ok=True)

    def _start_epmd(self, program: str) -> None:
        # Our own, not the one that erl would start by itself: nobody would know to end that one.
        if Process.load(self._epmd_record) is not None:
            return
        port = str(self.ports["epmd"])
        command = [program, "-address", "127.0.0.1", "-port", port]
        process = self.account.spawn(command, self.folder / "epmd.log", self._environment())
        process.save(self._epmd_record)
        wait_until(
            lambda: process.is_alive() and not is_port_free(self.ports["epmd"]), 10, "epmd to start"
        )

    def _end_epmd(self) -> None:
        process = Process.load(self._epmd_record)
        if process is not None:
            process.signal(signal.SIGTERM)
            process.wait_gone(10, "epmd")
        self._epmd_record.unlink(missing_ok=True)

    def _choose_ports(self) -> None:
        chosen = self.folder / "ports.json"
        epmd_runs = Process.load(self._epmd_record) is not None
        if chosen.is_file() and all(
            is_port_free(port) or (name == "epmd" and epmd_runs)
            for name, port in self.ports.items()
        ):
            return
        self._end_epmd()
        ports: dict[str, int] = {}
        for name in PORT_NAMES:
            ports[name] = free_port(f"{self.folder} {name}", taken=tuple(ports.values()))
        chosen.write_text(json.dumps(ports) + "\n")

    def _write_configuration(self) -> None:
        ports = self.ports
        self._publish(
            "rabbitmq.conf",
            f"listeners.tcp.1 = 127.0.0.1:{ports['amqp']}\n"
            "management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {ports['management']}\n"
            # Tests read queue depths from the management API: fresher than every five seconds.
            "collect_statistics_interval = 1000\n"
            # Quorum queues' log: 512 MiB by default, more than a developer's disk should give.
            "raft.wal_max_size_bytes = 67108864\n"
            "disk_free_limit.absolute = 50MB\n",
        )
        self._publish("enabled_plugins", "[rabbitmq_management].\n")
        self._publish("env.conf", "")  # in place of the machine's own, which may say anything
        cookie = self._home / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text(secrets.token_hex(20))
            self.account.own(cookie)

    def _publish(self, name: str, text: str) -> None:
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o644)

    def _environment(self) -> dict[str, str]:
        ports = self.ports
        name = f"ore{ports['amqp']}@localhost"
        return clean_environment(
            HOME=str(self._home),
            RABBITMQ_NODENAME=name,
            RABBITMQ_MNESIA_BASE=str(self._home / "mnesia"),
            RABBITMQ_LOG_BASE=str(self._home / "log"),
            RABBITMQ_PID_FILE=str(self._home / "node.pid"),
            RABBITMQ_DIST_PORT=str(ports["distribution"]),
            RABBITMQ_CONFIG_FILE=str(self.folder / "rabbitmq"),
            RABBITMQ_CONF_ENV_FILE=str(self.folder / "env.conf"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(self.folder / "enabled_plugins"),
            ERL_EPMD_PORT=str(ports["epmd"]),
            ERL_EPMD_ADDRESS="127.0.0.1",
        )

    def _wait_ready(self, log: Path | None = None) -> None:
        def is_ready() -> bool:
            if not self.is_running():
                tail = log.read_text(errors="replace").split()[-40:] if log else []
                raise InfraError(f"RabbitMQ ended while starting: {' '.join(tail)}")
            # Cheap question first: logging in at a port that nobody serves yet takes kombu long.
            if is_port_free(self.ports["amqp"]):
                return False
            try:
                broker_version(self.amqp_url, self.management_url)
            except InfraError:
                return False
            return True

        wait_until(is_ready, START_SECONDS, f"RabbitMQ at port {self.ports['amqp']} to answer")

"""A private PostgreSQL cluster: own folder, port and account; the machine's own stays untouched."""

from __future__ import annotations

import re
import secrets
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import psycopg2

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

StopMode = Literal["smart", "fast", "immediate", "kill"]
SIGNALS: dict[StopMode, signal.Signals] = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
    "kill": signal.SIGKILL,
}
START_SECONDS = 60.0
STOP_SECONDS = 60.0
LONGEST_SOCKET_FOLDER = 85
"""A Unix socket's path has at most 107 bytes; a longer folder means TCP only."""


def binaries() -> Path | None:
    """Find the folder of PostgreSQL's programs, the newest version first; ``None`` if absent."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0),
        reverse=True,
    )
    if installed:
        return installed[0].parent
    found = find_program("initdb", "/usr/local/bin")
    return Path(found).resolve().parent if found else None


def server_version(url: str) -> str:
    """Log in and return the server's version, such as ``15.18``.

    Raises:
        InfraError: No server there, no access, or the role is not a superuser.
    """
    try:
        connection = psycopg2.connect(url, connect_timeout=3)
    except psycopg2.OperationalError as error:
        raise InfraError(str(error).strip().splitlines()[0]) from error
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), current_setting('is_superuser')"
            )
            version, is_superuser = cursor.fetchone() or ("", "off")
    finally:
        connection.close()
    if is_superuser != "on":
        raise InfraError("the role is not a superuser, and the tests create databases and roles")
    return str(version).split()[0]


class PrivatePostgres:
    """One cluster in one folder. Safe to call again: a running one is left as it is."""

    kind = "private"

    def __init__(self, folder: Path) -> None:
        self.account = Account.unprivileged("postgres")
        self.folder = server_folder(folder, self.account)
        self._record = self.folder / "process.json"
        self._data = self.folder / "data"
        self._sockets = self.folder / "sockets"

    @property
    def port(self) -> int:
        """The port that was chosen at the first start."""
        return int((self.folder / "port").read_text())

    @property
    def url(self) -> str:
        """Where the superuser logs in."""
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"

    def exists(self) -> bool:
        """Tell whether it was ever started, running now or not."""
        return (self.folder / "port").is_file()

    def is_running(self) -> bool:
        """Tell whether our own server process is alive."""
        return Process.load(self._record) is not None

    def start(self) -> None:
        """Create the cluster at the first time, start it, and wait until it answers."""
        if self.is_running():
            self._wait_ready()
            return
        programs = binaries()
        if programs is None:
            raise InfraError("PostgreSQL is not installed (no initdb found).")
        if not (self._data / "PG_VERSION").is_file():
            self._create(programs)
        elif not self._fits(programs):
            # The package was upgraded to another major version: test data is not worth migrating.
            shutil.rmtree(self._data)
            self._create(programs)
        self._choose_port()
        log = self.folder / "server.log"
        process = self.account.spawn(
            [str(programs / "postgres"), "-D", str(self._data), *self._settings()],
            log,
            clean_environment(),
        )
        process.save(self._record)
        self._wait_ready(log)

    def stop(self, mode: StopMode = "fast") -> None:
        """End the server.

        Args:
            mode: PostgreSQL's own shutdown modes, or ``"kill"`` for SIGKILL to the server and,
                with it, to every backend (as if the machine had lost power, but for the disk).
        """
        process = Process.load(self._record)
        if process is not None:
            # A killed postmaster cannot tell its backends, and no new one starts beside them.
            backends = process.children() if mode == "kill" else []
            process.signal(SIGNALS[mode])
            for backend in backends:
                backend.signal(signal.SIGKILL)
            for each in (process, *backends):
                each.wait_gone(STOP_SECONDS, "PostgreSQL")
        self._record.unlink(missing_ok=True)

    def restart(self, mode: StopMode = "fast") -> None:
        """Stop in the given way and start again at the same address."""
        self.stop(mode)
        self.start()

    def wipe(self) -> None:
        """Stop and forget everything, the cluster's data included."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def describe(self) -> str:
        """Say what this is, for the person who reads the test report."""
        return f"{package_kind()}, private cluster"

    def _create(self, programs: Path) -> None:
        make_folder(self.folder)
        self.account.own(self._data)
        self.account.own(self._sockets)
        secret = self.folder / "password"
        secret.write_text(secrets.token_urlsafe(16) + "\n")
        self.account.own(secret)
        try:
            self.account.run(
                [
                    *(str(programs / "initdb"), "-D", str(self._data), "-U", "postgres"),
                    *("-A", "scram-sha-256", f"--pwfile={secret}"),
                    *("-E", "UTF8", "--locale=C.UTF-8"),
                ],
                env=clean_environment(),
            )
        except InfraError:
            shutil.rmtree(self._data, ignore_errors=True)
            raise

    def _fits(self, programs: Path) -> bool:
        created_by = (self._data / "PG_VERSION").read_text().strip()
        server = self.account.run([str(programs / "postgres"), "--version"]).stdout
        return re.search(rf"\b{created_by}(\.|\b)", server) is not None

    def _choose_port(self) -> None:
        chosen = self.folder / "port"
        if not chosen.is_file() or not is_port_free(self.port):
            chosen.write_text(f"{free_port(str(self.folder))}\n")

    def _settings(self) -> Sequence[str]:
        sockets = str(self._sockets)
        values = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": sockets if len(sockets) <= LONGEST_SOCKET_FOLDER else "",
            "max_connections": "300",
            "fsync": "on",  # the fault tests kill it and expect every answered commit
        }
        return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]

    def _wait_ready(self, log: Path | None = None) -> None:
        def is_ready() -> bool:
            if not self.is_running():
                tail = log.read_text(errors="replace").splitlines()[-3:] if log else []
                raise InfraError(f"PostgreSQL ended while starting: {' / '.join(tail)}")
            try:
                server_version(self.url)
            except InfraError:
                return False
            return True

        wait_until(is_ready, START_SECONDS, f"PostgreSQL at port {self.port} to answer")

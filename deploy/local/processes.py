"""Detached processes that are recorded, found again, and ended by their own id only."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PORTS = range(20_000, 32_000)
"""Below the usual range of outgoing connections, so that a restarted server finds its port free."""


class InfraError(Exception):
    """What is missing or went wrong, in one sentence that a developer can act on."""


@dataclass(frozen=True)
class Process:
    """A process by id and birth: ids are reused, births are not."""

    pid: int
    born: str

    @classmethod
    def of(cls, pid: int) -> Process:
        """Return the process that has this id now.

        Raises:
            InfraError: There is none.
        """
        born = _birth(pid)
        if born is None:
            raise InfraError(f"Process {pid} ended at once.")
        return cls(pid, born)

    @classmethod
    def load(cls, record: Path) -> Process | None:
        """Read the recorded process; ``None`` when nothing is recorded or it has ended."""
        if not record.is_file():
            return None
        process = cls(**json.loads(record.read_text()))
        return process if process.is_alive() else None

    def save(self, record: Path) -> None:
        """Write the record that ``load`` reads."""
        record.write_text(json.dumps(asdict(self)) + "\n")

    def is_alive(self) -> bool:
        """Tell whether exactly this process still runs (a zombie does not)."""
        # A test may be the parent: without this its killed child would stay a zombie.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        return _birth(self.pid) == self.born

    def signal(self, number: signal.Signals, *, group: bool = False) -> None:
        """Send a signal to the process, or to its whole group if it leads one."""
        if not self.is_alive():
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number) if group else os.kill(self.pid, number)

    def children(self) -> list[Process]:
        """Return the running processes that it started itself (none where there is no /proc)."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError, InfraError):
                parent = int(entry.read_text().rpartition(")")[2].split()[1])
                if parent == self.pid:
                    found.append(Process.of(int(entry.parent.name)))
        return found

    def wait_gone(self, seconds: float, what: str) -> None:
        """Wait until it has ended; raises ``InfraError`` after the given time."""
        wait_until(lambda: not self.is_alive(), seconds, f"{what} (process {self.pid}) to end")


@dataclass(frozen=True)
class Account:
    """The system account a server runs as; ``None`` in ``name`` means our own."""

    name: str | None = None

    @classmethod
    def unprivileged(cls, preferred: str) -> Account:
        """Choose an account for a server: our own, or a system account when we are root."""
        if os.geteuid() != 0:
            return cls()
        for name in (preferred, "nobody"):
            with contextlib.suppress(KeyError):
                pwd.getpwnam(name)
                return cls(name)
        raise InfraError(
            f"There is neither an account {preferred!r} nor 'nobody' to run a server as."
        )

    def own(self, path: Path) -> None:
        """Create the folder if it is not there (or take the file), for this account alone."""
        if not path.is_file():
            path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o600 if path.is_file() else 0o700)
        if self.name is not None:
            entry = pwd.getpwnam(self.name)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this account may enter the folder (created here) and all those above it."""
        make_folder(folder)
        return self.run(["test", "-x", str(folder)], check=False).returncode == 0

    def run(
        self, command: Sequence[str], *, env: Mapping[str, str] | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a short command as this account and return what it printed."""
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            env=clean_environment() if env is None else env,
            cwd="/",
            stdin=subprocess.DEVNULL,
            user=self._user(),
            group=self._group(),
            extra_groups=self._groups(),
        )
        if check and done.returncode != 0:
            raise InfraError(
                f"`{' '.join(command)}` failed: {(done.stderr or done.stdout).strip()}"
            )
        return done

    def spawn(self, command: Sequence[str], log: Path, env: Mapping[str, str]) -> Process:
        """Start a server as this account, in a session of its own, so that it outlives us."""
        with log.open("ab") as output:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=env,
                cwd="/",
                start_new_session=True,
                user=self._user(),
                group=self._group(),
                extra_groups=self._groups(),
            )
        # Popen must not warn about a child that is meant to go on; Process does the waiting.
        child.returncode = 0
        return Process.of(child.pid)

    # ``None`` for Popen means: as we are.
    def _user(self) -> int | None:
        return None if self.name is None else pwd.getpwnam(self.name).pw_uid

    def _group(self) -> int | None:
        return None if self.name is None else pwd.getpwnam(self.name).pw_gid

    def _groups(self) -> list[int] | None:
        group = self._group()
        if self.name is None or group is None:
            return None
        return os.getgrouplist(self.name, group)


def server_folder(preferred: Path, account: Account) -> Path:
    """Return a folder for a server's data that its account can reach.

    The clone may lie in a private folder (a home, a temporary folder); then the data lies in a
    folder of its own under the system's temporary folder, one per clone.
    """
    make_folder(preferred.parent)
    if account.can_enter(preferred):
        return preferred
    key = zlib.crc32(str(preferred.parent).encode())
    folder = Path(tempfile.gettempdir()) / f"ore-{key:08x}" / preferred.name
    make_folder(folder.parent)
    make_folder(folder)
    return folder


def make_folder(folder: Path) -> None:
    """Create a folder of ours that other accounts may enter, whatever the umask says."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)


def free_port(seed: str, taken: Sequence[int] = ()) -> int:
    """Return a port on which nothing listens; the same seed starts looking at the same place."""
    start = zlib.crc32(seed.encode()) % len(PORTS)
    for step in range(len(PORTS)):
        port = PORTS[(start + step) % len(PORTS)]
        if port not in taken and is_port_free(port):
            return port
    raise InfraError(f"No free port between {PORTS.start} and {PORTS.stop}.")


def is_port_free(port: int) -> bool:
    """Tell whether a server could listen on 127.0.0.1 at this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll the condition until it holds.

    Raises:
        InfraError: It did not hold within the given seconds.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise InfraError(f"Waited {seconds:.0f} s in vain for {what}.")
        time.sleep(0.05)


def clean_environment(**more: str) -> dict[str, str]:
    """Return a small environment for a server: nothing of ours leaks into it."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", **more}


def find_program(name: str, *folders: str) -> str | None:
    """Find a program on the path or in the folders where packages hide it; ``None`` if absent."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *folders]))


def package_kind() -> str:
    """Say whose packages this machine's programs come from."""
    return "Debian packages" if Path("/etc/debian_version").exists() else "installed programs"


def _birth(pid: int) -> str | None:
    if Path("/proc/self/stat").exists():
        try:
            # The name in brackets may hold spaces: what follows it starts with the state.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] in "ZX" else fields[19]
    listing = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return listing.stdout.strip() or None

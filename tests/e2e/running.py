"""The embedded platform as a process of its own, with the demonstration data."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
IS_READY = "Demonstration logins"
"""What the platform prints when the demonstration is loaded; its logins are made last."""
LOADING_SECONDS = 180
STOPPING_SECONDS = 20


class NotStartedError(Exception):
    """The platform did not get ready; the text holds the end of its log."""


@dataclass(frozen=True)
class Platform:
    """A running platform."""

    address: str
    log: Path
    data: Path
    """The folder with its databases."""


@contextmanager
def a_platform(folder: Path, log: Path) -> Iterator[Platform]:
    """Start it with the demonstration data in an empty folder; end it afterwards.

    Raises:
        NotStartedError: It ended, or was not ready in time.
    """
    port = free_port()
    command = [sys.executable, "-m", "platform_cli.embedded", "--data", str(folder)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ORE_")}
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, log)
        yield Platform(f"http://127.0.0.1:{port}", log, folder)
    finally:
        process.terminate()
        try:
            process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + LOADING_SECONDS
    while IS_READY not in (text := log.read_text(errors="replace")):
        if process.poll() is not None:
            raise NotStartedError(f"It ended with code {process.returncode}:\n{text[-5000:]}")
        if time.monotonic() > deadline:
            raise NotStartedError(f"Not ready after {LOADING_SECONDS} s:\n{text[-5000:]}")
        time.sleep(0.2)

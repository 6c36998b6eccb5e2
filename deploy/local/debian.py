"""Debian packages: installed with apt-get where we may, named in one sentence where we may not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from deploy.local.processes import InfraError

PACKAGES = {
    "postgres": ("postgresql",),
    "rabbitmq": ("rabbitmq-server",),
    # promtool, which tests the alert rules, comes with it.
    "prometheus": ("prometheus",),
    # Chromium draws no letters without a font, and its package only recommends some.
    "chromium": ("chromium", "fonts-dejavu-core"),
}
# A run level in which no service starts: the packages' own servers are not ours to start. Where
# systemd starts them all the same, they are left alone; ours have other ports.
ENVIRONMENT = ("RUNLEVEL=1", "DEBIAN_FRONTEND=noninteractive")
PATIENCE = ("-o", "DPkg::Lock::Timeout=300")


def install_packages(packages: Sequence[str]) -> None:
    """Install the packages.

    Raises:
        InfraError: No apt-get, no right to use it, or it failed.
    """
    wanted = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise InfraError(f"this machine has no apt-get; install {wanted} by hand")
    prefix = _as_root()
    if prefix is None:
        raise InfraError(
            f"installing needs root or passwordless sudo; run `sudo apt-get install {wanted}`"
        )
    print(f"Installing Debian packages: {wanted} …", file=sys.stderr, flush=True)
    # A failing update is not the end: the lists at hand may still do.
    _apt([*prefix, "env", *ENVIRONMENT, "apt-get", *PATIENCE, "-q", "update"])
    failure = _apt(
        [
            *(*prefix, "env", *ENVIRONMENT, "apt-get", *PATIENCE),
            *("-q", "-y", "--no-install-recommends", "install", *packages),
        ]
    )
    if failure:
        raise InfraError(f"`apt-get install {wanted}` failed: {failure}")


def _as_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _apt(command: list[str]) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode == 0:
        return ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("E:")]
    return " / ".join(errors) or f"exit code {done.returncode}"

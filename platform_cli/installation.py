"""Which installation a command of this machine speaks to: a folder's files, or the servers."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from platform_cli.configuration import embedded_environment
from platform_cli.troubles import CommandError
from shared.kernel.settings import given


def is_distributed() -> bool:
    """Whether the environment names servers."""
    return bool(given(os.environ, "ORE_BROKER_URL"))


def is_running(folder: Path) -> bool:
    """Whether an embedded platform holds the folder."""
    lock = folder / "lock"
    if not lock.exists():
        return False
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def environment_of(folder: Path) -> dict[str, str]:
    """The variables of the installation that commands work on.

    Raises:
        CommandError: There is neither an embedded platform in the folder nor a distributed one.
    """
    if is_distributed():
        return dict(os.environ)
    if not (folder / "gateway.db").exists():
        raise CommandError(
            f"There is no platform in {folder}: start one with `ore up`, or set the ORE_… "
            "variables of a distributed one."
        )
    return {**embedded_environment(folder), **os.environ}

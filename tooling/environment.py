"""``make setup``: everything that development and the tests need, in this folder and nowhere else.

Runs on any Python from 3.11 with the standard library alone. uv comes by pip into ``.tools/uv``,
the project's packages by uv into ``.venv``, each exactly as locked, with hashes. A step that has
nothing to do is skipped, so it is cheap to run before everything else.

With ``--to-run``, as ``make run`` asks, a new folder gets what the platform needs to run and no
more: who only looks at it does not wait for the tools of development.
"""

import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

from deploy.local.processes import InfraError
from tooling import frontend
from tooling.stamps import digest, is_current, mark
from tooling.steps import (
    ROOT,
    TOOLS,
    SetupError,
    compiling,
    is_usable,
    pip,
    run,
    settings_from_pip,
)

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV_LOCK = ROOT / "requirements" / "uv.lock"
DEV_LOCK = ROOT / "requirements" / "dev.lock"
RUN_LOCK = ROOT / "requirements" / "cli.lock"
STAMPS = VENV / ".stamps"
SOURCES = ("platform_cli", "services", "shared")
HEAVY = (
    ("alembic", "mako", "rich", "sqlalchemy"),
    (
        *("amqp", "babel", "click", "eventlet", "eventsourcing", "flask", "jinja2", "kombu"),
        *("nameko", "prometheus_client", "pydantic", "pydantic_core", "structlog", "werkzeug"),
        *("wtforms", "yaml"),
    ),
)
"""Packages of which a start imports much, in halves that take equally long to compile."""
NOT_NEEDED = (
    r"/(aio\w*|asyncio|dcb|debug|experimental|http|messages|middleware|mssql|mypy|mysql|oracle|orm"
    "|templates|testing|tests|transport|_unicode_data|v1|zipkin)/"
)
"""Folders of which a start imports nothing, or next to nothing."""


def main() -> int:
    """Set up what is not set up yet; 0, or 1 with one sentence on what is missing."""
    started = time.monotonic()
    lock = lock_for(to_run="--to-run" in sys.argv)
    try:
        pip()
        with ThreadPoolExecutor() as beside:  # the steps are processes: a thread waits for each
            front_end = beside.submit(frontend.install, after_uv := Event())
            if not is_current(stamp_of(lock), _wanted(lock)):
                beside.submit(compile_all, sys.executable, ROOT, SOURCES)
            try:
                uv = install_uv()
            finally:
                after_uv.set()
            install_the_rest(uv, lock, beside)
            front_end.result()
    except (SetupError, InfraError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"Set up ({time.monotonic() - started:.1f} s).")
    return 0


def lock_for(*, to_run: bool) -> Path:
    """The lock file that ``.venv`` is to follow: once it has the tools of development, theirs."""
    return RUN_LOCK if to_run and not stamp_of(DEV_LOCK).exists() else DEV_LOCK


def stamp_of(lock: Path) -> Path:
    """What says that ``.venv`` follows this lock file."""
    return STAMPS / lock.stem


def install_the_rest(uv: str, lock: Path, beside: Executor) -> None:
    """The project's packages and translations.

    Raises:
        SetupError: A part of it failed; its own words stand above.
    """
    steps: list[Future[Any]] = []
    if sync_packages(uv, lock):
        steps += [beside.submit(compile_all, str(PYTHON), site_packages(), half) for half in HEAVY]
        install_project(uv, lock)
    translations = [str(PYTHON), "-m", "tooling.translations"]
    steps.append(beside.submit(run, translations, "the translations are not right"))
    for step in steps:
        step.result()


def install_uv() -> str:
    """Install uv as locked, by pip, into a folder of its own; return its path."""
    home = TOOLS / "uv"
    program = home / "bin" / "uv"
    stamp = home / ".stamp"
    wanted = digest(UV_LOCK)
    if program.exists() and is_current(stamp, wanted):
        return str(program)
    print("Installing uv …", flush=True)
    shutil.rmtree(home, ignore_errors=True)
    command = [
        *(*pip(), "install", "--quiet", "--no-deps", "--target", str(home)),
        *("--disable-pip-version-check", "--root-user-action=ignore"),
        *("--require-hashes", "-r", str(UV_LOCK)),
    ]
    if not _succeeds([*command, *this_platform_alone()]):
        run(command, "pip could not install uv")
    mark(stamp, wanted)
    return str(program)


def this_platform_alone() -> list[str]:
    """Options that spare pip the comparison of all of uv's files with all platforms it knows.

    That comparison is a third of its time; where the guess is wrong, pip refuses and is asked anew.
    """
    if platform.libc_ver()[0] != "glibc":
        return []
    return [
        *("--platform", f"manylinux2014_{platform.machine()}", "--only-binary=:all:"),
        *("--implementation", "py", "--abi", "none"),
    ]


def sync_packages(uv: str, lock: Path) -> bool:
    """Make ``.venv`` exactly what the lock file says.

    Returns:
        Whether there was something to do.
    """
    if not is_usable(PYTHON):
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)], "uv failed")
    if is_current(stamp_of(lock), _wanted(lock)):
        return False
    print("Installing Python packages …", flush=True)
    for other in (RUN_LOCK, DEV_LOCK):
        stamp_of(other).unlink(missing_ok=True)
    run(
        [
            *(uv, "pip", "sync", "--quiet", "--require-hashes", str(lock)),
            # What has no wheel is built with the locked build tools, not with the newest ones.
            *("--build-constraints", str(lock)),
        ],
        "uv could not install the locked packages",
        _for_uv(),
    )
    return True


def install_project(uv: str, lock: Path) -> None:
    """Make the project itself importable from anywhere, and ``ore`` a command of ``.venv``."""
    run(
        [
            *(uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--no-build-isolation"),
            *("--editable", str(ROOT)),
        ],
        "installing the project itself failed",
        _for_uv(),
    )
    mark(stamp_of(lock), _wanted(lock))


def compile_all(python: str, folder: Path, packages: Sequence[str]) -> None:
    """Make packages' byte code while a core waits; else the first start does it, on one core."""
    # By relative names: what lies above this folder may well be called `http` or `templates`.
    folders = [str((folder / package).relative_to(ROOT)) for package in packages]
    options = ("-q", "-q", "-x", NOT_NEEDED)
    _succeeds([python, "-m", "compileall", *options, *folders], compiling())


def site_packages() -> Path:
    """Where the environment's packages are."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return VENV / "lib" / version / "site-packages"


def _succeeds(command: Sequence[str], env: Mapping[str, str] | None = None) -> bool:
    done = subprocess.run(command, check=False, cwd=ROOT, env=env, capture_output=True)
    return done.returncode == 0


def _wanted(lock: Path) -> str:
    return digest(lock, ROOT / "pyproject.toml")


def _for_uv() -> dict[str, str]:
    return {**os.environ, **settings_from_pip(), "VIRTUAL_ENV": str(VENV)}


if __name__ == "__main__":
    sys.exit(main())

"""``make setup``: everything that development and the tests need, in this folder and nowhere else.

Runs on any Python from 3.11 with the standard library alone. uv comes by pip into ``.tools/uv``,
the project's packages by uv into ``.venv``, each exactly as locked, with hashes. A step that has
nothing to do is skipped, so it is cheap to run before everything else.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from deploy.local import debian
from deploy.local.processes import InfraError
from tooling.stamps import digest, is_current, mark

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
UV_LOCK = ROOT / "requirements" / "uv.lock"
DEV_LOCK = ROOT / "requirements" / "dev.lock"
OLDEST_PYTHON = (3, 11)
STARTED = "import platform_cli.main, platform_cli.embedded"
"""What `make run` imports; its byte code is made in the set-up."""


class SetupError(Exception):
    """Why the set-up cannot go on, in one sentence."""


def main() -> int:
    """Set up what is not set up yet; 0, or 1 with one sentence on what is missing."""
    started = time.monotonic()
    try:
        uv = install_uv()
        install_the_rest(uv)
    except (SetupError, InfraError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"Set up ({time.monotonic() - started:.1f} s).")
    return 0


def install_the_rest(uv: str) -> None:
    """The project's packages and translations, and the front end: npm waits for the network beside.

    Raises:
        SetupError: A part of it failed; its own words stand above.
    """
    with subprocess.Popen([sys.executable, "-m", "tooling.frontend"], cwd=ROOT) as frontend:
        is_new = install_packages(uv)
        python = str(VENV / "bin" / "python")
        with ExitStack() as beside:
            if is_new:  # the first start would do it, and nobody waits for it here
                beside.enter_context(
                    subprocess.Popen(
                        [python, "-W", "ignore", "-c", STARTED], cwd=ROOT, env=compiling()
                    )
                )
            run([python, "-m", "tooling.translations"], "the translations are not right")
    if frontend.returncode != 0:
        raise SetupError("the front-end packages could not be installed; see above.")


def compiling() -> dict[str, str]:
    """This environment, in which Python keeps the byte code of what it imports."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


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
    run(
        [
            *(*pip(), "install", "--quiet", "--no-deps", "--target", str(home)),
            *("--disable-pip-version-check", "--root-user-action=ignore"),
            *("--require-hashes", "-r", str(UV_LOCK)),
        ],
        "pip could not install uv",
    )
    mark(stamp, wanted)
    return str(program)


def pip() -> list[str]:
    """Pip as a command: this Python's own, or that of an environment made for it."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    home = TOOLS / "pip"  # making it takes some seconds, so only where there is no other way
    if not _is_usable(home / "bin" / "python"):
        create_environment(home)
    return [str(home / "bin" / "python"), "-m", "pip"]


def create_environment(home: Path) -> None:
    """Create a virtual environment with pip, installing Debian's missing half of venv if need be.

    Raises:
        InfraError: Python's venv does not work here, and nothing we may do mends it.
    """
    command = [sys.executable, "-m", "venv", "--clear", str(home)]
    first = subprocess.run(command, check=False, capture_output=True, text=True)
    if first.returncode == 0:
        return
    # Debian ships Python without ensurepip; the package that brings it carries Python's version.
    debian.install_packages([f"python{sys.version_info.major}.{sys.version_info.minor}-venv"])
    run(command, "creating a virtual environment failed")


def install_packages(uv: str) -> bool:
    """Make ``.venv`` exactly what ``requirements/dev.lock`` says, and the project importable.

    Returns:
        Whether there was something to do.
    """
    python = VENV / "bin" / "python"
    if not _is_usable(python):
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)], "uv failed")
    stamp = VENV / ".stamps" / "packages"
    wanted = digest(DEV_LOCK, ROOT / "pyproject.toml")
    if is_current(stamp, wanted):
        return False
    print("Installing Python packages …", flush=True)
    stamp.unlink(missing_ok=True)
    environment = {**os.environ, **settings_from_pip(), "VIRTUAL_ENV": str(VENV)}
    run(
        [
            *(uv, "pip", "sync", "--quiet", "--require-hashes", str(DEV_LOCK)),
            # What has no wheel is built with the locked build tools, not with the newest ones.
            *("--build-constraints", str(DEV_LOCK)),
        ],
        "uv could not install the locked packages",
        environment,
    )
    run(
        [
            *(uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--no-build-isolation"),
            *("--editable", str(ROOT)),
        ],
        "installing the project itself failed",
        environment,
    )
    mark(stamp, wanted)
    return True


def settings_from_pip() -> dict[str, str]:
    """Translate the machine's pip configuration for uv and npm, which do not read it.

    Returns:
        The variables to set: where packages come from and which certificates to trust, each only
        if pip is told and the other is not.
    """
    listing = subprocess.run(
        [*pip(), "config", "list"],
        check=False,
        capture_output=True,
        text=True,
    ).stdout
    told = dict(re.findall(r"^[\w:]+\.(index-url|cert)='(.*)'$", listing, flags=re.MULTILINE))
    settings: dict[str, str] = {}
    if "cert" in told:
        settings |= {"SSL_CERT_FILE": told["cert"], "NODE_EXTRA_CA_CERTS": told["cert"]}
    if "index-url" in told and "UV_INDEX_URL" not in os.environ:
        settings["UV_DEFAULT_INDEX"] = told["index-url"]
    return {name: value for name, value in settings.items() if name not in os.environ}


def run(command: Sequence[str], failure: str, env: Mapping[str, str] | None = None) -> None:
    """Run a step in the project's folder, its output going where ours goes.

    Raises:
        SetupError: It failed; its own words stand above.
    """
    if subprocess.run(command, check=False, cwd=ROOT, env=env).returncode != 0:
        raise SetupError(f"{failure}; see above.")


def _is_usable(python: Path) -> bool:
    """Tell whether the interpreter runs (its base may be gone) and is not too old."""
    question = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        return subprocess.run([str(python), "-c", question], check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())

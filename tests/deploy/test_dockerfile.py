"""The Dockerfile, read without a container engine."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = "platform_cli"


def copied():
    """Modules of the command that every image holds."""
    source = (ROOT / "deploy" / "Dockerfile").read_text("utf-8").partition("AS source\n")[2]
    step = source.replace("\\\n", " ").partition("\n")[0]
    return set(re.findall(rf"{COMMAND}/(\w+)\.py", step))


def imported(module):
    """Modules of the command that this one imports, at its head or later."""
    tree = ast.parse((ROOT / COMMAND / f"{module}.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == COMMAND:
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{COMMAND}."):
            yield node.module.split(".")[1]


def test_what_an_images_programs_import_is_in_every_image():
    there = copied()
    assert "serving" in there

    missing = {(module, name) for module in there for name in imported(module)} - {
        (module, name) for module in there for name in there
    }

    assert missing == set()

"""Does what docs/operations.md tells operators to do, word for word."""

import re
import subprocess

from tests.containers.compose import ENVIRONMENT, ROOT

_SECTION = re.compile(
    r"^#{2,3} (?P<heading>.+?)\n(?P<text>.*?)(?=^#{2,3} |\Z)", re.MULTILINE | re.DOTALL
)
_BLOCK = re.compile(r"^```\n(?P<commands>.*?)^```", re.MULTILINE | re.DOTALL)


def commands_of(heading, block=0):
    """The commands of a section."""
    text = (ROOT / "docs" / "operations.md").read_text()
    sections = {found["heading"]: found["text"] for found in _SECTION.finditer(text)}
    return [found["commands"] for found in _BLOCK.finditer(sections[heading])][block]


def follow(heading, block=0, seconds=180, cwd=ROOT, **variables):
    """Run the commands of a section in a shell, in a checkout; what they printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands_of(heading, block)],
        cwd=cwd,
        env={**ENVIRONMENT, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    assert done.returncode == 0, f"{heading}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout

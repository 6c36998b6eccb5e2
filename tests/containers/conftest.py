"""One installation for the whole folder: fresh volumes, taken away at the end."""

import subprocess
import sys
import time

import pytest

from tests.containers.compose import ROOT, compose


@pytest.fixture(scope="session")
def platform():
    """The whole system, healthy; the seconds that took with the images built."""
    subprocess.run([sys.executable, "-m", "deploy.secret_files"], cwd=ROOT, check=True)
    compose("down", "--volumes", "--timeout", "5")
    compose("build", seconds=600)
    started = time.monotonic()
    try:
        compose("up", "--detach", "--wait")
        yield time.monotonic() - started
    except BaseException:
        print(compose("logs", "--tail", "40"))
        raise
    finally:
        compose("down", "--volumes", "--timeout", "10")

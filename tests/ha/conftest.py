"""The installation with the overlay: fresh volumes, taken away at the end."""

import subprocess
import sys
import time

import pytest

from tests.containers.compose import ENVIRONMENT, ROOT, SECRETS, compose

PROXY = "nginx:stable"
STAND_IN = "ore-test-proxy"
HTTPS_PORT = "8243"


@pytest.fixture(scope="session")
def proxy_image():
    """The stock image; where no registry can be reached, the same program from Debian."""
    for get in (("image", "inspect", PROXY), ("pull", "--quiet", PROXY)):
        if subprocess.run(["docker", *get], capture_output=True, check=False).returncode == 0:
            return PROXY
    build = ["docker", "build", "--quiet", "--tag", STAND_IN, str(ROOT / "tests" / "ha" / "proxy")]
    subprocess.run(build, check=True, capture_output=True)
    return STAND_IN


@pytest.fixture(scope="session")
def platform(proxy_image):
    """The whole system, healthy; the seconds that took with the images built."""
    subprocess.run([sys.executable, "-m", "deploy.secret_files", "--ha"], cwd=ROOT, check=True)
    ENVIRONMENT.update(
        COMPOSE_PROJECT_NAME="ore-test-ha",
        COMPOSE_FILE="docker-compose.yml:deploy/compose.ha.yml",
        ORE_VERSION="test-ha",
        ORE_PROXY_IMAGE=proxy_image,
        ORE_PUBLISH_HTTPS=f"127.0.0.1:{HTTPS_PORT}",
        SSL_CERT_FILE=str(SECRETS / "ha" / "tls-certificate"),
    )
    compose("down", "--volumes", "--timeout", "5")
    compose("--profile", "tools", "build", seconds=600)
    started = time.monotonic()
    try:
        compose("up", "--detach", "--wait")
        yield time.monotonic() - started
    except BaseException:
        print(compose("logs", "--tail", "40"))
        raise
    finally:
        compose("down", "--volumes", "--timeout", "10")


@pytest.fixture
def address(monkeypatch):
    """Of the proxy; its certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(SECRETS / "ha" / "tls-certificate"))
    return f"https://localhost:{HTTPS_PORT}"

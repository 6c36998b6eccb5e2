"""What is in the images, and that the same files make the same image."""

import json

import pytest

from tests.containers.compose import BASE_IMAGE, IMAGES, ROOT, docker, image

pytestmark = [pytest.mark.containers, pytest.mark.timeout(900)]
MOST_MEGABYTES = {
    "gateway": 200,
    "recruitment": 150,
    "advisory": 150,
    "hdr": 150,
    "monitoring": 150,
}
TOOLS = ("gcc", "cc", "g++", "ld", "make", "git", "uv", "npm", "node", "curl", "wget")
LIST_TOOLS = "import shutil, sys; print(*filter(shutil.which, sys.argv[1:]))"
LIST_INSTALLED = "import importlib.metadata as m; print(*(d.name for d in m.distributions()))"
LIST_FILES = """
import hashlib, json, os
found = {}
for folder, folders, files in os.walk("/app"):
    for name in folders + files:
        path = os.path.join(folder, name)
        it = os.lstat(path)
        content = os.readlink(path) if os.path.islink(path) else ""
        if name in files and not content:
            content = hashlib.sha256(open(path, "rb").read()).hexdigest()
        found[path] = [it.st_mode, it.st_uid, it.st_gid, int(it.st_mtime), content]
print(json.dumps(found))
"""


def run_python(name, code, *arguments):
    """What a program prints in a container of an image, by the image's own interpreter."""
    return docker(
        "run", "--rm", "--network=none", "--entrypoint=python", name, "-c", code, *arguments
    )


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_is_no_bigger_than_it_must_be(images, name):
    assert 0 < images[name] <= MOST_MEGABYTES[name]


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_holds_no_tool_to_build_with(images, name):
    there = set(run_python(image(name), LIST_TOOLS, *TOOLS).split())
    assert there <= set(run_python(BASE_IMAGE, LIST_TOOLS, *TOOLS).split())
    installed = set(run_python(image(name), LIST_INSTALLED).split())
    assert not {"pip", "wheel", "hatchling", "uv", "pytest", "ruff", "mypy"} & installed
    steps = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", image(name)).splitlines()
    base = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", BASE_IMAGE).splitlines()
    own = steps[: len(steps) - len(base)]
    assert {step for step in own if step.startswith("COPY")} == {"COPY /app /app # buildkit"}
    assert [step for step in own if step.startswith("RUN")] == []


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_says_what_it_is_and_starts_without_a_shell(images, name):
    (found,) = json.loads(docker("image", "inspect", image(name)))
    labels = found["Config"]["Labels"]
    for label in ("title", "description", "version", "revision", "base.name"):
        assert labels[f"org.opencontainers.image.{label}"], label
    assert labels["org.opencontainers.image.title"] == f"ore-{name}"
    assert found["Config"]["Entrypoint"][0] == "/app/.venv/bin/python"
    assert found["Config"]["User"] == "10001:10001"


def test_services_with_the_same_packages_share_their_layer(images):
    layers = [
        json.loads(docker("image", "inspect", image(name)))[0]["RootFS"]["Layers"]
        for name in IMAGES
        if name != "gateway"
    ]
    base = json.loads(docker("image", "inspect", BASE_IMAGE))[0]["RootFS"]["Layers"]
    assert len({own[len(base)] for own in layers}) == 1


def test_the_same_files_make_the_same_image_again(images):
    again = f"{image('gateway')}-again"
    docker(
        "build", "--no-cache", "--quiet", "--file=deploy/Dockerfile",
        "--build-arg=SERVICE=gateway", f"--tag={again}", str(ROOT),
        seconds=600,
    )  # fmt: skip
    try:
        first, second = (json.loads(run_python(n, LIST_FILES)) for n in (image("gateway"), again))
    finally:
        docker("image", "rm", again)
    assert len(first) > 1000
    assert {
        path for path in first.keys() | second.keys() if first.get(path) != second.get(path)
    } == set()

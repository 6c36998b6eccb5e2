"""The release that the upgrade test rolls out still fits this one; it takes no engine to see."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.containers.next_release import MIGRATION, copy_to

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = ROOT / "tests/contract/snapshots/recruitment/ApplicationSubmitted.v1.json"
READ = """
import sys, uuid
from eventsourcing.persistence import StoredEvent
from services.recruitment.component import COMPONENT
from shared.kernel.database import Database

mapper = COMPONENT.build(Database("sqlite://")).mapper
topic = "recruitment.ApplicationSubmitted"
event = mapper.to_domain_event(StoredEvent(uuid.uuid4(), 1, topic, sys.stdin.buffer.read()))
print(event.channel)
sys.stdout.write(mapper.to_stored_event(event).state.decode())
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("next")
    copy_to(folder, ROOT)
    return folder


def read_in(folder, state):
    """The way in which an application came, and the event as the release in a folder stores it."""
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)},
        input=state, capture_output=True, check=True,
    )  # fmt: skip
    channel, stored = done.stdout.decode().splitlines()
    return channel, json.loads(stored)


def test_it_reads_what_this_release_stored_and_stores_another_form(checkout):
    channel, stored = read_in(checkout, SNAPSHOT.read_bytes())

    assert channel == "unknown"
    assert stored["class_version"] == 2
    assert stored["channel"] == "unknown"


def test_its_migration_follows_the_newest_one(checkout):
    text = (checkout / MIGRATION).read_text()
    newest = max(path.name for path in (ROOT / MIGRATION).parent.glob("[0-9]*.py"))

    assert f'down_revision = "{newest[:4]}"' in text

"""The next release is rolled out under the programme's story, by the commands of the manual."""

import os
import subprocess
import sys
import threading

import psycopg2
import pytest

from tests.containers.compose import (
    ENVIRONMENT,
    IMAGES,
    PROCESSES,
    ROOT,
    address,
    compose,
    containers_of,
    from_here,
    image,
    inspect,
    log_lines,
    secret,
)
from tests.containers.next_release import VERSION, WAY, copy_to
from tests.containers.procedures import follow
from tests.story import contract
from tests.story.api import Calls
from tests.story.checking import check
from tests.story.checks.events import read_feed
from tests.story.processes import Saboteur
from tests.story.steps import eventually
from tests.story.story import Story

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1200)]
CONTRACT = "pl.ore.recruitment.ApplicationSubmitted.v1"
OUTDATED = "unavailable:NewerEventError"
COMMANDS_OF_EACH = 10
SECONDS_TO_THINK = 0.2
FORMS = (
    "SELECT coalesce((convert_from(state, 'UTF8')::json ->> 'class_version')::int, 1), count(*) "
    "FROM events WHERE topic = 'recruitment.ApplicationSubmitted' GROUP BY 1"
)
CHANNELS = "SELECT channel, count(*) FROM applications GROUP BY 1"


class Unhurried(Calls):
    """Callers who think a moment before each call, until the next release is everywhere."""

    def __init__(self):
        super().__init__()
        self.is_over = threading.Event()

    def begin(self, *, is_command):
        """Wait, then count."""
        self.is_over.wait(SECONDS_TO_THINK)
        super().begin(is_command=is_command)


@pytest.fixture
def next_release(platform, monkeypatch, tmp_path):
    """An empty installation of this release, and the images of the next one."""
    copy_to(tmp_path, ROOT)
    own_code = {**os.environ, "PYTHONPATH": str(tmp_path)}
    subprocess.run(
        [sys.executable, "-m", "platform_cli.main", "schemas"],
        cwd=tmp_path, env=own_code, check=True,
    )  # fmt: skip
    follow("Upgrade with containers", 0, seconds=600, cwd=tmp_path, ORE_VERSION=VERSION)
    compose("down", "--volumes", "--timeout", "5")
    compose("up", "--detach", "--wait")
    monkeypatch.setitem(ENVIRONMENT, "ORE_VERSION", VERSION)
    monkeypatch.setattr(contract, "SCHEMAS", tmp_path / "shared" / "contracts" / "schemas")
    contract.published_schema.cache_clear()
    yield
    contract.published_schema.cache_clear()


def test_old_and_new_live_side_by_side_while_the_next_release_is_rolled_out(next_release, figures):
    story = Story(address(), from_here(secret("gateway-database-url")))
    story.calls = story.anyone.calls = calls = Unhurried()
    saboteur = Saboteur(calls)
    (before,) = containers_of("recruitment")
    met, is_side_by_side = {}, threading.Event()

    def upgrade():
        follow("Upgrade with containers", block=1, seconds=300)
        follow("Upgrade with containers", block=2)
        eventually(lambda: len(containers_of("recruitment")) == 2, "one of each release", 30.0)
        (after,) = {*containers_of("recruitment")} - {before}
        is_side_by_side.set()
        eventually(lambda: refused_as_newer(before), "the old one to meet a newer event", 120.0)
        for name, container in (("before", before), ("after", after)):
            eventually(lambda c=container: done_by(c) >= COMMANDS_OF_EACH, f"{name} to work", 60.0)
        met.update(before=done_by(before), after=done_by(after), newer=refused_as_newer(before))
        follow("Upgrade with containers", block=3, seconds=600)
        calls.is_over.set()

    def before_step(step):
        if step == "import_register":
            saboteur.strike_after(1, "upgrade", upgrade)
        if step == "apply":  # both releases take applications in
            assert is_side_by_side.wait(300), saboteur.failures

    story.run(before_step)
    assert calls.is_over.is_set() or saboteur.failures, "the story was over before the upgrade"
    saboteur.wait()
    check(story)

    forms, channels = (rows_of_recruitment(query) for query in (FORMS, CHANNELS))
    assert set(forms) == {1, 2}, forms
    assert channels == {None: forms[1], WAY: forms[2]}
    told = [e["data"].get("channel") for e in read_feed(story) if e["type"] == CONTRACT]
    assert told.count(WAY) == forms[2]
    assert told.count(None) + told.count("unknown") == forms[1]
    all_containers = [one for name in PROCESSES for one in containers_of(name)]
    assert len(all_containers) == len(PROCESSES)
    found = [inspect(one) for one in all_containers]
    assert {one["Config"]["Image"] for one in found} == {image(name) for name in IMAGES}
    assert [one["RestartCount"] for one in found] == [0] * len(found)
    state = story.anyone.get_raw("/health/ready")
    assert [s["parked"] for s in (*state["services"].values(), state["gateway"])] == [0] * 5
    slowest = max(call.seconds for call in calls.done)
    figures["calls while the next release is rolled out"] = {
        "answered": len(calls.done),
        "sent again": calls.repeated,
        "slowest, s": round(slowest, 1),
    }
    figures["commands side by side"] = {
        "old release": met["before"],
        "new release": met["after"],
        "passed over": met["newer"],
    }


def done_by(container):
    """How many requests a container carried out."""
    return sum(line.get("outcome") == "done" for line in requests_at(container))


def refused_as_newer(container):
    """How many requests met an event that the container's release does not know."""
    return sum(line.get("outcome") == OUTDATED for line in requests_at(container))


def requests_at(container):
    return [line for line in log_lines(container) if line["event"] == "request"]


def rows_of_recruitment(query):
    connection = psycopg2.connect(from_here(secret("recruitment-database-url")))
    with connection, connection.cursor() as cursor:
        cursor.execute(query)
        rows = dict(cursor.fetchall())
    connection.close()
    return rows

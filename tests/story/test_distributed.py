"""The whole programme with a process for each service: each is killed once in the middle."""

import os

import pytest

from platform_cli.registry import PROCESSES, SERVICES
from tests import servers as real
from tests.story.checking import check
from tests.story.checks.events import in_source_order, read_feed
from tests.story.contract import flaws_in
from tests.story.listener import Listener
from tests.story.processes import Distributed, Saboteur, log_shown_on_failure, ore
from tests.story.steps import eventually
from tests.story.story import Story
from tests.story.views import differences, dump

pytestmark = [pytest.mark.story, pytest.mark.integration, pytest.mark.timeout(900)]

KILLED_DURING = {
    "apply": ("recruitment", 17),
    "publish_results": ("projector", 9),
    "assign_teams": ("gateway", 5),
    "diagnose": ("advisory", 11),
    "write_hdrs": ("hdr", 20),
    "monitor": ("monitoring", 9),
}
"""Which process is killed after how many commands of which step."""


@pytest.fixture
def environment():
    with real.an_environment(real.find(), "story") as made:
        yield made


@pytest.fixture
def platform(environment, tmp_path):
    distributed = Distributed(environment, tmp_path / "platform.log")
    try:
        with log_shown_on_failure(distributed.log):
            distributed.start()
            distributed.wait_until_ready()
        yield distributed
    finally:
        distributed.stop()


@pytest.fixture
def listener(platform, environment, tmp_path):
    outside = Listener(environment["ORE_BROKER_URL"], tmp_path / "heard.jsonl")
    yield outside
    outside.stop()


def test_each_process_killed_once_loses_and_doubles_nothing(
    platform, listener, environment, monkeypatch
):
    story = Story(platform.address, platform.database_url)
    saboteur = Saboteur(story.calls)

    def kill_and_start(name: str) -> None:
        platform.kill(name)
        platform.start(name)

    def before_step(step: str) -> None:
        if step in KILLED_DURING:
            name, commands = KILLED_DURING[step]
            saboteur.strike_after(commands, name, lambda: kill_and_start(name))

    with log_shown_on_failure(platform.log):
        story.run(before_step)
        saboteur.wait()
        platform.wait_until_ready()
        check(story)
        journal = read_feed(story)
        ids = {event["id"] for event in journal}
        eventually(lambda: ids <= {e["id"] for e in listener.heard()}, "the listener to be level")

    assert sorted(saboteur.done) == sorted(PROCESSES)
    heard = listener.heard()
    assert {event["id"] for event in heard} == ids
    assert [flaw for event in heard for flaw in flaws_in(event)] == []
    in_source_order(list({event["id"]: event for event in heard}.values()))

    for name, value in platform.environment.items():
        if name.startswith("ORE_"):
            monkeypatch.setenv(name, value)
    urls = {name: os.environ[f"ORE_{name.upper()}_DATABASE_URL"] for name in (*SERVICES, "gateway")}
    before = dump(urls)
    code, told = ore("rebuild")
    assert code == 0, told
    assert differences(before, dump(urls)) == {}
    code, told = ore("doctor")
    assert (code, "distributed" in told) == (0, True), told
    platform.kill("hdr")
    code, told = ore("doctor")
    assert code == 1, told
    for name in ("recruitment", "advisory", "monitoring"):
        assert f"{name}: process │ answers" in told
    assert "hdr: process │ hdr: " in told

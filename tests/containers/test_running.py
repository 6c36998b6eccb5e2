"""The programme's story in containers, scaled out, each container restarted once in the middle."""

import pytest

from tests.containers.compose import (
    PROCESSES,
    SERVERS,
    addresses,
    compose,
    containers_of,
    docker,
    from_here,
    inspect,
    memory,
    secret,
)
from tests.story.checking import check
from tests.story.processes import Saboteur
from tests.story.steps import eventually
from tests.story.story import Story

pytestmark = [pytest.mark.containers, pytest.mark.timeout(900)]
RESTARTED_DURING = {
    "apply": ("recruitment", 12),
    "publish_results": ("projector", 5),
    "form_teams": ("postgres", 1),
    "assign_teams": ("gateway", 3),
    "diagnose": ("advisory", 8),
    "write_hdrs": ("hdr", 10),
    "edit_and_publish": ("rabbitmq", 3),
    "monitor": ("monitoring", 5),
}
"""Which service's containers are restarted after how many commands of which step."""
EXIT_SECONDS = 30


def test_scaled_out_and_restarted_one_by_one_it_loses_nothing(platform, capsys):
    idle = memory()
    compose("up", "--detach", "--wait", "--scale", "recruitment=3", "--scale", "gateway=2")
    assert len(containers_of("recruitment")) == 3
    assert len(addresses()) == 2
    story = Story(addresses()[0], from_here(secret("gateway-database-url")))
    saboteur = Saboteur(story.calls)
    busy = {}

    def restart(name):
        for container in containers_of(name):
            docker("restart", "--time", str(EXIT_SECONDS), container)
            wait_until_healthy(container)

    def before_step(step):
        if step in RESTARTED_DURING:
            name, commands = RESTARTED_DURING[step]
            saboteur.strike_after(commands, name, lambda: restart(name))
        if step == "write_hdrs":
            busy.update(memory())

    story.run(before_step)
    saboteur.wait()
    check(story)
    assert sorted(saboteur.done) == sorted((*PROCESSES, *SERVERS))

    token = story.staff.token
    for address in addresses():  # a sign-in at one replica holds at the other
        story.staff.address = address
        story.staff.token = token
        assert story.staff.get("/editions")["items"]
    calls = story.calls
    slowest = max(call.seconds for call in calls.done)
    with capsys.disabled():
        print(f"\nfrom up to all healthy, images built: {platform:.0f} s")
        print(
            f"rolling restart: {len(calls.done)} calls answered, {calls.repeated} sent again, "
            f"slowest {slowest:.1f} s"
        )
        for name in sorted(idle):
            print(f"memory {name}: idle {idle[name]}, in the story {busy.get(name, '-')}")


def wait_until_healthy(container):
    eventually(
        lambda: inspect(container)["State"]["Health"]["Status"] == "healthy",
        f"{container[:12]} to be healthy",
        90.0,
    )


@pytest.mark.parametrize("name", PROCESSES)
def test_asked_to_end_it_ends_by_itself_within_its_grace(platform, name):
    container = containers_of(name)[0]
    docker("stop", "--time", str(EXIT_SECONDS), container)
    assert inspect(container)["State"]["ExitCode"] == 0
    docker("start", container)
    wait_until_healthy(container)

"""The programme's story while each container is lost once, the leading ones first."""

from functools import partial

import pytest

from tests.containers.compose import compose, containers_of, docker, inspect
from tests.containers.procedures import follow
from tests.ha.cluster import (
    CONTAINERS,
    NODES,
    Patient,
    StruckCalls,
    bring_back,
    database_url,
    is_copied,
    leads,
    lose,
    queue_leader,
    relay_leader,
)
from tests.story.checking import check
from tests.story.steps import eventually
from tests.story.story import Story

pytestmark = [pytest.mark.containers, pytest.mark.timeout(3000)]


class Losses:
    """Which container goes next; each of a kind goes once."""

    def __init__(self):
        self.lost = []

    def one_of(self, find, blow, wait):
        """Lose one, go on without it for a while, and get it back."""
        container = find()
        blow.what = f"{blow.what} ({inspect(container)['Name'].rpartition('test-ha-')[2]})"
        self.lost.append(container)
        lose(container)
        wait()
        bring_back(container)

    def other(self, service):
        """One of a service that was not lost yet."""
        return next(one for one in containers_of(service) if one not in self.lost)

    def node_of(self, queue):
        """The node that leads a queue, or where that was lost already, another one."""
        (leader,) = containers_of(queue_leader(queue))
        rest = [one for node in NODES for one in containers_of(node) if one not in self.lost]
        return leader if leader in rest else rest[0]

    def copy(self, blow, wait):
        """Lose the server that follows: the other one is told to go on alone."""
        (container,) = containers_of("postgres-2")
        self.lost.append(container)
        lose(container)
        follow("Without the copy", block=0)
        wait()
        follow("Without the copy", block=1)
        eventually(lambda: is_copied("postgres"), "the copy to follow", 60.0)

    def primary(self, blow, wait):
        """Lose the server that leads: the copy is promoted."""
        (container,) = containers_of("postgres")
        self.lost.append(container)
        lose(container)
        follow("Promote the copy", seconds=300)
        wait()
        assert leads("postgres-2")
        docker("start", container)  # somebody does not know: it must not lead beside the other
        refusal = "postgres-2 leads now"
        eventually(lambda: refusal in compose("logs", "postgres"), refusal, 60.0)
        follow("A server that was lost comes back")
        eventually(lambda: is_copied("postgres-2"), "the former server to follow", 60.0)


def plan(losses):
    relay = lambda name: partial(losses.one_of, partial(relay_leader, name))  # noqa: E731
    other = lambda name: partial(losses.one_of, partial(losses.other, name))  # noqa: E731
    node = lambda queue: partial(losses.one_of, partial(losses.node_of, queue))  # noqa: E731
    return {
        18: ("proxy", other("proxy")),
        42: ("recruitment, relay leading", relay("recruitment")),
        66: ("broker, leading ore.gateway", node("ore.gateway")),
        92: ("gateway", other("gateway")),
        118: ("recruitment, standing by before", other("recruitment")),
        144: ("database's copy", losses.copy),
        170: ("projector", other("projector")),
        196: ("broker, leading rpc-recruitment", node("rpc-recruitment")),
        222: ("gateway, the other", other("gateway")),
        246: ("projector, the other", other("projector")),
        270: ("advisory, relay leading", relay("advisory")),
        294: ("advisory, standing by before", other("advisory")),
        318: ("broker, the third", node("ore.hdr")),
        350: ("hdr, relay leading", relay("hdr")),
        374: ("hdr, standing by before", other("hdr")),
        400: ("database, leading", losses.primary),
        464: ("monitoring, relay leading", relay("monitoring")),
        488: ("monitoring, standing by before", other("monitoring")),
    }


def test_each_container_is_lost_once_and_nothing_else(platform, address, capsys):
    losses = Losses()
    eventually(lambda: is_copied("postgres"), "the copy to follow", 60.0)
    story = Story(address, database_url("gateway"))
    story.calls = story.anyone.calls = calls = StruckCalls(plan=plan(losses))
    patient = story.anyone.pool = Patient(story.anyone.pool)
    story.run()
    calls.wait()
    check(story)
    told = compose("run", "--rm", "ore", "doctor")

    assert not calls.plan
    assert len(set(losses.lost)) == len(calls.blows) == CONTAINERS
    with capsys.disabled():
        print(f"\nfrom up to all healthy, images built: {platform:.0f} s")
        for blow in calls.blows:
            slowest, repeated = blow.seen_in(calls.done)
            print(
                f"{blow.what}: slowest call {slowest:.1f} s, sent again {repeated}, "
                f"all well after {blow.ended - blow.began:.0f} s"
            )
        print(f"{len(calls.done)} calls answered, {calls.repeated} sent again, 0 lost, 0 doubled")
        print(f"{patient.refused} times told to wait for the operator's decision")
        print(told.splitlines()[-1])

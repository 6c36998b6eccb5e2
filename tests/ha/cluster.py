"""The overlay's parts from outside: who leads, who is well, and how one of them is lost."""

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from tests.containers.compose import compose, containers_of, docker, inspect, secret
from tests.story.api import Calls
from tests.story.steps import eventually

NODES = ("rabbitmq", "rabbitmq-2", "rabbitmq-3")
SERVERS = ("postgres", "postgres-2")
CONTAINERS = 2 * 6 + len(NODES) + len(SERVERS) + 1
RECOVERY_SECONDS = 150.0
COMMANDS_WITHOUT = 8
"""So many more commands are begun while a part is away, and half as many while it comes back."""


def address_of(container, network):
    found = inspect(container)["NetworkSettings"]["Networks"]
    return next(v["IPAddress"] for k, v in found.items() if k.endswith(f"_{network}"))


def database_url(name):
    """Of whichever server leads, from here."""
    url = secret(f"ha/{name}-database-url")
    for server in SERVERS:
        (container,) = containers_of(server)
        url = url.replace(f"={server}:", f"={address_of(container, 'database')}:")
    return url


def sql(server, query):
    asked = ("--no-align", "--tuples-only", "--username=postgres", f"--command={query}")
    return compose("exec", "-T", server, "psql", *asked, seconds=30).split()


def relay_leader(service):
    """The container whose relay publishes."""
    query = (
        "SELECT host(client_addr) FROM pg_locks JOIN pg_stat_activity USING (pid) "
        f"WHERE locktype = 'advisory' AND datname = '{service}'"
    )
    server = next(name for name in SERVERS if containers_of(name) and leads(name))
    by_address = {address_of(one, "database"): one for one in containers_of(service)}
    found = eventually(lambda: sql(server, query), f"a relay of {service} to lead", 30.0)
    return by_address[found[0]]


def leads(server):
    return sql(server, "SELECT pg_is_in_recovery()") == ["f"]


def rabbitmqctl(*arguments):
    node = next(name for name in NODES if containers_of(name))
    told = compose("exec", "-T", node, "rabbitmqctl", "--quiet", *arguments, seconds=60)
    return json.loads(told)


def queue_leader(queue):
    """The service of the node that leads a queue."""
    rows = rabbitmqctl("list_queues", "-p", "ore", "name", "leader", "--formatter", "json")
    node = next(row["leader"] for row in rows if row["name"] == queue)
    return node.partition("@")[2].replace("rabbitmq-1", "rabbitmq")


def is_whole():
    """Whether every container is healthy, every quorum queue on three nodes, and the copy level."""
    rows = compose("ps", "--format", "json").splitlines()
    if [json.loads(row)["Health"] for row in rows] != ["healthy"] * CONTAINERS:
        return False
    asked = ("name", "type", "online", "--formatter", "json")
    queues = rabbitmqctl("list_queues", "-p", "ore", *asked)
    return all(len(q["online"]) == len(NODES) for q in queues if q["type"] == "quorum")


def is_copied(server):
    """Whether a server's commits wait for its copy, and the copy follows."""
    query = "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'"
    return sql(server, query) == ["sync"]


def lose(container):
    """As a power cut would; the engine does not start it again."""
    docker("kill", container)


def bring_back(container):
    docker("start", container)


class Patient:
    """Connections of callers who send again what is refused until an operator has decided."""

    def __init__(self, pool):
        self.pool = pool
        self.refused = 0

    def request(self, *arguments, **options):
        """Send until it is not refused for that reason, or for too long."""
        deadline = time.monotonic() + 2 * RECOVERY_SECONDS
        while True:
            response = self.pool.request(*arguments, **options)
            if b'"store-restored"' not in response.data or time.monotonic() > deadline:
                return response
            self.refused += 1
            threading.Event().wait(0.5)


@dataclass
class Blow:
    """One loss and what callers saw of it."""

    what: str
    began: float = 0.0
    ended: float = 0.0
    failure: BaseException | None = None

    def seen_in(self, calls):
        """The slowest call meanwhile, and how often calls were sent again."""
        ours = [c for c in calls if c.started < self.ended and c.started + c.seconds > self.began]
        return max(c.seconds for c in ours), sum(c.attempts - 1 for c in ours)


@dataclass
class StruckCalls(Calls):
    """Counts commands, strikes at given numbers of them, and waits until what was lost is back."""

    plan: dict = field(default_factory=dict)
    """By the number of the command: what, and a function that takes a function to wait with."""
    blows: list = field(default_factory=list)
    _random: Random = field(default_factory=lambda: Random(1))
    _thread: threading.Thread | None = None
    _goes_on_until: int = 0

    def begin(self, *, is_command):
        if is_command:
            number = self.sent + 1
            if number >= self._goes_on_until:
                self.wait()
            if number in self.plan:
                self.wait()
                self._strike(number, *self.plan.pop(number))
        super().begin(is_command=is_command)

    def _strike(self, number, what, strike):
        blow = Blow(what)
        self.blows.append(blow)
        self._goes_on_until = number + COMMANDS_WITHOUT + COMMANDS_WITHOUT // 2
        pause = self._random.uniform(0, 0.04)

        def more_commands():
            goal = number + COMMANDS_WITHOUT
            with suppress(AssertionError):  # where they wait themselves, it has been long enough
                eventually(lambda: self.sent >= goal, "more commands", 20.0)

        def run():
            try:
                threading.Event().wait(pause)
                blow.began = time.monotonic()
                strike(blow, more_commands)
                eventually(is_whole, f"all to be well after {blow.what}", RECOVERY_SECONDS)
            except BaseException as error:  # noqa: BLE001 -- told in the main thread
                blow.failure = error
            finally:
                blow.ended = time.monotonic()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def wait(self):
        """Until the last blow is over; raises what broke in it."""
        if self._thread is not None:
            self._thread.join(timeout=400)
            if self.blows[-1].failure:
                raise self.blows[-1].failure

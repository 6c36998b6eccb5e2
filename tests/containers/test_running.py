"""The programme's story in containers, scaled out, each container restarted once in the middle."""

import re
import threading
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest
import urllib3

from services.gateway.accounts import create_account
from shared.kernel.database import Database
from tests.containers.compose import (
    PROCESSES,
    SERVERS,
    address,
    compose,
    containers_of,
    docker,
    from_here,
    health,
    inspect,
    log_lines,
    memory,
    processor_seconds,
    secret,
)
from tests.story.checking import check
from tests.story.processes import Saboteur
from tests.story.steps import PASSWORD, eventually
from tests.story.story import Story

pytestmark = [pytest.mark.containers, pytest.mark.timeout(900)]
SCALE = {"recruitment": 3, "gateway": 2, "hdr": 2, "projector": 2}
RESTARTED_DURING = {
    "create_edition": ("front", 1),
    "apply": ("recruitment", 12),
    "publish_results": ("projector", 5),
    "form_teams": ("postgres", 1),
    "assign_teams": ("gateway", 3),
    "diagnose": ("advisory", 8),
    "write_hdrs": ("hdr", 10),
    "edit_and_publish": ("rabbitmq", 3),
    "monitor": ("monitoring", 5),
}
"""Which service's containers are restarted, one by one, after how many commands of which step."""
GRACE_SECONDS = 30
SERVER_GRACE_SECONDS = 60
FIRST_ERROR = 500
IDLE_SECONDS = 30.0


class Anew:
    """Connections of callers who each come anew, so that every gateway gets its share.

    Attributes:
        trouble: What a caller had to send again for.
    """

    def __init__(self, pool):
        self.pool = pool
        self.trouble = []

    def request(self, method, url, *, headers, **options):
        """Send one request on a connection of its own."""
        headers = {**headers, "Connection": "close"}
        try:
            response = self.pool.request(method, url, headers=headers, **options)
        except urllib3.exceptions.HTTPError as error:
            self.trouble.append(type(error).__name__)
            raise
        if response.status >= FIRST_ERROR:
            self.trouble.append(str(response.status))
        return response


class Visitor:
    """A browser without a screen: cookies and forms."""

    def __init__(self):
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def sign_in(self, email):
        """Fill in the form."""
        page = self.opener.open(f"{address()}/logowanie", timeout=30).read().decode()
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
        form = {"csrf_token": token, "email": email, "password": PASSWORD}
        data = urllib.parse.urlencode(form).encode()
        self.opener.open(f"{address()}/logowanie", data, timeout=30)

    def is_signed_in_everywhere(self):
        """Whether the panel opens, instead of the form, at each of the gateways in turn."""
        panel = f"{address()}/panel"
        opened = [self.opener.open(panel, timeout=30).geturl() for _ in range(2 * SCALE["gateway"])]
        return set(opened) == {panel}


@pytest.fixture(scope="module")
def scaled(platform, figures):
    """The system with several replicas."""
    figures["MB of memory, idle"] = memory()
    before = processor_seconds()
    threading.Event().wait(IDLE_SECONDS)
    figures["percent of a core, idle, health checks included"] = {
        name: round((after - before[name]) / IDLE_SECONDS * 100, 1)
        for name, after in processor_seconds().items()
    }
    scale = [f"--scale={name}={number}" for name, number in SCALE.items()]
    started = time.monotonic()
    compose("up", "--detach", "--wait", *scale)
    figures["seconds to scale out"] = round(time.monotonic() - started)


def test_scaled_out_and_restarted_one_by_one_it_loses_nothing(scaled, figures):
    assert {name: len(containers_of(name)) for name in SCALE} == SCALE
    gateway_database = from_here(secret("gateway-database-url"))
    visitor = a_visitor(gateway_database)
    story = Story(address(), gateway_database)
    callers = story.anyone.pool = Anew(story.anyone.pool)
    saboteur = Saboteur(story.calls)
    seconds_to_stop = {}

    def restart(name):
        for container in containers_of(name):
            seconds = stop(container, SERVER_GRACE_SECONDS if name in SERVERS else GRACE_SECONDS)
            seconds_to_stop[name] = round(max(seconds, seconds_to_stop.get(name, 0)), 1)
            start(container)

    def before_step(step):
        if step in RESTARTED_DURING:
            name, commands = RESTARTED_DURING[step]
            saboteur.strike_after(commands, name, lambda: restart(name))
        if step == "set_directions":
            figures["MB of memory, in the story, all replicas"] = memory()

    story.run(before_step)
    saboteur.wait()
    check(story)

    all_containers = compose("ps", "--quiet").split()
    ended = {c[:12]: inspect(c)["RestartCount"] for c in all_containers}
    assert set(ended.values()) == {0}, f"some ended without being asked to: {ended}"
    assert sorted(saboteur.done) == sorted((*PROCESSES, *SERVERS))
    state = story.anyone.get_raw("/health/ready")
    assert [s["parked"] for s in (*state["services"].values(), state["gateway"])] == [0] * 5
    assert visitor.is_signed_in_everywhere(), "a session did not survive the restarts"
    calls = story.calls
    figures["seconds to stop, asked to"] = seconds_to_stop
    figures["calls in the rolling restart"] = {
        "answered": len(calls.done),
        "commands": calls.sent,
        "sent again": calls.repeated,
        **{why: callers.trouble.count(why) for why in sorted(set(callers.trouble))},
    }
    slowest = sorted(call.seconds for call in calls.done)
    figures["seconds a call took, sending again included"] = {
        "median": round(slowest[len(slowest) // 2], 3),
        "99th percentile": round(slowest[len(slowest) * 99 // 100], 2),
        "slowest": round(slowest[-1], 1),
    }


def a_visitor(gateway_database):
    """Somebody signed in at one replica, whom the others know at once."""
    database = Database(gateway_database)
    create_account(database, "gosc@story.example", PASSWORD, "Gość", ["programme_staff"])
    database.close()
    visitor = Visitor()
    visitor.sign_in("gosc@story.example")
    assert visitor.is_signed_in_everywhere()
    return visitor


def test_no_log_holds_anything_about_a_person(scaled):
    """After the story, whose people have these names, addresses and numbers."""
    told = compose("logs", "--no-color")
    assert told.count('"outcome": "done"') > 500, "the story is not in it"
    for mark in ("Zażółć", "zazolc", "Kontaktowa", "@example.pl", "@story.example", "600 100 200"):
        assert [line for line in told.splitlines() if mark in line][:3] == []


def test_replicas_share_the_work_and_one_relay_leads(scaled, figures):
    done = {}
    for name in ("recruitment", "gateway"):
        counts = [
            sum(is_work_done(line) for line in log_lines(container))
            for container in containers_of(name)
        ]
        done |= {f"{name} {number}": count for number, count in enumerate(counts, 1)}
    figures["requests that each replica carried out"] = done
    assert min(done.values()) > 0, done
    for name in ("recruitment", "hdr"):
        eventually(lambda name=name: leaders(name) == 1, f"one relay of {name} to lead")


def is_work_done(line):
    """Whether a line of a log tells of a request that was carried out, and was no health check."""
    is_done = line["event"] == "request" and line["outcome"] == "done"
    return is_done and not str(line.get("route")).startswith("/health")


def leaders(name):
    """How many relays of a service lead."""
    return sum(health(container)["relay"]["is_leading"] for container in containers_of(name))


@pytest.mark.parametrize("name", PROCESSES)
def test_asked_to_end_it_ends_by_itself_within_its_grace(platform, name):
    container = containers_of(name)[0]
    stop(container, GRACE_SECONDS)
    start(container)


def stop(container, grace_seconds):
    """Ask a container to end; after how many seconds it did, by itself and content."""
    started = time.monotonic()
    docker("stop", "--time", str(grace_seconds), container)
    seconds = time.monotonic() - started
    assert inspect(container)["State"]["ExitCode"] == 0, f"{container} ended badly, {seconds:.0f} s"
    return seconds


def start(container):
    """Start a container and wait until it is healthy."""
    docker("start", container)
    eventually(
        lambda: inspect(container)["State"]["Health"]["Status"] == "healthy",
        f"{container[:12]} to be healthy",
        90.0,
    )

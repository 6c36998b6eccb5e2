"""Backed up under load, everything destroyed, restored, and compared with what was answered."""

import json
import threading
import time
from dataclasses import dataclass
from typing import Any

import pytest

from tests.containers.compose import ENVIRONMENT, address, compose, from_here, secret
from tests.containers.procedures import follow
from tests.story import texts
from tests.story.api import Api
from tests.story.checks.events import in_source_order, read_feed
from tests.story.steps import eventually
from tests.story.story import Story

pytestmark = [pytest.mark.containers, pytest.mark.timeout(900)]
STEPS = (
    *("sign_in", "create_edition", "import_register", "open_calls"),
    *("apply", "assess", "publish_results", "train"),
)
BACKED_UP_AFTER = 60
"""Commands; more follow until the backup is there, and some after it."""
MOST_EDITIONS = 1000


@dataclass
class Told:
    """A command that was answered, and when."""

    who: Api
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    answer: tuple[int, Any]
    at: float


@pytest.fixture
def told(monkeypatch):
    """Every command that was answered with success, as its sender remembers it."""
    remembered: list[Told] = []
    send = Api.send

    def remember(who, method, path, body=None, **options):
        answer = send(who, method, path, body, **options)
        if options.get("key"):
            what = Told(
                *(who, (method, path, body), options),
                *((answer.status, answer.body), time.monotonic()),
            )
            remembered.append(what)
        return answer

    monkeypatch.setattr(Api, "send", remember)
    return remembered


@pytest.fixture
def backups(platform, monkeypatch, tmp_path):
    """A folder for them; the installation is a new one for whoever comes next."""
    compose("--profile", "tools", "build", "ore", seconds=600)
    monkeypatch.setitem(ENVIRONMENT, "ORE_BACKUPS", str(tmp_path))
    yield tmp_path
    destroy()
    compose("up", "--detach", "--wait")


def destroy():
    compose("down", "--volumes", "--timeout", "5")


def ids_in(feed):
    return [event["id"] for event in feed]


def place_of(event):
    """In its source's log; the id names the epoch too, and a restored store begins a new one."""
    return event["source"], event["sequence"]


def read_journal(story):
    return eventually(lambda: read_feed(story), "the feed to be read")


def level(story, goal):
    """The feed once it holds at least so many events of the past."""
    return eventually(
        lambda: feed if goal <= set(ids_in(feed := read_feed(story))) else None,
        "the journal to be level",
    )


def test_what_was_answered_before_the_backup_is_there_after_the_worst(told, backups, capsys):
    story = Story(address(), from_here(secret("gateway-database-url")))
    failures, enough = [], threading.Event()

    def act():
        try:
            for step in STEPS:
                getattr(story, step)()
            for number in range(MOST_EDITIONS):
                if enough.is_set():
                    return
                open_edition(story, f"edycja-{number}")
        except BaseException as error:  # noqa: BLE001 -- told below
            failures.append(error)

    load = threading.Thread(target=act, daemon=True)
    load.start()
    eventually(lambda: failures or len(told) >= BACKED_UP_AFTER, "some commands", 120.0)
    before = read_journal(story)
    began = time.monotonic()
    follow("Back up and restore with containers", block=0)
    backed_up, goal = time.monotonic(), len(told) + 10
    eventually(lambda: failures or len(told) >= goal, "more commands", 60.0)
    enough.set()
    load.join(timeout=300)
    assert not failures, failures
    story.settle()
    after = read_feed(story)
    answered = [one for one in told if one.at <= began]
    assert len(answered) >= BACKED_UP_AFTER
    assert len([one for one in told if began < one.at < backed_up]) > 0, "there was no load"
    (folder,) = backups.iterdir()

    lost = one_database_goes_back(story, folder.name, after)

    destroy()
    started = time.monotonic()
    follow("Back up and restore with containers", block=1, seconds=300, DAY=folder.name)
    restored = time.monotonic()
    story.anyone.pool.clear()
    feed = level(story, set(ids_in(before)))
    in_source_order(feed)
    assert len(set(ids_in(feed))) == len(feed)
    everything = {place_of(event): event for event in after}
    assert [event for event in feed if place_of(event) not in everything] == []
    assert all(event["data"] == everything[place_of(event)]["data"] for event in feed)
    for one in answered:
        again = one.who.send(*one.arguments, **one.options)
        assert (again.status, again.body) == one.answer, one.arguments[:2]
        assert again.is_replay, f"{one.arguments[:2]} had been forgotten"
    assert len(read_feed(story)) == len(feed)
    open_edition(story, "edycja-po-odtworzeniu")
    compose("run", "--rm", "ore", "doctor")
    with capsys.disabled():
        print(
            f"\nbackup drill: {len(told)} commands answered, {len(answered)} before the backup "
            f"({backed_up - began:.1f} s under load), all {len(answered)} known after the restore "
            f"({restored - started:.1f} s from nothing to all healthy); "
            f"{len(before)} events before, {len(after)} at the end, {len(feed)} restored; "
            f"one database gone back: {lost} events found in the journal alone, and kept"
        )


def one_database_goes_back(story, day, seen):
    """What the gateway has seen after the backup is shown, refused, decided, and kept."""
    follow("One database goes back", block=0, DAY=day)
    refused = story.refuse(
        "store-restored", 409, story.staff, "POST", "/editions", edition(story, "edycja-odrzucona")
    )
    assert refused
    with pytest.raises(AssertionError, match="ore reconcile recruitment"):
        compose("run", "--rm", "ore", "reconcile", "recruitment")
    lines = follow("One database goes back", block=1)
    lost = {json.loads(line)["id"] for line in lines.splitlines() if line.startswith("{")}
    assert lost <= set(ids_in(seen))
    assert lost, "nothing came after the backup"
    follow("One database goes back", block=2)
    open_edition(story, "edycja-po-cofnieciu")
    feed = read_feed(story)
    assert ids_in(feed)[: len(seen)] == ids_in(seen)
    numbers = [int(e["sequence"]) for e in feed if e["source"].endswith("recruitment")]
    assert numbers == sorted(set(numbers))
    return len(lost)


def edition(story, slug):
    return {"configuration": texts.edition(slug, story.ledger.regions, story.today, "KIND")}


def open_edition(story, slug):
    story.do(story.staff, "POST", "/editions", edition(story, slug))

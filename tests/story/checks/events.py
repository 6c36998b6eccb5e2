"""The feed of events: complete, in order, without a person in it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.story.checks.same import same
from tests.story.contract import flaws_in, published_schema
from tests.story.steps import Steps

PAGE = 97


def feed(story: Steps) -> None:
    """Every event once, each source in its order, as the schemas say."""
    found = read_feed(story)
    shown = Counter(event["type"].split(".")[3] for event in found)
    same(dict(shown), dict(story.ledger.events), "events")
    same(len({event["id"] for event in found}), len(found), "ids of events")
    places = [int(event["journalposition"]) for event in found]
    same(places, sorted(set(places)), "order of the journal")
    in_source_order(found)
    flaws = [flaw for event in found for flaw in flaws_in(event)]
    assert not flaws, flaws[:5]
    for event_type, address in {(event["type"], event["dataschema"]) for event in found}:
        served = story.anyone.get(address.removeprefix("/api/v1"))
        same(served, published_schema(event_type), f"schema of {event_type}")
    text = str(found)
    for secret in ("Zażółć", "Kontaktowa", "Osoba 1", "jst1@example.pl", "600 100 200"):
        assert secret not in text, f"{secret!r} stands in an event"
    follow_their_causes(found)
    position = story.subscriber.get("/events/position")
    same(position["views_position"], position["position"], "how far the views are")
    same(places[-1], position["position"], "end of the journal")


def read_feed(story: Steps) -> list[dict[str, Any]]:
    """All events, batch by batch."""
    found: list[dict[str, Any]] = []
    after = 0
    while batch := story.subscriber.get("/events", after=after, limit=PAGE):
        found += batch
        after = int(batch[-1]["journalposition"])
    return found


def follow_their_causes(events: list[dict[str, Any]]) -> None:
    """What one event set off in another service names it, and belongs to the same story.

    Raises:
        AssertionError: It does not.
    """
    by_id = {event["id"]: event for event in events}
    followed: Counter[tuple[str, str]] = Counter()
    for event in events:
        if event.get("causationid"):
            cause = by_id[event["causationid"]]
            same(event["correlationid"], cause["correlationid"], f"story of {event['id']}")
            followed[cause["type"].split(".")[3], event["type"].split(".")[3]] += 1
    numbers = Counter(event["type"].split(".")[3] for event in events)
    by_results = followed["ResultsPublished", "CycleOpened"]
    by_promotion = followed["ReservePromoted", "CycleOpened"]
    same(by_results + by_promotion, numbers["CycleOpened"], "cycles opened by results")
    same(followed["DiagnosisClosed", "HDROpened"], numbers["HDROpened"], "schedules opened")


def in_source_order(events: list[dict[str, Any]]) -> None:
    """Each source's events follow each other without a gap, as each names the one before.

    Raises:
        AssertionError: One does not.
    """
    last: dict[str, int] = {}
    for event in events:
        source = event["source"]
        same(int(event["previoussequence"]), last.get(source, 0), f"event before {event['id']}")
        assert int(event["sequence"]) > last.get(source, 0), event["id"]
        last[source] = int(event["sequence"])

"""Funnel, attention, the card of a JST, its timeline; and the events for other systems."""

import time
from dataclasses import replace

import pytest

from services.gateway.blueprints.api.events import EVENT_TYPES
from shared.contracts.recruitment import CreateEdition
from tests.unit.gateway.programme import BOLESLAWIEC, a_configuration
from tests.unit.gateway.test_api_recruitment import refused

# --- at one look ------------------------------------------------------------------------------


def test_every_number_of_the_funnel_opens_the_rows_behind_it(programme):
    staff = programme.as_("staff")
    funnel = staff.get("/funnel").json
    for milestone, number in funnel["jst"].items():
        assert staff.get(f"/funnel/rows?milestone={milestone}").json["total"] == number
    for milestone, number in funnel["experts"].items():
        assert staff.get(f"/funnel/experts?milestone={milestone}").json["total"] == number
    assert funnel["jst"]["HDR_PUBLISHED"] == 1
    assert funnel["experts"]["IN_TEAM"] == 2


def test_the_funnel_is_of_the_callers_region_and_of_a_moment(programme):
    assert programme.as_("other_coordinator").get("/funnel").json["jst"]["QUALIFIED"] == 1
    before = programme.as_("staff").get("/funnel?at=2020-01-01T00:00:00Z").json
    assert set(before["jst"].values()) == {0}
    response = programme.as_("staff").get("/funnel?at=2020-01-01T00:00:00")
    assert refused(response, 422, "invalid-request")["errors"][0]["rule"] == "timezone_aware"


def test_what_needs_attention_is_narrowed_to_the_caller(programme):
    programme.days_later(60)
    kinds = {row["kind"] for row in programme.as_("staff").get("/attention").json["items"]}
    assert {"TEAM_MISSING", "STAGE_OVERDUE", "MONITORING_OVERDUE"} <= kinds
    for row in programme.as_("jst").get("/attention").json["items"]:
        assert row["jst"]["code"] == BOLESLAWIEC
    path = "/attention?kind=STAGE_OVERDUE&stage_days=365"
    assert programme.as_("staff").get(path).json["total"] == 0


def test_the_card_of_a_jst_holds_its_way_through_the_programme(programme):
    card = programme.as_("coordinator").get(f"/jst/{BOLESLAWIEC}").json
    assert card["jst"]["jst"]["name"] == "Bolesławiec"
    for part in ("applications", "cycles", "hdrs", "records", "summaries"):
        assert len(card[part]) == 1, part


def test_the_timeline_leads_to_the_events(programme):
    staff = programme.as_("staff")
    entries = staff.get(f"/jst/{BOLESLAWIEC}/timeline?limit=500").json["items"]
    assert "LocalGovernmentRegistered" in {entry["type"] for entry in entries}
    published = next(entry for entry in entries if entry["type"] == "HDRPublished")
    (event,) = staff.get(f"/events?after={published['position'] - 1}&limit=1").json
    assert event["type"] == "pl.ore.hdr.HDRPublished.v1"
    only = staff.get(f"/jst/{BOLESLAWIEC}/timeline?type=AreaChosen").json
    assert only["total"] == 1


# --- events for other systems -----------------------------------------------------------------


def test_the_whole_history_is_read_in_batches_without_gap_or_repetition(programme):
    subscriber = programme.as_("subscriber")
    end = subscriber.get("/events/position").json
    assert end["position"] == end["views_position"]
    positions, path = [], "/events?limit=17"
    while True:
        response = subscriber.get(path)
        assert response.content_type == "application/cloudevents-batch+json"
        if not response.json:
            break
        positions += [int(event["journalposition"]) for event in response.json]
        assert response.headers["Ore-Journal-Position"] == str(positions[-1])
        path = response.headers["Link"].split(">")[0].removeprefix("</api/v1")
    assert positions == list(range(1, end["position"] + 1))


def test_events_are_cloudevents_as_others_read_them(programme):
    batch = programme.as_("subscriber").get("/events?limit=1000")
    for event in batch.json:
        assert {"specversion", "id", "source", "type", "subject", "time", "data"} <= set(event)
        assert event["specversion"] == "1.0"
        assert event["type"] in EVENT_TYPES


def test_every_event_fits_its_published_schema(programme):
    subscriber = programme.as_("subscriber")
    for event in subscriber.get("/events?limit=1000").json:
        EVENT_TYPES[event["type"]].model_validate(event["data"], strict=False)
    listed = subscriber.get("/schemas").json
    assert {entry["type"] for entry in listed} == set(EVENT_TYPES)
    schema = subscriber.get("/schemas/pl.ore.hdr.HDRPublished.v1").json
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"] == "HDRPublished"


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=1001", "timeout=26"])
def test_a_wrong_place_in_the_history_is_refused(programme, query):
    refused(programme.as_("subscriber").get(f"/events?{query}"), 422, "invalid-request")


def test_who_waits_for_events_gets_them_as_soon_as_they_come(beginning):
    class RecordsWhenItIsWaitedFor:
        """The projector's signal; while somebody waits for it, something happens."""

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def wait(self, _seconds):
            create_edition = CreateEdition.model_validate({"configuration": a_configuration()})
            beginning.rpc.call("recruitment", "create_edition", create_edition)

    subscriber = beginning.as_("subscriber")
    app = beginning.app
    app.extensions["ore"] = replace(app.extensions["ore"], views_moved=RecordsWhenItIsWaitedFor())
    (event,) = subscriber.get("/events?timeout=20").json
    assert event["type"] == "pl.ore.recruitment.EditionCreated.v1"


def test_waiting_ends_with_an_empty_batch(beginning):
    subscriber = beginning.as_("subscriber")
    started = time.monotonic()
    assert subscriber.get("/events?timeout=0.05").json == []
    assert 0.05 <= time.monotonic() - started < 5

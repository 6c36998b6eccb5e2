import pytest
from nameko.testing.services import worker_factory

from services.monitoring.service import MonitoringService
from tests.unit.monitoring.builders import EDITION, hdr_id

OPEN_ROUND = {
    "edition_id": str(EDITION),
    "slug": "wiosna-2026",
    "name": "Wiosna 2026",
    "opens_on": "2026-06-01",
    "due_on": "2026-06-30",
}


def a_report(round_id):
    return {
        "round_id": round_id,
        "hdr_id": str(hdr_id()),
        "actions": [{"key": "A1", "state": "DONE"}, {"key": "A2", "state": "NOT_STARTED"}],
        "indicators": [{"key": "I1", "value": 30}, {"key": "I2", "value": None}],
    }


@pytest.fixture
def service(app):
    return worker_factory(MonitoringService, app=app)


def test_the_whole_work_of_monitoring_as_others_ask_for_it(service):
    round_id = service.open_round(OPEN_ROUND)["answer"]["id"]
    more_time = {"round_id": round_id, "due_on": "2026-07-10", "reason": "Ferie"}

    assert service.move_round_due_date(more_time)["answer"] == {}
    assert service.record_monitoring(a_report(round_id))["answer"] == {"version": 1}
    assert service.close_round({"round_id": round_id})["answer"] == {}

    shown = service.get_round({"round_id": round_id})["answer"]
    assert (shown["due_on"], shown["is_closed"]) == ("2026-07-10", True)
    assert shown["recorded_hdr_ids"] == [str(hdr_id())]
    record = service.get_record({"round_id": round_id, "hdr_id": str(hdr_id())})["answer"]
    assert [result["attainment_ratio"] for result in record["indicators"]] == [0.5, None]
    feed = service.read_feed({"after": 0})["answer"]["events"]
    assert [event["type"].split(".")[3] for event in feed] == [
        "RoundOpened",
        "RoundDueDateMoved",
        "MonitoringRecorded",
        "RoundClosed",
    ]


def test_a_refusal_names_every_place_of_the_report(service):
    round_id = service.open_round(OPEN_ROUND)["answer"]["id"]

    refused = service.record_monitoring(a_report(round_id) | {"actions": []})["refused"]

    assert (refused["code"], refused["status"]) == ("incomplete-report", 422)
    assert [entry["parameters"]["key"] for entry in refused["fields"]] == ["A1", "A2"]


def test_a_request_that_breaks_its_form_names_the_field(service):
    refused = service.open_round(OPEN_ROUND | {"slug": "Wiosna 2026"})["refused"]

    assert [entry["field"] for entry in refused["fields"]] == ["slug"]

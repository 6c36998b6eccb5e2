import pytest
from nameko.testing.services import worker_factory

from services.advisory.domain.advisory_cycle import AdvisoryCycle
from services.advisory.service import AdvisoryService
from shared.contracts.advisory import Diagnosis
from tests.unit.advisory.builders import DIAGNOSIS, EDITION, LUBELSKIE, NOBODY, PRO, ROS, a_jst

CYCLE = str(AdvisoryCycle.create_id(EDITION, a_jst()))
FORM_TEAM = {
    "edition_id": str(EDITION),
    "name": "Lublin 1",
    "voivodeship": LUBELSKIE,
    "ros_expert_id": str(ROS),
    "pro_expert_id": str(PRO),
}


@pytest.fixture
def service(app):
    app.open_cycles(EDITION, [a_jst()])
    return worker_factory(AdvisoryService, app=app)


def test_the_whole_work_of_advisory_as_others_ask_for_it(service):
    team = service.form_team(FORM_TEAM)["answer"]["id"]
    diagnosis = Diagnosis.model_dump(DIAGNOSIS)
    tool = {"name": "Rada oświatowa", "reason": "Dialog"}
    activity = {
        "cycle_id": CYCLE,
        "form": "WORKSHOP",
        "held_on": "2026-03-10",
        "hours": 2.5,
        "participants": 8,
        "topic": "Diagnoza",
    }

    answers = [
        service.assign_team({"cycle_id": CYCLE, "team_id": team}),
        service.choose_area({"cycle_id": CYCLE, "area_code": "BUDGET_PLANNING"}),
        service.record_diagnosis(
            {"cycle_id": CYCLE, "diagnosis": diagnosis, "priorities": ["Budżet"]}
        ),
        service.close_diagnosis({"cycle_id": CYCLE}),
        service.log_activity(activity),
    ]
    assert [sorted(answer["answer"]) for answer in answers] == [[], [], ["version"], [], ["id"]]

    service.app.receive_hdr(AdvisoryCycle.create_id(EDITION, a_jst()), NOBODY)
    service.set_directions({"cycle_id": CYCLE, "directions": "W krokach", "tools": [tool]})
    service.complete_stage({"cycle_id": CYCLE, "stage": "IMPLEMENTATION_SUPPORT"})
    service.dissolve_team({"team_id": team, "reason": "Koniec"})

    cycle = service.get_cycle({"cycle_id": CYCLE})["answer"]
    assert (cycle["current_stage"], cycle["team_id"]) == (None, team)
    assert service.list_cycles({"jst_code": "0601012"})["answer"] == {"total": 1, "cycles": [cycle]}


def test_a_refusal_is_an_answer_with_its_code(service):
    assert service.form_team(FORM_TEAM | {"pro_expert_id": str(ROS)})["refused"] == {
        "code": "team-composition",
        "status": 422,
        "field": "pro_expert_id",
        "fields": [],
        "parameters": {"role": "PRO", "expert_id": str(ROS), "expert_role": "ROS"},
    }


def test_a_request_that_breaks_its_form_names_the_field(service):
    refused = service.replace_team_member(
        {"team_id": str(NOBODY), "role": "BOSS", "expert_id": str(ROS), "reason": "x"}
    )["refused"]

    assert [entry["field"] for entry in refused["fields"]] == ["role"]


def test_others_can_read_what_happened_from_the_log(service):
    feed = service.read_feed({"after": 0})["answer"]

    assert [event["type"] for event in feed["events"]] == ["pl.ore.advisory.CycleOpened.v1"]

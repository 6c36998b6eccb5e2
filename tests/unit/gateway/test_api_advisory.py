"""Teams and cycles over the API: who does what, in which order."""

from datetime import timedelta

import pytest

from tests.unit.gateway.programme import a_diagnosis
from tests.unit.gateway.test_api_recruitment import refused


def a_team(programme, **changes):
    return {
        "edition_id": programme.ids["edition"],
        "name": "Bolesławiec 2",
        "voivodeship": "02",
        "ros_expert_id": programme.ids["spare"],
        "pro_expert_id": programme.ids["pro"],
    } | changes


# --- teams ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slots", "code", "field"),
    [
        ({"ros_expert_id": "pro"}, "team-composition", "ros_expert_id"),
        ({"pro_expert_id": "ros"}, "team-composition", "pro_expert_id"),
        ({"pro_expert_id": "edition"}, "not-in-roster", "pro_expert_id"),
    ],
)
def test_a_team_is_one_ros_and_one_pro_of_the_roster(programme, slots, code, field):
    slots = {slot: programme.ids[name] for slot, name in slots.items()}
    response = programme.as_("staff").post("/teams", a_team(programme, **slots))
    assert refused(response, 422, code)["field"] == field


def test_a_team_works_in_the_region_of_its_experts(programme):
    response = programme.as_("staff").post("/teams", a_team(programme, voivodeship="14"))
    problem = refused(response, 422, "expert-outside-region")
    assert "mazowieckie" in problem["detail"]
    assert "dolnośląskie" in problem["detail"]


def test_a_member_is_replaced_and_the_history_kept(programme):
    path = f"/teams/{programme.ids['team']}"
    body = {"role": "ROS", "expert_id": programme.ids["spare"], "reason": "Choroba."}
    programme.as_("coordinator").must("POST", f"{path}/replace-member", body)
    answer = programme.as_("other_expert").get(path).json
    assert answer["team"]["ros_expert_id"] == programme.ids["spare"]
    assert [m["expert_id"] for m in answer["members"] if m["role"] == "ROS"] == [
        programme.ids["ros"],
        programme.ids["spare"],
    ]
    assert programme.as_("expert").get(path).status_code == 404  # not theirs any more


def test_a_team_that_advises_is_not_dissolved(programme):
    response = programme.as_("coordinator").post(
        f"/teams/{programme.ids['team']}/dissolve", {"reason": "Koniec."}
    )
    assert "Liczba otwartych cykli doradczych: 1" in refused(
        response, 409, "team-still-advising"
    )["detail"]  # fmt: skip


def test_a_team_of_another_region_is_not_assigned(programme):
    response = programme.as_("staff").post(
        f"/cycles/{programme.ids['other_cycle']}/team", {"team_id": programme.ids["team"]}
    )
    assert refused(response, 422, "team-outside-region")["field"] == "team_id"


def test_another_team_in_the_place_of_the_first_needs_a_reason(programme):
    coordinator = programme.as_("coordinator")
    team = coordinator.create("/teams", a_team(programme))
    path = f"/cycles/{programme.ids['cycle']}/team"
    response = coordinator.post(path, {"team_id": team})
    assert refused(response, 422, "replacement-reason-missing")["field"] == "reason"
    coordinator.must("POST", path, {"team_id": team, "reason": "Konflikt terminów."})


# --- cycles -----------------------------------------------------------------------------------


def test_the_stages_of_a_cycle_follow_one_another(programme):
    staff, path = programme.as_("staff"), f"/cycles/{programme.ids['other_cycle']}"
    problem = refused(staff.post(f"{path}/diagnosis", a_diagnosis()), 409, "stage-not-reached")
    assert problem["parameters"] == {"current": "AREA_CHOICE", "needed": "DIAGNOSIS"}
    assert "„wybór obszaru wsparcia”" in problem["detail"]
    response = staff.post(f"{path}/stages/AREA_CHOICE/complete")
    assert "wybierz obszar" in refused(response, 422, "stage-has-own-command")["detail"]
    refused(staff.post(f"{path}/area", {"area_code": "NOTHING"}), 422, "unknown-area")
    staff.must("POST", f"{path}/area", {"area_code": "GIFTED_SUPPORT"})
    refused(staff.post(f"{path}/diagnosis/close"), 409, "diagnosis-missing")
    staff.must("POST", f"{path}/diagnosis", a_diagnosis())
    refused(staff.post(f"{path}/diagnosis/close"), 409, "team-missing")


def test_the_area_is_settled_with_the_diagnosis(programme):
    path = f"/cycles/{programme.ids['cycle']}"
    response = programme.as_("jst").post(f"{path}/area", {"area_code": "GIFTED_SUPPORT"})
    refused(response, 409, "area-settled")
    refused(programme.as_("jst").post(f"{path}/diagnosis/close"), 409, "diagnosis-closed")


def test_a_jst_does_the_diagnosis_and_its_expert_helps(programme):
    jst, path = programme.as_("other_jst"), f"/cycles/{programme.ids['other_cycle']}"
    jst.must("POST", f"{path}/area", {"area_code": "GIFTED_SUPPORT"})
    first = jst.must("POST", f"{path}/diagnosis", a_diagnosis()).json["version"]
    longer = a_diagnosis() | {"priorities": ["Zdolni uczniowie"]}
    second = jst.with_(If_Match=f'"{first}"').post(f"{path}/diagnosis", longer)
    assert second.json["version"] > first
    assert jst.get(path).json["diagnosis"]["sources"] == "Ankiety i rozmowy."


def test_the_cycle_ends_with_directions_and_its_last_stage(programme):
    expert, path = programme.as_("expert"), f"/cycles/{programme.ids['cycle']}"
    directions = {
        "directions": "Wspólny budżet szkół.",
        "tools": [{"name": "Arkusz planu", "reason": "Jedno źródło danych."}],
    }
    expert.must("POST", f"{path}/directions", directions)
    refused(expert.post(f"{path}/directions", directions), 409, "directions-settled")
    expert.must("POST", f"{path}/stages/IMPLEMENTATION_SUPPORT/complete")
    cycle = expert.get(path).json
    assert cycle["current_stage"] is None
    assert expert.get("/cycles?state=completed").json["total"] == 1


def test_an_expert_logs_support_that_was_given(programme):
    expert, path = programme.as_("expert"), f"/cycles/{programme.ids['cycle']}/activities"
    activity = {
        "form": "WORKSHOP",
        "held_on": programme.today.isoformat(),
        "hours": 2.5,
        "participants": 8,
        "topic": "Budżet",
    }
    response = expert.must("POST", path, activity)
    assert response.status_code == 201
    tomorrow = (programme.today + timedelta(days=1)).isoformat()
    response = expert.post(path, activity | {"held_on": tomorrow})
    assert refused(response, 422, "activity-in-future")["field"] == "held_on"
    response = expert.post(path, activity | {"held_on": "2025-12-31"})
    refused(response, 422, "activity-before-edition")
    response = expert.post(path, activity | {"hours": 2.3})
    assert refused(response, 422, "invalid-request")["errors"][0]["rule"] == "multiple_of"
    (logged,) = expert.get(f"/cycles/{programme.ids['cycle']}").json["activities"]
    assert logged["topic"] == "Budżet"


def test_support_needs_a_team(programme):
    response = programme.as_("staff").post(
        f"/cycles/{programme.ids['other_cycle']}/activities",
        {
            "form": "WORKSHOP",
            "held_on": programme.today.isoformat(),
            "hours": 1,
            "participants": 1,
            "topic": "Budżet",
        },
    )
    refused(response, 409, "team-missing")

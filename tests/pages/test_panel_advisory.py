"""Teams and advisory cycles on the panel: each act, and what is refused."""

import pytest

from tests.pages.panel_visitor import Visitor, fields_of, the_whole_app
from tests.unit.gateway.programme import BOLESLAWIEC, DOLNOSLASKIE, Programme

DIAGNOSIS = {
    "diagnosis__sources": "Ankiety", "diagnosis__findings": "Szkoły planują osobno",
    "diagnosis__strengths": "Zgrany zespół", "diagnosis__difficulties": "Brak danych",
    "priorities": "Wspólne planowanie\nDane dla decyzji",
}  # fmt: skip


@pytest.fixture(scope="module")
def recruited():
    """Experts on the roster, and two qualified JST whose cycles are open and have no team."""
    programme = Programme().recruit()
    for row in programme.as_("staff").get("/cycles").json["items"]:
        key = "cycle" if row["jst"]["code"] == BOLESLAWIEC else "other_cycle"
        programme.ids[key] = row["cycle_id"]
    for person in ("coordinator", "expert", "jst"):
        programme.as_(person)
    yield programme
    programme.close()


@pytest.fixture
def site(recruited):
    programme = recruited.copy()
    yield programme, the_whole_app(programme)
    programme.close()


@pytest.fixture
def coordinator(site):
    return Visitor(site[1], "coordinator")


@pytest.fixture
def advised(site, coordinator):
    """The cycle has its team."""
    programme, _app = site
    ids = programme.ids
    coordinator.do(
        f"/panel/teamy/nowy?edycja={ids['edition']}&woj={DOLNOSLASKIE}",
        name="Zespół 1", ros_expert_id=ids["ros"], pro_expert_id=ids["pro"],
    )  # fmt: skip
    ids["team"] = programme.as_("staff").get("/teams").json["items"][0]["team_id"]
    coordinator.do(f"/panel/sprawy/{ids['cycle']}/team", team_id=ids["team"])
    return f"/panel/sprawy/{ids['cycle']}"


def test_the_dashboard_leads_from_what_needs_attention_to_the_act(site, coordinator):
    programme, _app = site
    page = coordinator.see("/panel", "Needs attention", "Has no team", "Assign a team")
    assert f"/panel/sprawy/{programme.ids['cycle']}/team" in page
    assert f"/panel/sprawy/{programme.ids['other_cycle']}/team" not in page


def test_every_number_of_the_dashboard_opens_its_rows(coordinator):
    page = coordinator.see("/panel", "JST that qualified")
    assert "/panel/lejek?etap=QUALIFIED" in page
    coordinator.see("/panel/lejek?etap=QUALIFIED", "Bolesławiec", "1 result")
    coordinator.see("/panel/lejek/eksperci?etap=TRAINED", "3 results")


def test_a_team_is_formed_assigned_changed_and_cannot_be_dissolved_at_work(
    site, coordinator, advised
):
    programme, _app = site
    ids = programme.ids
    coordinator.see(advised, "Zespół 1", "Rozalia Ros", "Piotr Pro")
    path = f"/panel/teamy/{ids['team']}"
    coordinator.be_refused(f"{path}/rozwiaz", 409, reason="Koniec")
    coordinator.be_refused(f"{path}/czlonek/ROS", 422, "Choose the expert", reason="Choroba")
    page = coordinator.do(f"{path}/czlonek/ROS", expert_id=ids["spare"], reason="Choroba")
    assert "Sławomir Spare" in page
    assert "Choroba" in page


def test_a_team_names_what_is_missing(site, coordinator):
    programme, _app = site
    path = f"/panel/teamy/nowy?edycja={programme.ids['edition']}&woj={DOLNOSLASKIE}"
    coordinator.be_refused(path, 422, "Enter the name of the team", "Choose the ROS expert")
    coordinator.see("/panel/teamy/nowy?dalej=1", "Choose a voivodeship of this edition")


def test_a_coordinator_forms_no_team_elsewhere(site, coordinator):
    programme, _app = site
    answer = coordinator.get(f"/panel/teamy/nowy?edycja={programme.ids['edition']}&woj=14")
    assert answer.status_code == 403


def test_a_jst_leads_its_cycle_from_the_area_to_the_open_hdr(site, advised):
    _programme, app = site
    jst = Visitor(app, "jst")
    jst.see("/panel", "Choose the support area")
    jst.be_refused(f"{advised}/obszar", 422, "Choose the support area")
    jst.do(f"{advised}/obszar", area_code="BUDGET_PLANNING", reason="Po debacie")
    jst.be_refused(f"{advised}/diagnoza", 422, "Enter the sources", priorities="")
    jst.do(f"{advised}/diagnoza", **DIAGNOSIS)
    page = jst.do(f"{advised}/diagnoza/zamknij")
    assert "The HDR can be written now." in page
    assert "Wspólne planowanie" in page
    jst.see("/panel", "Write the HDR and hand it in")
    jst.be_refused(f"{advised}/obszar", 409, area_code="GIFTED_SUPPORT")


def test_a_choice_of_area_over_somebody_elses_is_refused_and_theirs_is_shown(site, advised):
    _programme, app = site
    jst = Visitor(app, "jst")

    seen, mine = jst.be_overtaken(
        f"{advised}/obszar",
        theirs={"area_code": "BUDGET_PLANNING"},
        mine={"area_code": "GIFTED_SUPPORT", "reason": "Po rozmowie"},
    )

    assert "budget" in seen.lower()
    assert (mine["area_code"], mine["reason"]) == ("GIFTED_SUPPORT", "Po rozmowie")


def test_whoever_saves_an_old_diagnosis_sees_the_newer_one_and_keeps_what_they_typed(site, advised):
    _programme, app = site
    jst, expert = Visitor(app, "jst"), Visitor(app, "expert")
    jst.do(f"{advised}/obszar", area_code="BUDGET_PLANNING")
    old = fields_of(jst.see(f"{advised}/diagnoza"))
    expert.do(f"{advised}/diagnoza", **DIAGNOSIS)
    for name, value in DIAGNOSIS.items():
        old[name.replace("__", ".")] = value
    old["diagnosis.findings"] = "Zdanie JST"
    answer = jst.client.post(f"{advised}/diagnoza", data=old)
    assert answer.status_code == 409
    assert "Zdanie JST" in answer.text
    assert "What somebody else saved meanwhile" in answer.text
    again = fields_of(answer.text)
    assert jst.client.post(f"{advised}/diagnoza", data=again).status_code == 303
    jst.see(advised, "Zdanie JST")


def test_an_expert_logs_an_activity_and_errors_keep_it(site, advised):
    _programme, app = site
    expert = Visitor(app, "expert")
    path = f"{advised}/aktywnosci/nowa"
    page = expert.be_refused(
        path,
        422,
        "Enter hours in quarters",
        form="WORKSHOP",
        hours="1,1",
        participants="8",
        topic="Warsztat",
    )
    assert 'value="Warsztat"' in page
    expert.do(
        path,
        form="WORKSHOP",
        hours="2,25",
        participants="8",
        topic="Warsztat",
        task_codes=["PRO-03"],
    )
    expert.see(advised, "Warsztat", "2.25", "PRO-03")


def test_directions_are_settled_with_tools_that_are_added_row_by_row(programme):
    app = the_whole_app(programme)
    programme.as_("jst")
    jst = Visitor(app, "jst")
    path = f"/panel/sprawy/{programme.ids['cycle']}"
    tool = {"tools__0__name": "Arkusz", "tools__0__reason": "Znany w szkołach"}
    page = jst.fill(f"{path}/kierunki", rows="add:tools", directions="Od stycznia", **tool)
    assert "Tool 2" in page.text
    assert "Od stycznia" in page.text
    answer = fields_of(page.text)
    answer["rows"] = "remove:tools:1"
    page = jst.client.post(f"{path}/kierunki", data=answer)
    assert "Tool 2" not in page.text
    jst.be_refused(f"{path}/kierunki", 422, "Tool 1: enter its name", directions="Od stycznia")
    assert "Arkusz" in jst.do(f"{path}/kierunki", directions="Od stycznia", **tool)
    coordinator = Visitor(app, "staff")
    page = coordinator.do(f"{path}/etap/IMPLEMENTATION_SUPPORT")
    assert "The stage was completed." in page


def test_the_card_of_a_jst_tells_everything_about_it(programme):
    programme.as_("coordinator")
    visitor = Visitor(the_whole_app(programme), "coordinator")
    visitor.see(
        f"/panel/jst/{BOLESLAWIEC}", "Bolesławiec", "Edition 2026", "Rozalia Ros", "Published",
        "Runda 1", "Good practice of a local government", "The diagnosis was closed",
    )  # fmt: skip

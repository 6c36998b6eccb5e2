"""Every route for every kind of caller: let in, or not."""

from uuid import UUID

import pytest

from services.gateway import auth
from services.gateway.app import create_app
from services.gateway.blueprints.api.openapi import operations
from services.gateway.permissions import PERMISSIONS
from services.gateway.scope import Scope, list_scope
from tests.unit.gateway.api_client import PREFIX
from tests.unit.gateway.programme import BOLESLAWIEC, PEOPLE, settings

ANYONE = "anyone"
BROKEN_JSON = {"data": b"{", "content_type": "application/json"}
EVERYONE = {ANYONE, *PEOPLE}
SIGNED_IN = set(PEOPLE)
OWN = {"staff", "coordinator", "expert", "jst"}
"""Those in whose scope Bolesławiec, its team, cycle, HDR and summary lie."""

WHO_MAY = {
    "create_edition": {"staff"},
    "import_register": {"staff"},
    "search_jst": EVERYONE,
    "publish_results": {"staff"},
    "submit_application": EVERYONE,
    "list_applications": {"staff", "coordinator", "other_coordinator"},
    "decide_application": {"staff"},
    "get_training": {"staff"},
    "list_experts": {"staff", "coordinator", "other_coordinator"},
    "remove_expert": {"staff"},
    "form_team": {"staff", "coordinator", "other_coordinator"},
    "dissolve_team": {"staff", "coordinator"},
    "get_team": {"staff", "coordinator", "expert"},
    "get_cycle": OWN,
    "assign_team": {"staff", "coordinator"},
    "choose_area": {"staff", "expert", "jst"},
    "log_activity": {"staff", "expert"},
    "get_hdr": OWN | {"editor"},
    "save_hdr_draft": {"staff", "editor", "expert", "jst"},
    "submit_hdr": {"staff", "expert", "jst"},
    "start_editing": {"staff", "editor"},
    "publish_hdr": {"staff"},
    "get_summary": OWN | {"editor"},
    "approve_summary": {"staff", "editor"},
    "erase_summary_contact": {"staff"},
    "list_catalogue": EVERYONE,
    "get_record": OWN,
    "record_monitoring": {"staff", "expert", "jst"},
    "get_report": EVERYONE,
    "get_funnel": {"staff", "coordinator", "other_coordinator"},
    "get_jst": OWN,
    "get_timeline": OWN,
    "list_events": {"staff", "operator", "subscriber"},
    "list_schemas": EVERYONE,
    "get_me": SIGNED_IN,
}
"""Written by hand, against slips in the table itself."""


@pytest.fixture(scope="module")
def only_read(told):
    copied = told.copy()
    yield copied
    copied.close()


@pytest.fixture
def whole(only_read):
    """The whole programme, for tests that change nothing in it."""
    only_read.clock.move_to(only_read.clock.moment)
    return only_read


def address(entry, programme):
    """An operation's path with ids of things that exist."""
    ids = programme.ids
    values = {
        "application_id": ids["application_jst"],
        "call_id": ids["call_jst"],
        "cycle_id": ids["cycle"],
        "edition_id": ids["edition"],
        "event_type": "pl.ore.hdr.HDRPublished.v1",
        "expert_id": ids["ros"],
        "hdr_id": ids["hdr"],
        "jst_code": BOLESLAWIEC,
        "kind": "HDR",
        "round_id": ids["round"],
        "stage": "DIRECTIONS",
        "summary_id": ids["summary"],
        "team_id": ids["team"],
        "template_version": "1",
        "training_id": ids["training_ros"],
    }
    return entry.path.format(**values)


def caller(programme, person):
    return programme.anyone() if person == ANYONE else programme.as_(person)


def is_let_in(programme, entry, person):
    """Whether the request reaches its function: there a broken body is noticed, not before."""
    unsafe = entry.method != "GET"
    response = caller(programme, person).call(
        entry.method, address(entry, programme), **(BROKEN_JSON if unsafe else {})
    )
    if response.status_code == 401:
        assert person == ANYONE or response.json["code"] == "access-key-missing"
    is_hidden = response.status_code == 404 and entry.permission.scope is not None
    return response.status_code not in {401, 403} and not is_hidden


def operations_of(programme):
    """All but those that end the caller's token, or need a key that only one person has."""
    special = {"revoke_token", "get_application"}
    return [entry for entry in operations(programme.app) if entry.name not in special]


@pytest.mark.parametrize("person", sorted(EVERYONE))
def test_the_table_holds_for_every_route(whole, person):
    roles = set(PEOPLE.get(person, ()))
    wrong = []
    for entry in operations_of(whole):
        permission = entry.permission
        expected = permission.is_public or bool(roles & permission.roles)
        if person.startswith("other_") and permission.scope is not None:
            expected = False
        if is_let_in(whole, entry, person) != expected:
            wrong.append(f"{entry.method} {entry.path}: expected {expected}")
    assert wrong == []


@pytest.mark.parametrize("name", sorted(WHO_MAY))
def test_who_may_what_is_as_the_programme_says(whole, name):
    entry = next(entry for entry in operations(whole.app) if entry.name == name)
    allowed = {person for person in EVERYONE if is_let_in(whole, entry, person)}
    assert allowed == WHO_MAY[name]


def test_who_is_not_signed_in_is_told_so(whole):
    response = whole.anyone().get("/funnel")
    assert (response.status_code, response.json["code"]) == (401, "not-signed-in")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_role_that_does_not_suffice_is_told_so(whole):
    response = whole.as_("jst").get("/funnel")
    assert (response.status_code, response.json["code"]) == (403, "not-allowed")


def test_what_lies_outside_the_scope_is_answered_like_what_is_not_there(whole):
    nobody = "00000000-0000-4000-8000-000000000000"
    jst = whole.as_("other_jst")
    hidden = jst.get(f"/cycles/{whole.ids['cycle']}")
    missing = jst.get(f"/cycles/{nobody}")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json["title"] == missing.json["title"]
    assert set(hidden.json["parameters"]) == set(missing.json["parameters"])


def test_lists_hold_only_what_lies_in_the_scope(whole):
    def codes(person, path):
        return {row["jst"]["code"] for row in whole.as_(person).get(path).json["items"]}

    assert codes("staff", "/cycles") == {"0201011", "1465011"}
    assert codes("coordinator", "/cycles") == {"0201011"}
    assert codes("other_coordinator", "/cycles") == {"1465011"}
    assert codes("expert", "/cycles") == {"0201011"}
    assert codes("other_expert", "/cycles") == set()
    assert codes("jst", "/hdrs") == {"0201011"}
    assert codes("other_jst", "/hdrs") == set()
    assert codes("coordinator", "/cycles?voivodeship=14") == set()
    assert codes("other_coordinator", "/funnel/rows") == {"1465011"}


def test_an_account_without_any_part_of_the_programme_sees_nothing():
    assert list_scope(Scope()) == {"voivodeships": ()}


def test_of_several_parts_the_widest_counts_in_lists():
    scope = Scope(voivodeships=("02", "06"), expert_id=UUID(int=1))
    assert list_scope(scope) == {"voivodeships": ("02", "06")}
    assert list_scope(scope, ("06", "14")) == {"voivodeships": ("06",)}


def test_a_team_is_formed_in_the_coordinators_own_region_only(programme):
    team = {
        "edition_id": programme.ids["edition"],
        "name": "Bolesławiec 2",
        "voivodeship": "02",
        "ros_expert_id": programme.ids["spare"],
        "pro_expert_id": programme.ids["pro"],
    }
    refused = programme.as_("other_coordinator").post("/teams", team)
    assert (refused.status_code, refused.json["code"]) == (403, "out-of-scope")
    assert refused.json["field"] == "voivodeship"
    programme.as_("coordinator").create("/teams", team)


def test_an_endpoint_that_is_missing_in_the_table_stops_the_start(beginning):
    app = create_app(settings(), database=beginning.rpc.gateway, rpc=beginning.rpc)
    app.add_url_rule("/forgotten", "forgotten.page", lambda: "")
    with pytest.raises(LookupError, match=r"forgotten\.page"):
        auth.check_table(app)


def test_the_table_has_no_row_of_the_api_without_its_endpoint(beginning):
    endpoints = {rule.endpoint for rule in beginning.app.url_map.iter_rules()}
    rows = {name for name in PERMISSIONS if name.startswith(("api.", "health."))}
    assert rows <= endpoints


def test_every_address_of_the_api_is_an_operation_or_its_description(beginning):
    described = {entry.rule.endpoint for entry in operations(beginning.app)}
    rules = [r for r in beginning.app.url_map.iter_rules() if r.rule.startswith(PREFIX)]
    assert {rule.endpoint for rule in rules} - described == {"api.docs", "api.openapi_document"}

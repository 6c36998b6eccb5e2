"""Every page of the panel for every role: shown where the permission table allows, else refused."""

import re

import pytest
from flask import url_for

from services.gateway.journal import SUBSCRIPTION
from shared.kernel.parking import list_parked, park_undecodable
from tests.pages.panel_visitor import Visitor, fields_of, the_whole_app
from tests.unit.gateway.programme import BOLESLAWIEC, PEOPLE

READERS = [
    "staff", "coordinator", "editor", "expert", "jst", "operator", "subscriber",
]  # fmt: skip
NOT_THEIR_TURN = 409
"""Authors do not write after the draft, editors not in it."""
STAFF, OPERATOR = {"staff"}, {"operator"}
OFFICE = STAFF | {"coordinator"}
EDITORS = STAFF | {"editor"}
ADVISERS = STAFF | {"expert"}
AUTHORS = ADVISERS | {"jst"}
WRITERS = AUTHORS | {"editor"}
PARTIES = AUTHORS | {"coordinator"}
WHO_MAY = {
    "accounts": {
        "list_accounts show_account create_account change_account disable_account enable_account "
        "reset_password": STAFF | OPERATOR,
    },
    "applications": {
        "list_applications show_application": OFFICE,
        "check decide promote withdraw erase_applicant": STAFF,
    },
    "cycles": {
        "list_cycles show_cycle": PARTIES,
        "assign_team": OFFICE,
        "choose_area record_diagnosis close_diagnosis set_directions": AUTHORS,
        "complete_stage": ADVISERS | {"coordinator"},
        "log_activity": ADVISERS,
    },
    "dashboard": {
        "show_dashboard": set(READERS),
        "list_attention list_recent": PARTIES,
        "list_funnel_rows list_funnel_experts": OFFICE,
    },
    "editions": {
        "list_editions show_edition": OFFICE,
        "create_edition reconfigure_edition": STAFF,
    },
    "experts": {"list_experts show_expert": OFFICE, "remove_expert": STAFF},
    "hdrs": {
        "list_hdrs show_hdr": WRITERS | {"coordinator"},
        "show_tasks write_element": WRITERS,
        "submit": AUTHORS,
        "start_editing finish_substantive_editing finish_proofreading give_back": EDITORS,
        "publish withdraw": STAFF,
    },
    "local_governments": {"list_local_governments": OFFICE, "show_jst": PARTIES},
    "monitoring": {
        "list_rounds show_round show_record": PARTIES,
        "answer": AUTHORS,
        "open_round close_round move_due_date": STAFF,
    },
    "operations": {
        "show_operations show_acts show_parked": STAFF | OPERATOR,
        "replay_all replay_parked replay_subject discard_parked": OPERATOR,
    },
    "panel_calls": {
        "list_calls show_call": OFFICE,
        "draft_call revise_call discard_draft extend_call close_call cancel_call "
        "publish_results": STAFF,
    },
    "register": {"show_register": OFFICE | OPERATOR, "import_register": STAFF},
    "summaries": {
        "list_summaries show_summary": WRITERS | {"coordinator"},
        "show_tasks write_element": WRITERS,
        "choose_form submit": AUTHORS,
        "approve give_back": EDITORS,
        "publish erase_contact": STAFF,
    },
    "teams": {
        "list_teams show_team": OFFICE | {"expert"},
        "form_team dissolve_team replace_member": OFFICE,
    },
    "trainings": {
        "list_trainings": OFFICE | {"expert"},
        "show_training": OFFICE,
        "plan_training enrol record_attendance complete_training": STAFF,
    },
}
"""By area and page; written by hand, against slips in the application's own table."""
ALLOWED = {
    f"{area}.{page}": people
    for area, pages in WHO_MAY.items()
    for names, people in pages.items()
    for page in names.split()
}
UNTRANSLATED = re.compile(r"%\(\w+\)s")


@pytest.fixture(scope="module")
def site(told):
    """The whole programme with all its pages; nobody changes anything here."""
    programme = told.copy()
    for person in PEOPLE:
        programme.as_(person)
    programme.ids["draft"] = programme.draft_call("JST", slug="szkic")
    park_undecodable(programme.rpc.gateway, SUBSCRIPTION, b"?", "not JSON")
    yield programme, the_whole_app(programme)
    programme.close()


def pages_of(programme, app, method="GET"):
    """Address of each page of the panel by endpoint, about things that exist."""
    ids = programme.ids
    known = {
        "jst_code": BOLESLAWIEC, "application_id": ids["application_jst"],
        "call_id": ids["call_jst"], "training_id": ids["training_ros"], "session_key": "1",
        "expert_id": ids["ros"], "team_id": ids["team"], "role": "ROS", "cycle_id": ids["cycle"],
        "stage": "IMPLEMENTATION_SUPPORT", "hdr_id": ids["hdr"], "summary_id": ids["summary"],
        "element": "title", "round_id": ids["round"], "edition_id": ids["edition"],
        "account_id": programme.accounts["expert"], "place": "gateway",
        "number": list_parked(programme.rpc.gateway)[0].id,
    }  # fmt: skip
    of_a_draft = known | {"call_id": ids["draft"]}
    with app.test_request_context():
        return {
            rule.endpoint: url_for(
                rule.endpoint,
                **{n: (of_a_draft if "/szkic" in rule.rule else known)[n] for n in rule.arguments},
            )
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/panel") and method in rule.methods
        }


def test_the_table_has_every_page(site):
    assert pages_of(*site).keys() | pages_of(*site, "POST").keys() == ALLOWED.keys()


@pytest.mark.parametrize("person", READERS)
def test_pages_open_for_the_roles_of_the_table_and_for_no_other(site, person):
    programme, app = site
    visitor = Visitor(app, person)
    for endpoint, address in pages_of(programme, app).items():
        status = visitor.get(address).status_code
        expected = {200, 302, NOT_THEIR_TURN} if person in ALLOWED[endpoint] else {403}
        assert status in expected, f"{person} at {address}: {status}"


@pytest.mark.parametrize("person", READERS)
def test_who_may_not_open_a_form_may_not_send_it_either(site, person):
    programme, app = site
    visitor = Visitor(app, person)
    form = fields_of(visitor.see("/panel"))
    assert form["csrf_token"]
    for endpoint, address in pages_of(programme, app, "POST").items():
        if person not in ALLOWED[endpoint]:
            answer = visitor.client.post(address, data=form)
            assert answer.status_code == 403, f"{person} at {address}: {answer.status_code}"


def test_without_a_login_every_page_leads_to_it(site):
    programme, app = site
    stranger = app.test_client()
    for address in pages_of(programme, app).values():
        answer = stranger.get(address)
        assert answer.status_code == 302, f"{address}: {answer.status_code}"
        assert answer.headers["Location"].startswith("/logowanie?next="), address


def test_without_a_login_no_form_is_taken_and_the_answer_leads_to_the_login(site):
    programme, app = site
    stranger = app.test_client()
    form = fields_of(stranger.get("/logowanie").text)
    for address in pages_of(programme, app, "POST").values():
        answer = stranger.post(address, data=form)
        assert answer.status_code == 401, f"{address}: {answer.status_code}"
        assert 'href="/logowanie' in main_of(answer.text), address


def main_of(page):
    return page.partition("<main")[2].partition("</main>")[0]


def test_every_page_is_there_in_both_languages_with_one_heading_and_a_title(site):
    programme, app = site
    for language, word in (("pl", "Doradztwo dla JST"), ("en", "Advice for JST")):
        staff, operator = (Visitor(app, person, language) for person in ("staff", "operator"))
        for endpoint, address in pages_of(programme, app).items():
            page = (staff if "staff" in ALLOWED[endpoint] else operator).see(address, word)
            assert f'<html lang="{language}"' in page
            assert len(re.findall(r"<h1[ >]", page)) == 1, address
            assert re.search(r"<title>\s*[^–<]+", page), address
            assert not UNTRANSLATED.search(page), address


@pytest.mark.parametrize("person", ["other_coordinator", "other_expert", "other_jst"])
@pytest.mark.parametrize("kind", ["cycle", "hdr"])
def test_what_is_outside_the_scope_is_refused_with_an_explanation(site, person, kind):
    programme, app = site
    place = {"cycle": "sprawy", "hdr": "hdr"}[kind]
    answer = Visitor(app, person).get(f"/panel/{place}/{programme.ids[kind]}")
    assert answer.status_code == 403
    assert "Outside this account" in answer.text


def test_who_is_not_signed_in_is_led_to_the_login_and_back(site):
    _programme, app = site
    answer = app.test_client().get("/panel/sprawy?stan=OPEN")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/logowanie?next=%2Fpanel%2Fsprawy%3Fstan%3DOPEN")


def test_a_form_without_the_token_of_its_page_does_nothing(site):
    programme, app = site
    visitor = Visitor(app, "staff")
    path = f"/panel/nabory/{programme.ids['call_jst']}/odwolaj"
    answer = visitor.client.post(path, data={"reason": "Bo tak."})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/panel/zgloszenia", "/panel/sprawy", "/panel/hdr", "/panel/teamy", "/panel/eksperci",
        "/panel/szkolenia", "/panel/nabory", "/panel/jst", "/panel/lejek", "/panel/uwagi",
        "/panel/zdarzenia", "/panel/podsumowania", "/panel/lejek/eksperci",
    ],
)  # fmt: skip
def test_a_list_can_be_had_as_a_file_with_the_same_rows(site, address):
    _programme, app = site
    visitor = Visitor(app, "staff")
    page = visitor.see(address)
    answer = visitor.get(f"{address}?format=csv")
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = answer.text.strip().count("\n")
    if "All that happened" not in page and rows:
        shown = re.search(r'role="status">(?:[^<]*of )?(\d+) result', page)
        assert shown is not None
        assert rows == int(shown[1])


def test_a_text_that_a_spreadsheet_would_calculate_is_defused(programme):
    staff = programme.as_("staff")
    staff.create(
        "/teams",
        {
            "edition_id": programme.ids["edition"], "name": "=1+1", "voivodeship": "02",
            "ros_expert_id": programme.ids["spare"], "pro_expert_id": programme.ids["pro"],
        },
    )  # fmt: skip
    answer = Visitor(the_whole_app(programme), "staff").get("/panel/teamy?format=csv")
    assert "'=1+1" in answer.text

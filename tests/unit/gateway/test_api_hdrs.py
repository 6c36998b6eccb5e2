"""HDRs, catalogue and summaries over the API."""

import pytest

from tests.unit.gateway.programme import BOLESLAWIEC, Programme
from tests.unit.gateway.test_api_recruitment import refused
from tests.unit.hdr.builders import CONTACT, a_complete_document, a_reflection_study

STEPS = ("submit", "start-editing", "finish-substantive-editing", "finish-proofreading", "publish")


@pytest.fixture(scope="module")
def _advised():
    programme = Programme().advise()
    yield programme
    programme.close()


@pytest.fixture
def advised(_advised):
    """A platform of one's own on which the HDR is open and nothing is written yet."""
    copied = _advised.copy()
    yield copied
    copied.close()


def go(programme, *steps):
    for step in steps:
        programme.as_("staff").must("POST", f"/hdrs/{programme.ids['hdr']}/{step}")


# --- writing and editing ----------------------------------------------------------------------


def test_an_incomplete_hdr_is_kept_and_each_missing_element_named(advised):
    jst, path = advised.as_("jst"), f"/hdrs/{advised.ids['hdr']}"
    jst.must("PUT", f"{path}/document", {"document": {"title": "Razem"}})
    problem = refused(jst.post(f"{path}/submit"), 422, "incomplete-hdr")
    fields = {error["field"]: error["detail"] for error in problem["errors"]}
    assert {"main_goal", "actions", "indicators"} <= set(fields)
    assert "title" not in fields
    assert all(detail for detail in fields.values())
    assert fields["main_goal"].endswith(": Uzupełnij to pole.")
    assert jst.get(path).json["document"]["title"] == "Razem"


def test_a_document_of_another_shape_is_not_kept(advised):
    jst, path = advised.as_("jst"), f"/hdrs/{advised.ids['hdr']}/document"
    response = jst.put(path, {"document": {"titel": "Razem", "actions": "wszystkie"}})
    problem = refused(response, 422, "unkeepable-document")
    assert {(e["field"], e["rule"]) for e in problem["errors"]} == {
        ("titel", "UNKNOWN_ELEMENT"),
        ("actions", "TYPE"),
    }
    wrong = jst.put(path, {"document": ["a"]})
    assert refused(wrong, 422, "invalid-request")["errors"][0]["field"] == "document"


def test_two_who_write_at_once_do_not_overwrite_each_other(advised):
    path = f"/hdrs/{advised.ids['hdr']}"
    seen = advised.as_("jst").get(path).headers["ETag"]
    save = {"document": a_complete_document()}
    advised.as_("expert").must("PUT", f"{path}/document", save)
    response = advised.as_("jst").with_(If_Match=seen).put(f"{path}/document", save)
    refused(response, 409, "stale-version")


def test_it_is_written_by_authors_in_its_draft_and_by_editors_after_it(advised):
    path = f"/hdrs/{advised.ids['hdr']}/document"
    save = {"document": a_complete_document()}
    refused(advised.as_("editor").put(path, save), 409, "editors-only-in-editing")
    advised.as_("jst").must("PUT", path, save)
    go(advised, "submit")
    refused(advised.as_("editor").put(path, save), 409, "not-editable")
    problem = refused(advised.as_("jst").put(path, save), 409, "authors-only-in-draft")
    assert "przekazany do redakcji" in problem["detail"]
    go(advised, "start-editing")
    advised.as_("editor").must("PUT", path, save)
    refused(advised.as_("expert").put(path, save), 409, "authors-only-in-draft")


def test_the_steps_of_editing_follow_one_another(advised):
    editor, path = advised.as_("editor"), f"/hdrs/{advised.ids['hdr']}"
    for step in STEPS[1:4]:
        refused(editor.post(f"{path}/{step}"), 409, "wrong-state")
    refused(advised.as_("staff").post(f"{path}/publish"), 409, "wrong-state")
    advised.as_("jst").must("PUT", f"{path}/document", {"document": a_complete_document()})
    go(advised, "submit")
    problem = refused(advised.as_("jst").post(f"{path}/submit"), 409, "wrong-state")
    assert problem["parameters"]["state"] == "SUBMITTED"
    assert "w stanie: szkic" in problem["detail"]


def test_an_hdr_given_back_is_a_draft_with_the_reason(advised):
    path = f"/hdrs/{advised.ids['hdr']}"
    advised.as_("jst").must("PUT", f"{path}/document", {"document": a_complete_document()})
    go(advised, "submit", "start-editing")
    refused(advised.as_("editor").post(f"{path}/return", {}), 422, "invalid-request")
    advised.as_("editor").must("POST", f"{path}/return", {"reason": "Brak wskaźników bazowych."})
    hdr = advised.as_("jst").get(path).json
    assert (hdr["state"], hdr["return_reason"]) == ("DRAFT", "Brak wskaźników bazowych.")


def test_lists_narrow_by_state_and_text(advised):
    editor = advised.as_("editor")
    assert editor.get("/hdrs?state=DRAFT&state=SUBMITTED").json["total"] == 1
    assert editor.get("/hdrs?state=PUBLISHED").json["total"] == 0
    assert editor.get("/hdrs?text=boleslawiec").json["total"] == 1


# --- the catalogue ----------------------------------------------------------------------------


def test_the_catalogue_is_open_to_anyone_with_the_whole_text(programme):
    anyone = programme.anyone()
    (row,) = anyone.get(f"/catalogue?kind=urban&text={BOLESLAWIEC}").json["items"]
    entry = anyone.get(f"/catalogue/{row['hdr_id']}").json
    assert entry["hdr"] == row
    assert entry["document"]["title"] == a_complete_document()["title"]
    assert [v["published_version"] for v in entry["versions"]] == [1]
    assert anyone.get(f"/catalogue/{row['hdr_id']}?version=1").json == entry
    assert anyone.get(f"/catalogue/{row['hdr_id']}?version=2").status_code == 404


def test_what_is_not_published_is_not_in_the_catalogue(advised):
    assert advised.anyone().get("/catalogue").json["total"] == 0
    assert advised.anyone().get(f"/catalogue/{advised.ids['hdr']}").status_code == 404


def test_a_withdrawn_hdr_keeps_its_address_and_says_why(programme):
    hdr = programme.ids["hdr"]
    programme.as_("staff").must("POST", f"/hdrs/{hdr}/withdraw", {"reason": "Błędne dane."})
    assert programme.anyone().get("/catalogue").json["total"] == 0
    entry = programme.anyone().get(f"/catalogue/{hdr}").json
    assert entry["document"] is None
    assert entry["hdr"]["withdrawal_reason"] == "Błędne dane."
    response = programme.as_("staff").post(f"/hdrs/{hdr}/withdraw", {"reason": "Znowu."})
    refused(response, 409, "wrong-state")


@pytest.mark.parametrize("kind", ["HDR", "hdr", "GOOD_PRACTICE", "MINI_REPORTAGE"])
def test_templates_are_open_to_anyone(beginning, kind):
    template = beginning.anyone().get(f"/templates/{kind}/1").json
    assert template["kind"] == kind.upper()
    assert template["elements"][0]["label"]["pl"]


# --- summaries --------------------------------------------------------------------------------


def test_a_summary_is_for_a_published_hdr(advised):
    response = advised.as_("jst").post(
        f"/hdrs/{advised.ids['hdr']}/summary", {"form": "GOOD_PRACTICE"}
    )
    assert "stan tego HDR to: szkic" in refused(response, 409, "hdr-not-published")["detail"]


def test_a_summary_goes_its_way_and_its_contact_stays_inside(programme):
    path = f"/summaries/{programme.ids['summary']}"
    refused(programme.as_("editor").post(f"{path}/approve"), 409, "wrong-state")
    programme.as_("jst").must("POST", f"{path}/submit")
    programme.as_("editor").must("POST", f"{path}/approve")
    programme.as_("staff").must("POST", f"{path}/publish")
    own = programme.as_("jst").get(path).json
    assert own["document"]["contact"] == CONTACT
    (row,) = programme.anyone().get("/practices?form=good_practice").json["items"]
    public = programme.anyone().get(f"/practices/{row['summary_id']}")
    assert public.json["document"]["title"] == own["document"]["title"]
    assert CONTACT["name"] not in public.text
    assert CONTACT["email"] not in programme.as_("subscriber").get("/events?limit=1000").text


def test_contact_data_can_be_erased_without_touching_the_text(programme):
    path = f"/summaries/{programme.ids['summary']}"
    programme.as_("staff").must("DELETE", f"{path}/contact")
    assert "contact" not in programme.as_("jst").get(path).json["document"]


def test_a_summary_is_given_back_with_the_reason_and_may_change_its_form(programme):
    jst, path = programme.as_("jst"), f"/summaries/{programme.ids['summary']}"
    jst.must("POST", f"{path}/submit")
    form = {"form": "REFLECTION_STUDY"}
    choose = f"/hdrs/{programme.ids['hdr']}/summary"
    assert jst.post(choose, form).status_code == 409
    programme.as_("editor").must("POST", f"{path}/return", {"reason": "Za krótko."})
    assert jst.create(choose, form) == programme.ids["summary"]
    jst.must("PUT", f"{path}/document", {"document": a_reflection_study()})
    assert jst.get(path).json["form"] == "REFLECTION_STUDY"


def test_a_summary_in_work_is_not_public(programme):
    assert programme.anyone().get("/practices").json["total"] == 0
    response = programme.anyone().get(f"/practices/{programme.ids['summary']}")
    refused(response, 404, "not-found")


def test_editors_write_in_a_summary_only_once_it_was_handed_in(programme):
    path = f"/summaries/{programme.ids['summary']}"
    save = {"document": programme.as_("jst").get(path).json["document"]}
    refused(programme.as_("editor").put(f"{path}/document", save), 409, "editors-only-in-editing")
    programme.as_("jst").must("POST", f"{path}/submit")
    programme.as_("editor").must("PUT", f"{path}/document", save)
    refused(programme.as_("jst").put(f"{path}/document", save), 409, "authors-only-in-draft")

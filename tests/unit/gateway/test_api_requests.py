"""What comes in wrong is refused before any service is asked, and each field is named."""

import pytest

from tests.unit.gateway.programme import NOTICE, a_configuration, a_diagnosis

NOBODY = "00000000-0000-4000-8000-000000000000"
FORM = {
    "applicant": {"full_name": "Anna Nowak", "email": "anna@example.org"},
    "voivodeship": "02",
    "privacy_notice_version": NOTICE,
}
CALL = {
    "edition_id": NOBODY,
    "kind": "PRO",
    "slug": "nabor",
    "title": "Nabór",
    "text": "Zapraszamy.",
    "opens_on": "2026-02-07",
    "closes_on": "2026-02-28",
    "results_by": "2026-03-05",
    "contact_email": "nabor@example.org",
    "privacy_notice_version": NOTICE,
}


@pytest.fixture
def staff(beginning):
    return beginning.as_("staff")


def errors_of(response):
    assert response.status_code == 422, response.text
    assert response.json["code"] == "invalid-request"
    return {(error["field"], error["rule"]) for error in response.json["errors"]}


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"edition_id": "not-an-id"}, "edition_id", "uuid_parsing"),
        ({"edition_id": 7}, "edition_id", "uuid_type"),
        ({"kind": "XYZ"}, "kind", "enum"),
        ({"slug": "Nie Slug"}, "slug", "string_pattern_mismatch"),
        ({"title": ""}, "title", "string_too_short"),
        ({"title": "x" * 201}, "title", "string_too_long"),
        ({"title": None}, "title", "string_type"),
        ({"title": ["a"]}, "title", "string_type"),
        ({"text": {"a": 1}}, "text", "string_type"),
        ({"opens_on": "7 lutego"}, "opens_on", "date_from_datetime_parsing"),
        ({"opens_on": "2026-02-30"}, "opens_on", "date_from_datetime_parsing"),
        ({"contact_email": "nabor"}, "contact_email", "string_pattern_mismatch"),
        ({"places": 0}, "places", "greater_than_equal"),
        ({"places": 1.5}, "places", "int_from_float"),
        ({"places": 10**30}, "places", "int_parsing_size"),
        ({"places": 10_001}, "places", "less_than_equal"),
        ({"title": "a\0b"}, "title", "string_unicode"),
        ({"covered_costs": ["a", "\0"]}, "covered_costs.1", "string_unicode"),
        ({"training_dates": "2026-02-07"}, "training_dates", "tuple_type"),
        ({"covered_costs": ["x"] * 31}, "covered_costs", "too_long"),
        ({"covered_costs": [""]}, "covered_costs.0", "string_too_short"),
        ({"surprise": 1}, "surprise", "extra_forbidden"),
    ],
)
def test_a_value_that_breaks_its_form_is_named_with_its_rule(
    staff, beginning, changes, field, rule
):
    asked = len(beginning.rpc.calls)
    response = staff.post("/calls", CALL | changes)
    assert errors_of(response) == {(field, rule)}
    (error,) = response.json["errors"]
    assert error["detail"] not in {"", "Nieprawidłowa wartość."}
    assert len(beginning.rpc.calls) == asked


@pytest.mark.parametrize("field", ["edition_id", "slug", "text", "closes_on", "contact_email"])
def test_a_missing_field_is_named(staff, field):
    body = {name: value for name, value in CALL.items() if name != field}
    assert errors_of(staff.post("/calls", body)) == {(field, "missing")}


def test_all_mistakes_are_named_at_once(staff):
    response = staff.post("/calls", CALL | {"title": "", "places": 0, "kind": "?"})
    assert {field for field, _ in errors_of(response)} == {"title", "places", "kind"}


def test_a_nested_field_is_named_by_its_way(programme):
    path = f"/calls/{programme.ids['call_pro']}/applications"
    response = programme.anyone().post(path, FORM | {"applicant": {"full_name": "Anna"}})
    assert errors_of(response) == {("applicant.email", "missing")}


def test_what_was_typed_is_not_repeated(programme):
    path = f"/calls/{programme.ids['call_pro']}/applications"
    form = FORM | {"applicant": {"full_name": "Genowefa", "email": "tajne", "phone": "poufne"}}
    response = programme.anyone().post(path, form)
    assert {field for field, _ in errors_of(response)} == {"applicant.email", "applicant.phone"}
    assert all(word not in response.text for word in ("Genowefa", "tajne", "poufne"))


@pytest.mark.parametrize("body", [b"{", b'{"a": }', b"\xff\xfe", b"NaN", b'{"a": 1} x'])
def test_malformed_json_is_refused_with_the_place(staff, body):
    response = staff.post("/calls", data=body, content_type="application/json")
    assert (response.status_code, response.json["code"]) == (400, "malformed-body")
    assert set(response.json["parameters"]) == {"line", "column"}


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null", b"true"])
def test_json_that_is_no_object_is_refused(staff, body):
    response = staff.post("/calls", data=body, content_type="application/json")
    assert response.status_code == 422
    (error,) = response.json["errors"]
    assert (error["field"], error["detail"]) == ("", "Podaj zestaw pól.")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_another_content_type_is_refused(staff, content_type):
    response = staff.post("/calls", data=b"{}", content_type=content_type)
    assert (response.status_code, response.json["code"]) == (415, "unsupported-media-type")
    assert "application/json" in response.json["detail"]


def test_a_json_type_with_parameters_or_a_suffix_is_taken(staff):
    for content_type in ("application/json; charset=utf-8", "application/merge-patch+json"):
        response = staff.post("/calls", data=b"{}", content_type=content_type)
        assert response.status_code == 422


def test_no_body_at_all_is_an_empty_one(staff):
    fields = {field for field, _ in errors_of(staff.post("/calls"))}
    assert {"edition_id", "slug"} <= fields


def test_deeply_nested_json_breaks_nothing(staff):
    body = b'{"text":' + b"[" * 5000 + b"]" * 5000 + b"}"
    response = staff.post("/calls", data=body, content_type="application/json")
    assert response.status_code in {400, 422}


def test_what_the_path_says_cannot_be_said_otherwise_in_the_body(programme):
    body = {"call_id": NOBODY, "closes_on": "2026-12-01", "reason": "Powódź."}
    response = programme.as_("staff").post(f"/calls/{programme.ids['call_jst']}/extend", body)
    assert {rule for _, rule in errors_of(response)} == {"extra_forbidden"}


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ("limit=0", "limit", "greater_than_equal"),
        ("limit=501", "limit", "less_than_equal"),
        ("offset=-1", "offset", "greater_than_equal"),
        ("offset=x", "offset", "int_parsing"),
        ("kind=mars", "kind", "enum"),
        ("edition_id=1", "edition_id", "uuid_parsing"),
        ("voivodeship=99", "voivodeship.0", "string_pattern_mismatch"),
        ("surprise=1", "surprise", "extra_forbidden"),
        ("text=" + "x" * 201, "text", "string_too_long"),
    ],
)
def test_a_query_is_checked_like_a_body(beginning, query, field, rule):
    assert errors_of(beginning.anyone().get(f"/calls?{query}")) == {(field, rule)}


@pytest.mark.parametrize(
    "path", ["/calls?text=%00", "/calls?%00=1", "/jst/02%0001011", "/templates/HDR%00/1"]
)
def test_an_address_with_what_cannot_be_stored_is_refused(beginning, path):
    response = beginning.as_("staff").get(path)
    assert (response.status_code, response.json["code"]) == (400, "bad-request")


def test_a_query_may_be_in_small_letters_and_name_its_language(programme):
    anyone = programme.anyone()
    assert anyone.get("/calls?kind=pro&state=decided").json["total"] == 1
    assert anyone.get("/calls?lang=en&voivodeship=02&voivodeship=14").json["total"] == 3


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/editions/{id}", None),
        ("PUT", "/editions/{id}", {"configuration": a_configuration()}),
        ("GET", "/calls/{id}", None),
        ("GET", "/calls/{id}/results", None),
        ("POST", "/calls/{id}/publish", None),
        ("POST", "/calls/{id}/extend", {"closes_on": "2026-12-01", "reason": "Powód."}),
        ("POST", "/calls/{id}/applications", FORM),
        ("GET", "/applications/{id}", None),
        ("POST", "/applications/{id}/check", {"passed": True}),
        ("POST", "/applications/{id}/withdraw", {}),
        ("GET", "/trainings/{id}", None),
        ("POST", "/trainings/{id}/complete", None),
        ("POST", "/experts/{id}/remove", {"reason_code": "RESIGNED"}),
        ("GET", "/teams/{id}", None),
        ("POST", "/teams/{id}/dissolve", {"reason": "Koniec."}),
        ("GET", "/cycles/{id}", None),
        ("POST", "/cycles/{id}/diagnosis", a_diagnosis()),
        ("GET", "/hdrs/{id}", None),
        ("PUT", "/hdrs/{id}/document", {"document": {}}),
        ("POST", "/hdrs/{id}/submit", None),
        ("POST", "/hdrs/{id}/summary", {"form": "GOOD_PRACTICE"}),
        ("GET", "/catalogue/{id}", None),
        ("GET", "/summaries/{id}", None),
        ("GET", "/practices/{id}", None),
        ("GET", "/rounds/{id}", None),
        ("GET", "/rounds/{id}/report", None),
        ("POST", "/rounds/{id}/close", None),
        ("GET", "/jst/9999999", None),
        ("GET", "/jst/9999999/timeline", None),
        ("GET", "/schemas/pl.ore.nobody.Nothing.v1", None),
        ("GET", "/templates/NOTHING/1", None),
        ("GET", "/templates/HDR/99", None),
        ("GET", "/templates/%20/1", None),
    ],
)
def test_an_unknown_id_is_not_found(beginning, method, path, body):
    response = beginning.as_("staff").call(method, path.format(id=NOBODY), body)
    assert response.status_code == 404, response.text
    assert response.json["code"] in {"not-found", "unknown-template"}


# --- versions -------------------------------------------------------------------------------------


def test_the_version_that_was_seen_is_sent_back_as_it_came(programme):
    jst, path = programme.as_("staff"), f"/cycles/{programme.ids['other_cycle']}"
    assign_and_choose(programme, path)
    first = jst.get(path)
    version = first.headers["ETag"]
    assert version == f'"{first.json["version"]}"'
    saved = jst.with_(If_Match=version).post(f"{path}/diagnosis", a_diagnosis())
    assert saved.status_code == 200
    assert saved.headers["ETag"] == f'"{saved.json["version"]}"'


@pytest.mark.parametrize("as_header", [True, False])
def test_a_change_made_meanwhile_is_refused_with_both_versions(programme, as_header):
    staff, path = programme.as_("staff"), f"/cycles/{programme.ids['other_cycle']}"
    assign_and_choose(programme, path)
    seen = staff.get(path).json["version"]
    staff.must("POST", f"{path}/diagnosis", a_diagnosis())
    if as_header:
        response = staff.with_(If_Match=f'"{seen}"').post(f"{path}/diagnosis", a_diagnosis())
    else:
        response = staff.post(f"{path}/diagnosis", a_diagnosis() | {"expected_version": seen})
    assert (response.status_code, response.json["code"]) == (409, "stale-version")
    assert response.json["parameters"] == {"expected": seen, "actual": seen + 1}


@pytest.mark.parametrize("header", ["5", '"x"', "*", '"1", "2"', '"-1"'])
def test_a_version_that_cannot_be_read_is_refused(programme, header):
    staff, path = programme.as_("staff"), f"/cycles/{programme.ids['other_cycle']}"
    response = staff.with_(If_Match=header).post(f"{path}/diagnosis", a_diagnosis())
    assert (response.status_code, response.json["code"]) == (400, "header-invalid")


def test_a_version_is_not_ignored_where_there_is_none(programme):
    staff = programme.as_("staff").with_(If_Match='"1"')
    response = staff.post(f"/calls/{programme.ids['call_jst']}/close")
    assert (response.status_code, response.json["code"]) == (400, "header-invalid")


def assign_and_choose(programme, path):
    """The cycle of Warszawa in its diagnosis stage."""
    programme.as_("staff").must("POST", f"{path}/area", {"area_code": "GIFTED_SUPPORT"})


# --- lists ----------------------------------------------------------------------------------------


def test_a_list_leads_to_its_next_part_with_the_same_choices(programme):
    staff = programme.as_("staff")
    seen, path = [], "/applications?kind=JST&limit=2"
    while path:
        page = staff.get(path).json
        assert page["total"] == 3
        seen += [row["application_id"] for row in page["items"]]
        path = page["next"] and page["next"].removeprefix("/api/v1")
        assert path is None or "kind=JST" in path
    assert len(seen) == len(set(seen)) == 3


def test_beyond_the_end_of_a_list_there_is_nothing(programme):
    page = programme.as_("staff").get("/applications?offset=500").json
    assert (page["items"], page["total"], page["next"]) == ([], 6, None)

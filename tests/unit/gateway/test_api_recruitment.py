"""Editions, register, calls, applications, trainings and roster over the API."""

import io

import pytest

from tests.unit.gateway.programme import (
    ACCESS_KEY,
    BOLESLAWIEC,
    DOLNOSLASKIE,
    NOTICE,
    WARSZAWA,
    a_configuration,
)
from tests.unit.recruitment.terc import ROWS, terc

FORM = {
    "applicant": {"full_name": "Anna Nowak", "email": "anna@example.org"},
    "voivodeship": DOLNOSLASKIE,
    "privacy_notice_version": NOTICE,
}


def refused(response, status, code):
    assert (response.status_code, response.json["code"]) == (status, code), response.text
    assert response.json["detail"]
    return response.json


# --- editions and register --------------------------------------------------------------------


def test_an_edition_is_created_changed_and_read_by_anyone(beginning):
    staff = beginning.as_("staff")
    edition = staff.create("/editions", {"configuration": a_configuration()})
    changed = a_configuration(publication_grouping="REGION")
    seen = beginning.anyone().get(f"/editions/{edition}").headers["ETag"]
    staff.with_(If_Match=seen).must("PUT", f"/editions/{edition}", {"configuration": changed})
    stale = staff.with_(If_Match=seen).put(f"/editions/{edition}", {"configuration": changed})
    assert (stale.status_code, stale.json["code"]) == (409, "stale-version")
    row = beginning.anyone().get(f"/editions/{edition}").json
    assert row["version"] == stale.json["parameters"]["actual"] == 2
    assert row["configuration"]["publication_grouping"] == "REGION"
    assert beginning.anyone().get("/editions").json["items"] == [row]


def test_an_edition_keeps_its_address_and_another_cannot_take_it(beginning):
    staff = beginning.as_("staff")
    edition = staff.create("/editions", {"configuration": a_configuration()})
    response = staff.put(f"/editions/{edition}", {"configuration": a_configuration(slug="inny")})
    assert refused(response, 422, "slug-fixed")["field"] == "configuration.slug"
    response = staff.post("/editions", {"configuration": a_configuration()})
    refused(response, 409, "slug-taken")


@pytest.mark.parametrize(
    "sending",
    [
        {"data": terc().encode(), "content_type": "text/csv"},
        {"data": terc().encode(), "content_type": "text/csv; charset=utf-8"},
        {"data": {"file": (io.BytesIO(terc().encode()), "TERC.csv")}},
        {"json": {"content": terc()}},
    ],
    ids=["csv", "csv with charset", "form", "json"],
)
def test_a_register_is_taken_as_a_file_a_form_or_json(beginning, sending):
    answer = beginning.as_("staff").must("POST", "/register/imports", **sending).json
    assert (answer["registered"], answer["state_on"]) == (8, "2020-01-01")
    found = beginning.anyone().get("/register/jst?text=bolesławiec&kind=rural").json
    assert [row["jst"]["code"] for row in found["items"]] == ["0201022"]
    assert beginning.as_("staff").get("/register/imports").json[0]["registered"] == 8


def test_a_part_of_the_register_does_not_close_the_rest(beginning):
    staff = beginning.as_("staff")
    staff.must("POST", "/register/imports", data=terc().encode(), content_type="text/csv")
    part = terc(*ROWS[:3], state_on="2021-01-01").encode()
    answer = staff.must(
        "POST", "/register/imports?partial=true", data=part, content_type="text/csv"
    ).json
    assert (answer["closed"], answer["unchanged"]) == (0, 3)


def test_a_broken_register_names_rows_and_columns(beginning):
    broken = terc("02;;;;DOLNOŚLĄSKIE;województwo", "99;;;;NIGDZIE;województwo").encode()
    response = beginning.as_("staff").post(
        "/register/imports", data=broken, content_type="text/csv"
    )
    (error,) = refused(response, 422, "register-file-invalid")["errors"]
    assert error["detail"] == (
        "Wiersz 3, kolumna WOJ: niewłaściwy kod województwa (wartość: „99”)."
    )


@pytest.mark.parametrize(
    ("sending", "status", "code"),
    [
        ({"data": b"\xff\xfe", "content_type": "text/csv"}, 422, "not-utf8"),
        ({"data": b"", "content_type": "text/csv"}, 422, "invalid-request"),
        ({"data": b"a;b", "content_type": "text/csv"}, 422, "register-file-invalid"),
        ({"data": b"x", "content_type": "image/png"}, 415, "unsupported-media-type"),
        ({"data": {"other": "1"}}, 415, "unsupported-media-type"),
        ({"json": {}}, 422, "invalid-request"),
        (
            {"data": b"x" * 5_000_001, "content_type": "text/csv"},
            422,
            "invalid-request",
        ),
    ],
)
def test_what_is_no_register_is_refused(beginning, sending, status, code):
    refused(beginning.as_("staff").post("/register/imports", **sending), status, code)


# --- calls ------------------------------------------------------------------------------------


def test_a_draft_is_not_public_and_takes_no_applications(beginning):
    beginning.set_up()
    staff = beginning.as_("staff")
    call = beginning.open_call("PRO")
    draft = dict(staff.get(f"/calls/{call}").json) | {"slug": "drugi"}
    fields = ("edition_id", "kind", "slug", "title", "text", "opens_on", "closes_on", "results_by",
              "contact_email", "privacy_notice_version")  # fmt: skip
    draft = staff.create("/calls", {name: draft[name] for name in fields})
    assert beginning.anyone().get(f"/calls/{draft}").status_code == 404
    response = beginning.anyone().post(f"/calls/{draft}/applications", FORM)
    assert refused(response, 409, "call-not-open")["parameters"]["rule"] == "NOT_PUBLISHED"


DRAFT = {
    "kind": "PRO", "slug": "nabor-pro", "title": "Nabór", "text": "Zapraszamy.",
    "opens_on": "2026-02-02", "closes_on": "2026-02-22", "results_by": "2026-03-01",
    "contact_email": "nabor@example.org", "privacy_notice_version": NOTICE,
}  # fmt: skip


def test_staff_open_a_draft_again_change_it_and_publish_it(beginning):
    staff = beginning.as_("staff")
    edition = staff.create("/editions", {"configuration": a_configuration()})
    call = staff.create("/calls", DRAFT | {"edition_id": edition})
    draft = staff.get(f"/calls/{call}/draft").json
    assert (draft["state"], draft["version"], draft["title"]) == ("DRAFT", 1, "Nabór")
    assert staff.get("/calls/drafts").json["items"] == [draft]

    changed = DRAFT | {"title": "Lepszy nabór", "expected_version": 1}
    assert staff.must("PUT", f"/calls/{call}/draft", changed).json == {"version": 2}
    refused(staff.put(f"/calls/{call}/draft", changed), 409, "stale-version")
    staff.must("POST", f"/calls/{call}/publish")

    assert beginning.anyone().get(f"/calls/{call}").json["title"] == "Lepszy nabór"
    assert staff.get("/calls/drafts").json == {"items": [], "total": 0, "next": None}
    assert staff.get(f"/calls/{call}/draft").json["state"] == "PUBLISHED"
    refused(staff.put(f"/calls/{call}/draft", DRAFT), 409, "call-not-draft")


def test_a_call_goes_its_way_in_order_only(beginning):
    beginning.set_up()
    staff, call = beginning.as_("staff"), beginning.open_call("PRO")
    refused(staff.post(f"/calls/{call}/publish"), 409, "call-not-draft")
    refused(staff.post(f"/calls/{call}/results"), 409, "call-still-open")
    extend = {"closes_on": "2026-02-20", "reason": "Ferie."}
    refused(staff.post(f"/calls/{call}/extend", extend), 422, "deadline-not-later")
    staff.must("POST", f"/calls/{call}/extend", extend | {"closes_on": "2026-02-25"})
    beginning.ids["application"] = beginning.apply(call, "Anna Nowak", voivodeship=DOLNOSLASKIE)[
        "application_id"
    ]
    staff.must("POST", f"/calls/{call}/close")
    refused(staff.post(f"/calls/{call}/results"), 409, "undecided-applications")
    path = f"/applications/{beginning.ids['application']}"
    refused(staff.post(f"{path}/decide", {"decision": "QUALIFIED"}), 409, "not-checked")
    staff.must("POST", f"{path}/check", {"passed": False})
    response = staff.post(f"{path}/decide", {"decision": "QUALIFIED"})
    refused(response, 409, "only-rejection-possible")
    staff.must("POST", f"{path}/decide", {"decision": "REJECTED"})
    staff.must("POST", f"/calls/{call}/results")
    refused(staff.post(f"/calls/{call}/results"), 409, "results-already-published")
    refused(staff.post(f"/calls/{call}/cancel", {"reason": "Za późno."}), 409, "call-ended")


def test_an_application_after_the_deadline_names_the_deadline(beginning):
    beginning.set_up()
    call = beginning.open_call("PRO")
    beginning.days_later(21)
    problem = refused(
        beginning.anyone().with_(Accept_Language="pl").post(f"/calls/{call}/applications", FORM),
        409,
        "call-not-open",
    )
    assert problem["title"] == "Termin składania zgłoszeń minął"
    assert "do 22 lutego 2026 włącznie" in problem["detail"]


def test_only_staff_admit_a_late_application(beginning):
    beginning.set_up()
    call = beginning.open_call("PRO")
    beginning.days_later(21)
    late = FORM | {"late_admission_reason": "Awaria poczty."}
    response = beginning.anyone().post(f"/calls/{call}/applications", late)
    problem = refused(response, 403, "late-admission-not-allowed")
    assert problem["field"] == "late_admission_reason"
    beginning.as_("staff").must("POST", f"/calls/{call}/applications", late)
    (row,) = beginning.as_("staff").get("/applications").json["items"]
    assert row["is_late_admission"] is True


def test_published_results_name_nobody(programme):
    results = programme.anyone().get(f"/calls/{programme.ids['call_ros']}/results").json
    assert [row["decision"] for row in results["rows"]] == ["QUALIFIED", "QUALIFIED"]
    assert "Rozalia" not in str(results)


# --- applications ---------------------------------------------------------------------------------


def test_an_application_opens_with_its_key_only(programme):
    application = programme.ids["application_pro"]
    path, key = f"/applications/{application}", programme.ids["key_of_application_pro"]
    anyone = programme.anyone()
    refused(anyone.get(path), 401, "access-key-missing")
    wrong = anyone.with_(**{"Ore-Access-Key": "x" * 20}).get(path)
    unknown = anyone.with_(**{ACCESS_KEY: key}).get("/applications/" + "0" * 8 + application[8:])
    assert refused(wrong, 404, "not-found")["title"] == refused(unknown, 404, "not-found")["title"]
    own = anyone.with_(**{ACCESS_KEY: key}).get(path).json
    assert own["applicant"]["full_name"] == "Piotr Pro"
    assert own["status"] == "QUALIFIED"


def test_staff_open_it_without_a_key_and_others_do_not(programme):
    path = f"/applications/{programme.ids['application_pro']}"
    assert programme.as_("staff").get(path).json["applicant"]["full_name"] == "Piotr Pro"
    refused(programme.as_("coordinator").get(path), 401, "access-key-missing")


def test_a_candidate_sees_received_until_the_results_are_published(beginning):
    beginning.set_up()
    call = beginning.open_call("PRO")
    receipt = beginning.apply(call, "Anna Nowak", voivodeship=DOLNOSLASKIE)
    path = f"/applications/{receipt['application_id']}"
    beginning.as_("staff").must("POST", f"{path}/check", {"passed": True, "remarks": "Poufne."})
    own = beginning.anyone().with_(**{ACCESS_KEY: receipt["access_key"]}).get(path)
    assert own.json["status"] == "RECEIVED"
    assert "Poufne" not in own.text


@pytest.mark.parametrize("place", ["body", "header"])
def test_a_candidate_withdraws_with_the_key_and_may_apply_again(beginning, place):
    beginning.set_up()
    call = beginning.open_call("PRO")
    receipt = beginning.apply(call, "Anna Nowak", voivodeship=DOLNOSLASKIE)
    again = beginning.anyone().post(
        f"/calls/{call}/applications",
        FORM | {"applicant": {"full_name": "A. N.", "email": "ANNA@example.org"}},
    )
    refused(again, 409, "one-open-application")
    path = f"/applications/{receipt['application_id']}/withdraw"
    refused(beginning.anyone().post(path, {}), 401, "access-key-missing")
    key = receipt["access_key"]
    if place == "body":
        beginning.anyone().must("POST", path, {"access_key": key, "reason": "Zmiana planów."})
    else:
        beginning.anyone().with_(**{ACCESS_KEY: key}).must("POST", path)
    beginning.apply(call, "Anna Nowak", voivodeship=DOLNOSLASKIE)


def test_a_jst_is_chosen_from_the_register(beginning):
    beginning.set_up()
    call = beginning.open_call("JST")
    path = f"/calls/{call}/applications"
    jst = {name: value for name, value in FORM.items() if name != "voivodeship"}
    assert refused(beginning.anyone().post(path, jst), 422, "jst-missing")["field"] == "jst_code"
    unknown = beginning.anyone().post(path, jst | {"jst_code": "0299011"})
    refused(unknown, 422, "jst-unknown")
    beginning.anyone().must("POST", path, jst | {"jst_code": BOLESLAWIEC})


def test_the_list_of_applications_holds_no_personal_data(programme):
    response = programme.as_("staff").get(f"/applications?call_id={programme.ids['call_jst']}")
    assert response.json["total"] == 3
    assert "Wójt" not in response.text
    assert "@" not in response.text


def test_a_coordinator_sees_the_applications_of_the_own_region(programme):
    page = programme.as_("coordinator").get("/applications?kind=jst").json
    assert {row["jst"]["code"] for row in page["items"]} == {BOLESLAWIEC, "0201043"}
    page = programme.as_("other_coordinator").get("/applications?kind=jst").json
    assert {row["jst"]["code"] for row in page["items"]} == {WARSZAWA}


def test_the_reserve_moves_up_with_a_reason_and_gets_a_cycle(programme):
    staff = programme.as_("staff")
    path = f"/applications/{programme.ids['application_reserve']}/promote"
    assert refused(staff.post(path, {}), 422, "invalid-request")
    staff.must("POST", path, {"reason": "Rezygnacja innej JST."})
    refused(staff.post(path, {"reason": "Jeszcze raz."}), 409, "not-on-reserve-list")
    assert staff.get("/cycles").json["total"] == 3


# --- trainings and roster -------------------------------------------------------------------------


def test_a_training_goes_its_way_in_order_only(programme):
    staff = programme.as_("staff")
    enrol = {"application_id": programme.ids["application_pro"]}
    completed = f"/trainings/{programme.ids['training_pro']}"
    refused(staff.post(f"{completed}/complete"), 409, "training-completed")
    plan = {
        "edition_id": programme.ids["edition"],
        "role": "PRO",
        "title": "Szkolenie",
        "mode": "ONLINE",
        "venue": "Zdalnie",
        "capacity": 1,
        "sessions": [{"key": "a", "held_on": "2026-03-01", "hours": 6, "topics": ["Prawo"]}],
    }
    training = staff.create("/trainings", plan)
    path = f"/trainings/{training}"
    wrong = {"application_id": programme.ids["application_ros"]}
    problem = refused(staff.post(f"{path}/enrolments", wrong), 409, "not-qualified")
    assert problem["title"] == "Kandydat został zakwalifikowany do innej roli"
    staff.must("POST", f"{path}/enrolments", enrol)
    refused(staff.post(f"{path}/enrolments", enrol), 409, "already-enrolled")
    refused(staff.post(f"{path}/complete"), 409, "attendance-missing")
    stranger = {"session_key": "a", "present": [programme.ids["application_ros"]]}
    refused(staff.post(f"{path}/attendance", stranger), 422, "not-enrolled")
    unknown = {"session_key": "b", "present": []}
    refused(staff.post(f"{path}/attendance", unknown), 422, "session-unknown")
    staff.must("POST", f"{path}/attendance", {"session_key": "a", "present": []})
    outcome = staff.must("POST", f"{path}/complete").json
    assert outcome == {"experts": {}, "not_completed": [programme.ids["application_pro"]]}


def test_names_of_participants_are_for_staff(programme):
    training = programme.ids["training_pro"]
    answer = programme.as_("staff").get(f"/trainings/{training}")
    assert answer.json["participants"][0]["full_name"] == "Piotr Pro"
    assert answer.headers["ETag"]
    listed = programme.as_("coordinator").get("/trainings?role=pro")
    assert listed.json["total"] == 1
    assert "Piotr" not in listed.text


def test_the_roster_is_of_the_callers_regions(programme):
    rows = programme.as_("coordinator").get("/experts").json["items"]
    names = {row["full_name"] for row in rows}
    assert names == {"Rozalia Ros", "Sławomir Spare", "Piotr Pro"}
    assert programme.as_("other_coordinator").get("/experts").json["total"] == 0
    assert programme.as_("other_coordinator").get("/experts?voivodeship=02").json["total"] == 0
    found = programme.as_("staff").get("/experts?role=ros&text=slawomir&limit=1").json
    assert [row["expert_id"] for row in found["items"]] == [programme.ids["spare"]]


def test_an_expert_leaves_the_roster_once(programme):
    staff, path = programme.as_("staff"), f"/experts/{programme.ids['spare']}/remove"
    staff.must("POST", path, {"reason_code": "RESIGNED"})
    refused(staff.post(path, {"reason_code": "RESIGNED"}), 409, "expert-left")


# --- erasure --------------------------------------------------------------------------------------


def test_who_applied_is_erased_and_the_figures_stay(beginning):
    beginning.set_up()
    staff, call = beginning.as_("staff"), beginning.open_call("PRO")
    sent = beginning.apply(call, "Anna Nowak", voivodeship=DOLNOSLASKIE)
    path = f"/applications/{sent['application_id']}"
    ground = {"ground": "OWN_REQUEST"}
    problem = refused(staff.post(f"{path}/erase", ground), 409, "applicant-needed")
    assert problem["parameters"] == {"need": "DECISION"}
    staff.must("POST", f"{path}/withdraw", {"reason": "Rezygnacja Anny"})
    before = staff.get("/applications").json

    staff.must("POST", f"{path}/erase", ground)

    answer = staff.get(path).json
    assert (answer["applicant"], answer["answers"]) == (None, {})
    assert answer["receipt_number"] == sent["receipt_number"]
    assert staff.get("/applications").json == before
    refused(staff.post(f"{path}/erase", ground), 409, "applicant-erased")
    refused(
        beginning.anyone().with_(**{ACCESS_KEY: sent["access_key"]}).get(path), 404, "not-found"
    )


@pytest.mark.parametrize("body", [{}, {"ground": "BORED"}, {"ground": "OWN_REQUEST", "why": "x"}])
def test_an_erasure_names_its_ground(beginning, body):
    path = "/applications/00000000-0000-0000-0000-000000000001/erase"
    refused(beginning.as_("staff").post(path, body), 422, "invalid-request")

"""Rounds, records and the report over the API."""

from datetime import timedelta

from tests.unit.gateway.programme import a_record
from tests.unit.gateway.test_api_recruitment import refused


def record_path(programme):
    return f"/rounds/{programme.ids['round']}/records/{programme.ids['hdr']}"


def test_a_record_is_asked_given_and_corrected(programme):
    jst, path = programme.as_("jst"), record_path(programme)
    asked = jst.get(path)
    assert (asked.json["is_recorded"], "ETag" in asked.headers) == (False, False)
    first = jst.must("PUT", path, a_record(asked.json))
    given = jst.get(path)
    assert (given.json["is_recorded"], given.json["revision"]) == (True, 1)
    assert given.headers["ETag"] == f'"{first.json["version"]}"'
    jst.with_(If_Match=given.headers["ETag"]).must(
        "PUT", path, a_record(asked.json) | {"changes_made": "Nowy termin."}
    )
    assert jst.get(path).json["revision"] == 2
    stale = jst.with_(If_Match=given.headers["ETag"]).put(path, a_record(asked.json))
    refused(stale, 409, "stale-version")


def test_an_incomplete_record_names_each_place(programme):
    jst, path = programme.as_("jst"), record_path(programme)
    record = a_record(jst.get(path).json)
    record["actions"] = [{"key": "nieznane", "state": "DROPPED"}]
    problem = refused(jst.put(path, record), 422, "incomplete-report")
    assert {error["rule"] for error in problem["errors"]} >= {"ACTION_MISSING", "ACTION_UNKNOWN"}
    assert any("„nieznane”" in error["detail"] for error in problem["errors"])


def test_before_the_first_day_and_after_the_end_nothing_new_is_taken(programme):
    staff = programme.as_("staff")
    edition = programme.ids["edition"]
    later = (programme.today + timedelta(days=5)).isoformat()
    round_id = staff.create(
        "/rounds",
        {"edition_id": edition, "slug": "runda-2", "name": "Runda 2", "opens_on": later,
         "due_on": later},
    )  # fmt: skip
    path = f"/rounds/{round_id}/records/{programme.ids['hdr']}"
    record = a_record(staff.get(path).json)
    assert "7 lutego 2026" in refused(staff.put(path, record), 409, "round-not-open")["detail"]
    staff.must("POST", f"/rounds/{round_id}/close")
    programme.days_later(6)
    refused(programme.as_("staff").put(path, record), 409, "round-closed")


def test_a_late_record_is_taken_and_marked(programme):
    programme.days_later(15)
    jst, path = programme.as_("jst"), record_path(programme)
    jst.must("PUT", path, a_record(jst.get(path).json))
    assert jst.get(path).json["is_late"] is True
    rows = programme.as_("coordinator").get(f"/rounds/{programme.ids['round']}/records?is_late=1")
    assert rows.json["total"] == 1


def test_a_round_gets_more_time_but_never_less(programme):
    staff, path = programme.as_("staff"), f"/rounds/{programme.ids['round']}"
    earlier = {"due_on": programme.today.isoformat(), "reason": "Pomyłka."}
    refused(staff.post(f"{path}/move-due-date", earlier), 422, "due-date-not-later")
    staff.must("POST", f"{path}/move-due-date", {"due_on": "2026-03-01", "reason": "Ferie."})
    row = programme.anyone().get(path).json
    assert (row["due_on"], row["first_due_on"]) == ("2026-03-01", "2026-02-16")
    staff.must("POST", f"{path}/close")
    refused(staff.post(f"{path}/close"), 409, "round-already-closed")


def test_a_round_needs_something_to_ask_about(beginning):
    beginning.set_up()
    response = beginning.as_("staff").post(
        "/rounds",
        {
            "edition_id": beginning.ids["edition"],
            "slug": "runda",
            "name": "Runda",
            "opens_on": "2026-02-02",
            "due_on": "2026-02-16",
        },
    )
    refused(response, 409, "nothing-to-monitor")


def test_the_report_is_open_to_anyone_but_what_a_jst_needs_is_not(programme):
    jst, path = programme.as_("jst"), record_path(programme)
    jst.must("PUT", path, a_record(jst.get(path).json))
    report_path = f"/rounds/{programme.ids['round']}/report"
    public = programme.anyone().get(report_path).json
    assert public["overall"]["response_rate_ratio"] == 1
    assert public["overall"]["mean_attainment_ratio"] == 1
    assert public["by_voivodeship"]["02"]["recorded"] == 1
    (factors,) = public["factors"]
    assert (factors["helping_factors"], factors["support_needed"]) == ("Dobra współpraca.", "")
    inner = programme.as_("coordinator").get(report_path).json
    assert inner["factors"][0]["support_needed"] == "Szkolenie z budżetu."
    other = programme.anyone().get(f"{report_path}?voivodeship=14&known=at_closing").json
    assert other["overall"]["asked"] == 0
    assert other["overall"]["response_rate_ratio"] is None

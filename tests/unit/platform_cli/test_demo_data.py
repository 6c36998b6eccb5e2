"""What the demonstration is to hold: the pilots of 2019-2020, and work in every queue today."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

import platform_cli.demo
from platform_cli.demo.edition import MARK, marked

DATA = Path(next(iter(platform_cli.demo.__path__))) / "data"


def read(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def history():
    return read("history.json")


@pytest.fixture(scope="module")
def present():
    return read("present.json")


def test_the_pilots_published_35_hdrs_in_the_four_kinds_of_jst_over_the_12_areas(history):
    kinds = {"rural", "urban", "urban-rural", "county"}

    assert len(history["jst"]) == len({jst["code"] for jst in history["jst"]}) == 35
    assert {jst["hdr"] for jst in history["jst"]} == {
        f"hdrs/{path.name}" for path in (DATA / "hdrs").glob("*.json")
    }
    assert {kind_of(jst["code"]) for jst in history["jst"]} == kinds
    assert {jst["area_code"] for jst in history["jst"]} == {
        a["code"] for a in read("areas.json")["areas"]
    }


def kind_of(code):
    if len(code) == 4:
        return "county"
    return {"1": "urban", "2": "rural", "3": "urban-rural"}[code[6]]


def test_the_call_for_pro_experts_has_its_real_dates(history):
    (call,) = [call for call in history["calls"] if call["kind"] == "PRO"]

    assert (call["opens_on"], call["closes_on"]) == ("2020-02-07", "2020-02-29")
    assert call["results_by"] == "2020-03-05"
    assert call["training_dates"] == ["2020-03-26", "2020-03-27", "2020-03-28"]
    (training,) = [t for t in history["trainings"] if t["call"] == call["slug"]]
    assert [s["held_on"] for s in training["sessions"]] == call["training_dates"]
    assert "Sulejówku" in training["venue"]


def test_the_call_for_pro_experts_promises_what_is_paid_and_no_travel(history):
    (call,) = [call for call in history["calls"] if call["kind"] == "PRO"]
    workshop, lodging = call["covered_costs"]

    assert "szkoleniu warsztatowym (3 dni, 20 godzin)" in workshop
    assert "Zakwaterowanie i wyżywienie" in lodging


def test_experts_were_trained_20_hours_in_three_days_on_seven_topics(history):
    for training in history["trainings"]:
        sessions = training["sessions"]
        assert len({session["held_on"] for session in sessions}) == 3
        assert sum(session["hours"] for session in sessions) == 20
        assert len({topic for session in sessions for topic in session["topics"]}) == 7


def test_teams_worked_in_three_voivodeships(history):
    assert len({code[:2] for team in history["teams"] for code in team["jst"]}) == 3


def test_one_round_was_answered_and_summaries_have_all_three_forms(history):
    monitoring = history["monitoring"]

    assert len(monitoring["codes"]) == 35
    assert 0 < len(monitoring["records"]) < 35
    assert {s["form"] for s in history["summaries"] if s["state"] == "PUBLISHED"} == {
        "GOOD_PRACTICE",
        "REFLECTION_STUDY",
        "MINI_REPORTAGE",
    }


def test_there_is_work_in_every_queue_of_today(present):
    applications = Counter(a["status"] for call in present["calls"] for a in call["applications"])

    assert {call["status"] for call in present["calls"]} == {"open", "closed", "results_published"}
    assert {call["kind"] for call in present["calls"] if call["status"] == "open"} == {
        "PRO",
        "ROS",
        "JST",
    }
    assert {"RECEIVED", "CHECKED", "DECIDED", "QUALIFIED", "RESERVE"} <= applications.keys()
    assert {c["hdr"]["state"] for c in present["cycles"] if c["hdr"]} == {
        "DRAFT",
        "SUBMITTED",
        "SUBSTANTIVE_EDITING",
        "LANGUAGE_PROOFREADING",
        "APPROVED",
        "PUBLISHED",
    }
    assert {s["state"] for s in present["summaries"]} == {"DRAFT", "SUBMITTED", "APPROVED"}
    assert any(not training["is_completed"] for training in present["trainings"])
    assert present["jst_without_team"]
    assert len(present["monitoring"]["records"]) < len(present["monitoring"]["codes"])


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.json")), ids=lambda path: path.name)
def test_no_address_or_telephone_is_real(path):
    text = path.read_text(encoding="utf-8")

    assert set(re.findall(r"@([\w.-]+\w)", text)) <= {"example.org"}
    assert re.findall(r"(?:\+48|tel\.)[ \d-]{7,}", text) == []


def test_a_document_says_in_its_title_that_it_is_made_up(history):
    documents = [read(jst["hdr"]) for jst in history["jst"]]

    for document in [*documents, *(s["document"] for s in history["summaries"])]:
        title = marked(document)["title"]
        assert title.endswith(MARK)
        assert len(title) <= 200

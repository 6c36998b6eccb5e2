"""Monitoring on the panel: rounds, answers, corrections."""

import pytest

from shared.kernel.rpc import ServiceUnavailableError
from tests.pages.panel_visitor import Visitor, fields_of, the_whole_app


@pytest.fixture
def site(programme):
    for person in ("jst", "expert", "coordinator"):
        programme.as_(person)
    return programme, the_whole_app(programme)


@pytest.fixture
def path(site):
    ids = site[0].ids
    return f"/panel/monitoring/{ids['round']}/{ids['hdr']}"


def answers(page, state="DONE", value="10"):
    """The whole form, every action in one state and every indicator with one value."""
    fields = fields_of(page)
    count = {name: page.count(f'name="{name}.') for name in ("actions", "indicators")}
    for number in range(count["actions"]):
        if f'name="actions.{number}.state"' in page:
            fields[f"actions.{number}.state"] = state
    for name in list(fields):
        if name.startswith("indicators."):
            fields[name] = value
    return fields


def test_a_jst_answers_and_corrects(site, path):
    _programme, app = site
    jst = Visitor(app, "jst")
    jst.see("/panel", "Answer the monitoring round “Runda 1”")
    fields = answers(jst.see(f"{path}/odpowiedz"))
    fields["helping_factors"] = "Dobra współpraca"
    assert jst.client.post(f"{path}/odpowiedz", data=fields).status_code == 303
    jst.see(path, "Dobra współpraca", "Answered", "Done")
    page = jst.see(f"{path}/odpowiedz", "Dobra współpraca")
    fields = fields_of(page)
    assert fields["actions.0.state"] == "DONE"
    fields["helping_factors"] = "Lepsza współpraca"
    assert jst.client.post(f"{path}/odpowiedz", data=fields).status_code == 303
    jst.see(path, "Lepsza współpraca", "revision 2")


def test_each_missing_answer_is_named_and_the_others_are_kept(site, path):
    _programme, app = site
    jst = Visitor(app, "jst")
    page = jst.be_refused(
        f"{path}/odpowiedz",
        422,
        "Action D1: choose how far it has come",
        "enter a number, or leave it empty",
        helping_factors="Zostaje",
        indicators__0__value="dużo",
    )
    assert "Zostaje" in page
    assert 'value="dużo"' in page
    assert 'href="#actions-0-state"' in page


def test_a_postponed_action_needs_a_reason_and_a_new_day(site, path):
    _programme, app = site
    jst = Visitor(app, "jst")
    fields = answers(jst.see(f"{path}/odpowiedz"), state="POSTPONED")
    answer = jst.client.post(f"{path}/odpowiedz", data=fields)
    assert answer.status_code == 422
    assert 'href="#actions-0-reason"' in answer.text
    assert 'href="#actions-0-new_date-day"' in answer.text


def test_whoever_corrects_an_old_report_is_told(site, path):
    _programme, app = site
    jst, expert = Visitor(app, "jst"), Visitor(app, "expert")
    jst.client.post(f"{path}/odpowiedz", data=answers(jst.see(f"{path}/odpowiedz")))
    old = fields_of(jst.see(f"{path}/odpowiedz"))
    newer = fields_of(expert.see(f"{path}/odpowiedz"))
    newer["support_needed"] = "Eksperta"
    assert expert.client.post(f"{path}/odpowiedz", data=newer).status_code == 303
    old["support_needed"] = "JST"
    answer = jst.client.post(f"{path}/odpowiedz", data=old)
    assert answer.status_code == 409
    seen = answer.text.partition("What somebody else saved meanwhile")[2].partition("<form")[0]
    assert "Eksperta" in seen
    assert seen.count("<table") == 2
    assert ">\nJST</textarea>" in answer.text or ">JST</textarea>" in answer.text


def test_whoever_writes_the_first_report_is_told_that_there_is_one_by_now(site, path):
    _programme, app = site
    jst, expert = Visitor(app, "jst"), Visitor(app, "expert")
    mine = answers(jst.see(f"{path}/odpowiedz"))
    theirs = answers(expert.see(f"{path}/odpowiedz"))
    theirs["support_needed"] = "Eksperta"
    assert expert.client.post(f"{path}/odpowiedz", data=theirs).status_code == 303
    mine["support_needed"] = "JST"

    answer = jst.client.post(f"{path}/odpowiedz", data=mine)

    assert answer.status_code == 409
    assert "What somebody else saved meanwhile" in answer.text
    assert jst.client.post(f"{path}/odpowiedz", data=fields_of(answer.text)).status_code == 303
    jst.see(path, "JST", "revision 2")


def test_a_report_whose_answer_was_lost_is_sent_again_as_the_same(site, path, monkeypatch):
    programme, app = site
    jst = Visitor(app, "jst")
    call = programme.rpc.call

    def recorded_without_an_answer(service, method, *arguments, **named):
        answer = call(service, method, *arguments, **named)
        if method == "record_monitoring":
            raise ServiceUnavailableError(service, "no answer within 10 s")
        return answer

    mine = answers(jst.see(f"{path}/odpowiedz"))
    with monkeypatch.context() as patched:
        patched.setattr(programme.rpc, "call", recorded_without_an_answer)
        unanswered = jst.client.post(f"{path}/odpowiedz", data=mine)
    assert unanswered.status_code == 503

    again = jst.client.post(f"{path}/odpowiedz", data=fields_of(unanswered.text))

    assert again.status_code == 303
    assert "revision 2" not in jst.see(path)


def test_staff_open_prolong_and_close_a_round(site):
    programme, app = site
    staff = Visitor(app, "staff")
    new = {
        "name": "Runda 2", "slug": "runda-2",
        "opens_on-day": "2", "opens_on-month": "2", "opens_on-year": "2026",
        "due_on-day": "1", "due_on-month": "4", "due_on-year": "2026",
    }  # fmt: skip
    staff.be_refused("/panel/monitoring/nowa", 422, "Enter the name of the round")
    staff.be_refused("/panel/monitoring/nowa", 409, **new | {"slug": "runda-1"})
    assert "Runda 2" in staff.do("/panel/monitoring/nowa", **new)
    path = f"/panel/monitoring/{programme.ids['round']}"
    later = {"due_on-day": "1", "due_on-month": "5", "due_on-year": "2026"}
    staff.be_refused(f"{path}/termin", 422, "Give the reason", **later)
    assert "The due day was moved." in staff.do(f"{path}/termin", reason="Ferie", **later)
    staff.see(f"{path}/zamknij", "1 HDR has not answered")
    staff.do(f"{path}/zamknij")
    staff.be_refused(f"{path}/zamknij", 409)


def test_who_has_answered_can_be_filtered(site, path):
    programme, app = site
    coordinator = Visitor(app, "coordinator")
    base = f"/panel/monitoring/{programme.ids['round']}"
    coordinator.see(base, "1 result", "Not answered")
    coordinator.see(f"{base}?odpowiedz=tak", "0 results")
    assert coordinator.get(f"{path}/odpowiedz").status_code == 403

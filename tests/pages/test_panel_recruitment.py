"""Calls, applications, trainings and the roster on the panel: each act, and what is refused."""

import pytest

from tests.pages.panel_visitor import Visitor, fields_of, the_whole_app
from tests.unit.gateway.programme import BOLESLAWIEC, DOLNOSLASKIE, NOTICE, Programme

NEW_CALL = {
    "kind": "PRO",
    "title": "Nabór ekspertów PRO",
    "slug": "nabor-pro-2026",
    "text": "Zapraszamy ekspertów.",
    "opens_on-day": "2", "opens_on-month": "2", "opens_on-year": "2026",
    "closes_on-day": "28", "closes_on-month": "2", "closes_on-year": "2026",
    "results_by-day": "5", "results_by-month": "3", "results_by-year": "2026",
    "training_dates": "26.3.2026\n27.3.2026",
    "covered_costs": "Nocleg\nWyżywienie",
    "contact_email": "nabor@example.org",
    "privacy_notice_version": NOTICE,
}  # fmt: skip


@pytest.fixture(scope="module")
def begun():
    """An edition, and a call for JST with three applications that nobody has looked at."""
    programme = Programme().set_up()
    call = programme.open_call("JST", places=1)
    for key, code in (("first", BOLESLAWIEC), ("second", "1465011"), ("third", "0201043")):
        receipt = programme.apply(call, f"{key.capitalize()} Wójt", jst_code=code)
        programme.ids[key] = receipt["application_id"]
    programme.as_("coordinator")
    yield programme
    programme.close()


@pytest.fixture
def site(begun):
    programme = begun.copy()
    yield programme, the_whole_app(programme)
    programme.close()


@pytest.fixture
def staff(site):
    return Visitor(site[1], "staff")


# --- calls ----------------------------------------------------------------------------------------


def test_a_call_is_published_after_a_rehearsal_that_records_nothing(site, staff):
    programme, _app = site
    rehearsal = staff.fill("/panel/nabory/nowy", **NEW_CALL)
    assert rehearsal.status_code == 200
    for text in ("Check the call before it is published", "Nocleg", "Zapraszamy ekspertów."):
        assert text in rehearsal.text
    assert not [c for c in programme.rpc.calls if c[1] == "draft_call" and c[2].actor is None]
    before = len(programme.rpc.calls)
    answer = staff.client.post(
        "/panel/nabory/nowy",
        data=_again(rehearsal.text, krok="opublikuj"),
    )
    assert answer.status_code == 303
    assert [c[1] for c in programme.rpc.calls[before:]] == ["draft_call", "publish_call"]
    staff.see("/nabory/nabor-pro-2026", "Nabór ekspertów PRO")
    staff.see("/panel/nabory?stan=OPEN&rodzaj=PRO", "Nabór ekspertów PRO")


def test_the_rehearsal_leads_back_to_the_form_with_everything_that_was_typed(staff):
    rehearsal = staff.fill("/panel/nabory/nowy", **NEW_CALL)
    form = staff.client.post("/panel/nabory/nowy", data=_again(rehearsal.text, krok="popraw"))
    assert form.status_code == 200
    assert 'value="nabor-pro-2026"' in form.text
    assert "govuk-error-summary" not in form.text


def test_a_call_names_each_wrong_field_and_keeps_what_was_typed(staff):
    wrong = NEW_CALL | {"slug": "Nabór!", "opens_on-day": "31", "training_dates": "jutro"}
    page = staff.be_refused(
        "/panel/nabory/nowy",
        422,
        "Enter the address: small letters without accents, digits and hyphens",
        "Enter a real date",
        "“jutro” is no day",
        **wrong,
    )
    assert 'value="Nabór!"' in page
    assert 'href="#slug"' in page


def test_a_taken_address_is_told_at_its_field(staff):
    answer = staff.fill("/panel/nabory/nowy", **NEW_CALL | {"slug": "nabor-jst"})
    answer = staff.client.post("/panel/nabory/nowy", data=_again(answer.text, krok="opublikuj"))
    assert answer.status_code == 409
    assert 'href="#slug"' in answer.text


def test_a_deadline_moves_to_a_later_day_only(site, staff):
    programme, _app = site
    path = f"/panel/nabory/{programme.ids['call_jst']}"
    staff.be_refused(
        f"{path}/przedluz",
        422,
        reason="Bo tak",
        **{"closes_on-day": "1", "closes_on-month": "2", "closes_on-year": "2026"},
    )
    page = staff.do(
        f"{path}/przedluz",
        reason="Na prośbę gmin",
        **{"closes_on-day": "1", "closes_on-month": "3", "closes_on-year": "2026"},
    )
    assert "The deadline was moved." in page
    assert "Na prośbę gmin" in page


def test_a_call_is_called_off_with_a_reason(site, staff):
    programme, _app = site
    path = f"/panel/nabory/{programme.ids['call_jst']}"
    staff.be_refused(f"{path}/odwolaj", 422, "Give the reason")
    assert "Brak środków" in staff.do(f"{path}/odwolaj", reason="Brak środków")


def _saved_draft(staff):
    """A draft kept by the form's second button; the address of its page."""
    answer = staff.fill("/panel/nabory/nowy", **NEW_CALL, krok="zapisz")
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_draft_is_kept_opened_again_changed_and_published(site, staff):
    programme, _app = site
    path = _saved_draft(staff)
    staff.see("/panel/nabory", "The draft was saved.", "Drafts, not public", f'href="{path}"')
    page = staff.see(path, "Draft of a call", "26.3.2026", "Nocleg")
    assert fields_of(page)["closes_on-day"] == "28"

    answer = staff.fill(path, title="Lepszy nabór", krok="zapisz")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    rehearsal = staff.fill(path, places="7")
    for text in ("Check the call before it is published", "Lepszy nabór", "Nocleg"):
        assert text in rehearsal.text
    before = len(programme.rpc.calls)
    answer = staff.client.post(path, data=_again(rehearsal.text, krok="opublikuj"))

    assert answer.status_code == 303
    commands = [c[1] for c in programme.rpc.calls[before:] if c[1] != "get_call"]
    assert commands == ["revise_call", "publish_call"]
    staff.see("/nabory/nabor-pro-2026", "Lepszy nabór", "7")
    assert staff.get(path).status_code == 404
    assert "Drafts, not public" not in staff.see("/panel/nabory")


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(staff):
    path = _saved_draft(staff)
    mine = fields_of(staff.see(path))
    staff.fill(path, title="Od koleżanki", krok="zapisz")
    mine.setlist("title", ["Od kolegi"])
    mine.setlist("krok", ["zapisz"])

    answer = staff.client.post(path, data=mine)

    assert answer.status_code == 409
    assert "Od kolegi" in answer.text
    seen = answer.text.partition("What somebody else saved meanwhile")[2].partition("<form")[0]
    assert "Od koleżanki" in seen
    assert "Text of the call" not in seen
    staff.see(path, "Od koleżanki")

    again = fields_of(answer.text)
    again.setlist("krok", ["zapisz"])
    assert staff.client.post(path, data=again).status_code == 303
    staff.see(path, "Od kolegi")


@pytest.mark.parametrize(
    ("last_step", "said"),
    [
        (lambda staff, path: staff.do(f"{path}/usun", reason="Pomyłka"), "discarded this draft"),
        (lambda staff, path: staff.fill(path, krok="opublikuj"), "published this call"),
    ],
    ids=["discarded", "published"],
)
def test_what_was_typed_on_a_draft_that_is_gone_can_be_kept_as_another(staff, last_step, said):
    path = _saved_draft(staff)
    mine = fields_of(staff.see(path))
    last_step(staff, path)
    mine.setlist("title", ["Od kolegi"])
    mine.setlist("krok", ["zapisz"])

    answer = staff.client.post(path, data=mine)

    assert answer.status_code == 409
    assert f"Somebody else {said} meanwhile" in answer.text
    assert ("Open the published call" in answer.text) == (said == "published this call")
    again = fields_of(answer.text)
    assert again["title"] == "Od kolegi"
    again.setlist("slug", ["od-kolegi"])
    again.setlist("krok", ["zapisz"])
    kept = staff.client.post("/panel/nabory/nowy", data=again)
    assert kept.status_code == 303
    assert 'action="/panel/nabory/nowy"' in answer.text
    staff.see(kept.headers["Location"], "Od kolegi", "Nocleg")


def test_what_is_sent_again_after_it_was_published_leads_to_the_call(staff):
    path = _saved_draft(staff)
    rehearsal = staff.fill(path)
    published = _again(rehearsal.text, krok="opublikuj")
    first = staff.client.post(path, data=published)

    again = staff.client.post(path, data=published)

    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])


def test_a_draft_is_discarded_with_a_reason_and_frees_its_address(staff):
    path = _saved_draft(staff)
    staff.be_refused(f"{path}/usun", 422, "Give the reason")
    assert "The draft was discarded." in staff.do(f"{path}/usun", reason="Pomyłka")
    assert staff.get(path).status_code == 404
    assert _saved_draft(staff) != path


def test_the_list_is_of_use_to_a_coordinator_without_drafts(site, staff):
    _saved_draft(staff)
    page = Visitor(site[1], "coordinator").see("/panel/nabory")
    assert "Drafts, not public" not in page


# --- applications ---------------------------------------------------------------------------------


def test_an_application_goes_from_the_check_to_the_published_result(site, staff):
    programme, _app = site
    ids = programme.ids
    decisions = {"first": ("QUALIFIED", ""), "second": ("RESERVE", "1"), "third": ("REJECTED", "")}
    call = f"/panel/nabory/{ids['call_jst']}"
    for key, (decision, rank) in decisions.items():
        path = f"/panel/zgloszenia/{ids[key]}"
        staff.do(f"{path}/ocena", passed="tak")
        page = staff.do(f"{path}/decyzja", decision=decision, reserve_rank=rank, reason="Ocena")
        assert "The decision was prepared." in page
    staff.do(f"{call}/zamknij")
    staff.see(f"{call}/wyniki", "Qualified (1)", "Reserve list (1)", "Not qualified (1)")
    assert "The results were published." in staff.do(f"{call}/wyniki")
    path = f"/panel/zgloszenia/{ids['second']}"
    page = staff.do(f"{path}/awans", reason="Zwolnione miejsce")
    assert "qualified from the reserve list" in page


def test_who_applied_is_erased_after_a_yes_and_a_ground(site, staff):
    programme, _app = site
    path = f"/panel/zgloszenia/{programme.ids['first']}"
    erase = f"{path}/dane-osobowe"
    staff.be_refused(erase, 422, "Choose the ground")
    staff.be_refused(erase, 409, "While an application is assessed", ground="OWN_REQUEST")
    staff.do(f"{path}/wycofanie", reason="Rezygnacja")
    staff.see(path, "First Wójt", "Erase the personal data")

    page = staff.do(erase, ground="OWN_REQUEST")

    assert "The personal data were erased." in page
    assert "The personal data of this application were erased." in page
    assert "First Wójt" not in page
    assert erase not in page


def test_the_rehearsal_of_results_says_what_stands_in_their_way(site, staff):
    programme, _app = site
    page = staff.see(
        f"/panel/nabory/{programme.ids['call_jst']}/wyniki",
        "3 applications have no decision.",
        "The call takes applications until",
    )
    assert "<button" not in page.split('<form method="post"')[-1].split("</form>")[0]


def test_a_refused_decision_says_the_rule_and_keeps_what_was_typed(site, staff):
    programme, _app = site
    path = f"/panel/zgloszenia/{programme.ids['first']}"
    page = staff.be_refused(f"{path}/decyzja", 409, decision="QUALIFIED", reason="Dobre zgłoszenie")
    assert "Dobre zgłoszenie" in page
    staff.do(f"{path}/ocena", passed="tak")
    staff.be_refused(f"{path}/decyzja", 422, 'href="#reserve_rank"', decision="RESERVE")


def test_a_check_over_somebody_elses_is_refused_and_theirs_is_shown(site, staff):
    programme, _app = site
    path = f"/panel/zgloszenia/{programme.ids['first']}/ocena"

    seen, mine = staff.be_overtaken(
        path,
        theirs={"passed": "nie", "remarks": "Brak podpisu"},
        mine={"passed": "tak", "remarks": "Komplet"},
    )

    assert "Brak podpisu" in seen
    assert (mine["passed"], mine["remarks"]) == ("tak", "Komplet")


def test_a_decision_over_somebody_elses_is_refused_and_theirs_is_shown(site, staff):
    programme, _app = site
    path = f"/panel/zgloszenia/{programme.ids['first']}"
    staff.do(f"{path}/ocena", passed="tak")

    seen, mine = staff.be_overtaken(
        f"{path}/decyzja",
        theirs={"decision": "RESERVE", "reserve_rank": "2", "reason": "Za mało punktów"},
        mine={"decision": "QUALIFIED", "reason": "Najlepsze"},
    )

    assert "Reserve list" in seen
    assert "Za mało punktów" in seen
    assert (mine["decision"], mine["reason"]) == ("QUALIFIED", "Najlepsze")


def test_a_decision_that_breaks_a_rule_is_not_said_to_be_somebody_elses(site, staff):
    programme, _app = site
    page = staff.be_refused(
        f"/panel/zgloszenia/{programme.ids['first']}/decyzja", 409, decision="QUALIFIED"
    )
    assert "What somebody else saved meanwhile" not in page


def test_an_application_is_withdrawn_with_a_reason(site, staff):
    programme, _app = site
    path = f"/panel/zgloszenia/{programme.ids['third']}"
    assert "Withdrawn" in staff.do(f"{path}/wycofanie", reason="Prośba telefoniczna")


def test_names_are_for_programme_staff_alone(site, staff):
    programme, app = site
    coordinator = Visitor(app, "coordinator")
    path = f"/panel/zgloszenia/{programme.ids['first']}"
    staff.see(path, "First Wójt", "first@example.org")
    assert "First Wójt" not in coordinator.see(path, "shown to programme staff alone")
    staff.see("/panel/zgloszenia?szukaj=First", "First Wójt", "1 result")
    assert "Wójt" not in coordinator.see("/panel/zgloszenia", "2 results")


# --- trainings and roster -------------------------------------------------------------------------


def test_a_training_from_the_plan_to_the_roster():
    programme = Programme().set_up()
    call = programme.open_call("PRO")
    receipts = {
        name: programme.apply(call, f"{name} Nowak", voivodeship=DOLNOSLASKIE)
        for name in ("Anna", "Bartek")
    }
    for name, receipt in receipts.items():
        programme.ids[name] = receipt["application_id"]
    programme.decide(call, Anna="QUALIFIED", Bartek="QUALIFIED")
    staff = Visitor(the_whole_app(programme), "staff")
    plan = {
        "role": "PRO", "title": "Szkolenie PRO", "mode": "ONLINE", "venue": "Platforma",
        "capacity": "20", "sessions__0__hours": "6", "sessions__0__topics": "Model doradztwa",
        "sessions.0.held_on-day": "2", "sessions.0.held_on-month": "2",
        "sessions.0.held_on-year": "2026",
    }  # fmt: skip
    page = staff.fill("/panel/szkolenia/nowe", rows="add:sessions", **plan)
    assert "Session 2" in page.text
    assert "Model doradztwa" in page.text
    staff.be_refused(
        "/panel/szkolenia/nowe", 422, "Session 1: enter the day", "Choose whom the training is for"
    )
    staff.do("/panel/szkolenia/nowe", **plan)
    training = programme.as_("staff").get("/trainings").json["items"][0]["training_id"]
    path = f"/panel/szkolenia/{training}"
    both = [programme.ids["Anna"], programme.ids["Bartek"]]
    staff.be_refused(f"{path}/uczestnicy", 422, "Choose at least one candidate")
    assert "2 candidates were enrolled." in staff.do(f"{path}/uczestnicy", candidates=both)
    staff.be_refused(f"{path}/zakoncz", 409)
    seen, mine = staff.be_overtaken(
        f"{path}/obecnosc/sesja-1", theirs={"present": both[1:]}, mine={"present": both[:1]}
    )
    assert "Bartek Nowak" in seen
    assert "Anna Nowak" not in seen
    assert mine.getlist("present") == both[:1]
    staff.see(f"{path}/zakoncz", "Anna Nowak", "Enters the roster", "Does not complete")
    assert "1 expert entered the roster" in staff.do(f"{path}/zakoncz")
    staff.see("/panel/eksperci", "Anna Nowak")
    programme.close()


def test_an_expert_is_taken_off_the_roster(programme):
    staff = Visitor(the_whole_app(programme), "staff")
    path = f"/panel/eksperci/{programme.ids['spare']}"
    staff.be_refused(f"{path}/odejscie", 422, "Choose the reason")
    assert "taken off the roster" in staff.do(f"{path}/odejscie", reason_code="RESIGNED")
    staff.see(path, "the expert resigned")


def test_a_form_that_is_sent_twice_acts_once(site, staff):
    programme, _app = site
    path = f"/panel/zgloszenia/{programme.ids['first']}/ocena"
    fields = _again(staff.see(path), passed="tak")
    keys = []
    for _ in range(2):
        assert staff.client.post(path, data=fields).status_code == 303
        keys.append(
            [c[2].idempotency_key for c in programme.rpc.calls if c[1] == "check_application"][-1]
        )
    assert keys[0] == keys[1]


def _again(page, **changes):
    fields = fields_of(page)
    for name, value in changes.items():
        fields[name] = value
    return fields

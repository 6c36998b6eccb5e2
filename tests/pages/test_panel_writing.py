"""Writing, editing and publishing HDRs and summaries on the panel."""

import pytest

from tests.pages.panel_visitor import Visitor, fields_of, the_whole_app
from tests.unit.gateway.programme import Programme
from tests.unit.hdr.builders import a_complete_document


@pytest.fixture(scope="module")
def opened():
    """An HDR that can be written."""
    programme = Programme().advise()
    for person in ("jst", "editor", "expert"):
        programme.as_(person)
    yield programme
    programme.close()


@pytest.fixture
def site(opened):
    programme = opened.copy()
    yield programme, the_whole_app(programme)
    programme.close()


@pytest.fixture
def jst(site):
    return Visitor(site[1], "jst")


@pytest.fixture
def path(site):
    return f"/panel/hdr/{site[0].ids['hdr']}"


def write(programme):
    """The complete document, as the API takes it."""
    programme.as_("staff").must(
        "PUT", f"/hdrs/{programme.ids['hdr']}/document", {"document": a_complete_document()}
    )


def document(programme):
    return programme.as_("staff").get(f"/hdrs/{programme.ids['hdr']}").json["document"]


def test_what_is_missing_leads_to_its_field(jst, path):
    page = jst.see(f"{path}/pisz", "Title", "Actions", "things are missing")
    assert f'{path}/pisz/implementation_period#implementation_period-starts_on"' in page
    page = jst.see(f"{path}/pisz/implementation_period", "Still to mend here")
    assert 'id="implementation_period-starts_on"' in page


def test_each_element_is_saved_by_itself(site, jst, path):
    programme, _app = site
    page = jst.do(f"{path}/pisz/title", title="Wspólny plan oświaty", krok="save")
    assert "“Title” was saved." in page
    answer = jst.fill(
        f"{path}/pisz/implementation_period",
        implementation_period__starts_on="2026-03-01",
        implementation_period__ends_on="2026-12-31",
        krok="go-on",
    )
    assert answer.headers["Location"].endswith("/pisz/diagnosis_summary")
    saved = document(programme)
    assert saved["title"] == "Wspólny plan oświaty"
    assert saved["implementation_period"] == {"starts_on": "2026-03-01", "ends_on": "2026-12-31"}
    assert saved["diagnosis_summary"]["findings"] == "Szkoły planują osobno."


def test_rows_are_added_and_taken_away_and_what_was_typed_is_saved_with_it(site, jst, path):
    programme, _app = site
    answer = jst.fill(f"{path}/pisz/objectives", objectives__0__name="Cel", rows="add:objectives")
    assert answer.headers["Location"].endswith("/pisz/objectives#objectives-1-priority")
    assert document(programme)["objectives"] == [{"key": "C1", "name": "Cel"}, {"key": "C2"}]
    jst.fill(f"{path}/pisz/objectives", objectives__1__name="Drugi", rows="remove:objectives:0")
    assert document(programme)["objectives"] == [{"key": "C2", "name": "Drugi"}]
    jst.see(f"{path}/pisz/objectives", "C2. Drugi", "P1. Wspólne planowanie")


def test_a_number_that_is_none_is_told_at_its_field_and_nothing_is_lost(jst, path):
    page = jst.be_refused(
        f"{path}/pisz/indicators",
        422,
        "enter a number",
        indicators__0__name="Plany",
        indicators__0__baseline="dużo",
    )
    assert 'value="dużo"' in page
    assert 'value="Plany"' in page


def test_whoever_saves_an_old_version_sees_the_newer_one_and_keeps_what_they_typed(site, jst, path):
    _programme, app = site
    old = fields_of(jst.see(f"{path}/pisz/main_goal"))
    Visitor(app, "expert").do(f"{path}/pisz/main_goal", main_goal="Cel eksperta")
    old["main_goal"] = "Cel JST"
    answer = jst.client.post(f"{path}/pisz/main_goal", data=old)
    assert answer.status_code == 409
    assert "Cel JST" in answer.text
    assert "Cel eksperta" in answer.text
    again = fields_of(answer.text)
    again["krok"] = "save"
    assert jst.client.post(f"{path}/pisz/main_goal", data=again).status_code == 303


def test_an_incomplete_hdr_is_not_handed_in(jst, path):
    page = jst.see(f"{path}/zloz", "First mend what is missing")
    assert ">Hand in<" not in page
    answer = jst.fill(f"{path}/zloz")
    assert answer.status_code == 422


def test_an_hdr_from_the_draft_to_the_catalogue_and_out_of_it(site, jst, path):
    programme, app = site
    editor, staff = Visitor(app, "editor"), Visitor(app, "staff")
    write(programme)
    assert "The HDR was handed in." in jst.do(f"{path}/zloz")
    assert jst.get(f"{path}/pisz").status_code == 409
    editor.see("/panel", "Submitted")
    editor.do(f"{path}/redakcja")
    assert "returned to its authors" in editor.do(f"{path}/zwrot", reason="Popraw cele.")
    jst.see(f"{path}", "Popraw cele.")
    jst.do(f"{path}/zloz")
    editor.do(f"{path}/redakcja")
    editor.do(f"{path}/pisz/main_goal", main_goal="Poprawiony cel")
    editor.do(f"{path}/redakcja/koniec")
    editor.do(f"{path}/korekta/koniec")
    assert editor.get(f"{path}/publikuj").status_code == 403
    assert "The HDR was published." in staff.do(f"{path}/publikuj")
    page = staff.see(path, "Poprawiony cel", "Published")
    assert "/hdr/0201011/" in page
    staff.be_refused(f"{path}/wycofanie", 422, "Give the reason")
    staff.do(f"{path}/wycofanie", reason="Błąd w tytule")


def test_a_step_that_somebody_else_took_is_refused_with_the_rule(site, path):
    programme, app = site
    write(programme)
    editor = Visitor(app, "editor")
    editor.be_refused(f"{path}/redakcja", 409)


def test_a_summary_from_the_form_to_the_public_page(programme):
    for person in ("jst", "editor"):
        programme.as_(person)
    app = the_whole_app(programme)
    jst, editor, staff = (Visitor(app, person) for person in ("jst", "editor", "staff"))
    path = f"/panel/podsumowania/{programme.ids['summary']}"
    jst.see("/panel", "Write the summary of the implementation")
    jst.do(f"{path}/pisz/title", title="Budżet z mieszkańcami", krok="save")
    jst.do(f"{path}/zloz")
    editor.see("/panel", "Summaries to approve or publish")
    editor.be_refused(f"{path}/zwrot", 422, "Give the reason")
    editor.do(f"{path}/zwrot", reason="Dopisz koszty.")
    jst.do(f"{path}/pisz/cost", cost="Tysiąc złotych", krok="save")
    jst.do(f"{path}/zloz")
    editor.do(f"{path}/zatwierdz")
    assert "The summary was published." in staff.do(f"{path}/publikuj")
    staff.see(path, "Budżet z mieszkańcami", "Public page")
    assert "erased" in staff.do(f"{path}/kontakt/usun")


def test_the_form_of_a_summary_changes_while_it_is_a_draft(programme):
    programme.as_("jst")
    jst = Visitor(the_whole_app(programme), "jst")
    path = f"/panel/hdr/{programme.ids['hdr']}/podsumowanie"
    answer = jst.fill(path, form="REFLECTION_STUDY")
    assert answer.status_code == 303
    jst.see(answer.headers["Location"], "Reflection study")

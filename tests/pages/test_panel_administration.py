"""Editions, register, accounts and operations on the panel."""

import io

import pytest

from services.gateway.blueprints import panel_editions
from services.gateway.projections.editions import list_editions
from tests.pages.panel_visitor import Visitor, fields_of, the_whole_app
from tests.unit.gateway.programme import Programme
from tests.unit.recruitment.terc import terc


@pytest.fixture(scope="module")
def set_up():
    programme = Programme().set_up()
    for person in ("staff", "operator", "coordinator"):
        programme.as_(person)
    yield programme
    programme.close()


@pytest.fixture
def site(set_up):
    programme = set_up.copy()
    yield programme, the_whole_app(programme)
    programme.close()


@pytest.fixture
def staff(site):
    return Visitor(site[1], "staff")


# --- editions -------------------------------------------------------------------------------------


def test_a_new_edition_begins_with_areas_and_stages_of_the_newest(staff):
    new = {
        "slug": "edycja-2027", "name.pl": "Edycja 2027", "name.en": "Edition 2027",
        "starts_on-day": "1", "starts_on-month": "1", "starts_on-year": "2027",
        "ends_on-day": "31", "ends_on-month": "12", "ends_on-year": "2027",
    }  # fmt: skip
    page = staff.do("/panel/edycje/nowa", **new)
    for text in ("Edition 2027", "Gifted", "IMPLEMENTATION_SUPPORT"):
        assert text in page


def test_an_edition_names_each_wrong_field_and_keeps_the_rows(staff):
    page = staff.be_refused(
        "/panel/edycje/nowa",
        422,
        "Enter the address",
        "Enter the first day",
        "Enter a code: capital letters",
        **{"areas.0.code": "budżet", "voivodeships": []},
    )
    assert 'value="budżet"' in page
    assert 'href="#areas-0-code"' in page


def test_what_somebody_else_changed_in_an_edition_is_not_overwritten_unseen(site, staff):
    programme, _app = site
    path = f"/panel/edycje/{programme.ids['edition']}/zmien"
    mine, theirs = (fields_of(staff.see(path)) for _ in range(2))
    theirs["name.pl"] = "Nazwa kogoś innego"
    assert staff.client.post(path, data=theirs).status_code == 303

    mine["name.en"] = "My name of it"
    refused = staff.client.post(path, data=mine)
    assert refused.status_code == 409
    assert "Somebody else saved meanwhile:" in refused.text
    assert "My name of it" in refused.text
    seen = refused.text.partition("What somebody else saved meanwhile")[2].partition("<form")[0]
    assert "Nazwa kogoś innego" in seen
    assert "Name in English" in seen
    assert "Voivodeships" not in seen

    again = staff.client.post(path, data=fields_of(refused.text))
    assert again.status_code == 303


def test_before_the_newer_version_can_be_shown_saving_again_is_refused_again(
    site, staff, monkeypatch
):
    """The page's view lags: what the other changed is not there to be seen yet."""
    programme, _app = site
    path = f"/panel/edycje/{programme.ids['edition']}/zmien"
    mine = fields_of(staff.see(path))
    theirs = fields_of(staff.see(path))
    theirs["ends_on-year"] = "2031"
    with programme.rpc.gateway.reading() as connection:
        old = {row.edition_id: row for row in list_editions(connection)}
    assert staff.client.post(path, data=theirs).status_code == 303

    with monkeypatch.context() as lagging:
        lagging.setattr(panel_editions, "all_editions", lambda: old)
        refused = staff.client.post(path, data=mine)
        assert refused.status_code == 409
        assert "What somebody else saved meanwhile" not in refused.text
    refused = staff.client.post(path, data=fields_of(refused.text))
    assert refused.status_code == 409
    assert "2031" in refused.text.partition("What somebody else saved meanwhile")[2]


def test_an_edition_is_changed_row_by_row(site, staff):
    programme, _app = site
    path = f"/panel/edycje/{programme.ids['edition']}/zmien"
    page = staff.fill(path, rows="add:areas")
    assert page.status_code == 200
    fields = fields_of(page.text)
    fields.update(
        {
            "areas.2.code": "CAREER_GUIDANCE",
            "areas.2.number": "9",
            "areas.2.name.pl": "Doradztwo zawodowe",
            "areas.2.name.en": "Careers",
        }
    )
    for name in ("areas.2.code", "areas.2.number", "areas.2.name.pl", "areas.2.name.en"):
        fields.setlist(name, fields.getlist(name)[-1:])
    assert staff.client.post(path, data=fields).status_code == 303
    staff.see(path.removesuffix("/zmien"), "Careers")


# --- register -------------------------------------------------------------------------------------


def upload(visitor, content, **more):
    path = "/panel/rejestr/import"
    data = dict(fields_of(visitor.see(path))) | more
    data["file"] = (io.BytesIO(content), "TERC.csv")
    return visitor.client.post(path, data=data, content_type="multipart/form-data")


def test_the_register_is_imported_and_says_what_changed(staff):
    answer = upload(staff, terc(state_on="2021-01-01").encode())
    assert answer.status_code == 303
    staff.see("/panel/rejestr", "1 January 2021", "The register was imported")


def test_a_file_with_errors_names_its_rows_and_changes_nothing(staff):
    answer = upload(staff, terc("02;01;01;7;Bolesławiec;gmina").encode())
    assert answer.status_code == 422
    assert "Rows in error" in answer.text
    assert "nothing was taken over" in answer.text


@pytest.mark.parametrize("content", ["Łódź".encode("cp1250"), b""])
def test_a_file_that_is_no_text_is_refused(staff, content):
    assert upload(staff, content).status_code == 422


def test_no_file_at_all_is_told(staff):
    staff.be_refused("/panel/rejestr/import", 422, "Choose the file")


# --- accounts -------------------------------------------------------------------------------------

NEW_ACCOUNT = {
    "full_name": "Nowa Osoba", "email": "nowa@example.org", "password": "trzy dobre słowa",
    "roles": ["coordinator"], "voivodeships": ["02"],
}  # fmt: skip


@pytest.fixture
def operator(site):
    return Visitor(site[1], "operator")


def test_an_account_is_opened_changed_disabled_and_enabled(operator):
    page = operator.do("/panel/konta/nowe", **NEW_ACCOUNT)
    assert "dolnośląskie" in page
    listed = operator.see("/panel/konta?szukaj=Nowa", "1 result")
    path = listed.split('href="/panel/konta/')[2].split('"')[0]
    path = f"/panel/konta/{path}"
    page = operator.do(f"{path}/zmien", roles=["jst"], jst_codes="0201011", voivodeships=[])
    assert "Bolesławiec" in page
    assert "Disabled" in operator.do(f"{path}/wylacz").replace("disabled", "Disabled")
    operator.do(f"{path}/wlacz")
    operator.be_refused(f"{path}/haslo", 422, password="krótkie")
    operator.do(f"{path}/haslo", password="inne dobre słowa")


def test_an_account_says_what_its_role_needs_and_never_shows_a_password(operator):
    page = operator.be_refused(
        "/panel/konta/nowe", 422, "Choose the coordinator's voivodeships",
        "No JST has the code 9999999", **NEW_ACCOUNT | {
            "voivodeships": [], "roles": ["coordinator", "jst"], "jst_codes": "9999999",
        },
    )  # fmt: skip
    assert "trzy dobre słowa" not in page
    assert 'value="nowa@example.org"' in page


def test_an_address_has_one_account(operator):
    operator.be_refused(
        "/panel/konta/nowe", 409, 'href="#email"',
        **NEW_ACCOUNT | {"email": "operator@example.org"},
    )  # fmt: skip


def test_nobody_disables_their_own_account(site, operator):
    programme, _app = site
    operator.be_refused(f"/panel/konta/{programme.accounts['operator']}/wylacz", 409)


# --- operations -----------------------------------------------------------------------------------


def test_operations_show_every_service_and_view_and_no_person(site, operator):
    page = operator.see(
        "/panel/operacje",
        "recruitment",
        "advisory",
        "hdr",
        "monitoring",
        "applications",
        "Nothing is parked.",
    )
    assert "@example.org" not in page


def test_a_service_that_does_not_answer_is_shown_as_such(site, operator):
    programme, _app = site
    programme.rpc.absent.add("hdr")
    operator.see("/panel/operacje", "Does not answer", "recruitment")


def test_a_service_that_does_not_answer_costs_nobody_what_they_typed(site, staff):
    programme, _app = site
    path = f"/panel/edycje/{programme.ids['edition']}/zmien"
    page = staff.see(path)
    fields = fields_of(page)
    fields["name.pl"] = "Nowa nazwa edycji"
    programme.rpc.absent.add("recruitment")
    answer = staff.client.post(path, data=fields)
    assert answer.status_code == 503
    assert "Nowa nazwa edycji" in answer.text

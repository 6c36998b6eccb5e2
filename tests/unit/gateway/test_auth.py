"""Accounts, sessions, tokens, and the one check before every request."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher
from flask import jsonify
from sqlalchemy import select

from services.gateway import accounts, auth, sessions, tables
from services.gateway.accounts import Role, authenticate, create_account
from services.gateway.errors import (
    EmailTakenError,
    PasswordTooWeakError,
    TooManyAttemptsError,
    WrongCredentialsError,
)
from services.gateway.scope import Scope, scope_of
from shared.kernel.refusal import NotFoundError
from tests.unit.gateway.programme import PASSWORD

NOW = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA = "Anna.Nowak@example.org"


@pytest.fixture
def database(beginning):
    return beginning.rpc.gateway


@pytest.fixture
def anna(database):
    return create_account(
        database, ANNA, PASSWORD, "Anna Nowak", [Role.COORDINATOR], voivodeships=["06", "06"]
    )


def log_in(database, email=ANNA, password=PASSWORD, *, address="198.51.100.7", now=NOW):
    return authenticate(database, email, password, address=address, secret="s" * 32, now=now)


def rows(database, table):
    with database.reading() as connection:
        return connection.execute(select(table)).all()


# --- accounts -------------------------------------------------------------------------------------


def test_an_account_is_found_again_as_it_was_created(database, anna):
    assert accounts.get_account(database, anna.id) == anna
    assert anna.email == "anna.nowak@example.org"
    assert anna.roles == {Role.COORDINATOR}
    assert anna.voivodeships == ("06",)
    assert (anna.is_active, anna.version, anna.last_login_at) == (True, 1, None)


def test_a_password_is_never_kept_as_such(database, anna):
    (row,) = rows(database, tables.accounts)
    assert row.password_hash.startswith("$argon2id$")
    assert PASSWORD not in str(row)


def test_an_address_belongs_to_one_account(database, anna):
    with pytest.raises(EmailTakenError):
        create_account(database, ANNA.upper(), PASSWORD, "Inna Anna", [Role.JST])


@pytest.mark.parametrize(
    "password", ["", "krótkie", "123456789", "Password123", "aaaaaaaaaaaaaaaa", "x" * 1001]
)
def test_an_easily_guessed_password_is_refused(database, password):
    with pytest.raises(PasswordTooWeakError):
        create_account(database, ANNA, password, "Anna Nowak", [Role.JST])
    assert rows(database, tables.accounts) == []


@pytest.mark.parametrize(
    "changes", [{"email": "nobody"}, {"name": " "}, {"roles": []}, {"roles": ["king"]}]
)
def test_a_malformed_account_is_refused(database, changes):
    values = {"email": ANNA, "password": PASSWORD, "name": "Anna", "roles": [Role.JST]} | changes
    with pytest.raises(ValueError, match=r".+"):
        create_account(database, **values)


def test_an_account_is_changed_with_its_rights(database, anna):
    changed = accounts.change_account(
        database, anna.id, name="Anna Kowal", roles=["jst"], jst_ids=[UUID(int=1)]
    )
    assert (changed.full_name, changed.roles, changed.version) == ("Anna Kowal", {Role.JST}, 2)
    assert (changed.voivodeships, changed.jst_ids) == ((), (UUID(int=1),))


def test_accounts_are_listed_by_name_and_found_by_part_of_name_or_address(database, anna):
    create_account(database, "zenon@example.org", PASSWORD, "Zenon 100%", [Role.JST])
    everybody, total = accounts.list_accounts(database)
    assert ([a.full_name for a in everybody], total) == (["Anna Nowak", "Zenon 100%"], 2)
    assert accounts.list_accounts(database, text="NOWAK")[0] == [anna]
    assert accounts.list_accounts(database, text="100%")[1] == 1
    assert accounts.list_accounts(database, text="_")[1] == 0
    assert accounts.list_accounts(database, role=Role.COORDINATOR) == ([anna], 1)
    assert accounts.list_accounts(database, offset=1, limit=5)[0][0].full_name == "Zenon 100%"


def test_a_disabled_account_lets_nobody_in_until_it_is_enabled(database, anna):
    token, _ = sessions.issue_token(database, anna.id, now=NOW, lasts=HOUR)
    accounts.disable_account(database, anna.id)
    assert sessions.token_account(database, token, now=NOW) is None
    with pytest.raises(WrongCredentialsError):
        log_in(database)
    accounts.enable_account(database, anna.id)
    assert log_in(database).id == anna.id


def test_a_new_password_ends_sessions_and_tokens(database, anna):
    session = sessions.open_session(database, anna.id, now=NOW, lasts=HOUR, idle=HOUR)
    accounts.reset_password(database, anna.id, "zupełnie inne słowa")
    assert sessions.session_account(database, session, now=NOW, idle=HOUR) is None
    with pytest.raises(WrongCredentialsError):
        log_in(database)
    assert log_in(database, password="zupełnie inne słowa").id == anna.id


def test_an_erased_account_leaves_nothing_behind(database, anna):
    sessions.issue_token(database, anna.id, now=NOW, lasts=HOUR)
    accounts.erase_account(database, anna.id)
    assert rows(database, tables.accounts) == rows(database, tables.tokens) == []


@pytest.mark.parametrize("act", ["disable_account", "enable_account", "erase_account"])
def test_an_unknown_account_cannot_be_changed(database, act):
    with pytest.raises(NotFoundError):
        getattr(accounts, act)(database, uuid4())


# --- logging in -----------------------------------------------------------------------------------


def test_the_right_credentials_open_the_account_whatever_their_case(database, anna):
    assert log_in(database, "  ANNA.NOWAK@EXAMPLE.ORG ").id == anna.id
    assert accounts.get_account(database, anna.id).last_login_at == NOW


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(database, anna):
    with pytest.raises(WrongCredentialsError) as wrong:
        log_in(database, password="coś zupełnie innego")
    with pytest.raises(WrongCredentialsError) as unknown:
        log_in(database, "nobody@example.org")
    assert wrong.value.as_data() == unknown.value.as_data()


def test_after_five_failures_one_waits_and_is_told_how_long(database, anna):
    for minute in range(5):
        with pytest.raises(WrongCredentialsError):
            log_in(database, password="źle", now=NOW + timedelta(minutes=minute))
    with pytest.raises(TooManyAttemptsError) as refused:
        log_in(database, now=NOW + timedelta(minutes=5))  # even with the right one
    assert refused.value.parameters == {"limit": 5, "wait_minutes": 14}
    assert log_in(database, now=NOW + timedelta(minutes=19, seconds=1)).id == anna.id


def test_failures_of_others_keep_nobody_out(database, anna):
    for _ in range(6):
        with pytest.raises((WrongCredentialsError, TooManyAttemptsError)):
            log_in(database, password="źle", address="203.0.113.9")
    assert log_in(database).id == anna.id


def test_a_success_forgets_the_failures_before(database, anna):
    for _ in range(4):
        with pytest.raises(WrongCredentialsError):
            log_in(database, password="źle")
    log_in(database)
    assert rows(database, tables.login_attempts) == []


def test_failed_attempts_name_neither_person_nor_address(database, anna):
    with pytest.raises(WrongCredentialsError):
        log_in(database, password="źle")
    text = str(rows(database, tables.login_attempts))
    assert "anna" not in text
    assert "198.51" not in text


def test_an_old_hash_is_made_new_at_the_next_login(database, anna, monkeypatch):
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", stronger)
    log_in(database)
    (row,) = rows(database, tables.accounts)
    assert not stronger.check_needs_rehash(row.password_hash)


# --- sessions and tokens --------------------------------------------------------------------------


def test_a_session_ends_after_its_hours_and_when_idle(database, anna):
    session = sessions.open_session(database, anna.id, now=NOW, lasts=8 * HOUR, idle=HOUR)

    def whose(minutes):
        moment = NOW + timedelta(minutes=minutes)
        found = sessions.session_account(database, session, now=moment, idle=HOUR)
        return found and found.id

    assert whose(59) == anna.id
    assert whose(110) == anna.id  # it was used meanwhile
    assert whose(171) is None
    for minutes in range(150, 480, 50):
        whose(minutes)
    assert whose(481) is None


def test_only_hashes_of_sessions_and_tokens_are_kept(database, anna):
    session = sessions.open_session(database, anna.id, now=NOW, lasts=HOUR, idle=HOUR)
    token, _ = sessions.issue_token(database, anna.id, now=NOW, lasts=HOUR)
    kept = str(rows(database, tables.sessions)) + str(rows(database, tables.tokens))
    assert session not in kept
    assert token not in kept


def test_ended_sessions_and_expired_tokens_are_cleared_away(database, anna):
    sessions.open_session(database, anna.id, now=NOW, lasts=HOUR, idle=HOUR)
    sessions.issue_token(database, anna.id, now=NOW, lasts=HOUR)
    later = NOW + 2 * HOUR
    sessions.open_session(database, anna.id, now=later, lasts=HOUR, idle=HOUR)
    sessions.issue_token(database, anna.id, now=later, lasts=HOUR)
    assert len(rows(database, tables.sessions)) == len(rows(database, tables.tokens)) == 1


def test_an_unknown_session_or_token_opens_nothing(database):
    assert sessions.session_account(database, "x", now=NOW, idle=HOUR) is None
    assert sessions.token_account(database, "x", now=NOW) is None


# --- over HTTP: tokens ----------------------------------------------------------------------------


def test_a_token_says_who_calls(programme):
    me = programme.as_("coordinator").get("/me").json
    assert me["roles"] == ["coordinator"]
    assert me["voivodeships"] == ["02"]
    assert me["email"] == "coordinator@example.org"


def test_a_token_given_back_opens_nothing_any_more(programme):
    jst = programme.as_("jst")
    assert jst.delete("/tokens/current").status_code == 204
    refused = jst.get("/me")
    assert (refused.status_code, refused.json["code"]) == (401, "token-invalid")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic eDp5", "", "nonsense"])
def test_a_bad_token_is_refused_even_where_none_is_needed(beginning, header):
    response = beginning.anyone().with_(Authorization=header).get("/editions")
    assert (response.status_code, response.json["code"]) == (401, "token-invalid")


def test_a_token_expires(programme):
    jst = programme.as_("jst")
    programme.clock.move_to(programme.clock.moment + timedelta(hours=12))
    assert jst.get("/me").status_code == 401


def test_wrong_credentials_over_http_say_neither_which_nor_what(beginning):
    body = {"email": "ktoś@example.org", "password": "sekretne hasło"}
    for _ in range(5):
        response = beginning.anyone().post("/tokens", body)
        assert (response.status_code, response.json["code"]) == (401, "wrong-credentials")
        assert "sekretne" not in response.text
        assert "ktoś" not in response.text
    response = beginning.anyone().post("/tokens", body)
    assert (response.status_code, response.json["code"]) == (429, "too-many-attempts")
    assert response.headers["Retry-After"] == "900"
    assert "15 min" in response.json["detail"]


# --- over HTTP: sessions with cookies and CSRF ----------------------------------------------------


@pytest.fixture
def browser(programme):
    """A browser that signed in as programme staff, on an app with pages for it."""
    app = programme.app

    def sign_in():
        auth.sign_in("staff@example.org", PASSWORD)
        return jsonify(csrf=app.jinja_env.globals["csrf_token"]())

    def sign_out():
        auth.sign_out()
        return ""

    programme.as_("staff")
    app.view_functions["api.docs"] = sign_in
    app.view_functions["api.list_schemas"] = sign_out
    client = app.test_client()
    client.csrf = client.get("/api/v1/docs").json["csrf"]
    return client


def close_the_call(browser, programme, **headers):
    path = f"/api/v1/calls/{programme.ids['call_jst']}/close"
    return browser.post(path, headers=headers)


def test_a_session_cookie_is_for_this_site_only_and_closed_to_scripts(browser):
    cookie = browser.get_cookie("ore-session")
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")


def test_a_session_reads_without_more(browser):
    assert browser.get("/api/v1/me").json["email"] == "staff@example.org"


def test_a_session_changes_nothing_without_the_token_of_the_page(browser, programme):
    response = close_the_call(browser, programme)
    assert (response.status_code, response.json["code"]) == (400, "csrf-failed")
    response = close_the_call(browser, programme, **{"X-CSRFToken": "forged"})
    assert response.json["code"] == "csrf-failed"


def test_a_session_with_the_token_of_the_page_may_change(browser, programme):
    response = close_the_call(browser, programme, **{"X-CSRFToken": browser.csrf})
    assert response.json["code"] == "call-not-published"  # as far as its rule


def test_signing_in_again_begins_another_session(browser):
    first = browser.get_cookie("ore-session").value
    browser.get("/api/v1/docs")
    assert browser.get_cookie("ore-session").value != first
    browser.set_cookie("ore-session", first)
    assert browser.get("/api/v1/me").status_code == 401


def test_signing_out_ends_the_session(browser):
    token = browser.get_cookie("ore-session").value
    browser.get("/api/v1/schemas")
    assert browser.get_cookie("ore-session") is None
    browser.set_cookie("ore-session", token)
    assert browser.get("/api/v1/me").status_code == 401


def test_a_token_is_not_given_back_by_a_session(browser):
    response = browser.delete("/api/v1/tokens/current", headers={"X-CSRFToken": browser.csrf})
    assert response.status_code == 401


# --- scope of an account --------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.PROGRAMME_STAFF, Role.EDITOR, Role.OPERATOR])
def test_who_works_for_the_whole_country_has_no_limits(database, role):
    account = create_account(database, ANNA, PASSWORD, "Anna", [role, Role.JST])
    assert scope_of(account) == Scope(is_everything=True)


def test_a_region_counts_for_a_coordinator_only(database):
    account = create_account(
        database, ANNA, PASSWORD, "Anna", [Role.JST], voivodeships=["06"], jst_ids=[UUID(int=1)]
    )
    assert scope_of(account) == Scope(jst_ids=(UUID(int=1),))
    assert scope_of(None) == Scope()

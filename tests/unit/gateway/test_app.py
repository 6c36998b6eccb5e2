"""The web application as such: settings, errors of every kind, headers, log, health."""

import re
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from sqlalchemy import exc, insert, update
from structlog.testing import capture_logs

from services.gateway.accounts import create_account
from services.gateway.app import create_app
from services.gateway.journal import journal, last_position, view_positions
from services.gateway.problem_texts import TEXTS
from services.gateway.progress import database_state
from services.gateway.settings import GatewaySettings
from shared.kernel.database import Database
from shared.kernel.rpc import ServiceFailedError
from shared.kernel.schema import relay, subscription_positions
from shared.kernel.settings import SettingsError
from tests.direct_rpc import SERVICES
from tests.unit.gateway.programme import PASSWORD, a_configuration, settings

ENVIRONMENT = {
    "ORE_GATEWAY_DATABASE_URL": "sqlite://",
    "ORE_BROKER_URL": "memory://",
    "ORE_SECRET_KEY": "x" * 32,
}


# --- settings -------------------------------------------------------------------------------------


def test_settings_have_sound_defaults():
    found = GatewaySettings.from_environment(ENVIRONMENT)
    assert (found.session_hours, found.session_idle_minutes, found.token_hours) == (8, 60, 12)
    assert (found.view_wait_seconds, found.rpc_timeout_seconds) == (2, 10)
    assert (found.is_demo, found.insecure_cookies, found.trusted_proxies) == (False, False, 0)


def test_settings_never_show_their_secret():
    assert "x" * 32 not in repr(GatewaySettings.from_environment(ENVIRONMENT))


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_a_missing_setting_is_named(name):
    with pytest.raises(SettingsError, match=name):
        GatewaySettings.from_environment({k: v for k, v in ENVIRONMENT.items() if k != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORE_SECRET_KEY", "short"),
        ("ORE_SESSION_HOURS", "many"),
        ("ORE_SESSION_IDLE_MINUTES", "0"),
        ("ORE_DEMO", "perhaps"),
        ("ORE_TRUSTED_PROXIES", "-1"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        GatewaySettings.from_environment(ENVIRONMENT | {name: value})


# --- cookies and proxies --------------------------------------------------------------------------


def test_cookies_are_for_https_only_unless_said_otherwise(beginning):
    app = create_app(
        settings(insecure_cookies=False), database=beginning.rpc.gateway, rpc=beginning.rpc,
        only=("api",),
    )  # fmt: skip
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True


@pytest.mark.parametrize(("proxies", "failures_count_for"), [(0, "proxy"), (1, "caller")])
def test_the_callers_address_is_taken_from_our_own_proxies_only(
    beginning, proxies, failures_count_for
):
    app = create_app(
        settings(trusted_proxies=proxies), database=beginning.rpc.gateway, rpc=beginning.rpc,
        only=("api",),
    )  # fmt: skip
    create_account(beginning.rpc.gateway, "anna@example.org", PASSWORD, "Anna", ["jst"])

    def log_in(password, address):
        return app.test_client().post(
            "/api/v1/tokens",
            json={"email": "anna@example.org", "password": password},
            headers={"X-Forwarded-For": address},
        )

    for _ in range(5):
        log_in("źle", "198.51.100.1")
    status = log_in(PASSWORD, "198.51.100.2").status_code
    assert status == {"proxy": 429, "caller": 201}[failures_count_for]


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "page-not-found"),
        ("GET", "/api/v1/editions/not-an-id", 404, "page-not-found"),
        ("DELETE", "/api/v1/editions", 405, "method-not-allowed"),
        ("GET", "/api/v1/editions/00000000-0000-4000-8000-000000000000", 404, "not-found"),
    ],
)
def test_what_the_api_refuses_is_a_problem_document(beginning, method, path, status, code):
    response = beginning.app.test_client().open(path, method=method)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json["code"] == code
    assert response.json["type"] == f"/problems/{code}"
    assert response.json["status"] == status
    assert response.json["instance"] == path
    assert response.json["correlation_id"] == response.headers["X-Correlation-Id"]


def test_a_method_that_is_not_allowed_names_those_that_are(beginning):
    response = beginning.app.test_client().delete("/api/v1/editions")
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))
    assert "GET" in response.json["detail"]


@pytest.mark.parametrize(
    ("headers", "address", "title"),
    [
        ({}, "", "Nie ma takiej strony"),
        ({"Accept-Language": "en"}, "", "There is no such page"),
        ({"Accept-Language": "en-GB,en;q=0.9,pl;q=0.1"}, "", "There is no such page"),
        ({"Accept-Language": "de, fr;q=0.5"}, "", "Nie ma takiej strony"),
        ({"Accept-Language": "en"}, "?lang=pl", "Nie ma takiej strony"),
        ({"Cookie": "lang=en"}, "", "There is no such page"),
    ],
)
def test_problems_speak_the_callers_language(beginning, headers, address, title):
    client = beginning.app.test_client(use_cookies=False)
    response = client.get(f"/api/v1/nothing{address}", headers=headers)
    assert response.json["title"] == title


def test_too_large_a_request_is_refused_with_the_limit(beginning):
    response = beginning.as_("staff").post("/editions", data=b"[" + b"1," * 4_500_000,
                                           content_type="application/json")  # fmt: skip
    assert (response.status_code, response.json["code"]) == (413, "body-too-large")
    assert "8 MB" in response.json["detail"]


def test_an_error_of_our_own_says_nothing_of_what_was_typed(beginning):
    def broken():
        raise ValueError("Anna Nowak, PESEL 00000000000")

    beginning.app.view_functions["api.list_schemas"] = broken
    with capture_logs() as lines:
        response = beginning.app.test_client().get("/api/v1/schemas")
    assert (response.status_code, response.json["code"]) == (500, "internal")
    assert "Nowak" not in response.text
    (line,) = [line for line in lines if line["event"] == "request_failed"]
    assert line["error"] == "ValueError"
    assert "Nowak" not in str(lines)
    assert line["correlation_id"] == response.json["correlation_id"]


def test_a_service_that_broke_is_an_error_of_our_own(programme, monkeypatch):
    def fails(*_args, **_more):
        raise ServiceFailedError("recruitment: KeyError: 'Anna Nowak'")

    monkeypatch.setattr(programme.rpc, "call", fails)
    with capture_logs() as lines:
        response = programme.as_("staff").get(f"/trainings/{programme.ids['training_ros']}")
    assert (response.status_code, response.json["code"]) == (500, "internal")
    assert "Nowak" not in response.text + str(lines)


LOST = (
    exc.OperationalError("SELECT 1", None, Exception("Anna Nowak")),
    exc.InterfaceError("SELECT 1", None, Exception("Anna Nowak")),
    exc.TimeoutError("Anna Nowak"),
    psycopg2.OperationalError("Anna Nowak"),
)


@pytest.mark.parametrize("lost", LOST, ids=lambda error: type(error).__qualname__)
def test_a_service_without_its_database_asks_to_try_again(programme, monkeypatch, lost):
    def fails(*_args, **_more):
        raise lost

    application = programme.rpc.runtimes["recruitment"].application
    monkeypatch.setattr(application, "get_training", fails)
    response = programme.as_("staff").get(f"/trainings/{programme.ids['training_ros']}")
    assert (response.status_code, response.json["code"]) == (503, "service-unavailable")
    assert response.headers["Retry-After"] == "2"
    assert "Nowak" not in response.text


@pytest.mark.parametrize("lost", LOST, ids=lambda error: type(error).__qualname__)
def test_the_gateway_without_its_database_asks_to_try_again(programme, monkeypatch, lost):
    def fails(*_args, **_more):
        raise lost

    client = programme.as_("staff")
    monkeypatch.setattr("services.gateway.sessions.token_account", fails)
    with capture_logs() as lines:
        response = client.get(f"/trainings/{programme.ids['training_ros']}")
    assert (response.status_code, response.json["code"]) == (503, "service-unavailable")
    assert "portal" in response.json["detail"]
    assert "Nowak" not in response.text + str(lines)


@pytest.fixture
def explained(beginning):
    """A reader of the pages that explain problems."""
    app = create_app(
        settings(), database=beginning.rpc.gateway, rpc=beginning.rpc,
        only=("api", "problem_types"),
    )  # fmt: skip
    return app.test_client()


def test_the_type_of_every_problem_leads_to_its_explanation(explained):
    listed = explained.get("/problems?lang=en")
    for code in {key.partition(".")[0] for key in TEXTS}:
        assert f'href="/problems/{code}"' in listed.text
        assert explained.get(f"/problems/{code}").status_code == 200


def test_an_explanation_speaks_the_readers_language(explained):
    assert "Termin składania zgłoszeń minął" in explained.get("/problems/call-not-open").text
    page = explained.get("/problems/call-not-open?lang=en")
    assert "The deadline has passed" in page.text
    assert explained.get("/problems/nothing").status_code == 404


def test_an_error_outside_of_the_api_is_a_page(beginning):
    response = beginning.app.test_client().get("/nie-ma-takiej")
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "Nie ma takiej strony" in response.text


# --- headers and log ------------------------------------------------------------------------------


def test_a_correlation_id_is_taken_over_or_made(beginning):
    client = beginning.app.test_client()
    given = client.get("/health/live", headers={"X-Correlation-Id": "abc-1"})
    assert given.headers["X-Correlation-Id"] == "abc-1"
    made = client.get("/health/live", headers={"X-Correlation-Id": "a b\t<script>"})
    assert re.fullmatch(r"[0-9a-f-]{36}", made.headers["X-Correlation-Id"])


def test_the_correlation_id_goes_into_what_the_services_record(beginning):
    staff = beginning.as_("staff").with_(X_Correlation_Id="the-story")
    staff.create("/editions", {"configuration": a_configuration()})
    (event,) = staff.get("/events").json
    assert event["correlationid"] == "the-story"


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_the_callers_trace_goes_through_all_that_follows(programme):
    staff = programme.as_("staff")
    with programme.rpc.gateway.reading() as connection:
        end = last_position(connection)
    path = f"/applications/{programme.ids['application_reserve']}/promote"
    staff.with_(traceparent=TRACE).must("POST", path, {"reason": "Ktoś zrezygnował."})

    caused = staff.get(f"/events?after={end}").json
    assert {event["source"] for event in caused} == {"/ore/recruitment", "/ore/advisory"}
    assert {event["traceparent"] for event in caused} == {TRACE}


@pytest.mark.parametrize("told", ["", "x", TRACE.replace("4", "G"), f"00-{'0' * 32}-{'1' * 16}-01"])
def test_a_trace_that_breaks_its_form_is_left_out(beginning, told):
    staff = beginning.as_("staff").with_(traceparent=told)
    staff.create("/editions", {"configuration": a_configuration()})
    (event,) = staff.get("/events").json
    assert "traceparent" not in event


def test_what_an_account_sees_is_not_kept_by_anybody_on_the_way(beginning):
    response = beginning.as_("staff").get("/me")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_each_request_is_one_line_without_personal_data(programme):
    call = programme.open_call("PRO", slug="drugi-nabor")
    with capture_logs() as lines:
        programme.apply(call, "Genowefa Tajemnicza", voivodeship="02")
        programme.anyone().post(
            f"/calls/{call}/applications", {"applicant": {"full_name": "Genowefa", "x": "Tajna"}}
        )
        programme.as_("staff").get("/experts?text=Genowefa")
    ours = [line for line in lines if line["event"] == "request" and line["service"] == "gateway"]
    assert [(line["route"], line["outcome"]) for line in ours][:3] == [
        ("/api/v1/calls/<uuid:call_id>/applications", "done"),
        ("/api/v1/calls/<uuid:call_id>/applications", "refused:invalid-request"),
        ("/api/v1/experts", "done"),
    ]
    written = str(lines).lower()
    assert [word for word in ("genowefa", "taj") if word in written] == []


def test_personal_data_never_enter_journal_and_views(programme):
    call = programme.open_call("PRO", slug="drugi-nabor")
    programme.apply(
        call, "Genowefa Tajemnicza", voivodeship="02", answers={"motivation": "Sekretna odpowiedź"}
    )
    with programme.rpc.gateway.reading() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())
    assert "nabor@example.org" in dump  # the call's own contact is public
    assert [word for word in ("Genowefa", "genowefa", "Sekretna") if word in dump] == []


# --- health ---------------------------------------------------------------------------------------


def test_the_process_answers(beginning):
    assert beginning.app.test_client().get("/health/live").json == {"status": "alive"}


def test_a_whole_platform_is_ready_and_level(programme):
    response = programme.app.test_client().get("/health/ready")
    assert (response.status_code, response.json["status"]) == (200, "ready")
    state = response.json["gateway"]
    assert state["journal_position"] == state["views_position"] > 50
    assert set(response.json["services"]) == set(SERVICES)
    assert response.json["services"]["hdr"]["last_event"] > 0


def test_without_a_service_the_platform_is_degraded_and_says_which(programme):
    programme.rpc.absent.add("monitoring")
    response = programme.app.test_client().get("/health/ready")
    assert (response.status_code, response.json["status"]) == (200, "degraded")
    assert response.json["services"]["monitoring"] == {
        "connected": False,
        "reason": "ServiceUnavailableError",
    }


def test_a_replica_asked_for_itself_alone_asks_no_service(programme):
    programme.rpc.calls.clear()
    response = programme.app.test_client().get("/health/ready?only=gateway")
    assert (response.status_code, response.json["status"]) == (200, "ready")
    assert response.json["gateway"]["database"] == "connected"
    assert programme.rpc.calls == []


def test_a_projector_far_behind_is_not_ready(programme, monkeypatch):
    is_near, state = database_state(programme.rpc.gateway)
    assert (is_near, state) == (True, {"database": "connected", "views_behind": 0})
    monkeypatch.setattr("services.gateway.progress.FAR_BEHIND", 0)
    with programme.rpc.gateway.transaction() as connection:
        connection.execute(update(view_positions).values(position=view_positions.c.position - 1))
    is_near, state = database_state(programme.rpc.gateway)
    assert (is_near, state["views_behind"]) == (False, 1)


def test_a_service_far_behind_is_not_ready(programme, monkeypatch):
    runtime = programme.rpc.runtimes["recruitment"]
    is_ready, state = runtime.state()
    assert (is_ready, state["relay"]["position"]) == (True, 0)
    monkeypatch.setattr("shared.kernel.nameko_host.FAR_BEHIND", state["last_event"] - 1)
    assert runtime.state()[0] is False


def test_a_service_that_cannot_follow_its_sources_is_not_ready(programme):
    runtime = programme.rpc.runtimes["hdr"]
    assert runtime.state()[0] is True
    runtime.subscription.trouble = "AccessRefused: amqp://hdr:secret@rabbitmq"
    is_ready, state = runtime.state()
    assert (is_ready, state["subscription"]["is_troubled"]) == (False, True)
    assert "secret" not in str(state)
    runtime.subscription.trouble = None


def test_without_its_database_the_gateway_is_not_ready(beginning, tmp_path):
    broken = Database(f"sqlite:///{tmp_path}/empty.db")
    app = create_app(settings(), database=broken, rpc=beginning.rpc, only=("api", "health"))
    response = app.test_client().get("/health/ready")
    assert (response.status_code, response.json["status"]) == (503, "unavailable")
    assert app.test_client().get("/metrics").status_code == 200
    broken.close()


def test_the_figures_are_there_for_prometheus(programme):
    text = programme.app.test_client().get("/metrics").text
    assert "ore_gateway_connected 1.0" in text
    labels = r'\{source="recruitment",subscription="gateway"\}'
    assert re.search(rf"ore_subscription_position{labels} [1-9]", text)
    assert re.search(rf"ore_subscription_lag_events{labels} \d", text)
    assert re.search(r'ore_view_position\{view="\w+"\} [1-9]', text)
    assert re.search(r'ore_view_lag_events\{view="\w+"\} 0', text)
    assert re.search(r'ore_view_lag_seconds\{view="\w+"\} 0', text)
    assert 'ore_parked_messages{subscription="gateway"} 0.0' in text


def test_a_view_and_a_subscription_that_are_behind_tell_by_how_much(programme):
    moment = datetime.now(UTC) - timedelta(hours=1)
    with programme.rpc.gateway.transaction() as connection:
        connection.execute(update(journal).values(recorded_at=moment))
        connection.execute(
            update(view_positions)
            .where(view_positions.c.view == "calls")
            .values(position=view_positions.c.position - 2)
        )
        seen = connection.execute(
            update(subscription_positions)
            .where(subscription_positions.c.source == "recruitment")
            .values(sequence=1)
        )
        assert seen.rowcount == 1
    source = programme.rpc.runtimes["recruitment"].application
    end = source.log.max_notification_id()
    with source.database.transaction() as connection:
        connection.execute(insert(relay).values(id=1, position=end, published_sequence=end))
    text = programme.app.test_client().get("/metrics").text
    labels = r'\{source="recruitment",subscription="gateway"\}'
    assert re.search(rf"ore_subscription_position{labels} 1\.0", text)
    assert re.search(rf"ore_subscription_lag_events{labels} {end - 1}\.0", text)
    assert re.search(rf"ore_subscription_lag_seconds{labels} [1-9]", text)
    assert 'ore_view_lag_events{view="calls"} 2.0' in text
    assert re.search(r'ore_view_lag_seconds\{view="calls"\} 36\d\d\.', text)


def test_requests_are_counted_under_our_own_names(programme):
    client = programme.app.test_client()
    client.get("/health/live")
    client.open("/nowhere", method="MADEUP")
    text = client.get("/metrics").text
    counted = 'ore_http_requests_total{endpoint="health.live",method="GET",status="200"} '
    assert float(text.split(counted)[1].split()[0]) >= 1
    assert (
        'endpoint="health.live",method="GET"} '
        in text.split("ore_http_request_seconds_count{", 1)[1]
    )
    assert 'method="other"' in text
    assert "MADEUP" not in text

"""How the gateway asks the services: what it passes on, what it repeats, what it waits for."""

import inspect
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from services.gateway.clients import Caller, Client, Services
from shared.contracts.recruitment import CallRequest, CreateEdition
from shared.kernel import rpc
from shared.kernel.clock import Clock
from shared.kernel.refusal import Refusal
from shared.kernel.rpc import ServiceUnavailableError
from tests.direct_rpc import SERVICES, database_count
from tests.unit.gateway.programme import NOTICE, a_configuration, settings

OF_THE_HOST = {"list_parked", "read_feed", "report_status", "settle_parked"}


def entrypoints(service):
    return {name for name, method in vars(service).items() if hasattr(method, "nameko_entrypoints")}


def client_of(name):
    return next(c for c in Client.__subclasses__() if c.service == name)


def services_of(programme, **changes):
    here = SimpleNamespace(
        settings=settings(**changes),
        database=programme.rpc.gateway,
        rpc=programme.rpc,
        views_moved=None,
        views_watch=None,
        clock=Clock(),
    )
    return Services(Caller(here=here, correlation_id="c-1", actor="a-1", key="k-1"))


def an_edition(slug="edycja-2026"):
    return CreateEdition.model_validate({"configuration": a_configuration(slug=slug)})


# --- one method for each entrypoint ---------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_client_has_exactly_the_entrypoints_of_its_service(name):
    methods = {m for m in vars(client_of(name)) if not m.startswith("_") and m != "service"}
    assert methods == entrypoints(SERVICES[name]) - OF_THE_HOST


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_client_speaks_of_the_same_requests_and_answers(name):
    for method in entrypoints(SERVICES[name]) - OF_THE_HOST:
        theirs = inspect.get_annotations(
            inspect.unwrap(getattr(SERVICES[name], method)), eval_str=True
        )
        ours = inspect.get_annotations(getattr(client_of(name), method), eval_str=True)
        assert ours == {"message": theirs["request"], "return": theirs["return"]}, method


# --- what goes along ------------------------------------------------------------------------------


def test_a_command_says_who_why_and_under_which_key(beginning):
    services_of(beginning).recruitment.create_edition(an_edition())
    ((service, method, context),) = beginning.rpc.calls
    assert (service, method) == ("recruitment", "create_edition")
    assert (context.correlation_id, context.actor, context.idempotency_key) == ("c-1", "a-1", "k-1")


def test_several_commands_of_one_request_have_keys_of_their_own(beginning):
    asked = services_of(beginning).recruitment
    asked.create_edition(an_edition("pierwsza"))
    asked.create_edition(an_edition("druga"))
    assert [c.idempotency_key for _, _, c in beginning.rpc.calls] == ["k-1", "k-1#2"]


def test_a_refusal_of_a_service_arrives_as_one(beginning):
    with pytest.raises(Refusal) as refused:
        services_of(beginning).recruitment.publish_call(CallRequest(call_id=uuid4()))
    assert (refused.value.code, refused.value.status) == ("not-found", 404)


# --- what is repeated -----------------------------------------------------------------------------


def test_a_command_whose_answer_was_lost_is_sent_again_and_done_once(beginning):
    beginning.rpc.lost_answers = 1
    asked = services_of(beginning)
    answer = asked.recruitment.create_edition(an_edition())
    assert isinstance(answer.id, UUID)
    assert asked.caller.is_replay
    assert len(beginning.rpc.calls) == 2
    assert database_count(beginning.rpc.gateway, "editions") == 1


def test_after_two_lost_answers_it_is_said_that_the_service_does_not_answer(beginning):
    beginning.rpc.lost_answers = 2
    with pytest.raises(ServiceUnavailableError):
        services_of(beginning).recruitment.create_edition(an_edition())
    assert database_count(beginning.rpc.gateway, "editions") == 1  # and the key makes that safe


def test_a_replica_of_an_earlier_release_is_passed_over(beginning, monkeypatch):
    monkeypatch.setattr(rpc.time, "sleep", lambda _seconds: None)
    beginning.rpc.outdated_replicas = 3
    asked = services_of(beginning)
    answer = asked.recruitment.create_edition(an_edition())
    assert isinstance(answer.id, UUID)
    assert {context.idempotency_key for _, _, context in beginning.rpc.calls} == {"k-1"}
    assert database_count(beginning.rpc.gateway, "editions") == 1


def test_where_all_replicas_are_of_an_earlier_release_it_is_503(beginning, monkeypatch):
    monkeypatch.setattr(rpc.time, "sleep", lambda _seconds: None)
    beginning.rpc.outdated_replicas = 100
    response = beginning.as_("staff").post("/editions", {"configuration": a_configuration()})
    assert (response.status_code, response.json["code"]) == (503, "service-unavailable")
    assert len(beginning.rpc.calls) == 6


def test_over_http_a_service_that_does_not_answer_is_503_with_the_way_out(programme):
    programme.rpc.absent.add("hdr")
    response = programme.as_("staff").get(f"/hdrs/{programme.ids['hdr']}")
    assert (response.status_code, response.json["code"]) == (503, "service-unavailable")
    assert response.headers["Retry-After"] == "2"
    assert "Idempotency-Key" in response.json["detail"]


def test_reading_views_needs_no_service(programme):
    programme.rpc.absent |= set(SERVICES)
    staff = programme.as_("staff")
    for path in ("/editions", "/calls", "/cycles", "/hdrs", "/catalogue", "/funnel", "/attention"):
        assert staff.get(path).status_code == 200


# --- idempotency over HTTP ------------------------------------------------------------------------


def test_the_same_key_has_one_effect_and_the_first_answer(beginning):
    staff = beginning.as_("staff").with_(Idempotency_Key="abc")
    body = {"configuration": a_configuration()}
    first = staff.post("/editions", body)
    second = staff.post("/editions", body)
    assert first.json == second.json
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert staff.get("/editions").json["total"] == 1


def test_the_same_key_with_another_request_is_refused(beginning):
    staff = beginning.as_("staff").with_(Idempotency_Key="abc")
    staff.create("/editions", {"configuration": a_configuration()})
    response = staff.post("/editions", {"configuration": a_configuration(slug="inna")})
    assert (response.status_code, response.json["code"]) == (422, "idempotency-key-reused")


def test_a_key_belongs_to_its_caller(programme):
    call = programme.open_call("PRO", slug="drugi-nabor")
    form = {
        "applicant": {"full_name": "Anna Nowak", "email": "anna@example.org"},
        "voivodeship": "02",
        "privacy_notice_version": NOTICE,
    }
    path = f"/calls/{call}/applications"
    first = programme.anyone().with_(Idempotency_Key="1").post(path, form)
    assert first.status_code == 201
    other = programme.as_("staff").with_(Idempotency_Key="1").post(path, form)
    assert other.json["code"] == "one-open-application"  # not the first one's receipt


@pytest.mark.parametrize("key", ["x" * 101, "ż", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(beginning, key):
    staff = beginning.as_("staff").with_(Idempotency_Key=key)
    response = staff.post("/editions", {"configuration": a_configuration()})
    assert (response.status_code, response.json["code"]) == (400, "header-invalid")


# --- views that lag -------------------------------------------------------------------------------


def test_a_command_says_that_the_views_show_it(beginning):
    response = beginning.as_("staff").post("/editions", {"configuration": a_configuration()})
    assert response.headers["Ore-Views-Level"] == "true"


def test_a_command_says_that_the_views_are_behind(beginning):
    staff = beginning.as_("staff")
    beginning.rpc.is_following = False
    response = staff.post("/editions", {"configuration": a_configuration()})
    assert (response.status_code, response.headers["Ore-Views-Level"]) == (201, "false")
    assert staff.get("/editions").json["total"] == 0
    beginning.rpc.follow()
    assert staff.get("/editions").json["total"] == 1


def test_reading_says_nothing_about_the_level_of_a_command(beginning):
    assert "Ore-Views-Level" not in beginning.anyone().get("/editions").headers


def test_once_behind_a_request_stays_behind(beginning):
    asked = services_of(beginning)
    beginning.rpc.is_following = False
    asked.recruitment.create_edition(an_edition("pierwsza"))
    beginning.rpc.is_following = True
    asked.recruitment.create_edition(an_edition("druga"))
    assert asked.caller.views_are_level is False


def test_waiting_ends_as_soon_as_the_views_have_moved(beginning):
    class FollowsWhenItIsAsked:
        """The projector, which moves the views while the caller waits for them."""

        def __init__(self, rpc):
            self.rpc = rpc

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def wait(self, _seconds):
            self.rpc.follow()

    beginning.rpc.is_following = False
    asked = services_of(beginning, view_wait_seconds=30)
    asked.caller.here.views_moved = FollowsWhenItIsAsked(beginning.rpc)
    asked.recruitment.create_edition(an_edition())
    assert asked.caller.views_are_level is True


# --- taking over the past -------------------------------------------------------------------------


def test_staff_may_name_the_moment_of_effect(beginning):
    moment = "2020-02-07T10:00:00+01:00"
    staff = beginning.as_("staff").with_(X_Effective_At=moment)
    beginning.clock.move_to(beginning.clock.moment)
    edition = staff.create("/editions", {"configuration": a_configuration()})
    row = staff.get(f"/editions/{edition}").json
    assert row["created_at"] == "2020-02-07T09:00:00Z"


def test_others_may_not(programme):
    expert = programme.as_("expert").with_(X_Effective_At="2020-02-07T10:00:00+01:00")
    response = expert.post(f"/cycles/{programme.ids['cycle']}/activities", {})
    assert (response.status_code, response.json["code"]) == (403, "effective-at-not-allowed")


@pytest.mark.parametrize("moment", ["yesterday", "2020-02-07", "2020-02-07T10:00:00"])
def test_a_moment_names_its_time_zone(beginning, moment):
    staff = beginning.as_("staff").with_(X_Effective_At=moment)
    response = staff.post("/editions", {"configuration": a_configuration()})
    assert (response.status_code, response.json["code"]) == (400, "header-invalid")
    assert response.json["parameters"] == {"header": "X-Effective-At"}


def test_an_installation_can_take_none(programme):
    runtime = programme.rpc.runtimes["recruitment"]
    runtime.settings = SimpleNamespace(allow_backdating=False)
    staff = programme.as_("staff").with_(X_Effective_At="2020-02-07T10:00:00+01:00")
    response = staff.post("/editions", {"configuration": a_configuration(slug="inna")})
    assert (response.status_code, response.json["code"]) == (403, "backdating-not-allowed")

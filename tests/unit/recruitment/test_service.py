import inspect
import json

import pytest
from nameko.testing.services import worker_factory

from services.recruitment.domain import errors
from services.recruitment.domain.errors import RecruitmentError
from services.recruitment.service import RecruitmentService
from shared.contracts import recruitment as contracts
from shared.contracts.base import Request
from tests.unit.recruitment.builders import a_configuration, an_announcement
from tests.unit.recruitment.programme import Programme

PARTS_OF_REQUESTS = {contracts.Applicant, contracts.CallTerms}
REFUSALS = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, RecruitmentError) and error.__module__ == errors.__name__
]


def a_service():
    programme = Programme()
    return programme, worker_factory(RecruitmentService, app=programme.app)


def configuration():
    return a_configuration().model_dump(mode="json")


def entrypoints():
    return {
        name: inspect.signature(method, eval_str=True)
        for name, method in inspect.getmembers(RecruitmentService, inspect.isfunction)
    }


def test_a_command_answers_with_plain_data_and_where_to_find_it():
    programme, service = a_service()

    reply = service.create_edition({"configuration": configuration()})

    [created] = programme.told()
    assert reply == {
        "answer": {"id": str(created.edition_id)},
        "source": "recruitment",
        "position": 1,
        "is_replay": False,
    }
    assert json.loads(json.dumps(reply)) == reply


def test_what_stays_inside_has_no_position():
    programme, service = a_service()
    edition_id = programme.an_edition()
    announcement = an_announcement().model_dump(mode="json")

    reply = service.draft_call({"edition_id": str(edition_id), **announcement})

    assert reply["position"] is None


def test_a_refusal_is_an_answer():
    _, service = a_service()
    service.create_edition({"configuration": configuration()})

    reply = service.create_edition({"configuration": configuration()})

    assert reply == {
        "refused": {
            "code": "slug-taken",
            "status": 409,
            "field": "configuration.slug",
            "fields": [],
            "parameters": {"slug": "pilotaz-systemu"},
        }
    }


def test_a_broken_register_file_names_its_rows():
    _, service = a_service()

    reply = service.import_register({"content": "WOJ;POW\n02;01"})

    assert (reply["refused"]["code"], reply["refused"]["fields"][0]["parameters"]) == (
        "register-file-invalid",
        {"row": 1, "column": "WOJ", "value": "WOJ;POW", "problem": "HEADER"},
    )


def test_a_request_of_the_wrong_form_names_its_fields():
    _, service = a_service()

    reply = service.extend_call({"call_id": "x", "closes_on": "2020-03-02", "why": "Ferie"})

    assert reply["refused"]["code"] == "invalid-request"
    assert {f["field"] for f in reply["refused"]["fields"]} == {"call_id", "reason", "why"}


def test_the_same_key_submits_once():
    programme, service = a_service()
    request = {
        "call_id": str(programme.a_call()),
        "applicant": {"full_name": "Anna Kowalska", "email": "anna@example.org"},
        "voivodeship": "06",
        "privacy_notice_version": "2020-01",
    }

    programme.app.caller = {"idempotency_key": "k-1"}  # as the message's headers say
    first, again = service.submit_application(request), service.submit_application(request)

    assert (first["is_replay"], again["is_replay"]) == (False, True)
    assert again["answer"]["application_id"] == first["answer"]["application_id"]
    assert programme.events().count("recruitment.ApplicationSubmitted") == 1


def test_a_query_answers_with_plain_data():
    _, service = a_service()

    assert service.list_experts({}) == {"answer": {"total": 0, "experts": []}}


def test_the_feed_holds_what_was_told():
    programme, service = a_service()
    programme.an_edition()

    [event] = service.read_feed({"after": 0})["answer"]["events"]

    assert event["type"] == "pl.ore.recruitment.EditionCreated.v1"


def test_every_request_of_the_contract_has_an_entrypoint():
    asked = {
        request
        for _, request in inspect.getmembers(contracts, inspect.isclass)
        if issubclass(request, Request) and request.__module__ == contracts.__name__
    }

    offered = {s.parameters["request"].annotation for s in entrypoints().values()}

    assert asked - PARTS_OF_REQUESTS <= offered


@pytest.mark.parametrize("name", sorted(entrypoints()))
def test_every_entrypoint_has_a_use_case_that_takes_and_gives_the_same(name):
    use_case = getattr(Programme().app, name, None)
    if name in {"list_parked", "read_feed", "report_status", "settle_parked"}:
        assert use_case is None
        return

    signature, ours = inspect.signature(use_case, eval_str=True), entrypoints()[name]

    assert signature.parameters["request"].annotation == ours.parameters["request"].annotation
    assert signature.return_annotation == ours.return_annotation


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda r: r.__name__)
def test_every_refusal_says_its_rule_and_the_way_out(refusal):
    assert refusal.status in {409, 422}
    assert len(refusal.__doc__.split()) >= 6

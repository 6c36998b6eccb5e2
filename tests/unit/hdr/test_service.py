import pytest
from nameko.testing.services import worker_factory

from services.hdr.service import HdrService
from tests.unit.hdr.builders import (
    HDR_ID,
    SUMMARY_ID,
    a_complete_document,
    a_good_practice,
    publish_hdr,
)

HDR = {"hdr_id": str(HDR_ID)}
SUMMARY = {"summary_id": str(SUMMARY_ID)}


@pytest.fixture
def service(app):
    return worker_factory(HdrService, app=app)


def test_the_whole_work_on_an_hdr_as_others_ask_for_it(service):
    document = a_complete_document()

    answers = [
        service.save_hdr_draft({**HDR, "document": document, "expected_version": 1}),
        service.submit_hdr(HDR),
        service.return_hdr({**HDR, "reason": "Brak kosztów"}),
        service.submit_hdr(HDR),
        service.start_editing(HDR),
        service.finish_substantive_editing(HDR),
        service.finish_proofreading(HDR),
        service.publish_hdr(HDR),
    ]
    published = service.get_hdr(HDR)["answer"]
    withdrawn = service.withdraw_hdr({**HDR, "reason": "Pomyłka"})

    assert [{"version": 2}, *[{}] * 8] == [a["answer"] for a in (*answers, withdrawn)]
    assert ("PUBLISHED", document) == (published["state"], published["document"])
    assert "WITHDRAWN" == service.get_hdr(HDR)["answer"]["state"]


def test_the_whole_work_on_a_summary_as_others_ask_for_it(service):
    publish_hdr(service.app)

    answers = [
        service.choose_summary_form({**HDR, "form": "GOOD_PRACTICE"}),
        service.save_summary_draft({**SUMMARY, "document": a_good_practice()}),
        service.submit_summary(SUMMARY),
        service.return_summary({**SUMMARY, "reason": "Brak kosztów"}),
        service.submit_summary(SUMMARY),
        service.approve_summary(SUMMARY),
        service.publish_summary(SUMMARY),
    ]
    published = service.get_summary(SUMMARY)["answer"]
    erased = service.erase_summary_contact(SUMMARY)

    assert [{"id": str(SUMMARY_ID)}, {"version": 2}, *[{}] * 6] == [
        a["answer"] for a in (*answers, erased)
    ]
    assert ("PUBLISHED", a_good_practice()) == (published["state"], published["document"])
    assert "contact" not in service.get_summary(SUMMARY)["answer"]["document"]


def test_a_template_is_answered_as_plain_data(service):
    template = service.get_template({"kind": "MINI_REPORTAGE"})["answer"]

    assert ["title", "lead", "body"] == [e["name"] for e in template["elements"]][:3]
    assert {"pl": "Tytuł minireportażu", "en": "Title of the mini-reportage"} == template[
        "elements"
    ][0]["label"]


def test_a_refusal_is_an_answer_with_its_code(service):
    assert {
        "code": "wrong-state",
        "status": 409,
        "field": None,
        "fields": [],
        "parameters": {
            "what": "Hdr",
            "id": str(HDR_ID),
            "state": "DRAFT",
            "needed": "APPROVED",
        },
    } == service.publish_hdr(HDR)["refused"]


def test_an_incomplete_hdr_is_an_answer_that_names_every_place(service):
    refused = service.submit_hdr(HDR)["refused"]

    assert ("incomplete-hdr", 422, 14) == (
        refused["code"],
        refused["status"],
        refused["parameters"]["count"],
    )
    assert {
        "field": "objectives",
        "rule": "REQUIRED",
        "message": "Objectives: REQUIRED",
        "label": {"pl": "Cele szczegółowe", "en": "Objectives"},
        "parameters": {},
    } in refused["fields"]


def test_a_request_that_breaks_its_form_names_the_field(service):
    refused = service.choose_summary_form({**HDR, "form": "POEM"})["refused"]

    assert ["form"] == [entry["field"] for entry in refused["fields"]]

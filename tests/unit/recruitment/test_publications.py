from datetime import date

import pytest

from services.recruitment.publications import publications
from shared.contracts import recruitment as contracts
from shared.contracts.recruitment import (
    Decision,
)
from tests.unit.recruitment.programme import BOLESLAWIEC, Programme, whole_programme
from tests.unit.recruitment.terc import ROWS, terc


def test_every_contract_event_of_recruitment_is_told():
    told = {type(event) for event in whole_programme().told()}

    assert told == set(contracts.EVENTS)


def test_every_event_is_told_under_the_id_of_its_subject():
    programme = whole_programme()
    envelopes, _ = programme.app.read_contract_events(0, 1000)

    assert [e.type for e in envelopes if e.subject not in str(e.data)] == []


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("recruitment.CallDrafted", 0),
        ("recruitment.CallCancelled", 1),
        ("recruitment.ApplicationDecisionPublished", 0),
    ],
)
def test_what_concerns_nobody_outside_stays_inside(stored, told):
    programme = whole_programme()
    events = [
        programme.app.mapper.to_domain_event(r.stored)
        for r in programme.app.log.select_behind_fence(0, 1000)
        if r.stored.topic == stored
    ]

    assert events
    assert len([e for e in events if publications.translate(e) is not None]) == told


def test_a_closed_jst_that_is_back_is_told_as_registered():
    programme = Programme()
    programme.a_register()
    without = [row for row in ROWS if not row.startswith("02;01;01")]
    programme.a_register(terc(*without, state_on="2021-01-01"))
    programme.a_register(terc(state_on="2022-01-01"))

    *_, back, _ = programme.told()

    assert (type(back), back.jst.code, back.state_on) == (
        contracts.LocalGovernmentRegistered,
        BOLESLAWIEC,
        date(2022, 1, 1),
    )


def test_a_published_call_is_told_with_all_that_candidates_read():
    programme = Programme()
    call_id = programme.a_call()

    told = programme.told()[-1]

    assert told.model_dump(mode="json") == {
        "call_id": str(call_id),
        "edition_id": str(programme.told()[0].edition_id),
        "kind": "PRO",
        "slug": "pro-2020",
        "title": "Nabór ekspertów PRO",
        "text": "Zapraszamy do udziału w szkoleniu.",
        "opens_on": "2020-02-07",
        "closes_on": "2020-02-29",
        "results_by": "2020-03-05",
        "contact_email": "nabor@example.org",
        "places": 2,
        "training_dates": ["2020-03-26", "2020-03-27", "2020-03-28"],
        "covered_costs": ["nocleg", "wyżywienie"],
        "voivodeships": ["02", "06", "24"],
        "privacy_notice_version": "2020-01",
    }


def test_a_check_and_a_prepared_decision_are_told_without_their_outcome():
    programme = Programme()
    call_id = programme.a_call()
    application_id = programme.apply(call_id).application_id
    programme.decide(application_id, Decision.REJECTED)

    checked, decided = programme.told()[-2:]

    ids = {"application_id": application_id, "call_id": call_id}
    assert (checked.model_dump(), decided.model_dump()) == (ids, ids)

"""Erasing who applied: what goes, what stays, and who is still needed."""

import pytest
from sqlalchemy import select

from services.recruitment.domain.errors import ApplicantErasedError, ApplicantNeededError
from services.recruitment.personal_data import applicants
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import (
    ApplicationQuery,
    ApplicationsQuery,
    CancelCall,
    Decision,
    ErasureGround,
    ExpertsQuery,
    RemoveExpert,
    TrainingQuery,
    WithdrawApplication,
)
from shared.kernel.refusal import NotFoundError
from tests.unit.recruitment.builders import DURING_THE_CALL
from tests.unit.recruitment.programme import Programme


def kept(programme):
    """Every row of the personal data."""
    with programme.app.database.reading() as connection:
        return connection.execute(select(applicants)).all()


def read(programme, application_id):
    return programme.ask("get_application", ApplicationQuery(application_id=application_id))


def withdraw(programme, application_id):
    programme.do("withdraw_application", WithdrawApplication(application_id=application_id))


def test_everything_about_the_person_goes_and_everything_else_stays():
    programme = Programme()
    call_id = programme.a_call()
    anna = programme.apply(call_id, "Anna Kowalska").application_id
    programme.decide(anna, Decision.REJECTED, reason="Brak stażu Anny")
    programme.publish_results(call_id)
    before = read(programme, anna)

    programme.erase(anna, ErasureGround.RETENTION_ENDED)

    after = read(programme, anna)
    assert kept(programme) == []
    assert (after.applicant, after.answers, after.check_remarks, after.decision_reason) == (
        None,
        {},
        "",
        "",
    )
    assert (after.receipt_number, after.status, after.received_at) == (
        before.receipt_number,
        before.status,
        before.received_at,
    )
    listed = programme.ask("list_applications", ApplicationsQuery(call_id=call_id))
    assert (listed.total, listed.applications) == (1, (after,))
    assert programme.events()[-1] == "recruitment.ApplicantErased"
    assert programme.told()[-1].model_dump() == {"application_id": anna, "call_id": call_id}


def test_nobody_is_found_any_more_by_the_name_or_the_key():
    programme = Programme()
    receipt = programme.apply(programme.a_call(), "Anna Kowalska")
    withdraw(programme, receipt.application_id)

    programme.erase(receipt.application_id)

    assert programme.ask("list_applications", ApplicationsQuery(text="kowalska")).total == 0
    key = ApplicationQuery(application_id=receipt.application_id, access_key=receipt.access_key)
    with pytest.raises(NotFoundError):
        programme.ask("get_application", key)


def test_another_persons_data_are_left_alone():
    programme = Programme()
    call_id = programme.a_call()
    anna = programme.apply(call_id, "Anna Kowalska").application_id
    programme.apply(call_id, "Jan Nowak")
    withdraw(programme, anna)

    programme.erase(anna)

    assert [row.full_name for row in kept(programme)] == ["Jan Nowak"]


def test_whoever_withdrew_and_was_erased_may_apply_again():
    programme = Programme()
    call_id = programme.a_call()
    anna = programme.apply(call_id).application_id
    withdraw(programme, anna)
    programme.erase(anna)

    again = programme.apply(call_id)

    assert again.application_id != anna


def test_while_the_call_is_open_the_person_is_needed_and_nothing_is_lost():
    programme = Programme()
    anna = programme.apply(programme.a_call()).application_id

    with pytest.raises(ApplicantNeededError) as refusal:
        programme.erase(anna)

    assert refusal.value.parameters == {"need": "DECISION"}
    assert [row.application_id for row in kept(programme)] == [anna]


def test_when_the_call_is_called_off_nobody_is_needed_any_more():
    programme = Programme()
    call_id = programme.a_call()
    anna = programme.apply(call_id).application_id
    programme.do("cancel_call", CancelCall(call_id=call_id, reason="Brak środków"))

    programme.erase(anna)

    assert kept(programme) == []


def test_who_has_a_place_in_a_training_is_needed_until_it_ends():
    programme = Programme()
    edition_id = programme.an_edition()
    anna = programme.a_qualified_expert_candidate(programme.a_call(edition_id))
    training_id = programme.a_training(edition_id, role=ExpertRole.PRO)
    programme.enrol(training_id, anna)

    with pytest.raises(ApplicantNeededError) as refusal:
        programme.erase(anna)
    assert refusal.value.parameters == {"need": "TRAINING"}

    for session_key in ("1", "2", "3"):  # nobody comes, so nobody enters the roster
        programme.attend(training_id, session_key)
    programme.complete(training_id)
    programme.erase(anna)

    training = programme.ask("get_training", TrainingQuery(training_id=training_id))
    assert [one.full_name for one in training.participants] == [None]


def test_an_expert_is_needed_while_on_the_roster_and_stays_nameless_in_the_figures():
    programme = Programme()
    expert_id = programme.an_expert()
    [anna] = [row.application_id for row in kept(programme)]

    with pytest.raises(ApplicantNeededError) as refusal:
        programme.erase(anna)
    assert refusal.value.parameters == {"need": "ROSTER"}

    programme.do("remove_expert", RemoveExpert(expert_id=expert_id, reason_code="OWN_REQUEST"))
    programme.erase(anna)

    [expert] = programme.ask("list_experts", ExpertsQuery()).experts
    assert (expert.expert_id, expert.full_name, expert.email) == (expert_id, None, None)


def test_nobody_is_erased_twice_and_nobody_unknown():
    programme = Programme()
    anna = programme.apply(programme.a_call()).application_id
    withdraw(programme, anna)
    programme.erase(anna)

    with pytest.raises(ApplicantErasedError):
        programme.erase(anna)
    with pytest.raises(NotFoundError):
        programme.erase(programme.an_edition(slug="inna"))


def test_rebuilding_the_read_models_brings_nobody_back():
    programme = Programme()
    programme.move_to(DURING_THE_CALL)
    anna = programme.apply(programme.a_call()).application_id
    withdraw(programme, anna)
    programme.erase(anna)

    for read_model in programme.app.read_models:
        programme.app.rebuild(read_model.name)

    assert read(programme, anna).applicant is None

"""Forms keep what was typed, and say at each field what is wrong with it."""

from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from services.gateway import i18n
from services.gateway.forms import Form, field_id, options
from shared.contracts.recruitment import Applicant, SubmitApplication
from shared.kernel.refusal import InvalidRequestError
from shared.kernel.rpc import RefusedError

CALL = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(autouse=True)
def _in_english():
    app = Flask("services.gateway")
    i18n.init_app(app)
    with app.test_request_context("/?lang=en"):
        yield


def test_texts_are_read_without_blanks_around_them_and_kept_as_typed():
    form = Form({"name": "  Anna "})

    assert form.text("name") == "Anna"
    assert form.values["name"] == "  Anna "
    assert form.text("missing") == ""


def test_a_field_may_be_given_several_times():
    assert Form(MultiDict([("woj", "02"), ("woj", "06")])).texts("woj") == ["02", "06"]


@pytest.mark.parametrize(
    ("typed", "read"), [("12", 12), ("-3", -3), ("", None), ("12,5", "12,5"), ("²", "²")]
)
def test_a_number_that_is_none_stays_as_typed_for_its_rule(typed, read):
    assert Form({"n": typed}).number("n") == read


def test_a_day_is_read_from_its_three_fields():
    form = Form({"on-day": "29", "on-month": "2", "on-year": "2020"})

    assert form.day("on") == date(2020, 2, 29)
    assert form.is_valid


def test_no_day_is_no_error():
    form = Form({"on-day": "", "on-month": "", "on-year": ""})

    assert form.day("on") is None
    assert form.is_valid


def test_an_impossible_day_is_an_error_that_leads_to_its_first_field():
    form = Form({"on-day": "30", "on-month": "2", "on-year": "2020"})

    assert form.day("on") is None
    assert form.summary == [{"text": "Enter a real date, for example 29 2 2020", "href": "#on-day"}]


def test_a_day_is_put_into_its_three_fields():
    form = Form()
    form.put_day("on", date(2020, 2, 29))

    assert form.day("on") == date(2020, 2, 29)


def test_what_a_request_refuses_stands_at_the_forms_fields():
    form = Form()

    made = form.parse(
        SubmitApplication,
        {
            "call_id": CALL,
            "applicant": {"full_name": "", "email": "none"},
            "privacy_notice_version": "1",
        },
        messages={"email": "Enter a real address"},
        fields={"applicant.full_name": "full_name", "applicant.email": "email"},
    )

    assert made is None
    assert set(form.errors) == {"full_name", "email"}
    assert form.error("email") == "Enter a real address"
    assert [entry["href"] for entry in form.summary] == ["#full_name", "#email"]


def test_a_request_is_made_only_of_a_form_without_errors():
    typed = {"full_name": "Anna Próbna", "email": "anna@example.org"}
    form = Form(typed)

    assert form.parse(Applicant, typed) == Applicant(**typed)
    form.add_error("phone", "Not this one")
    assert form.parse(Applicant, typed) is None


def test_the_first_word_on_a_field_stands():
    form = Form()
    form.add_error("email", "first")
    form.add_error("email", "second")

    assert form.errors == {"email": "first"}


def test_a_rule_of_a_service_stands_at_its_field_with_its_sentence():
    form = Form()

    form.refuse(
        RefusedError({"code": "jst-missing", "status": 422, "field": "jst_code"}),
        fields={"jst_code": "jst"},
    )

    assert form.summary == [{"text": form.error("jst"), "href": "#jst"}]


def test_a_rule_about_no_field_concerns_the_whole_form():
    form = Form()

    form.refuse(RefusedError({"code": "one-open-application", "parameters": {"received_on": None}}))

    assert [set(entry) for entry in form.summary] == [{"text"}]


def test_an_invalid_request_names_each_field():
    form = Form()

    form.refuse(
        InvalidRequestError(
            fields=[
                {"field": "actions.0.key", "rule": "missing"},
                {"field": "name", "rule": "string_too_long", "parameters": {"max_length": 200}},
            ]
        ),
        fields={"actions": "plan"},
    )

    assert set(form.errors) == {"plan", "name"}
    assert "200" in form.errors["name"]


def test_ids_of_elements_hold_no_signs_with_a_meaning_of_their_own():
    assert field_id("actions[2].ends_on") == "actions-2-ends_on"
    assert field_id("answers.motivation") == "answers-motivation"


def test_chosen_options_are_marked():
    assert options([("a", "A"), ("b", "B")], ["b"]) == [
        {"value": "a", "text": "A", "checked": False, "selected": False},
        {"value": "b", "text": "B", "checked": True, "selected": True},
    ]

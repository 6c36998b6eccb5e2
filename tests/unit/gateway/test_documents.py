"""Documents as their template words them."""

import pytest
from flask import Flask

from services.gateway import documents, i18n
from shared.contracts.hdr import TemplateAnswer


def named(text):
    return {"pl": text, "en": f"{text} (en)"}


TEMPLATE = TemplateAnswer.model_validate(
    {
        "kind": "HDR",
        "template_version": 1,
        "elements": [
            {"name": "title", "label": named("Tytuł"), "type": "text", "is_required": True},
            {
                "name": "period",
                "label": named("Okres"),
                "type": "group",
                "is_required": True,
                "fields": [
                    {"name": "on", "label": named("Dzień"), "type": "date", "is_required": True},
                    {"name": "note", "label": named("Uwaga"), "type": "text", "is_required": False},
                ],
            },
            {
                "name": "objectives",
                "label": named("Cele"),
                "type": "list",
                "is_required": True,
                "fields": [
                    {"name": "key", "label": named("Nr"), "type": "text", "is_required": True},
                    {"name": "name", "label": named("Cel"), "type": "text", "is_required": True},
                ],
            },
            {
                "name": "actions",
                "label": named("Działania"),
                "type": "list",
                "is_required": True,
                "fields": [
                    {"name": "key", "label": named("Nr"), "type": "text", "is_required": True},
                    {
                        "name": "objective",
                        "label": named("Cel działania"),
                        "type": "reference",
                        "refers_to": "objectives",
                        "is_required": True,
                    },
                    {
                        "name": "description",
                        "label": named("Opis"),
                        "type": "long_text",
                        "is_required": True,
                    },
                    {"name": "on", "label": named("Dzień"), "type": "date", "is_required": True},
                    {
                        "name": "cost",
                        "label": named("Koszt"),
                        "type": "number",
                        "is_required": True,
                    },
                    {"name": "partners", "label": named("Z"), "type": "text", "is_required": False},
                    {
                        "name": "result",
                        "label": named("Wynik"),
                        "type": "text",
                        "is_required": True,
                    },
                ],
            },
            {"name": "agreed", "label": named("Zgoda"), "type": "boolean", "is_required": True},
            {
                "name": "contact",
                "label": named("Kontakt"),
                "type": "text",
                "is_required": False,
                "is_public": False,
            },
        ],
    }
)
DOCUMENT = {
    "title": "Plan",
    "period": {"on": "2020-02-29", "note": ""},
    "objectives": [{"key": "C1", "name": "Dane <b>"}],
    "actions": [
        {
            "key": "D1",
            "objective": "C1",
            "description": "Zebrać dane.\n\nOpisać je.",
            "on": "2020-03-01",
            "cost": 12500.5,
            "result": "Raport",
        }
    ],
    "agreed": True,
    "contact": "anna@example.org",
}


@pytest.fixture(autouse=True)
def _in_polish():
    app = Flask("services.gateway")
    i18n.init_app(app)
    with app.test_request_context("/?lang=pl"):
        yield


def sections():
    return {s.name: s for s in documents.sections(DOCUMENT, TEMPLATE)}


def test_elements_come_in_the_templates_order_without_what_is_not_public():
    assert list(sections()) == ["period", "objectives", "actions"]
    assert sections()["actions"].title == "Działania"


def test_a_group_is_facts_without_the_empty_ones():
    assert sections()["period"].facts == (("Dzień", "29 lutego 2020"),)


def test_short_rows_are_a_table_and_long_ones_stand_by_themselves():
    assert sections()["objectives"].is_table
    assert not sections()["actions"].is_table
    assert [c["text"] for c in sections()["objectives"].columns] == ["Nr", "Cel"]


def test_a_column_that_nobody_filled_is_left_out():
    assert "Z" not in [c["text"] for c in sections()["actions"].columns]


def test_values_are_written_as_their_type_is_read():
    (row,) = sections()["actions"].rows

    assert row.cells == (
        "D1",
        "C1. Dane &lt;b&gt;",
        '<p class="govuk-body">Zebrać dane.</p>\n<p class="govuk-body">Opisać je.</p>',
        "1 marca 2020",
        "12\xa0500,5",
        "Raport",
    )


def test_a_row_by_itself_does_not_repeat_its_heading():
    (row,) = sections()["actions"].rows

    assert (row.key, row.title) == ("D1", "Zebrać dane.\n\nOpisać je.")
    assert [term for term, _value in row.facts] == ["Cel działania", "Dzień", "Koszt", "Wynik"]


def test_a_long_title_is_cut_and_stands_in_full_below():
    long = {**DOCUMENT, "actions": [{**DOCUMENT["actions"][0], "description": "x" * 161}]}

    section = documents.sections(long, TEMPLATE)[2]

    assert section.rows[0].title == "x" * 160 + "…"
    assert "Opis" in [term for term, _value in section.rows[0].facts]


def test_without_its_template_a_document_is_shown_by_its_own_names():
    found = documents.sections(DOCUMENT, None)

    assert [s.title for s in found] == ["Period", "Objectives", "Actions", "Agreed", "Contact"]
    assert found[1].rows[0].cells == ("C1", "Dane &lt;b&gt;")


def test_any_json_can_be_shown():
    odd = {"a": [1, "b", None], "c": {"d": {"e": 1}}, "f": 1.5, "g": False, "h": [[1]]}

    assert [s.name for s in documents.sections(odd, None)] == ["a", "c", "f", "g", "h"]

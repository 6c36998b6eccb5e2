import pytest
from pydantic import ValidationError

from services.hdr import templates
from services.hdr.domain.errors import UnknownTemplateError
from services.hdr.domain.template import Template
from shared.contracts.hdr import SummaryForm, TemplateAnswer

ALL = [
    templates.template(kind, version)
    for kind, versions in templates.available().items()
    for version in versions
]


def a_template(**changes):
    text = {"pl": "Tekst", "en": "Text"}
    key = {"name": "key", "label": text, "type": "text", "is_required": True}
    goal = {
        "name": "goal",
        "label": text,
        "type": "reference",
        "is_required": True,
        "refers_to": "goals",
    }
    goals = {"name": "goals", "label": text, "type": "list", "is_required": True, "fields": [key]}
    steps = {
        "name": "steps",
        "label": text,
        "type": "list",
        "is_required": True,
        "fields": [key, goal],
    }
    return {"kind": "PLAN", "template_version": 1, "elements": [goals, steps], **changes}


def test_the_hdr_and_every_summary_form_has_a_template():
    assert {"HDR": (1,), **{form.value: (1,) for form in SummaryForm}} == templates.available()


@pytest.mark.parametrize("template", ALL, ids=lambda t: t.kind)
def test_every_template_has_a_public_title_to_make_an_address_from(template):
    title = template.element("title")

    assert ("text", True, True, 200) == (
        title.type,
        title.is_required,
        title.is_public,
        title.max_length,
    )


def test_an_hdr_has_no_element_that_events_may_not_carry():
    assert all(e.is_public for e in templates.template("HDR", 1).elements)


def test_an_hdr_has_its_period_where_publication_reads_it():
    period = templates.template("HDR", 1).element("implementation_period")

    assert [("starts_on", "date", True), ("ends_on", "date", True)] == [
        (f.name, f.type, f.is_required) for f in period.fields
    ]


def test_the_hdr_template_has_the_elements_of_its_contract():
    assert [
        "title",
        "implementation_period",
        "diagnosis_summary",
        "priorities",
        "main_goal",
        "objectives",
        "actions",
        "indicators",
        "management_tools",
        "implementation_directions",
        "monitoring_plan",
        "risks",
    ] == [e.name for e in templates.template("HDR", 1).elements]


def test_the_good_practice_keeps_the_names_of_its_sections_word_for_word():
    assert [
        "Tytuł dobrej praktyki",
        "I.1. Charakterystyka lokalnego systemu",
        "I.2. Problem, który był powodem wdrożenia innowacji",
        "I.3. Na czym polega zastosowane rozwiązanie?",
        "I.4. Kto, kiedy i co zrobił?",
        "I.5. Jakie efekty osiągnięto?",
        "I.6. Ile to kosztowało?",
        "I.7. Dlaczego warto promować to rozwiązanie?",
        "I.8. Zalecenia dotyczące replikacji",
        (
            "II. Dane kontaktowe osoby, która może przekazać szczegółowe informacje"
            " na temat rozwiązania"
        ),
        "III. Wzorcowe dokumenty i materiały dostępne dla podmiotów zainteresowanych replikacją",
    ] == [e.label.pl for e in templates.template("GOOD_PRACTICE", 1).elements]


def test_only_contact_data_are_not_public():
    assert [("GOOD_PRACTICE", "contact")] == [
        (t.kind, e.name) for t in ALL for e in t.elements if not e.is_public
    ]


@pytest.mark.parametrize("template", ALL, ids=lambda t: t.kind)
def test_a_template_can_be_told_to_others(template):
    answer = TemplateAnswer.model_validate(template.model_dump())

    assert [e.name for e in template.elements] == [e.name for e in answer.elements]


def test_a_document_is_split_into_what_anyone_may_read_and_the_rest():
    template = templates.template("GOOD_PRACTICE", 1)
    document = {"title": "T", "contact": {"name": "N"}}

    assert {"title": "T"} == template.public_part(document)
    assert {"contact": {"name": "N"}} == template.personal_part(document)


@pytest.mark.parametrize(("kind", "version"), [("HDR", 2), ("HDR", 0), ("POEM", 1), ("hdr", 1)])
def test_an_unknown_template_is_refused(kind, version):
    with pytest.raises(UnknownTemplateError) as refused:
        templates.template(kind, version)

    assert {"kind": kind, "template_version": version} == refused.value.parameters
    assert (404, "unknown-template") == (refused.value.status, refused.value.code)


def test_the_newest_version_is_the_default():
    assert 1 == templates.newest_version("HDR")


def test_a_version_that_does_not_exist_yet_is_replaced_by_the_newest_below():
    assert 1 == templates.newest_version("HDR", at_most=7)


def test_there_is_no_newest_version_of_an_unknown_kind():
    with pytest.raises(UnknownTemplateError):
        templates.newest_version("POEM")


def test_a_well_made_template_is_read():
    assert "PLAN" == Template.model_validate(a_template()).kind


@pytest.mark.parametrize(
    "changes",
    [
        {"elements": []},
        {"elements": [a_template()["elements"][0]] * 2},
        {"elements": a_template()["elements"][1:]},
        {"rules": [{"code": "X", "kind": "MUST_BE_TRUE", "element": "nothing"}]},
        {"rules": [{"code": "X", "kind": "UNKNOWN", "element": "goals"}]},
        {"rules": [{"code": "X", "kind": "REFERRED_TO", "element": "steps", "by": "goals"}]},
        {"surprise": True},
    ],
    ids=[
        "nothing in it",
        "two of one name",
        "refers to nothing",
        "rule about nothing",
        "unknown rule",
        "rule without reference",
        "unknown setting",
    ],
)
def test_a_template_that_contradicts_itself_is_not_read(changes):
    with pytest.raises(ValidationError):
        Template.model_validate(a_template(**changes))

import json
from copy import deepcopy
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.hdr import templates
from services.hdr.domain.checking import MAXIMUM_BYTES, check, check_keepable
from tests.by_chance import examples
from tests.unit.hdr.builders import (
    GOOD_PRACTICE_TEMPLATE,
    HDR_TEMPLATE,
    a_complete_document,
    a_complete_document_with,
    a_good_practice,
    a_mini_reportage,
    a_reflection_study,
)

MINI_REPORTAGE_TEMPLATE = templates.template("MINI_REPORTAGE", 1)
REFLECTION_STUDY_TEMPLATE = templates.template("REFLECTION_STUDY", 1)


def found(document, template=HDR_TEMPLATE):
    return [(f.element, f.rule, f.parameters) for f in check(document, template)]


def found_unkeepable(document, template=HDR_TEMPLATE):
    return [(f.element, f.rule, f.parameters) for f in check_keepable(document, template)]


def with_row(name, number, **values):
    document = a_complete_document()
    document[name][number].update(values)
    return document


# --- complete documents ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "template"),
    [
        (a_complete_document(), HDR_TEMPLATE),
        (a_good_practice(), GOOD_PRACTICE_TEMPLATE),
        (a_mini_reportage(), MINI_REPORTAGE_TEMPLATE),
        (a_reflection_study(), REFLECTION_STUDY_TEMPLATE),
    ],
    ids=["HDR", "GOOD_PRACTICE", "MINI_REPORTAGE", "REFLECTION_STUDY"],
)
def test_nothing_is_found_in_a_complete_document(document, template):
    assert [] == check(document, template)


def test_what_is_optional_may_be_there():
    document = a_complete_document_with(risks=[{"risk": "Zmiany kadrowe", "answer": "Zastępstwa"}])
    document["management_tools"][0]["key"] = "N1"

    assert [] == check(document, HDR_TEMPLATE)


# --- REQUIRED -------------------------------------------------------------------------------------


def test_everything_required_is_found_missing_in_an_empty_document():
    assert [
        "title",
        "implementation_period.starts_on",
        "implementation_period.ends_on",
        "diagnosis_summary.sources",
        "diagnosis_summary.findings",
        "diagnosis_summary.strengths",
        "diagnosis_summary.difficulties",
        "priorities",
        "main_goal",
        "objectives",
        "actions",
        "indicators",
        "management_tools",
        "implementation_directions",
        "monitoring_plan.how",
        "monitoring_plan.when",
        "monitoring_plan.who",
    ] == [element for element, rule, _ in found({}) if rule == "REQUIRED"]


@pytest.mark.parametrize("nothing", [None, "", " \n\t "])
def test_blanks_are_nothing(nothing):
    assert [("main_goal", "REQUIRED", {})] == found(a_complete_document_with(main_goal=nothing))
    assert [("actions[1].responsible", "REQUIRED", {})] == found(
        with_row("actions", 1, responsible=nothing)
    )
    assert [("implementation_period.ends_on", "REQUIRED", {})] == found(
        a_complete_document_with(
            implementation_period={"starts_on": "2026-03-01", "ends_on": nothing}
        )
    )


def test_a_missing_number_is_found():
    assert [("indicators[0].target", "REQUIRED", {})] == found(
        with_row("indicators", 0, target=None)
    )


def test_zero_is_a_number():
    assert [] == found(with_row("indicators", 0, target=0, baseline=0.0))


def test_partners_may_be_missing():
    assert [] == found(with_row("actions", 1, partners=None))


def test_a_finding_carries_the_name_that_people_know():
    [finding] = check(with_row("actions", 0, responsible=""), HDR_TEMPLATE)

    assert ("Odpowiedzialny", "Responsible") == (finding.label.pl, finding.label.en)


def test_a_required_group_is_missing_field_by_field():
    document = a_good_practice()
    del document["contact"]

    assert [
        ("contact.name", "REQUIRED", {}),
        ("contact.office", "REQUIRED", {}),
        ("contact.email", "REQUIRED", {}),
    ] == found(document, GOOD_PRACTICE_TEMPLATE)


# --- rows -----------------------------------------------------------------------------------------


def test_an_empty_list_has_too_few_rows():
    assert [("management_tools", "MINIMUM_ROWS", {"minimum": "1", "actual": "0"})] == found(
        a_complete_document_with(management_tools=[])
    )


def test_an_empty_optional_list_is_complete():
    assert [] == found(a_complete_document_with(risks=[]))


def test_a_list_may_not_grow_without_end():
    rows = [{"risk": "R", "answer": "A"}] * 41

    expected = [("risks", "MAXIMUM_ROWS", {"maximum": "40", "actual": "41"})]
    assert expected == found(a_complete_document_with(risks=rows))
    assert expected == found_unkeepable(a_complete_document_with(risks=rows))


def test_rows_beyond_the_most_are_not_looked_at():
    findings = check(a_complete_document_with(risks=[{}] * 100_000), HDR_TEMPLATE)

    assert 1 + 40 * 2 == len(findings)


# --- TYPE -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "element", "expected"),
    [
        ([], "document", "group"),
        ("text", "document", "group"),
        (None, "document", "group"),
        (a_complete_document_with(title=7), "title", "text"),
        (a_complete_document_with(main_goal=["text"]), "main_goal", "long_text"),
        (a_complete_document_with(monitoring_plan="text"), "monitoring_plan", "group"),
        (a_complete_document_with(risks={"risk": "R"}), "risks", "list"),
        (a_complete_document_with(risks=["R"]), "risks[0]", "group"),
        (a_complete_document_with(risks=[None]), "risks[0]", "group"),
        (with_row("actions", 0, cost_pln="12"), "actions[0].cost_pln", "number"),
        (with_row("actions", 0, cost_pln=""), "actions[0].cost_pln", "number"),
        (with_row("actions", 0, cost_pln=True), "actions[0].cost_pln", "number"),
        (with_row("actions", 0, cost_pln=float("nan")), "actions[0].cost_pln", "number"),
        (with_row("actions", 0, cost_pln=float("inf")), "actions[0].cost_pln", "number"),
        (with_row("actions", 0, cost_pln=10**400), "actions[0].cost_pln", "number"),
        (with_row("actions", 0, starts_on=20260301), "actions[0].starts_on", "date"),
    ],
)
def test_another_json_type_cannot_even_be_kept(document, element, expected):
    assert [(element, "TYPE", {"expected": expected})] == found_unkeepable(document)
    assert (element, "TYPE", {"expected": expected}) in found(document)


@pytest.mark.parametrize("day", ["2026-02-30", "2026-3-1", "20260301", "2026-W09-1", "marzec"])
def test_a_text_that_is_no_day_is_kept_but_not_complete(day):
    document = with_row("actions", 0, starts_on=day)

    assert [("actions[0].starts_on", "TYPE", {"expected": "date"})] == found(document)
    assert [] == found_unkeepable(document)


def test_a_leap_day_is_a_day():
    document = a_complete_document_with(
        implementation_period={"starts_on": "2024-02-29", "ends_on": "2028-02-29"}
    )

    assert [] == found(document)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (True, []),
        (False, [("interviewee_consent", "MUST_BE_TRUE", {})]),
        (None, [("interviewee_consent", "REQUIRED", {})]),
        ("yes", [("interviewee_consent", "TYPE", {"expected": "boolean"})]),
        (1, [("interviewee_consent", "TYPE", {"expected": "boolean"})]),
    ],
)
def test_consent_is_yes_or_no_and_only_yes_is_complete(answer, expected):
    document = {**a_mini_reportage(), "interviewee_consent": answer}

    assert expected == found(document, MINI_REPORTAGE_TEMPLATE)


# --- values ---------------------------------------------------------------------------------------


def test_a_text_may_be_as_long_as_the_template_says_and_no_longer():
    assert [] == found(a_complete_document_with(title="x" * 200))
    assert [("title", "TOO_LONG", {"maximum": "200", "actual": "201"})] == found(
        a_complete_document_with(title="x" * 201)
    )
    assert [("main_goal", "TOO_LONG", {"maximum": "20000", "actual": "20001"})] == found(
        a_complete_document_with(main_goal="x" * 20_001)
    )


def test_a_draft_may_hold_a_text_that_is_too_long():
    assert [] == found_unkeepable(a_complete_document_with(title="x" * 201))


def test_a_cost_is_not_negative():
    assert [("actions[0].cost_pln", "BELOW_MINIMUM", {"minimum": "0"})] == found(
        with_row("actions", 0, cost_pln=-0.01)
    )


def test_an_indicator_may_be_negative():
    assert [] == found(with_row("indicators", 0, baseline=-3, target=-1.5))


@pytest.mark.parametrize("bad", ["a\x00b", "\ud83d", "x\udfff"])
def test_characters_that_no_database_takes_cannot_be_kept(bad):
    assert [("title", "UNSTORABLE_TEXT", {})] == found_unkeepable(
        a_complete_document_with(title=bad)
    )


def test_polish_letters_and_emoji_are_kept():
    assert [] == found(a_complete_document_with(title="Zażółć gęślą jaźń 🙂"))


# --- shape ----------------------------------------------------------------------------------------


def test_what_the_template_does_not_know_is_named():
    document = with_row("actions", 1, colour="red")
    document["poem"] = "text"
    document["monitoring_plan"]["where"] = "tu"

    assert [
        ("actions[1].colour", "UNKNOWN_ELEMENT", {"name": "colour"}),
        ("monitoring_plan.where", "UNKNOWN_ELEMENT", {"name": "where"}),
        ("poem", "UNKNOWN_ELEMENT", {"name": "poem"}),
    ] == found_unkeepable(document)


def test_a_name_from_outside_is_shown_without_harm():
    assert [("\\udfff\\x00", "UNKNOWN_ELEMENT", {"name": "\\udfff\\x00"})] == found_unkeepable(
        {"\udfff\x00": 1}
    )


def test_a_document_may_have_one_megabyte_and_no_more():
    def risks_of(size):
        rows = [{"risk": "ą" * 2000, "answer": "x"} for _ in range(40)]
        document = a_complete_document_with(
            risks=rows, implementation_directions="", main_goal="", title="x"
        )
        missing = size - len(
            json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        )
        return {**document, "main_goal": "x" * missing}

    assert [] == found_unkeepable(risks_of(MAXIMUM_BYTES))
    assert [
        ("document", "TOO_LARGE", {"maximum": "1000000", "actual": "1000001"})
    ] == found_unkeepable(risks_of(MAXIMUM_BYTES + 1))


def test_an_incomplete_draft_can_be_kept():
    assert [] == found_unkeepable({})
    assert [] == found_unkeepable({"actions": [{}], "title": "", "implementation_period": {}})


# --- keys and references --------------------------------------------------------------------------


def test_a_key_is_given_once_in_a_list():
    document = with_row("indicators", 1, key=" W1 ")

    assert [("indicators[1].key", "DUPLICATE_KEY", {"key": "W1"})] == found(document)


def test_the_same_key_may_stand_in_two_lists():
    assert [] == found(with_row("indicators", 0, key="D1"))


def test_a_reference_names_a_row_that_is_there():
    document = with_row("actions", 0, objective="C9")

    assert [
        ("objectives[0]", "OBJECTIVE_HAS_ACTION", {"key": "C1"}),
        ("actions[0].objective", "UNKNOWN_REFERENCE", {"key": "C9", "list": "objectives"}),
    ] == found(document)


# --- rules of the HDR's template ------------------------------------------------------------------


def test_a_period_does_not_end_before_it_starts():
    document = with_row("actions", 1, starts_on="2026-12-02", ends_on="2026-12-01")

    assert [
        ("actions[1].ends_on", "PERIOD_ORDER", {"starts_on": "2026-12-02", "ends_on": "2026-12-01"})
    ] == found(document)


def test_a_period_may_be_one_day():
    assert [] == found(with_row("actions", 1, starts_on="2026-12-01", ends_on="2026-12-01"))


def test_actions_are_not_measured_by_a_period_that_is_wrong_itself():
    document = a_complete_document_with(
        implementation_period={"starts_on": "2027-06-30", "ends_on": "2026-03-01"}
    )

    assert ["implementation_period.ends_on"] == [element for element, _, _ in found(document)]


@examples(60)
@given(st.integers(-700, 700), st.integers(0, 700))
def test_an_action_lies_inside_the_implementation_period(offset, length):
    first, last = date(2026, 3, 1), date(2027, 6, 30)
    starts_on = first + timedelta(days=offset)
    ends_on = starts_on + timedelta(days=length)
    document = with_row("actions", 0, starts_on=str(starts_on), ends_on=str(ends_on))

    expected = [
        (
            f"actions[0].{name}",
            "INSIDE_PERIOD",
            {"day": str(day), "period_starts_on": str(first), "period_ends_on": str(last)},
        )
        for name, day in (("starts_on", starts_on), ("ends_on", ends_on))
        if not first <= day <= last
    ]

    assert expected == found(document)


def test_every_priority_has_an_objective():
    document = with_row("objectives", 1, priority="P1")

    assert [("priorities[1]", "PRIORITY_HAS_OBJECTIVE", {"key": "P2"})] == found(document)


def test_every_objective_has_an_action_and_an_indicator():
    document = a_complete_document()
    document["objectives"].append({"key": "C3", "priority": "P1", "name": "Trzeci cel"})

    assert [
        ("objectives[2]", "OBJECTIVE_HAS_ACTION", {"key": "C3"}),
        ("objectives[2]", "OBJECTIVE_HAS_INDICATOR", {"key": "C3"}),
    ] == found(document)


# --- for any document -----------------------------------------------------------------------------

NAMES = st.sampled_from(
    [e.name for e in HDR_TEMPLATE.elements]
    + sorted({f.name for e in HDR_TEMPLATE.elements for f in e.fields})
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["P1", "C1", "2026-03-01", "2027-06-30", "", " "])
    | st.text(alphabet=st.characters(), max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=30,
)


@st.composite
def nearly_complete_documents(draw):
    """A complete document with a few places replaced by anything."""
    document = a_complete_document()
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(document)))
        value = document[name]
        inner = value if isinstance(value, dict) else None
        if isinstance(value, list) and value:
            inner = draw(st.sampled_from([row for row in value if isinstance(row, dict)] or [None]))
        if inner and draw(st.booleans()):
            inner[draw(st.sampled_from(sorted(inner)))] = draw(VALUES)
        else:
            document[name] = draw(VALUES)
    return document


@examples(100)
@given(VALUES | st.dictionaries(NAMES, VALUES, max_size=12) | nearly_complete_documents())
def test_any_document_is_checked_without_an_error_and_without_being_changed(document):
    before = deepcopy(document)

    findings = check(document, HDR_TEMPLATE)

    assert repr(before) == repr(document)
    assert all(f.element and f.rule and f.label.pl for f in findings)
    json.dumps([f.model_dump() for f in findings], ensure_ascii=False).encode()


@examples(100)
@given(st.dictionaries(NAMES, VALUES, max_size=12) | nearly_complete_documents())
def test_what_cannot_be_kept_is_among_what_is_found_and_the_rest_is_plain_json(document):
    findings, unkeepable = check(document, HDR_TEMPLATE), check_keepable(document, HDR_TEMPLATE)

    assert all(finding in findings for finding in unkeepable)
    if not unkeepable:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        assert document == json.loads(text.encode())


@st.composite
def complete_documents(draw):
    """Any number of priorities, objectives, actions and indicators that fit together."""
    text = st.text(alphabet="aąbcćż ", min_size=1, max_size=20).filter(str.strip)
    first = draw(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
    length = draw(st.integers(0, 1000))
    document = a_complete_document_with(
        title=draw(text),
        implementation_period={
            "starts_on": str(first),
            "ends_on": str(first + timedelta(days=length)),
        },
        priorities=[],
        objectives=[],
        actions=[],
        indicators=[],
    )
    for p in range(draw(st.integers(1, 3))):
        document["priorities"].append({"key": f"P{p}", "name": draw(text)})
        for _ in range(draw(st.integers(1, 3))):
            c = f"C{len(document['objectives'])}"
            document["objectives"].append({"key": c, "priority": f"P{p}", "name": draw(text)})
            for _ in range(draw(st.integers(1, 2))):
                starts = draw(st.integers(0, length))
                ends = draw(st.integers(starts, length))
                document["actions"].append(
                    {
                        **_COMPLETE_ACTION,
                        "key": f"D{len(document['actions'])}",
                        "objective": c,
                        "starts_on": str(first + timedelta(days=starts)),
                        "ends_on": str(first + timedelta(days=ends)),
                        "cost_pln": draw(st.integers(0, 10**9) | st.floats(0, 1e9)),
                    }
                )
            document["indicators"].append(
                {
                    **_COMPLETE_INDICATOR,
                    "key": f"W{len(document['indicators'])}",
                    "objective": c,
                    "baseline": draw(st.floats(-1e6, 1e6)),
                    "target": draw(st.integers(-(10**6), 10**6)),
                }
            )
    return document


_COMPLETE_ACTION = a_complete_document()["actions"][0]
_COMPLETE_INDICATOR = a_complete_document()["indicators"][0]


@examples(50)
@given(complete_documents())
def test_every_document_that_fits_together_is_complete(document):
    assert [] == check(document, HDR_TEMPLATE)


def required_places():
    for element in HDR_TEMPLATE.elements:
        if element.type == "group":
            yield from (
                (f"{element.name}.{f.name}", (element.name, f.name)) for f in element.fields
            )
        elif element.type == "list" and element.is_required:
            yield from (
                (f"{element.name}[0].{f.name}", (element.name, 0, f.name))
                for f in element.fields
                if f.is_required and f.type != "reference" and f.name != "key"
            )
        elif element.is_required:
            yield element.name, (element.name,)


@pytest.mark.parametrize(("address", "path"), list(required_places()))
def test_each_required_place_is_found_missing_by_its_address_and_alone(address, path):
    document = a_complete_document()
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]

    assert [(address, "REQUIRED", {})] == found(document)


@examples(50)
@given(complete_documents(), st.data())
def test_any_part_of_a_complete_document_can_be_kept_as_a_draft(document, data):
    names = data.draw(st.sets(st.sampled_from(sorted(document))))

    assert [] == check_keepable({name: document[name] for name in names}, HDR_TEMPLATE)

"""The checker of schema changes tells what breaks a reader or a writer from what does not."""

import copy

import pytest

from tests.contract.compatibility import incompatibilities
from tests.contract.published_forms import is_same

PUBLISHED = {
    "$id": "/api/v1/schemas/pl.ore.recruitment.CallPublished.v1",
    "title": "CallPublished",
    "description": "A call was made public.",
    "type": "object",
    "additionalProperties": True,
    "$defs": {
        "Kind": {"type": "string", "enum": ["PRO", "JST"]},
        "Unit": {
            "type": "object",
            "additionalProperties": True,
            "properties": {
                "code": {"type": "string", "pattern": "^[0-9]+$"},
                "part_of": {"anyOf": [{"$ref": "#/$defs/Unit"}, {"type": "null"}]},
            },
            "required": ["code"],
        },
    },
    "properties": {
        "kind": {"$ref": "#/$defs/Kind"},
        "title": {"type": "string", "maxLength": 200, "minLength": 1},
        "places": {
            "anyOf": [{"type": "integer", "minimum": 1, "maximum": 100}, {"type": "null"}],
            "default": None,
        },
        "units": {"type": "array", "items": {"$ref": "#/$defs/Unit"}, "maxItems": 16},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "closes_on": {"type": "string", "format": "date"},
    },
    "required": ["kind", "title", "units", "closes_on"],
}
UNIT = ("$defs", "Unit", "properties")
PLACES = ("properties", "places", "anyOf", 0)


def changed(*path, **values):
    """The published form with some keywords changed at a place; ``None`` removes one."""
    schema = copy.deepcopy(PUBLISHED)
    node = schema
    for step in path:
        node = node[step]
    for name, value in values.items():
        keyword = name.replace("__", "$")
        if value is None:
            del node[keyword]
        else:
            node[keyword] = value
    return schema


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(PUBLISHED, id="nothing changed"),
        pytest.param(changed(description="Words.", title="Call"), id="other words"),
        pytest.param(changed("properties", note={"type": "string"}), id="an optional field more"),
        pytest.param(changed(*UNIT, name={"type": "string"}), id="an optional field more, inside"),
        pytest.param(
            changed(required=["closes_on", "units", "title", "kind"]), id="required, reordered"
        ),
        pytest.param(
            changed("properties", "title", description="Of the call."), id="a field described"
        ),
    ],
)
def test_what_nobody_can_notice_is_compatible(now):
    assert incompatibilities(PUBLISHED, now) == []


@pytest.mark.parametrize(
    ("now", "complaint"),
    [
        (changed("properties", title=None), "event.title: is gone"),
        (changed(*UNIT, code=None, number={"type": "string"}), "event.units[items].code: is gone"),
        (
            changed(required=["kind", "title", "units"]),
            "event.closes_on: was required, now optional",
        ),
        (
            changed(required=[*PUBLISHED["required"], "places"]),
            "event.places: was optional, now required",
        ),
        (
            changed(
                properties={**PUBLISHED["properties"], "note": {"type": "string"}},
                required=[*PUBLISHED["required"], "note"],
            ),
            "event.note: new and required",
        ),
        (
            changed("properties", "title", type="integer"),
            "event.title: type was 'string', now 'integer'",
        ),
        (
            changed(*PLACES, type="number"),
            "event.places(alternative 1): type was 'integer', now 'number'",
        ),
        (
            changed("properties", "closes_on", format="date-time"),
            "event.closes_on: format was 'date', now 'date-time'",
        ),
        (
            changed("properties", "closes_on", format=None),
            "event.closes_on: format was 'date', now None",
        ),
        (changed("$defs", "Kind", enum=["PRO"]), "event.kind: the value 'JST' is gone"),
        (
            changed("$defs", "Kind", enum=["PRO", "JST", "ROS"]),
            "event.kind: the value 'ROS' is new",
        ),
        (
            changed("$defs", "Kind", enum=None),
            "event.kind: is a closed list of values in one form only",
        ),
        (
            changed("properties", "title", maxLength=100),
            "event.title: maxLength was 200, now 100",
        ),
        (
            changed("properties", "title", maxLength=300),
            "event.title: maxLength was 200, now 300",
        ),
        (changed(*PLACES, minimum=2), "event.places(alternative 1): minimum was 1, now 2"),
        (changed(*PLACES, maximum=None), "event.places(alternative 1): maximum was 100, now None"),
        (changed("properties", "units", maxItems=8), "event.units: maxItems was 16, now 8"),
        (
            changed(*UNIT, code={"type": "string", "pattern": "^[0-9]{7}$"}),
            "event.units[items].code: pattern was '^[0-9]+$', now '^[0-9]{7}$'",
        ),
        (
            changed("properties", "places", anyOf=[{"type": "integer"}]),
            "event.places: has 1 alternatives, had 2",
        ),
        (
            changed("properties", "places", default=1),
            "event.places: default was None, now 1",
        ),
        (
            changed("properties", "labels", additionalProperties={"type": "integer"}),
            "event.labels[additionalProperties]: type was 'string', now 'integer'",
        ),
        (
            changed(additionalProperties=False),
            "event: additionalProperties was True, now False",
        ),
        (
            changed("properties", "title", dependentRequired={"a": ["b"]}),
            "event.title: the checker does not know the keyword dependentRequired",
        ),
    ],
)  # fmt: skip
def test_what_breaks_a_reader_or_a_writer_is_named_with_its_place(now, complaint):
    assert complaint in incompatibilities(PUBLISHED, now)


def test_a_renamed_field_is_one_that_is_gone():
    properties = {**PUBLISHED["properties"], "name": PUBLISHED["properties"]["title"]}
    del properties["title"]
    now = changed(properties=properties, required=["kind", "name", "units", "closes_on"])

    assert incompatibilities(PUBLISHED, now) == [
        "event.name: new and required",
        "event.title: is gone",
    ]


def test_a_definition_may_move_as_long_as_it_says_the_same():
    inline = copy.deepcopy(PUBLISHED)
    inline["properties"]["kind"] = inline["$defs"].pop("Kind")

    assert incompatibilities(PUBLISHED, inline) == []


@pytest.mark.parametrize(
    ("now", "same"),
    [
        (changed(description="Other words."), True),
        (changed(required=["closes_on", "units", "title", "kind"]), True),
        (changed("properties", note={"type": "string"}), False),
        (changed("properties", title=None), False),
    ],
)
def test_two_forms_are_the_same_but_for_words_to_people(now, same):
    assert is_same(PUBLISHED, now) is same

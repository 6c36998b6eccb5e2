"""Nothing about a person is published, nor stored in an event: what is told cannot be called back.

Persons are ids here; what identifies them stands in a table beside the log, where it can be erased
(ADR-0009, ADR-0015).
"""

import json
import re

import pytest

from platform_cli.contract_words import contract_events, contract_modules, words_of
from platform_cli.events_page import _used_models
from services.hdr import templates
from shared.contracts import base
from tests.contract.stored_events import snapshots

PERSONAL_WORDS = {
    "address", "answer", "answers", "applicant", "author", "birth", "contact", "contacts", "email",
    "interviewee", "mail", "mobile", "person", "pesel", "phone", "photo", "photos", "remarks",
    "signature", "surname", "telephone",
}  # fmt: skip
PERSONAL_NAMES = {"access_key", "birth_date", "first_name", "full_name", "last_name", "user_name"}
PERSONAL_KINDS = {"Applicant", "Email", "Participant"}
"""Types of the contracts that hold a person's data."""
OPEN_KINDS = {"Any", "Document", "dict"}
"""Types whose contents no model checks."""

EXCEPTIONS = {
    ("CallPublished", "contact_email"): "the office that runs the call, made public with it",
    ("EditionConfiguration", "role_labels"): "labels of the two roles, the same for everybody",
    ("HDRPublished", "document"): "a document made public; its template's public elements only",
    ("SummaryPublished", "document"): "a document made public; its template's public elements only",
}
STORED_EXCEPTIONS = {
    "contact_email": "the office that runs the call, as above",
    "document": "drafts and published texts: the template's public elements only",
}


def is_personal(name):
    """Whether a field of this name would hold something about a person."""
    return name in PERSONAL_NAMES or not PERSONAL_WORDS.isdisjoint(name.split("_"))


def is_personal_kind(annotation):
    return not (PERSONAL_KINDS | OPEN_KINDS).isdisjoint(re.findall(r"\w+", annotation))


def published_fields():
    """Each field that stands in an event, however deep: its model, name and type as written."""
    return {
        (model.__name__, name): words.annotation
        for model in _used_models()
        for name, words in words_of(model).items()
        if words.annotation and not words.annotation.startswith("ClassVar")
    }


def stored_names(node):
    """The names in a stored event; what stands inside a document is its template's business."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield name
            if name not in STORED_EXCEPTIONS:
                yield from stored_names(value)
    elif isinstance(node, list):
        for entry in node:
            yield from stored_names(entry)


def test_no_field_of_a_published_event_is_of_a_personal_kind():
    suspects = {
        place
        for place, annotation in published_fields().items()
        if is_personal(place[1]) or is_personal_kind(annotation)
    }

    assert suspects == set(EXCEPTIONS), "an exception needs its reason; an unused one goes"


def test_the_test_is_sharp_it_finds_a_person_in_what_is_no_event():
    recruitment = contract_modules()["recruitment"]

    applicant = words_of(recruitment.Applicant)
    submission = words_of(recruitment.SubmitApplication)

    assert [name for name in applicant if is_personal(name)] == ["full_name", "email", "phone"]
    assert {name for name in submission if is_personal(name)} == {"applicant", "answers"}
    assert is_personal_kind(submission["applicant"].annotation)
    assert base.Email is recruitment.Email


def test_every_event_is_looked_into():
    events = {event.__name__ for owned in contract_events().values() for event in owned}

    assert events <= {model for model, _ in published_fields()}


@pytest.mark.parametrize("name", sorted(snapshots()))
def test_no_stored_event_holds_anything_about_a_person(name):
    stored = json.loads(snapshots()[name].read_bytes())

    assert [n for n in stored_names(stored) if is_personal(n) and n not in STORED_EXCEPTIONS] == []


@pytest.mark.parametrize(
    "name", [n for n, path in snapshots().items() if "document" in path.read_text()]
)
def test_no_document_in_a_stored_event_holds_an_element_that_is_not_public(name):
    kept_apart = {
        element.name
        for kind, versions in templates.available().items()
        for version in versions
        for element in templates.template(kind, version).elements
        if not element.is_public
    }

    stored = json.loads(snapshots()[name].read_bytes())

    assert kept_apart == {"contact"}
    assert kept_apart.isdisjoint(stored.get("document", {}))

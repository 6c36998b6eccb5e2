"""What codes are called."""

import pytest
from flask import Flask

from services.gateway import i18n, labels
from shared.contracts.base import JstKind, JstRef
from tooling import translations

ENUMS = sorted(labels.ALL_LABELS, key=lambda enum: enum.__name__)


@pytest.fixture(scope="module")
def app():
    assert translations.main() == 0
    app = Flask("services.gateway")
    i18n.init_app(app)
    return app


def a_jst(**changes):
    return JstRef(
        **{
            "id": "00000000-0000-0000-0000-000000000001",
            "code": "2212082",
            "name": "Słupsk",
            "kind": "RURAL",
            "voivodeship": "22",
            "county": "słupski",
        }
        | changes
    )


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_code_has_a_label_in_both_languages(app, enum):
    known = labels.ALL_LABELS[enum]

    assert set(known) == set(enum)
    for code in enum:
        with app.test_request_context("/?lang=en"):
            english = labels.label(known, code)
        with app.test_request_context("/?lang=pl"):
            polish = labels.label(known, code)
        assert english
        assert polish
        assert "_" not in english + polish


def test_every_group_of_a_catalogue_has_a_heading():
    merged = {"RURAL", "URBAN_AND_URBAN_RURAL", "COUNTY", "VOIVODESHIP"}

    assert set(labels.JST_KINDS_MANY) == set(JstKind) | merged


def test_a_code_that_is_newer_than_the_labels_is_shown_as_it_is(app):
    with app.test_request_context("/"):
        assert labels.label(labels.HDR_STATES, "ARCHIVED") == "ARCHIVED"
        assert labels.label(labels.HDR_STATES, None) == ""


@pytest.mark.parametrize(
    ("changes", "title", "place"),
    [
        ({}, "gmina wiejska Słupsk", "powiat słupski, woj. pomorskie"),
        (
            {"code": "2263011", "kind": "URBAN", "county": None, "has_county_rights": True},
            "miasto na prawach powiatu Słupsk",
            "województwo pomorskie",
        ),
        (
            {"code": "2212", "kind": "COUNTY", "name": "słupski", "county": None},
            "powiat słupski",
            "województwo pomorskie",
        ),
        (
            {"code": "22", "kind": "VOIVODESHIP", "name": "pomorskie", "county": None},
            "województwo pomorskie",
            "",
        ),
    ],
)
def test_a_jst_is_told_from_its_namesakes_by_kind_and_place(app, changes, title, place):
    with app.test_request_context("/?lang=pl"):
        assert labels.jst_title(a_jst(**changes)) == title
        assert labels.jst_place(a_jst(**changes)) == place


def test_a_jst_in_english(app):
    with app.test_request_context("/?lang=en"):
        assert labels.jst_title(a_jst()) == "Słupsk (rural commune)"
        assert labels.jst_place(a_jst()) == "słupski county, pomorskie voivodeship"


def test_voivodeships_are_the_sixteen_of_the_register():
    assert len(labels.VOIVODESHIPS) == 16
    assert labels.voivodeship("06") == "lubelskie"
    assert labels.voivodeship(None) == ""

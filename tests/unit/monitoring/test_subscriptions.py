import pytest
from pydantic import ValidationError

from services.monitoring import reference
from services.monitoring.component import COMPONENT
from shared.contracts.hdr import HDRWithdrawn
from shared.kernel.testing import deliver
from tests.unit.monitoring.builders import (
    EDITION,
    NOBODY,
    OTHER_EDITION,
    a_document,
    a_hdr,
    hdr_id,
    hdr_published,
)


def tell(app, *events):
    deliver(app, COMPONENT.handlers, *events)


def known(app, edition_id=EDITION):
    with app.database.reading() as connection:
        return reference.published_in(connection, edition_id)


def withdrawn(number=1):
    return HDRWithdrawn(hdr_id=hdr_id(number), cycle_id=NOBODY, reason="Błąd")


def test_a_published_hdr_is_known_with_its_actions_and_indicators(empty_app):
    tell(empty_app, hdr_published())

    assert known(empty_app) == [a_hdr()]


def test_an_hdr_told_twice_is_known_once(empty_app):
    tell(empty_app, hdr_published(), hdr_published())

    assert known(empty_app) == [a_hdr()]


def test_hdrs_are_known_by_edition_and_in_the_order_of_their_jst(empty_app):
    tell(empty_app, hdr_published(2), hdr_published(3, OTHER_EDITION), hdr_published(1))

    assert known(empty_app) == [a_hdr(1), a_hdr(2)]
    assert known(empty_app, OTHER_EDITION) == [a_hdr(3)]


def test_a_new_version_takes_the_place_of_the_old_one(empty_app):
    tell(empty_app, hdr_published(), hdr_published(title="Nowy tytuł", published_version=2))

    assert known(empty_app) == [a_hdr(title="Nowy tytuł")]


def test_a_withdrawn_hdr_is_no_longer_asked_about(app):
    tell(app, withdrawn(1))

    assert known(app) == [a_hdr(2)]


def test_a_withdrawn_hdr_that_is_published_again_is_asked_about_again(app):
    tell(app, withdrawn(1), hdr_published(1, published_version=2))

    assert known(app) == [a_hdr(1), a_hdr(2)]


def test_that_an_unknown_hdr_was_withdrawn_changes_nothing(app):
    tell(app, withdrawn(9))

    assert known(app) == [a_hdr(1), a_hdr(2)]


@pytest.mark.parametrize("document", [{}, {"actions": None, "indicators": []}])
def test_a_template_without_actions_and_indicators_is_asked_about_none(empty_app, document):
    tell(empty_app, hdr_published(document=document))

    assert known(empty_app) == [a_hdr(actions=(), indicators=())]


def test_an_hdr_whose_rows_cannot_be_asked_about_is_refused_and_so_kept_for_later(empty_app):
    document = a_document(indicators=[{"key": "I1", "name": "Udział szkół"}])

    with pytest.raises(ValidationError):
        tell(empty_app, hdr_published(document=document))

    assert known(empty_app) == []

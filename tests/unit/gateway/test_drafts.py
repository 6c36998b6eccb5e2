"""Drafts of applications: found by their key alone, erased when sent or forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.gateway import drafts
from services.gateway.tables import application_drafts
from shared.kernel.database import Database
from shared.kernel.migrations import upgrade

NOW = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def database():
    database = Database("sqlite://")
    upgrade(database, "services.gateway.migrations")
    yield database
    database.close()


def stored(database):
    with database.reading() as connection:
        return connection.execute(select(application_drafts)).all()


def test_what_was_typed_is_found_by_the_key(database):
    draft = drafts.open_draft(database, "nabor", now=NOW)
    drafts.keep_values(database, draft, {"full_name": "Anna"}, now=NOW)
    again = drafts.find_draft(database, draft.key, "nabor", now=NOW)
    drafts.keep_values(database, again, {"email": "anna@example.org"}, now=NOW + DAY)

    found = drafts.find_draft(database, draft.key, "nabor", now=NOW + DAY)

    assert found.values == {"full_name": "Anna", "email": "anna@example.org"}
    assert found.expires_at == NOW + DAY + drafts.KEPT_FOR


@pytest.mark.parametrize(
    ("key", "slug", "after"),
    [
        (None, "nabor", DAY),
        ("", "nabor", DAY),
        ("other", "nabor", DAY),
        ("own", "other", DAY),
        ("own", "nabor", drafts.KEPT_FOR),
    ],
)
def test_nothing_else_finds_it(database, key, slug, after):
    draft = drafts.open_draft(database, "nabor", now=NOW)

    wanted = draft.key if key == "own" else key

    assert drafts.find_draft(database, wanted, slug, now=NOW + after) is None


def test_the_database_does_not_hold_the_key(database):
    draft = drafts.open_draft(database, "nabor", now=NOW)

    assert draft.key not in str(stored(database))


def test_a_sent_draft_is_only_its_receipt_and_that_for_an_hour(database):
    draft = drafts.open_draft(database, "nabor", now=NOW)
    draft = drafts.keep_values(database, draft, {"full_name": "Anna"}, now=NOW)
    drafts.keep_receipt(database, draft, {"receipt_number": "PRO-1"}, now=NOW)

    found = drafts.find_draft(database, draft.key, "nabor", now=NOW)

    assert (found.values, found.receipt) == ({}, {"receipt_number": "PRO-1"})
    assert "Anna" not in str(stored(database))
    assert drafts.find_draft(database, draft.key, "nabor", now=NOW + timedelta(hours=1)) is None


def test_a_draft_is_erased_by_its_writer(database):
    draft = drafts.open_draft(database, "nabor", now=NOW)
    other = drafts.open_draft(database, "nabor", now=NOW)
    drafts.erase_draft(database, draft, now=NOW)

    assert drafts.find_draft(database, draft.key, "nabor", now=NOW) is None
    assert drafts.find_draft(database, other.key, "nabor", now=NOW) == other


def test_forgotten_drafts_are_erased_when_anybody_writes(database):
    drafts.open_draft(database, "nabor", now=NOW)
    kept = drafts.open_draft(database, "nabor", now=NOW + drafts.KEPT_FOR)

    assert len(stored(database)) == 1
    drafts.keep_values(database, kept, {"email": "a@example.org"}, now=NOW + drafts.KEPT_FOR)
    assert len(stored(database)) == 1

"""Applications that are being written: kept for their writer until they are sent.

A draft holds personal data, so it is found by a random key alone (the database has only its hash),
is erased when the application is sent, and otherwise some days after the last change.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from services.gateway.tables import application_drafts
from shared.kernel.database import Database

KEPT_FOR = timedelta(days=14)
RECEIPT_KEPT_FOR = timedelta(hours=1)
"""So long the page with the receipt can be loaded again by the browser that sent it."""


@dataclass(frozen=True)
class Draft:
    """What its writer has typed so far, or the receipt of what was sent."""

    key: str
    call_slug: str
    values: Mapping[str, Any]
    receipt: Mapping[str, Any] | None
    expires_at: datetime


def open_draft(database: Database, call_slug: str, *, now: datetime) -> Draft:
    """Begin a draft of an application in a call."""
    draft = Draft(secrets.token_urlsafe(32), call_slug, {}, None, now + KEPT_FOR)
    with database.transaction() as connection:
        _erase_expired(connection, now)
        connection.execute(
            insert(application_drafts).values(
                key_hash=_hash(draft.key),
                call_slug=call_slug,
                typed={},
                expires_at=draft.expires_at,
            )
        )
    return draft


def find_draft(
    database: Database, key: str | None, call_slug: str, *, now: datetime
) -> Draft | None:
    """The draft that a key opens; ``None`` for an unknown, expired or other call's one."""
    if not key:
        return None
    t = application_drafts.c
    with database.reading() as connection:
        row = connection.execute(
            select(application_drafts).where(
                t.key_hash == _hash(key), t.call_slug == call_slug, t.expires_at > now
            )
        ).one_or_none()
    if row is None:
        return None
    return Draft(key, call_slug, row.typed, row.receipt, row.expires_at)


def keep_values(
    database: Database, draft: Draft, changes: Mapping[str, Any], *, now: datetime
) -> Draft:
    """Take over what was typed on one page; the days of keeping begin again."""
    values = {**draft.values, **changes}
    expires_at = now + KEPT_FOR
    _change(database, draft, {"typed": values, "expires_at": expires_at}, now=now)
    return Draft(draft.key, draft.call_slug, values, None, expires_at)


def keep_receipt(
    database: Database, draft: Draft, receipt: Mapping[str, Any], *, now: datetime
) -> None:
    """Erase what was typed, for it was sent, and keep the receipt for a short while."""
    _change(
        database,
        draft,
        {"typed": {}, "receipt": dict(receipt), "expires_at": now + RECEIPT_KEPT_FOR},
        now=now,
    )


def erase_draft(database: Database, draft: Draft, *, now: datetime) -> None:
    """Forget a draft with all that was typed."""
    with database.transaction() as connection:
        connection.execute(
            delete(application_drafts).where(application_drafts.c.key_hash == _hash(draft.key))
        )
        _erase_expired(connection, now)


def _change(database: Database, draft: Draft, values: Mapping[str, Any], *, now: datetime) -> None:
    table = application_drafts
    with database.transaction() as connection:
        _erase_expired(connection, now)
        connection.execute(
            update(table).where(table.c.key_hash == _hash(draft.key)).values(dict(values))
        )


def _erase_expired(connection: Connection, now: datetime) -> None:
    connection.execute(delete(application_drafts).where(application_drafts.c.expires_at <= now))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

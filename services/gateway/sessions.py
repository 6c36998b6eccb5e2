"""Sessions of the pages and tokens of the API: random texts, of which only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, update

from services.gateway.accounts import Account, account_of
from services.gateway.tables import accounts, sessions, tokens
from shared.kernel.database import Database
from shared.kernel.questions import Question

TOUCH_AFTER = timedelta(minutes=1)
"""A session's last use is noted at most so often: reading a page should not write."""

# Made once: each request asks one of them.
_BY_SESSION = Question(
    select(accounts, sessions.c.last_seen_at)
    .join(sessions, sessions.c.account_id == accounts.c.id)
    .where(
        sessions.c.token_hash == bindparam("token_hash"),
        sessions.c.expires_at > bindparam("now"),
        sessions.c.last_seen_at > bindparam("used_since"),
        accounts.c.is_active,
    )
)
_BY_TOKEN = Question(
    select(accounts)
    .join(tokens, tokens.c.account_id == accounts.c.id)
    .where(
        tokens.c.token_hash == bindparam("token_hash"),
        tokens.c.expires_at > bindparam("now"),
        accounts.c.is_active,
    )
)


def open_session(
    database: Database, account_id: UUID, *, now: datetime, lasts: timedelta, idle: timedelta
) -> str:
    """Begin a session; what the cookie must hold."""
    token = secrets.token_urlsafe(32)
    with database.transaction() as connection:
        connection.execute(
            delete(sessions).where(
                or_(sessions.c.expires_at <= now, sessions.c.last_seen_at <= now - idle)
            )
        )
        connection.execute(
            insert(sessions).values(
                token_hash=_hash(token),
                account_id=account_id,
                opened_at=now,
                last_seen_at=now,
                expires_at=now + lasts,
            )
        )
    return token


def session_account(
    database: Database, token: str, *, now: datetime, idle: timedelta
) -> Account | None:
    """Whose session it is; ``None`` for an unknown, ended, expired or long unused one."""
    token_hash = _hash(token)
    row = _BY_SESSION.one_or_none(database, token_hash=token_hash, now=now, used_since=now - idle)
    if row is None:
        return None
    if now - row.last_seen_at >= TOUCH_AFTER:
        with database.transaction() as connection:
            connection.execute(
                update(sessions).where(sessions.c.token_hash == token_hash).values(last_seen_at=now)
            )
    return account_of(row)


def end_session(database: Database, token: str) -> None:
    """End a session; ending none is no error."""
    with database.transaction() as connection:
        connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))


def issue_token(
    database: Database, account_id: UUID, *, now: datetime, lasts: timedelta
) -> tuple[str, datetime]:
    """A bearer token for the API, and when it ends."""
    token = secrets.token_urlsafe(32)
    expires_at = now + lasts
    with database.transaction() as connection:
        connection.execute(delete(tokens).where(tokens.c.expires_at <= now))
        connection.execute(
            insert(tokens).values(
                token_hash=_hash(token), account_id=account_id, issued_at=now, expires_at=expires_at
            )
        )
    return token, expires_at


def token_account(database: Database, token: str, *, now: datetime) -> Account | None:
    """Whose token it is; ``None`` for an unknown, withdrawn or expired one."""
    row = _BY_TOKEN.one_or_none(database, token_hash=_hash(token), now=now)
    return account_of(row) if row else None


def revoke_token(database: Database, token: str) -> None:
    """Withdraw a token; withdrawing none is no error."""
    with database.transaction() as connection:
        connection.execute(delete(tokens).where(tokens.c.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""The gateway's tables that are not made from events: accounts, sessions, drafts of applications.

Personal data stand here (a name and an e-mail address for each account, what was typed in a draft
until it is sent or expires) and nowhere else in the gateway's database.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)

from shared.kernel.database import UtcDateTime
from shared.kernel.schema import BigId

account_metadata = MetaData()

accounts = Table(
    "accounts",
    account_metadata,
    Column("id", Uuid, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("full_name", String(200), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("voivodeships", JSON, nullable=False),
    Column("expert_id", Uuid),
    Column("jst_ids", JSON, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_login_at", UtcDateTime),
    Column("version", Integer, nullable=False),
)
"""``email`` in lower case; ``roles``, ``voivodeships`` and ``jst_ids`` are lists of text."""

sessions = Table(
    "sessions",
    account_metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("sessions_account", "account_id"),
)
"""``token_hash``: SHA-256 of what the cookie holds."""

tokens = Table(
    "tokens",
    account_metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("tokens_account", "account_id"),
)
"""``token_hash``: SHA-256 of the bearer token."""

login_attempts = Table(
    "login_attempts",
    account_metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False),
    Column("failed_at", UtcDateTime, nullable=False),
    Index("login_attempts_key", "key", "failed_at"),
    sqlite_autoincrement=True,
)
"""Failed logins. ``key`` is a keyed hash of e-mail and network address: neither can be read."""

application_drafts = Table(
    "application_drafts",
    account_metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("call_slug", String(80), nullable=False),
    Column("typed", JSON, nullable=False),
    Column("receipt", JSON),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("application_drafts_by_expiry", "expires_at"),
)
"""``key_hash``: SHA-256 of what the cookie holds; ``typed``: by field, empty once it was sent and
``receipt`` is there."""

"""Accounts of the people who work on the platform: who they are and what they may reach."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import TypeAdapter
from sqlalchemy import (
    Connection,
    delete,
    exc,
    func,
    insert,
    or_,
    select,
    update,
)

from services.gateway.errors import (
    EmailTakenError,
    PasswordTooWeakError,
    TooManyAttemptsError,
    WrongCredentialsError,
)
from services.gateway.tables import accounts, login_attempts, sessions, tokens
from shared.contracts.base import Email, ShortText
from shared.kernel.database import Database
from shared.kernel.refusal import NotFoundError

MINIMUM_PASSWORD = 10
LONGEST_PASSWORD = 1000
MAX_FAILURES = 5
WAIT_AFTER_FAILURES = timedelta(minutes=15)
COMMON_PASSWORDS = frozenset(
    {
        "1234567890",
        "12345678910",
        "123456789a",
        "qwertyuiop",
        "qwerty12345",
        "qwerty1234",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "haslo12345",
        "haslohaslo",
        "mojehaslo123",
        "polska1234",
        "polska12345",
        "zaq12wsxcde",
        "zaq1zaq1zaq",
        "1qaz2wsx3edc",
        "1q2w3e4r5t",
        "iloveyou123",
        "administrator",
        "administrator1",
        "administracja",
        "letmein1234",
        "welcome1234",
        "abcdefghij",
        "abcd123456",
        "0123456789",
        "9876543210",
    }
)

_hasher = PasswordHasher()
_unknown_hash = ""
_email = TypeAdapter[str](Email)
_name = TypeAdapter[str](ShortText)


class Role(StrEnum):
    """What an account is for; it may have several."""

    PROGRAMME_STAFF = "programme_staff"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    EXPERT = "expert"
    JST = "jst"
    OPERATOR = "operator"
    SUBSCRIBER = "subscriber"
    """Another system that follows the events."""


@dataclass(frozen=True)
class Account:
    """One account. Name and e-mail are personal data: for its owner and for account pages only."""

    id: UUID
    email: str
    full_name: str
    roles: frozenset[Role]
    voivodeships: tuple[str, ...]
    """Where a coordinator works; codes."""
    expert_id: UUID | None
    """Whom of the roster an expert's account belongs to."""
    jst_ids: tuple[UUID, ...]
    """Which units a JST account works for."""
    is_active: bool
    created_at: datetime
    last_login_at: datetime | None
    version: int


def create_account(
    database: Database,
    email: str,
    password: str,
    name: str,
    roles: Sequence[Role | str],
    *,
    voivodeships: Sequence[str] = (),
    expert_id: UUID | None = None,
    jst_ids: Sequence[UUID] = (),
    account_id: UUID | None = None,
) -> Account:
    """Open an account.

    Args:
        database: The gateway's own.
        email: The login; case does not count.
        password: At least `MINIMUM_PASSWORD` characters.
        name: The person's full name.
        roles: What the account is for; at least one.
        voivodeships: Where a coordinator works.
        expert_id: Whom of the roster an expert's account belongs to.
        jst_ids: Which units a JST account works for.
        account_id: A given id instead of a random one.

    Raises:
        EmailTakenError: The address has an account.
        PasswordTooWeakError: The password is short or among the most common ones.
        ValueError: Address, name or role is not of its form (pydantic's error is one).
    """
    check_password(password)
    if not roles:
        raise ValueError("an account has at least one role")
    values: dict[str, Any] = {
        "id": account_id or uuid4(),
        "email": _email.validate_python(email).lower(),
        "full_name": _name.validate_python(name),
        "password_hash": _hasher.hash(password),
        "roles": sorted({Role(role).value for role in roles}),
        "voivodeships": sorted(set(voivodeships)),
        "expert_id": expert_id,
        "jst_ids": sorted({str(jst_id) for jst_id in jst_ids}),
        "is_active": True,
        "created_at": datetime.now(UTC),
        "version": 1,
    }
    try:
        with database.transaction() as connection:
            connection.execute(insert(accounts).values(values))
    except exc.IntegrityError:
        raise EmailTakenError(field="email") from None
    return get_account(database, values["id"])


def change_account(
    database: Database,
    account_id: UUID,
    *,
    name: str,
    roles: Sequence[Role | str],
    voivodeships: Sequence[str] = (),
    expert_id: UUID | None = None,
    jst_ids: Sequence[UUID] = (),
) -> Account:
    """Replace what an account is for; its open sessions have the new rights at once.

    Raises:
        NotFoundError: There is no such account.
        ValueError: Name or role is not of its form.
    """
    if not roles:
        raise ValueError("an account has at least one role")
    _update(
        database,
        account_id,
        full_name=_name.validate_python(name),
        roles=sorted({Role(role).value for role in roles}),
        voivodeships=sorted(set(voivodeships)),
        expert_id=expert_id,
        jst_ids=sorted({str(jst_id) for jst_id in jst_ids}),
    )
    return get_account(database, account_id)


def disable_account(database: Database, account_id: UUID) -> None:
    """Let an account in no more, and end its sessions and tokens."""
    _update(database, account_id, end_access=True, is_active=False)


def enable_account(database: Database, account_id: UUID) -> None:
    """Let a disabled account in again."""
    _update(database, account_id, is_active=True)


def reset_password(database: Database, account_id: UUID, password: str) -> None:
    """Give an account another password, and end its sessions and tokens.

    Raises:
        PasswordTooWeakError: The password is short or among the most common ones.
        NotFoundError: There is no such account.
    """
    check_password(password)
    _update(database, account_id, end_access=True, password_hash=_hasher.hash(password))


def erase_account(database: Database, account_id: UUID) -> None:
    """Delete an account with its personal data; what it did stays under its id alone."""
    with database.transaction() as connection:
        gone = connection.execute(delete(accounts).where(accounts.c.id == account_id))
        if gone.rowcount == 0:
            raise NotFoundError(what="account", id=str(account_id))
        _end_access(connection, account_id)


def get_account(database: Database, account_id: UUID) -> Account:
    """One account.

    Raises:
        NotFoundError: There is no such account.
    """
    with database.reading() as connection:
        row = connection.execute(select(accounts).where(accounts.c.id == account_id)).one_or_none()
    if row is None:
        raise NotFoundError(what="account", id=str(account_id))
    return account_of(row)


def list_accounts(
    database: Database,
    *,
    role: Role | None = None,
    text: str | None = None,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[Account], int]:
    """Accounts by name, and how many there are in all.

    Args:
        database: The gateway's own.
        role: Only accounts that have it.
        text: Part of name or e-mail.
        offset: How many to leave out.
        limit: How many at most.
    """
    query = select(accounts).order_by(func.lower(accounts.c.full_name), accounts.c.id)
    if text:
        part = f"%{_escape_like(text.strip().lower())}%"
        query = query.where(
            or_(
                func.lower(accounts.c.full_name).like(part, escape="\\"),
                accounts.c.email.like(part, escape="\\"),
            )
        )
    with database.reading() as connection:
        found = [account_of(row) for row in connection.execute(query)]
    matching = [account for account in found if role is None or role in account.roles]
    return matching[offset : offset + limit], len(matching)


def check_password(password: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        PasswordTooWeakError: It is short, or among the most common ones.
    """
    if (
        not MINIMUM_PASSWORD <= len(password) <= LONGEST_PASSWORD
        or len(set(password)) < MINIMUM_PASSWORD // 3
        or password.lower() in COMMON_PASSWORDS
    ):
        raise PasswordTooWeakError(field="password", minimum=MINIMUM_PASSWORD)


def authenticate(
    database: Database, email: str, password: str, *, address: str, secret: str, now: datetime
) -> Account:
    """The account that these credentials open.

    Args:
        database: The gateway's own.
        email: As typed.
        password: As typed.
        address: The caller's network address; failures are counted for both together.
        secret: Key of the hash under which failures are counted.
        now: The moment, aware.

    Raises:
        WrongCredentialsError: They open none; which of the two is wrong is not said.
        TooManyAttemptsError: Too many failures; the next attempt is possible later.
    """
    login = email.strip().lower()[:254]
    key = hmac.new(secret.encode(), f"{login}\n{address}".encode(), hashlib.sha256).hexdigest()
    _refuse_too_many(database, key, now)
    with database.reading() as connection:
        row = connection.execute(
            select(accounts).where(accounts.c.email == login, accounts.c.is_active)
        ).one_or_none()
    # An unknown address costs the same time as a known one, so that the time tells nothing.
    if not _matches(row.password_hash if row else _hash_of_nobody(), password) or row is None:
        _note_failure(database, key, now)
        raise WrongCredentialsError
    changed: dict[str, Any] = {"last_login_at": now}
    if _hasher.check_needs_rehash(row.password_hash):
        changed["password_hash"] = _hasher.hash(password)
    with database.transaction() as connection:
        connection.execute(delete(login_attempts).where(login_attempts.c.key == key))
        connection.execute(update(accounts).where(accounts.c.id == row.id).values(changed))
    return account_of(row)


def _refuse_too_many(database: Database, key: str, now: datetime) -> None:
    t = login_attempts.c
    with database.reading() as connection:
        failures, last = connection.execute(
            select(func.count(), func.max(t.failed_at)).where(
                t.key == key, t.failed_at > now - WAIT_AFTER_FAILURES
            )
        ).one()
    if failures >= MAX_FAILURES:
        moment = last if last.tzinfo else last.replace(tzinfo=UTC)
        wait = moment + WAIT_AFTER_FAILURES - now
        raise TooManyAttemptsError(
            limit=MAX_FAILURES, wait_minutes=max(1, ceil(wait / timedelta(minutes=1)))
        )


def _note_failure(database: Database, key: str, now: datetime) -> None:
    with database.transaction() as connection:
        connection.execute(
            delete(login_attempts).where(login_attempts.c.failed_at <= now - WAIT_AFTER_FAILURES)
        )
        connection.execute(insert(login_attempts).values(key=key, failed_at=now))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _hash_of_nobody() -> str:
    global _unknown_hash  # noqa: PLW0603 -- made once, at the first unknown address
    _unknown_hash = _unknown_hash or _hasher.hash(uuid4().hex)
    return _unknown_hash


def _update(
    database: Database, account_id: UUID, *, end_access: bool = False, **values: Any
) -> None:
    with database.transaction() as connection:
        changed = connection.execute(
            update(accounts)
            .where(accounts.c.id == account_id)
            .values(version=accounts.c.version + 1, **values)
        )
        if changed.rowcount == 0:
            raise NotFoundError(what="account", id=str(account_id))
        if end_access:
            _end_access(connection, account_id)


def _end_access(connection: Connection, account_id: UUID) -> None:
    for table in (sessions, tokens):
        connection.execute(delete(table).where(table.c.account_id == account_id))


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def account_of(row: Any) -> Account:
    """The account in a row of its table."""
    return Account(
        id=row.id,
        email=row.email,
        full_name=row.full_name,
        roles=frozenset(Role(role) for role in row.roles),
        voivodeships=tuple(row.voivodeships),
        expert_id=row.expert_id,
        jst_ids=tuple(UUID(jst_id) for jst_id in row.jst_ids),
        is_active=row.is_active,
        created_at=row.created_at,
        last_login_at=row.last_login_at,
        version=row.version,
    )

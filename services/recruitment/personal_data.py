"""Who applied, and every text by or about them: apart from the events, so that it can be erased.

Nothing here is a projection: the log does not know it, and rebuilding does not bring it back.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    Table,
    Text,
    Uuid,
    delete,
    exc,
    insert,
    select,
    update,
)

from services.recruitment.domain.errors import OneOpenApplicationError
from services.recruitment.folding import folded
from services.recruitment.projections import metadata
from shared.contracts.recruitment import SubmitApplication

applicants = Table(
    "applicants",
    metadata,
    Column("application_id", Uuid, primary_key=True),
    Column("call_id", Uuid, nullable=False),
    Column("claim", Text, unique=True),
    Column("received_on", Date, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text),
    Column("answers", JSON, nullable=False),
    Column("access_key_hash", Text, nullable=False),
    Column("late_admission_reason", Text),
    Column("withdrawal_reason", Text, nullable=False, default=""),
    Column("check_remarks", Text, nullable=False, default=""),
    Column("decision_reason", Text, nullable=False, default=""),
    Column("search_text", Text, nullable=False),
)
"""``claim`` says who applied in which call, while that application is open; else it is null."""


def keep_applicant(
    connection: Connection,
    application_id: UUID,
    request: SubmitApplication,
    *,
    candidate: str,
    access_key: str,
    received_on: date,
    late_admission_reason: str | None,
) -> None:
    """Keep who applied; of the access key only its SHA-256.

    Args:
        connection: In the transaction of the event.
        application_id: The new application's.
        request: What the candidate sent.
        candidate: The same for all applications of one candidate in the call.
        access_key: Opens the application later.
        received_on: Day of receipt in Europe/Warsaw.
        late_admission_reason: Why staff admitted it after the call, ``None`` when in time.

    Raises:
        OneOpenApplicationError: The candidate has an open application in this call.
    """
    claim = f"{request.call_id}:{candidate}"
    values = {
        "application_id": application_id,
        "call_id": request.call_id,
        "claim": claim,
        "received_on": received_on,
        "full_name": request.applicant.full_name,
        "email": request.applicant.email,
        "phone": request.applicant.phone,
        "answers": dict(request.answers),
        "access_key_hash": _hash(access_key),
        "late_admission_reason": late_admission_reason,
        "search_text": folded(f"{request.applicant.full_name} {request.applicant.email}"),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(applicants).values(values))
    except exc.IntegrityError:
        earlier = select(applicants.c.received_on).where(applicants.c.claim == claim)
        raise OneOpenApplicationError(
            received_on=connection.execute(earlier).scalar_one().isoformat()
        ) from None


def note(connection: Connection, application_id: UUID, **texts: str) -> None:
    """Keep a text about an application, e.g. ``check_remarks``; once erased there is no place."""
    row = applicants.c.application_id == application_id
    connection.execute(update(applicants).where(row).values(**texts))


def release_claim(connection: Connection, application_id: UUID, reason: str) -> None:
    """Let the candidate of a withdrawn application apply again."""
    row = applicants.c.application_id == application_id
    connection.execute(update(applicants).where(row).values(claim=None, withdrawal_reason=reason))


def is_access_key(connection: Connection, application_id: UUID, access_key: str) -> bool:
    """Whether the key opens the application; never for an unknown or erased one."""
    row = applicants.c.application_id == application_id
    kept = connection.execute(select(applicants.c.access_key_hash).where(row)).scalar()
    return hmac.compare_digest(kept or "", _hash(access_key))


def erase_applicant(connection: Connection, application_id: UUID) -> None:
    """Forget who applied and all texts about them; what happened stays in the log, nameless."""
    row = applicants.c.application_id == application_id
    connection.execute(delete(applicants).where(row))


def _hash(access_key: str) -> str:
    return hashlib.sha256(access_key.encode()).hexdigest()

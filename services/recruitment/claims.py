"""Addresses that only one edition or call may have, claimed in the transaction of the events."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Column, Connection, Table, Text, Uuid, delete, exc, insert

from services.recruitment.domain.errors import SlugTakenError
from services.recruitment.projections import metadata

slug_claims = Table(
    "slug_claims",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
)
"""``scope`` is ``edition`` or ``call``: the two have addresses of their own."""


def claim_slug(
    connection: Connection, scope: str, slug: str, owner_id: UUID, *, field: str
) -> None:
    """Take an address, or refuse when it is taken.

    Raises:
        SlugTakenError: Another edition or call has it.
    """
    try:
        with connection.begin_nested():
            connection.execute(
                insert(slug_claims).values(scope=scope, slug=slug, owner_id=owner_id)
            )
    except exc.IntegrityError:
        raise SlugTakenError(field=field, slug=slug) from None


def free_slug(connection: Connection, scope: str, slug: str) -> None:
    """Give back an address that was never public."""
    t = slug_claims.c
    connection.execute(delete(slug_claims).where(t.scope == scope, t.slug == slug))

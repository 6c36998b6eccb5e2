"""The version of an edition, so that nobody overwrites what somebody else has changed meanwhile.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it, and count the configurations that the journal knows."""
    column = sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    op.add_column("editions", column)
    journal = sa.table("journal", sa.column("type"), sa.column("subject"))
    configured = sa.select(journal.c.subject, sa.func.count()).where(
        journal.c.type.like("pl.ore.recruitment.EditionReconfigured.%")
    )
    editions = sa.table("editions", sa.column("edition_id", sa.Uuid()), sa.column("version"))
    connection = op.get_bind()
    for subject, count in connection.execute(configured.group_by(journal.c.subject)).all():
        connection.execute(
            sa.update(editions)
            .where(editions.c.edition_id == UUID(subject))
            .values(version=1 + count)
        )

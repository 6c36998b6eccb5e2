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
    """Add it, and count the configurations that the view has taken from the journal.

    Those behind its position are counted when it comes to them.
    """
    column = sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    op.add_column("editions", column)
    journal = sa.table("journal", sa.column("type"), sa.column("subject"), sa.column("position"))
    positions = sa.table("view_positions", sa.column("view"), sa.column("position"))
    reached = sa.select(positions.c.position).where(positions.c.view == "editions")
    configured = sa.select(journal.c.subject, sa.func.count()).where(
        journal.c.type.like("pl.ore.recruitment.EditionReconfigured.%"),
        journal.c.position <= reached.scalar_subquery(),
    )
    editions = sa.table("editions", sa.column("edition_id", sa.Uuid()), sa.column("version"))
    connection = op.get_bind()
    for subject, count in connection.execute(configured.group_by(journal.c.subject)).all():
        connection.execute(
            sa.update(editions)
            .where(editions.c.edition_id == UUID(subject))
            .values(version=1 + count)
        )

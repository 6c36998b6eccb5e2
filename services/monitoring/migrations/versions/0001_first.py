"""The first tables: the kernel's, the records, and what hdr told.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.kernel import schema
from shared.kernel.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    schema.create_v1(op.get_bind())
    op.create_table(
        "records",
        sa.Column("record_id", sa.Uuid(), primary_key=True),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("hdr_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
    )
    op.create_index("records_by_round", "records", ["round_id"])
    op.create_table(
        "published_hdrs",
        sa.Column("hdr_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("hdr", sa.JSON(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
    )
    op.create_index("published_hdrs_by_edition", "published_hdrs", ["edition_id"])

"""What operators did, what they withdrew, and by what the server knows this very database.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.kernel import schema
from shared.kernel.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    schema.create_v2(op.get_bind())
    op.create_table(
        "withdrawn_entries",
        sa.Column("position", schema.BigId, primary_key=True, autoincrement=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=False),
    )

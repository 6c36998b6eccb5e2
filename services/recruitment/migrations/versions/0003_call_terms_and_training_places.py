"""What calls say, drafts too, and who has a place in a training: fill both by a rebuild.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.kernel.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "call_terms",
        sa.Column("call_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("announcement", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
    )
    op.create_table(
        "training_places",
        sa.Column("training_id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("is_over", sa.Boolean(), nullable=False),
    )

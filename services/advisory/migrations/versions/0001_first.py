"""The first tables: the kernel's, the cycles, and what recruitment told.

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
        "cycles",
        sa.Column("cycle_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("jst_key", sa.String(6), nullable=False),
        sa.Column("jst", sa.JSON(), nullable=False),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("is_completed", sa.Boolean(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
    )
    op.create_index("cycles_by_edition", "cycles", ["edition_id"])
    op.create_index("cycles_by_jst", "cycles", ["jst_key"])
    op.create_index("cycles_by_team", "cycles", ["team_id"])
    op.create_table(
        "experts",
        sa.Column("expert_id", sa.Uuid(), primary_key=True),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("voivodeship", sa.String(2), nullable=False),
        sa.Column("employer_jst_id", sa.Uuid()),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "editions",
        sa.Column("edition_id", sa.Uuid(), primary_key=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("voivodeships", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
    )

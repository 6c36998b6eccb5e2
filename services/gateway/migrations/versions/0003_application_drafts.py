"""Drafts of applications: what was typed until it is sent."""

import sqlalchemy as sa
from alembic import op

from shared.kernel.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application_drafts",
        sa.Column("key_hash", sa.String(64), primary_key=True),
        sa.Column("call_slug", sa.String(80), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("receipt", sa.JSON()),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
    )
    op.create_index("application_drafts_by_expiry", "application_drafts", ["expires_at"])


def downgrade() -> None:
    op.drop_table("application_drafts")

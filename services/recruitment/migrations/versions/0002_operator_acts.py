"""What operators did, and by what the server knows this very database.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

from shared.kernel import schema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    schema.create_v2(op.get_bind())

"""The kernel's tables and hdr's own, in their first shape."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.kernel import schema
from shared.kernel.database import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    schema.create_v1(op.get_bind())
    op.create_table(
        "addresses",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("slug", sa.String(80), primary_key=True),
        sa.Column("subject_id", sa.Uuid, nullable=False),
    )
    op.create_table(
        "history",
        sa.Column("subject_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("what", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text),
    )
    op.create_table(
        "editions",
        sa.Column("edition_id", sa.Uuid, primary_key=True),
        sa.Column("hdr_template_version", sa.Integer, nullable=False),
        sa.Column("summary_forms", sa.JSON, nullable=False),
    )
    op.create_table(
        "local_governments",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("jst", sa.JSON, nullable=False),
    )
    op.create_table(
        "cycle_teams",
        sa.Column("cycle_id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
    )
    op.create_table(
        "summary_contacts",
        sa.Column("summary_id", sa.Uuid, primary_key=True),
        sa.Column("document", sa.JSON, nullable=False),
    )

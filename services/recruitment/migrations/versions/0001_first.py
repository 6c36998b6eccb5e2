"""The first tables: the kernel's, the read models, the claimed addresses and the personal data.

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
    create_register()
    create_calls_and_applications()
    create_roster()
    create_what_is_no_read_model()


def create_register() -> None:
    op.create_table(
        "local_governments",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("voivodeship", sa.Text(), nullable=False),
        sa.Column("county", sa.Text()),
        sa.Column("has_county_rights", sa.Boolean(), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
    )
    op.create_index("local_governments_by_code", "local_governments", ["code"])
    op.create_table(
        "register_imports",
        sa.Column("import_id", sa.Uuid(), primary_key=True),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("is_partial", sa.Boolean(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("renamed", sa.Integer(), nullable=False),
        sa.Column("kind_changed", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
    )


def create_calls_and_applications() -> None:
    op.create_table(
        "calls",
        sa.Column("call_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "applications",
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("voivodeship", sa.Text(), nullable=False),
        sa.Column("jst", sa.JSON()),
        sa.Column("privacy_notice_version", sa.Text(), nullable=False),
        sa.Column("check_passed", sa.Boolean()),
        sa.Column("decision", sa.Text()),
        sa.Column("reserve_rank", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
    )
    op.create_index("applications_of_call", "applications", ["call_id", "received_at"])


def create_roster() -> None:
    op.create_table(
        "experts",
        sa.Column("expert_id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("voivodeship", sa.Text(), nullable=False),
        sa.Column("employer_jst", sa.JSON()),
        sa.Column("training_hours", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )


def create_what_is_no_read_model() -> None:
    op.create_table(
        "slug_claims",
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("slug", sa.Text(), primary_key=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
    )
    op.create_table(
        "applicants",
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("claim", sa.Text(), unique=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text()),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("access_key_hash", sa.Text(), nullable=False),
        sa.Column("late_admission_reason", sa.Text()),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("check_remarks", sa.Text(), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
    )

"""The first tables: the kernel's, the journal, and those of all views.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.kernel import schema
from shared.kernel.database import UtcDateTime
from shared.kernel.schema import BigId

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    schema.create_v1(op.get_bind())
    _create_journal()
    _create_editions()
    _create_local_governments()
    _create_calls()
    _create_applications()
    _create_results()
    _create_trainings()
    _create_roster()
    _create_teams()
    _create_cycles()
    _create_hdrs()
    _create_monitoring()
    _create_summaries()
    _create_timeline()
    _create_programme_funnel()


def _jst_columns(*, nullable: bool = False) -> tuple[sa.Column[Any], ...]:
    """The columns in which a view keeps a JST as of an event."""
    return (
        sa.Column("jst_id", sa.Uuid(), nullable=nullable),
        sa.Column("jst_code", sa.String(7), nullable=nullable),
        sa.Column("jst_name", sa.String(200), nullable=nullable),
        sa.Column("jst_kind", sa.String(20), nullable=nullable),
        sa.Column("jst_voivodeship", sa.String(2), nullable=nullable),
        sa.Column("jst_county", sa.String(200)),
        sa.Column("jst_has_county_rights", sa.Boolean(), nullable=nullable),
        sa.Column("jst_sort_key", sa.Text(), nullable=nullable),
        sa.Column("jst_folded", sa.Text(), nullable=nullable),
    )


def _create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("position", BigId, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("previous_sequence", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("type", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("time", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("correlation_id", sa.String(200)),
        sa.Column("causation_id", sa.String(200)),
        sa.Column("body", sa.Text(), nullable=False),
        sa.UniqueConstraint("source", "epoch", "sequence", name="journal_source"),
        sqlite_autoincrement=True,
    )
    op.create_index("journal_subject", "journal", ["subject"])
    op.create_table(
        "view_positions",
        sa.Column("view", sa.String(100), primary_key=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
    )


def _create_editions() -> None:
    op.create_table(
        "editions",
        sa.Column("edition_id", sa.Uuid(), primary_key=True),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("configuration", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )
    op.create_index("editions_by_slug", "editions", ["slug"])


def _create_local_governments() -> None:
    op.create_table(
        "local_governments",
        sa.Column("jst_id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.String(7), nullable=False),
        sa.Column("code6", sa.String(6), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("voivodeship", sa.String(2), nullable=False),
        sa.Column("county", sa.String(200)),
        sa.Column("has_county_rights", sa.Boolean(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
    )
    op.create_index("local_governments_by_code6", "local_governments", ["code6"])
    op.create_index("local_governments_by_place", "local_governments", ["voivodeship", "kind"])
    op.create_table(
        "register_imports",
        sa.Column("import_id", sa.Uuid(), primary_key=True),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("renamed", sa.Integer(), nullable=False),
        sa.Column("kind_changed", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
    )


def _create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("call_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("first_closes_on", sa.Date(), nullable=False),
        sa.Column("results_by", sa.Date(), nullable=False),
        sa.Column("contact_email", sa.String(254), nullable=False),
        sa.Column("places", sa.Integer()),
        sa.Column("training_dates", sa.JSON(), nullable=False),
        sa.Column("covered_costs", sa.JSON(), nullable=False),
        sa.Column("voivodeships", sa.JSON(), nullable=False),
        sa.Column("privacy_notice_version", sa.String(200), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("cancelled_at", UtcDateTime()),
        sa.Column("results_published_at", UtcDateTime()),
        sa.Column("extension_reason", sa.Text()),
        sa.Column("cancellation_reason", sa.Text()),
        sa.Column("folded", sa.Text(), nullable=False),
    )
    op.create_index("calls_by_deadline", "calls", ["closes_on"])
    op.create_index("calls_by_edition", "calls", ["edition_id", "kind"])
    op.create_index("calls_by_slug", "calls", ["slug"])
    op.create_table(
        "call_voivodeships",
        sa.Column("call_id", sa.Uuid(), primary_key=True),
        sa.Column("voivodeship", sa.String(2), primary_key=True),
    )
    op.create_index("call_voivodeships_by_voivodeship", "call_voivodeships", ["voivodeship"])


def _create_applications() -> None:
    op.create_table(
        "applications",
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("receipt_number", sa.String(40), nullable=False),
        sa.Column("voivodeship", sa.String(2), nullable=False),
        *_jst_columns(nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("is_late_admission", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("status_since", UtcDateTime(), nullable=False),
        sa.Column("reserve_rank", sa.Integer()),
        sa.Column("is_promoted", sa.Boolean(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
    )
    op.create_index("applications_by_call", "applications", ["call_id", "status"])
    op.create_index("applications_by_edition", "applications", ["edition_id", "kind"])
    op.create_index("applications_by_jst", "applications", ["jst_id"])
    op.create_index("applications_by_voivodeship", "applications", ["voivodeship"])


def _create_results() -> None:
    op.create_table(
        "result_lists",
        sa.Column("call_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
    )
    op.create_index("result_lists_by_slug", "result_lists", ["slug"])
    op.create_table(
        "results",
        sa.Column("call_id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("receipt_number", sa.String(40), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("published_decision", sa.String(20), nullable=False),
        sa.Column("reserve_rank", sa.Integer()),
        sa.Column("voivodeship", sa.String(2), nullable=False),
        *_jst_columns(nullable=True),
        sa.Column("promoted_at", UtcDateTime()),
        sa.Column("promotion_reason", sa.Text()),
    )
    op.create_index("results_by_place", "results", ["call_id", "place"])


def _create_trainings() -> None:
    op.create_table(
        "trainings",
        sa.Column("training_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("venue", sa.String(200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("completed_at", UtcDateTime()),
        sa.Column("folded", sa.Text(), nullable=False),
    )
    op.create_index("trainings_by_edition", "trainings", ["edition_id", "role"])
    op.create_table(
        "training_sessions",
        sa.Column("training_id", sa.Uuid(), primary_key=True),
        sa.Column("session_key", sa.String(200), primary_key=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("present", sa.JSON(none_as_null=True)),
        sa.Column("recorded_at", UtcDateTime()),
    )
    op.create_table(
        "training_participants",
        sa.Column("training_id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("voivodeship", sa.String(2), nullable=False),
        sa.Column("enrolled_at", UtcDateTime(), nullable=False),
        sa.Column("has_completed", sa.Boolean()),
    )
    op.create_index(
        "training_participants_by_application", "training_participants", ["application_id"]
    )


def _create_roster() -> None:
    op.create_table(
        "experts",
        sa.Column("expert_id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("voivodeship", sa.String(2), nullable=False),
        *_jst_columns(nullable=True),
        sa.Column("training_hours", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime()),
        sa.Column("leaving_reason_code", sa.String(60)),
    )
    op.create_index("experts_by_application", "experts", ["application_id"])
    op.create_index("experts_by_edition", "experts", ["edition_id"])
    op.create_index("experts_by_place", "experts", ["voivodeship", "role"])


def _create_teams() -> None:
    op.create_table(
        "teams",
        sa.Column("team_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("voivodeship", sa.String(2), nullable=False),
        sa.Column("ros_expert_id", sa.Uuid(), nullable=False),
        sa.Column("pro_expert_id", sa.Uuid(), nullable=False),
        sa.Column("formed_at", UtcDateTime(), nullable=False),
        sa.Column("dissolved_at", UtcDateTime()),
        sa.Column("dissolution_reason", sa.Text()),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
    )
    op.create_index("teams_by_edition", "teams", ["edition_id"])
    op.create_index("teams_by_pro_expert", "teams", ["pro_expert_id"])
    op.create_index("teams_by_ros_expert", "teams", ["ros_expert_id"])
    op.create_index("teams_by_voivodeship", "teams", ["voivodeship"])
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Uuid(), primary_key=True),
        sa.Column("role", sa.String(10), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime()),
        sa.Column("replacement_reason", sa.Text()),
    )
    op.create_index("team_members_by_expert", "team_members", ["expert_id"])
    op.create_table(
        "team_cycles",
        sa.Column("cycle_id", sa.Uuid(), primary_key=True),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("is_completed", sa.Boolean(), nullable=False),
    )
    op.create_index("team_cycles_by_team", "team_cycles", ["team_id", "is_completed"])


def _create_cycles() -> None:
    op.create_table(
        "cycles",
        sa.Column("cycle_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        *_jst_columns(),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("current_stage", sa.String(60)),
        sa.Column("stage_entered_at", UtcDateTime(), nullable=False),
        sa.Column("area_code", sa.String(60)),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("team_assigned_at", UtcDateTime()),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("diagnosis_closed_at", UtcDateTime()),
        sa.Column("directions_set_at", UtcDateTime()),
        sa.Column("completed_at", UtcDateTime()),
        sa.Column("last_event_at", UtcDateTime(), nullable=False),
        sa.Column("last_activity_on", sa.Date()),
        sa.Column("activity_count", sa.Integer(), nullable=False),
        sa.Column("activity_hours", sa.Float(), nullable=False),
        sa.Column("diagnosis", sa.JSON()),
        sa.Column("priorities", sa.JSON()),
        sa.Column("directions", sa.Text()),
        sa.Column("tools", sa.JSON()),
    )
    op.create_index("cycles_by_edition", "cycles", ["edition_id", "current_stage"])
    op.create_index("cycles_by_jst", "cycles", ["jst_id"])
    op.create_index("cycles_by_team", "cycles", ["team_id"])
    op.create_index("cycles_by_voivodeship", "cycles", ["jst_voivodeship"])
    op.create_table(
        "cycle_stages",
        sa.Column("cycle_id", sa.Uuid(), primary_key=True),
        sa.Column("stage", sa.String(60), primary_key=True),
        sa.Column("entered_at", UtcDateTime()),
        sa.Column("completed_at", UtcDateTime()),
    )
    op.create_table(
        "cycle_activities",
        sa.Column("activity_id", sa.Uuid(), primary_key=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("stage", sa.String(60), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("logged_at", UtcDateTime(), nullable=False),
    )
    op.create_index("cycle_activities_by_cycle", "cycle_activities", ["cycle_id", "held_on"])
    op.create_index("cycle_activities_by_team", "cycle_activities", ["team_id"])
    op.create_table(
        "cycle_teams",
        sa.Column("cycle_id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime()),
        sa.Column("reason", sa.Text()),
    )
    op.create_table(
        "cycle_hdrs",
        sa.Column("hdr_id", sa.Uuid(), primary_key=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
    )
    op.create_index("cycle_hdrs_by_cycle", "cycle_hdrs", ["cycle_id"])


def _create_hdrs() -> None:
    op.create_table(
        "hdrs",
        sa.Column("hdr_id", sa.Uuid(), primary_key=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        *_jst_columns(),
        sa.Column("area_code", sa.String(60), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("submission_count", sa.Integer(), nullable=False),
        sa.Column("returned_from", sa.String(40)),
        sa.Column("return_reason", sa.Text()),
        sa.Column("published_version", sa.Integer()),
        sa.Column("title", sa.Text()),
        sa.Column("slug", sa.String(80)),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.Column("withdrawal_reason", sa.Text()),
    )
    op.create_index("hdrs_by_cycle", "hdrs", ["cycle_id"])
    op.create_index("hdrs_by_edition", "hdrs", ["edition_id", "state"])
    op.create_index("hdrs_by_jst", "hdrs", ["jst_id"])
    op.create_index("hdrs_by_state", "hdrs", ["state", "state_since"])
    op.create_index("hdrs_by_voivodeship", "hdrs", ["jst_voivodeship"])
    op.create_table(
        "hdr_versions",
        sa.Column("hdr_id", sa.Uuid(), primary_key=True),
        sa.Column("published_version", sa.Integer(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        *_jst_columns(),
        sa.Column("jst_code6", sa.String(6), nullable=False),
        sa.Column("area_code", sa.String(60), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
    )
    op.create_index("hdr_versions_by_address", "hdr_versions", ["jst_code6", "slug"])
    op.create_index("hdr_versions_by_area", "hdr_versions", ["is_listed", "area_code"])
    op.create_index("hdr_versions_by_edition", "hdr_versions", ["edition_id", "is_listed"])
    op.create_index("hdr_versions_by_kind", "hdr_versions", ["is_listed", "jst_kind"])
    op.create_index("hdr_versions_by_voivodeship", "hdr_versions", ["is_listed", "jst_voivodeship"])


def _create_monitoring() -> None:
    op.create_table(
        "monitoring_rounds",
        sa.Column("round_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
    )
    op.create_index("monitoring_rounds_by_edition", "monitoring_rounds", ["edition_id"])
    op.create_index("monitoring_rounds_by_slug", "monitoring_rounds", ["slug"])
    op.create_table(
        "monitoring_asked",
        sa.Column("round_id", sa.Uuid(), primary_key=True),
        sa.Column("hdr_id", sa.Uuid(), primary_key=True),
        *_jst_columns(),
        sa.Column("area_code", sa.String(60), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("indicators", sa.JSON(), nullable=False),
    )
    op.create_index("monitoring_asked_by_hdr", "monitoring_asked", ["hdr_id"])
    op.create_index("monitoring_asked_by_jst", "monitoring_asked", ["jst_id"])
    op.create_index("monitoring_asked_by_voivodeship", "monitoring_asked", ["jst_voivodeship"])
    op.create_table(
        "monitoring_records",
        sa.Column("round_id", sa.Uuid(), primary_key=True),
        sa.Column("hdr_id", sa.Uuid(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("is_newest", sa.Boolean(), nullable=False),
        sa.Column("is_newest_at_closing", sa.Boolean(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("helping_factors", sa.Text(), nullable=False),
        sa.Column("hindering_factors", sa.Text(), nullable=False),
        sa.Column("changes_made", sa.Text(), nullable=False),
        sa.Column("support_needed", sa.Text(), nullable=False),
    )
    op.create_index("monitoring_records_by_record", "monitoring_records", ["record_id"])
    op.create_table(
        "monitoring_actions",
        sa.Column("round_id", sa.Uuid(), primary_key=True),
        sa.Column("hdr_id", sa.Uuid(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("action_key", sa.String(200), primary_key=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("new_date", sa.Date()),
        sa.Column("reason", sa.Text()),
    )
    op.create_table(
        "monitoring_indicators",
        sa.Column("round_id", sa.Uuid(), primary_key=True),
        sa.Column("hdr_id", sa.Uuid(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("indicator_key", sa.String(200), primary_key=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Float(), nullable=False),
        sa.Column("target", sa.Float(), nullable=False),
        sa.Column("value", sa.Float()),
        sa.Column("attainment_ratio", sa.Float()),
    )


def _create_summaries() -> None:
    op.create_table(
        "summaries",
        sa.Column("summary_id", sa.Uuid(), primary_key=True),
        sa.Column("hdr_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        *_jst_columns(),
        sa.Column("jst_code6", sa.String(6), nullable=False),
        sa.Column("area_code", sa.String(60), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.Column("return_reason", sa.Text()),
        sa.Column("template_version", sa.Integer()),
        sa.Column("slug", sa.String(80)),
        sa.Column("title", sa.Text()),
        sa.Column("document", sa.JSON()),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("folded", sa.Text(), nullable=False),
    )
    op.create_index("summaries_by_address", "summaries", ["jst_code6", "slug"])
    op.create_index("summaries_by_edition", "summaries", ["edition_id", "state"])
    op.create_index("summaries_by_form", "summaries", ["state", "form"])
    op.create_index("summaries_by_hdr", "summaries", ["hdr_id"])
    op.create_index("summaries_by_jst", "summaries", ["jst_id"])
    op.create_index("summaries_by_voivodeship", "summaries", ["jst_voivodeship"])


def _create_timeline() -> None:
    op.create_table(
        "timeline_entries",
        sa.Column("source", sa.String(100), primary_key=True),
        sa.Column("sequence", sa.BigInteger(), primary_key=True),
        sa.Column("subject_id", sa.Uuid(), primary_key=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("time", UtcDateTime(), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("correlation_id", sa.String(200)),
    )
    op.create_index("timeline_entries_by_correlation", "timeline_entries", ["correlation_id"])
    op.create_index("timeline_entries_by_position", "timeline_entries", ["position"])
    op.create_index("timeline_entries_by_subject", "timeline_entries", ["subject_id"])
    op.create_index("timeline_entries_by_time", "timeline_entries", ["time"])
    op.create_table(
        "timeline_subjects",
        sa.Column("subject_id", sa.Uuid(), primary_key=True),
        sa.Column("jst_id", sa.Uuid(), nullable=False),
        sa.Column("voivodeship", sa.String(2), nullable=False),
    )
    op.create_index("timeline_subjects_by_jst", "timeline_subjects", ["jst_id"])
    op.create_table(
        "timeline_cycle_teams",
        sa.Column("cycle_id", sa.Uuid(), primary_key=True),
        sa.Column("team_id", sa.Uuid(), nullable=False),
    )
    op.create_index("timeline_cycle_teams_by_team", "timeline_cycle_teams", ["team_id"])
    op.create_table(
        "timeline_team_names",
        sa.Column("team_id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
    )
    op.create_table(
        "timeline_round_names",
        sa.Column("round_id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
    )
    op.create_table(
        "timeline_round_hdrs",
        sa.Column("round_id", sa.Uuid(), primary_key=True),
        sa.Column("hdr_id", sa.Uuid(), primary_key=True),
    )


def _create_programme_funnel() -> None:
    op.create_table(
        "funnel_jst",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        *_jst_columns(),
        sa.Column("area_code", sa.String(60)),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("since_source", sa.String(100), nullable=False),
        sa.Column("since_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "jst_id"),
    )
    op.create_index("funnel_jst_by_jst", "funnel_jst", ["jst_id"])
    op.create_index("funnel_jst_by_voivodeship", "funnel_jst", ["jst_voivodeship", "jst_kind"])
    op.create_table(
        "funnel_subjects",
        sa.Column("subject_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("jst_id", sa.Uuid(), nullable=False),
    )
    op.create_table(
        "funnel_milestones",
        sa.Column("milestone", sa.String(30), primary_key=True),
        sa.Column("subject_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("jst_id", sa.Uuid(), nullable=False),
        sa.Column("reached_at", UtcDateTime(), nullable=False),
        sa.Column("lost_at", UtcDateTime()),
    )
    op.create_index("funnel_milestones_by_jst", "funnel_milestones", ["edition_id", "jst_id"])
    op.create_table(
        "funnel_rounds",
        sa.Column("round_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
    )
    op.create_table(
        "funnel_candidates",
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("voivodeship", sa.String(2), nullable=False),
        sa.Column("receipt_number", sa.String(40), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.Column("qualified_at", UtcDateTime()),
        sa.Column("trained_at", UtcDateTime()),
        sa.Column("expert_id", sa.Uuid()),
        sa.Column("left_at", UtcDateTime()),
        sa.Column("folded", sa.Text(), nullable=False),
    )
    op.create_index("funnel_candidates_by_expert", "funnel_candidates", ["expert_id"])
    op.create_index(
        "funnel_candidates_by_place", "funnel_candidates", ["edition_id", "voivodeship", "role"]
    )
    op.create_table(
        "funnel_slots",
        sa.Column("team_id", sa.Uuid(), primary_key=True),
        sa.Column("role", sa.String(10), primary_key=True),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("dissolved_at", UtcDateTime()),
    )
    op.create_index("funnel_slots_by_expert", "funnel_slots", ["expert_id"])

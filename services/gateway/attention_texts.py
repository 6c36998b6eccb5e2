"""What needs attention, in words, and the page on which one can act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as lazy

from services.gateway import labels
from services.gateway.i18n import gettext as _
from services.gateway.labels import Labels
from services.gateway.pages import may_open
from services.gateway.panel import Names
from services.gateway.projections.attention import AttentionKind, AttentionRow, Target

KINDS: Labels = {
    AttentionKind.TEAM_MISSING: lazy("Cycles without a team"),
    AttentionKind.STAGE_OVERDUE: lazy("Stages that last too long"),
    AttentionKind.ACTIVITY_MISSING: lazy("Cycles without activity"),
    AttentionKind.MONITORING_OVERDUE: lazy("Monitoring not answered"),
    AttentionKind.ASSESSMENT_MISSING: lazy("Applications without a decision"),
    AttentionKind.EDITING_WAITING: lazy("HDRs waiting in editing"),
    AttentionKind.RESULTS_OVERDUE: lazy("Results not published in time"),
}
"""Several things of a kind: headings, filters."""


def sentence(row: AttentionRow) -> str:
    """What is the matter."""
    return _SENTENCES[row.kind](row.parameters)


def act(row: AttentionRow) -> tuple[str, str] | None:
    """Address and text of the one click with which the reader can act; ``None`` without any."""
    round_id = row.parameters.get("round_id", "")
    ways: dict[AttentionKind, tuple[str, dict[str, Any], str]] = {
        AttentionKind.TEAM_MISSING: (
            "cycles.assign_team",
            {"cycle_id": row.target_id},
            _("Assign a team"),
        ),
        AttentionKind.ACTIVITY_MISSING: (
            "cycles.log_activity",
            {"cycle_id": row.target_id},
            _("Log an activity"),
        ),
        AttentionKind.MONITORING_OVERDUE: (
            "monitoring.answer",
            {"round_id": round_id, "hdr_id": row.target_id},
            _("Answer"),
        ),
        AttentionKind.ASSESSMENT_MISSING: (
            "applications.show_application",
            {"application_id": row.target_id},
            _("Assess"),
        ),
        AttentionKind.RESULTS_OVERDUE: (
            "panel_calls.publish_results",
            {"call_id": row.target_id},
            _("Check the results"),
        ),
    }
    if row.kind in ways:
        endpoint, values, text = ways[row.kind]
        if may_open(endpoint):
            return url_for(endpoint, **values), text
    return opens(row)


def opens(row: AttentionRow) -> tuple[str, str] | None:
    """Address and text of the page of what the row is about."""
    round_id = row.parameters.get("round_id", "")
    places: dict[Target, tuple[str, dict[str, Any]]] = {
        Target.CYCLE: ("cycles.show_cycle", {"cycle_id": row.target_id}),
        Target.HDR: ("hdrs.show_hdr", {"hdr_id": row.target_id}),
        Target.RECORD: ("monitoring.show_record", {"round_id": round_id, "hdr_id": row.target_id}),
        Target.APPLICATION: ("applications.show_application", {"application_id": row.target_id}),
        Target.CALL: ("panel_calls.show_call", {"call_id": row.target_id}),
    }
    endpoint, values = places[row.target]
    return (url_for(endpoint, **values), _("Open")) if may_open(endpoint) else None


_SENTENCES: Mapping[AttentionKind, Callable[[Mapping[str, str]], str]] = {
    AttentionKind.TEAM_MISSING: lambda _p: _("has no team"),
    AttentionKind.STAGE_OVERDUE: lambda p: _(
        "is still in the stage “%(stage)s”", stage=Names.stage(p.get("stage"))
    ),
    AttentionKind.ACTIVITY_MISSING: lambda _p: _("has had no logged activity"),
    AttentionKind.MONITORING_OVERDUE: lambda p: _(
        "has not answered the round “%(round)s”", round=p.get("round_name", "…")
    ),
    AttentionKind.ASSESSMENT_MISSING: lambda p: _(
        "application %(number)s in the call “%(call)s” has no decision",
        number=p.get("receipt_number", "…"),
        call=p.get("call_title", "…"),
    ),
    AttentionKind.EDITING_WAITING: lambda p: _(
        "HDR: %(state)s", state=labels.label(labels.HDR_STATES, p.get("state"))
    ),
    AttentionKind.RESULTS_OVERDUE: lambda p: _(
        "results of the call “%(call)s” are overdue", call=p.get("call_title", "…")
    ),
}

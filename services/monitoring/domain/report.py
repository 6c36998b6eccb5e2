"""What a JST reports on one HDR, whether it is complete, and what it amounts to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.monitoring.domain.attainment import attainment_ratio
from services.monitoring.domain.errors import IncompleteReportError
from shared.contracts.base import ContractModel
from shared.contracts.monitoring import (
    ActionReport,
    ActionState,
    IndicatorReport,
    IndicatorResult,
    MonitoredHdr,
)

Finding = dict[str, Any]
"""One thing a report lacks: field, rule, message and parameters."""

STATES_WITH_REASON = frozenset({ActionState.DROPPED, ActionState.POSTPONED})

_MESSAGES = {
    "ACTION_MISSING": "the action is not reported",
    "ACTION_UNKNOWN": "the HDR has no such action",
    "ACTION_REPEATED": "the action is reported already",
    "INDICATOR_MISSING": "the indicator is not reported",
    "INDICATOR_UNKNOWN": "the HDR has no such indicator",
    "INDICATOR_REPEATED": "the indicator is reported already",
    "REASON_REQUIRED": "a dropped or postponed action needs a reason",
    "NEW_DATE_REQUIRED": "a postponed action needs a new date",
}


@dataclass(frozen=True)
class Report:
    """Answers to a round's questions about one HDR, in any order."""

    actions: tuple[ActionReport, ...]
    indicators: tuple[IndicatorReport, ...]
    helping_factors: str = ""
    hindering_factors: str = ""
    changes_made: str = ""
    support_needed: str = ""


class ReportOutcome(ContractModel):
    """A complete report in the order of the HDR, its indicators against their targets.

    Stored inside the events of a record.
    """

    actions: tuple[ActionReport, ...]
    indicators: tuple[IndicatorResult, ...]
    helping_factors: str
    hindering_factors: str
    changes_made: str
    support_needed: str


def outcome_of(report: Report, hdr: MonitoredHdr) -> ReportOutcome:
    """What a report on an HDR amounts to.

    Args:
        report: The answers.
        hdr: The HDR as the round asks about it.

    Raises:
        IncompleteReportError: The report is not complete; it names every place.

    Source:
        Monitoring questionnaire v1.
    """
    findings = list(_findings(report, hdr))
    if findings:
        raise IncompleteReportError(fields=findings)
    action_by_key = {action.key: action for action in report.actions}
    value_by_key = {indicator.key: indicator.value for indicator in report.indicators}
    return ReportOutcome(
        actions=tuple(action_by_key[action.key] for action in hdr.actions),
        indicators=tuple(
            IndicatorResult(
                **indicator.model_dump(),
                value=value_by_key[indicator.key],
                attainment_ratio=attainment_ratio(
                    baseline=indicator.baseline,
                    target=indicator.target,
                    value=value_by_key[indicator.key],
                ),
            )
            for indicator in hdr.indicators
        ),
        helping_factors=report.helping_factors,
        hindering_factors=report.hindering_factors,
        changes_made=report.changes_made,
        support_needed=report.support_needed,
    )


def _findings(report: Report, hdr: MonitoredHdr) -> Iterator[Finding]:
    yield from _each_exactly_once(
        "actions", "ACTION", [a.key for a in report.actions], [a.key for a in hdr.actions]
    )
    for position, action in enumerate(report.actions):
        field = f"actions.{position}"
        if action.state in STATES_WITH_REASON and not (action.reason or "").strip():
            yield _finding(f"{field}.reason", "REASON_REQUIRED", action.key)
        if action.state is ActionState.POSTPONED and action.new_date is None:
            yield _finding(f"{field}.new_date", "NEW_DATE_REQUIRED", action.key)
    yield from _each_exactly_once(
        "indicators",
        "INDICATOR",
        [i.key for i in report.indicators],
        [i.key for i in hdr.indicators],
    )


def _each_exactly_once(
    field: str, what: str, reported: Sequence[str], asked: Sequence[str]
) -> Iterator[Finding]:
    for position, key in enumerate(reported):
        if key not in asked:
            yield _finding(f"{field}.{position}.key", f"{what}_UNKNOWN", key)
        elif key in reported[:position]:
            yield _finding(f"{field}.{position}.key", f"{what}_REPEATED", key)
    for key in asked:
        if key not in reported:
            yield _finding(field, f"{what}_MISSING", key)


def _finding(field: str, rule: str, key: str) -> Finding:
    return {"field": field, "rule": rule, "message": _MESSAGES[rule], "parameters": {"key": key}}

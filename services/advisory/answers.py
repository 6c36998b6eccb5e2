"""What advisory's queries give back."""

from __future__ import annotations

from services.advisory.domain.activity import Activity
from services.advisory.domain.advisory_cycle import AdvisoryCycle
from shared.contracts.advisory import ActivityAnswer, CycleAnswer


def cycle_answer(cycle: AdvisoryCycle) -> CycleAnswer:
    """One cycle in full, its activities in the order in which they were logged."""
    return CycleAnswer(
        cycle_id=cycle.id,
        edition_id=cycle.edition_id,
        jst=cycle.jst,
        stages=cycle.stages.codes,
        current_stage=cycle.stages.current,
        area_code=cycle.area_code,
        team_id=cycle.team_id,
        diagnosis=cycle.diagnosis,
        priorities=cycle.priorities,
        is_diagnosis_closed=cycle.is_diagnosis_closed,
        directions=cycle.directions,
        tools=cycle.tools,
        activities=tuple(_activity_answer(activity) for activity in cycle.activities),
        version=cycle.version,
    )


def _activity_answer(activity: Activity) -> ActivityAnswer:
    return ActivityAnswer(
        activity_id=activity.activity_id, stage=activity.stage, **vars(activity.support)
    )

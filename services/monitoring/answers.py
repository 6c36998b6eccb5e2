"""What monitoring's queries give back."""

from __future__ import annotations

from uuid import UUID

from services.monitoring.domain.monitoring_record import MonitoringRecord
from services.monitoring.domain.monitoring_round import MonitoringRound
from shared.contracts.monitoring import RecordAnswer, RoundAnswer


def round_answer(round_: MonitoringRound, recorded_hdr_ids: tuple[UUID, ...]) -> RoundAnswer:
    """A round with the HDRs that it asks about and those that reported."""
    return RoundAnswer(
        round_id=round_.id,
        edition_id=round_.edition_id,
        slug=round_.slug,
        name=round_.name,
        opens_on=round_.opens_on,
        due_on=round_.due_on,
        is_closed=round_.is_closed,
        hdr_ids=tuple(round_.hdrs),
        recorded_hdr_ids=recorded_hdr_ids,
        version=round_.version,
    )


def record_answer(
    round_: MonitoringRound, hdr_id: UUID, record: MonitoringRecord | None
) -> RecordAnswer:
    """The questions of a round for one HDR, with the newest report if there is one.

    Raises:
        NotInRoundError: The round does not ask about that HDR.
    """
    outcome = record.outcome if record else None
    return RecordAnswer(
        round_id=round_.id,
        round_name=round_.name,
        due_on=round_.due_on,
        is_round_closed=round_.is_closed,
        hdr=round_.hdr(hdr_id),
        is_recorded=record is not None,
        is_late=record.is_late if record else False,
        revision=record.revision if record else 0,
        actions=outcome.actions if outcome else (),
        indicators=outcome.indicators if outcome else (),
        helping_factors=outcome.helping_factors if outcome else "",
        hindering_factors=outcome.hindering_factors if outcome else "",
        changes_made=outcome.changes_made if outcome else "",
        support_needed=outcome.support_needed if outcome else "",
        version=record.version if record else None,
    )

"""What monitoring tells others: each domain event as its contract event."""

from __future__ import annotations

from services.monitoring.domain.monitoring_record import MonitoringRecord
from services.monitoring.domain.monitoring_round import MonitoringRound
from shared.contracts import monitoring as contracts
from shared.kernel.publication import Publications

publications = Publications("monitoring")


@publications.of(MonitoringRound.Opened)
def round_opened(event: MonitoringRound.Opened) -> contracts.RoundOpened:
    """All of it."""
    return contracts.RoundOpened(
        round_id=event.originator_id,
        edition_id=event.edition_id,
        slug=event.slug,
        name=event.name,
        opens_on=event.opens_on,
        due_on=event.due_on,
        hdrs=tuple(event.hdrs),
    )


@publications.of(MonitoringRound.DueDateMoved)
def round_due_date_moved(event: MonitoringRound.DueDateMoved) -> contracts.RoundDueDateMoved:
    """All of it."""
    return contracts.RoundDueDateMoved(
        round_id=event.originator_id,
        due_on=event.due_on,
        previous_due_on=event.previous_due_on,
        reason=event.reason,
    )


@publications.of(MonitoringRound.Closed)
def round_closed(event: MonitoringRound.Closed) -> contracts.RoundClosed:
    """All of it."""
    return contracts.RoundClosed(round_id=event.originator_id)


@publications.of(MonitoringRecord.Recorded)
def monitoring_recorded(event: MonitoringRecord.Recorded) -> contracts.MonitoringRecorded:
    """The first record, as revision 1."""
    return _recorded(event, revision=1)


@publications.of(MonitoringRecord.Corrected)
def monitoring_corrected(event: MonitoringRecord.Corrected) -> contracts.MonitoringRecorded:
    """A correction: the record that takes the place of the one before."""
    return _recorded(event, revision=event.revision)


def _recorded(
    event: MonitoringRecord.Recorded | MonitoringRecord.Corrected, *, revision: int
) -> contracts.MonitoringRecorded:
    return contracts.MonitoringRecorded(
        record_id=event.originator_id,
        round_id=event.round_id,
        hdr_id=event.hdr_id,
        jst=event.jst,
        area_code=event.area_code,
        revision=revision,
        is_late=event.is_late,
        actions=event.outcome.actions,
        indicators=event.outcome.indicators,
        helping_factors=event.outcome.helping_factors,
        hindering_factors=event.outcome.hindering_factors,
        changes_made=event.outcome.changes_made,
        support_needed=event.outcome.support_needed,
    )

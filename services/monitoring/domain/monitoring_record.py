"""MonitoringRecord: what one HDR reported in one round, with every correction.

There is one for each such pair. A correction keeps whether the first record came late.
"""

from __future__ import annotations

from typing import Self
from uuid import UUID, uuid5

from eventsourcing.domain import event

from services.monitoring.domain.report import Report, ReportOutcome, outcome_of
from shared.contracts.base import JstRef
from shared.contracts.monitoring import MonitoredHdr
from shared.kernel.aggregate import Aggregate, FirstEvent


class MonitoringRecord(Aggregate):
    """The newest report of an HDR in a round, and the ones before it."""

    TOPIC = "monitoring.MonitoringRecord"

    class Recorded(Aggregate.Event, FirstEvent):
        """An HDR reported for the first time."""

        TOPIC = "monitoring.MonitoringRecorded"
        round_id: UUID
        hdr_id: UUID
        jst: JstRef
        area_code: str
        is_late: bool
        outcome: ReportOutcome

    class Corrected(Aggregate.Event):
        """A later report took the place of the one before; ``revision`` is 2 for the first such."""

        TOPIC = "monitoring.MonitoringCorrected"
        round_id: UUID
        hdr_id: UUID
        jst: JstRef
        area_code: str
        is_late: bool
        revision: int
        outcome: ReportOutcome

    @classmethod
    def first(cls, *, round_id: UUID, hdr: MonitoredHdr, report: Report, is_late: bool) -> Self:
        """Record the first report on an HDR in a round.

        Args:
            round_id: The round.
            hdr: The HDR as the round asks about it.
            report: The answers.
            is_late: Whether they came after the due date.
        """
        return cls(
            round_id=round_id,
            hdr_id=hdr.hdr_id,
            jst=hdr.jst,
            area_code=hdr.area_code,
            is_late=is_late,
            outcome=outcome_of(report, hdr),
        )

    @staticmethod
    def create_id(round_id: UUID, hdr_id: UUID) -> UUID:
        """The same pair of round and HDR always has the same record."""
        return uuid5(round_id, str(hdr_id))

    @event(Recorded)
    def __init__(
        self,
        *,
        round_id: UUID,
        hdr_id: UUID,
        jst: JstRef,
        area_code: str,
        is_late: bool,
        outcome: ReportOutcome,
    ) -> None:
        self.round_id = round_id
        self.hdr_id = hdr_id
        self.jst = jst
        self.area_code = area_code
        self.is_late = is_late
        self.revision = 1
        self.outcome = outcome

    def correct(self, hdr: MonitoredHdr, report: Report) -> None:
        """Put another report in the place of the newest; the same again changes nothing.

        Args:
            hdr: The HDR as the round asks about it.
            report: The answers, complete again.
        """
        outcome = outcome_of(report, hdr)
        if outcome == self.outcome:
            return
        self.trigger_event(
            self.Corrected,
            round_id=self.round_id,
            hdr_id=self.hdr_id,
            jst=self.jst,
            area_code=self.area_code,
            is_late=self.is_late,
            revision=self.revision + 1,
            outcome=outcome,
        )

    @event(Corrected)
    def _correct(self, revision: int, outcome: ReportOutcome) -> None:
        self.revision = revision
        self.outcome = outcome

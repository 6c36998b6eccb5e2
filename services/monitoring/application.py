"""Monitoring's use cases: one public method for each command or query."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from services.monitoring import reference
from services.monitoring.answers import record_answer, round_answer
from services.monitoring.domain.monitoring_record import MonitoringRecord
from services.monitoring.domain.monitoring_round import MonitoringRound
from services.monitoring.domain.report import Report, ReportOutcome
from services.monitoring.projections import records
from shared.contracts.base import CreatedAnswer, DoneAnswer, JstRef, VersionAnswer
from shared.contracts.monitoring import (
    MonitoredHdr,
    MoveRoundDueDate,
    OpenRound,
    RecordAnswer,
    RecordMonitoring,
    RecordQuery,
    RoundAnswer,
    RoundRequest,
)
from shared.kernel.application import ServiceApplication
from shared.kernel.refusal import NotFoundError, StaleVersionError

A = TypeVar("A")


class Monitoring(ServiceApplication):
    """The monitoring service, without any transport."""

    name = "monitoring"
    projections = (records.Records,)
    value_types = (JstRef, MonitoredHdr, ReportOutcome)

    # --- rounds -----------------------------------------------------------------------------

    def open_round(self, request: OpenRound) -> CreatedAnswer:
        """Open a round about the published HDRs of an edition.

        Returns:
            Id of the new round.

        Raises:
            RoundSlugTakenError: Another round has the slug.
            RoundPeriodError: Answers would be due before the first day.
            HdrsNotPublishedError: One that was named is not published in the edition.
            NothingToMonitorError: There is no published HDR to ask about.

        Records:
            ``monitoring.RoundOpened``
        """
        round_id = MonitoringRound.create_id(request.slug)
        with self.database.reading() as connection:
            published = reference.published_in(connection, request.edition_id)
        round_ = MonitoringRound.open(
            edition_id=request.edition_id,
            slug=request.slug,
            name=request.name,
            opens_on=request.opens_on,
            due_on=request.due_on,
            published=published,
            only=request.hdr_ids,
            is_slug_taken=self._find(MonitoringRound, round_id) is not None,
        )
        self.save(round_)
        return CreatedAnswer(id=round_.id)

    def move_round_due_date(self, request: MoveRoundDueDate) -> DoneAnswer:
        """Give more time.

        Raises:
            NotFoundError: No such round.
            RoundAlreadyClosedError: The round is closed.
            DueDateNotLaterError: The day is not later than the present one.

        Records:
            ``monitoring.RoundDueDateMoved``
        """
        round_ = self.load(MonitoringRound, request.round_id)
        round_.move_due_date(request.due_on, request.reason)
        self.save(round_)
        return DoneAnswer()

    def close_round(self, request: RoundRequest) -> DoneAnswer:
        """End a round; records after this are corrections.

        Raises:
            NotFoundError: No such round.
            RoundAlreadyClosedError: It ended before.

        Records:
            ``monitoring.RoundClosed``
        """
        round_ = self.load(MonitoringRound, request.round_id)
        round_.close()
        self.save(round_)
        return DoneAnswer()

    # --- records ----------------------------------------------------------------------------

    def record_monitoring(self, request: RecordMonitoring) -> VersionAnswer:
        """Report on one HDR in a round, or correct the report.

        Returns:
            The record's version afterwards.

        Raises:
            NotFoundError: No such round.
            NotInRoundError: The round does not ask about that HDR.
            StaleVersionError: Somebody reported meanwhile.
            RoundNotOpenError: The round takes no reports yet.
            RoundClosedError: The round is closed, and this HDR did not report in time to correct.
            IncompleteReportError: The report does not cover the HDR; it names every place.

        Records:
            ``monitoring.MonitoringRecorded`` the first time, ``monitoring.MonitoringCorrected``
            afterwards, unless nothing changes.
        """
        round_ = self.load(MonitoringRound, request.round_id)
        hdr = round_.hdr(request.hdr_id)
        report = Report(
            actions=request.actions,
            indicators=request.indicators,
            helping_factors=request.helping_factors,
            hindering_factors=request.hindering_factors,
            changes_made=request.changes_made,
            support_needed=request.support_needed,
        )
        record = self._find(MonitoringRecord, MonitoringRecord.create_id(round_.id, hdr.hdr_id))
        _refuse_if_stale(record, request.expected_version)
        if record is None:
            record = MonitoringRecord.first(
                round_id=round_.id,
                hdr=hdr,
                report=report,
                is_late=round_.is_late_for_first_record(self.clock.today()),
            )
        else:
            record.correct(hdr, report)
        self.save(record)
        return VersionAnswer(version=record.version)

    # --- queries ----------------------------------------------------------------------------

    def get_round(self, request: RoundRequest) -> RoundAnswer:
        """A round and which HDRs reported.

        Raises:
            NotFoundError: No such round.
        """
        round_ = self.load(MonitoringRound, request.round_id)
        with self.database.reading() as connection:
            recorded = records.recorded_hdr_ids(connection, round_.id)
        return round_answer(round_, recorded)

    def get_record(self, request: RecordQuery) -> RecordAnswer:
        """What an HDR is asked in a round, and what it reported.

        Raises:
            NotFoundError: No such round.
            NotInRoundError: The round does not ask about that HDR.
        """
        round_ = self.load(MonitoringRound, request.round_id)
        record_id = MonitoringRecord.create_id(round_.id, request.hdr_id)
        record = self._find(MonitoringRecord, record_id)
        return record_answer(round_, request.hdr_id, record)

    def _find(self, aggregate_class: type[A], aggregate_id: UUID) -> A | None:
        try:
            return self.load(aggregate_class, aggregate_id)
        except NotFoundError:
            return None


def _refuse_if_stale(record: MonitoringRecord | None, expected_version: int | None) -> None:
    actual = record.version if record else 0
    if expected_version not in {None, actual}:
        raise StaleVersionError(expected=expected_version, actual=actual)

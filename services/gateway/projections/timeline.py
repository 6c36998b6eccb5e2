"""``timeline``: everything that happened to each JST, from its place in the register on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    String,
    Table,
    Uuid,
    and_,
    delete,
    select,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    equals,
    given,
    one_of,
    read_page,
)
from services.gateway.projections.rows import find_row, read_as, same_named
from shared.contracts import advisory, hdr, monitoring, recruitment
from shared.contracts.base import ContractEvent, JstRef
from shared.contracts.recruitment import CallKind
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

entries = Table(
    "timeline_entries",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("subject_id", Uuid, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("time", UtcDateTime, nullable=False),
    Column("type", String(60), nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("correlation_id", String(200)),
    Index("timeline_entries_by_subject", "subject_id"),
    Index("timeline_entries_by_time", "time"),
    Index("timeline_entries_by_position", "position"),
    Index("timeline_entries_by_correlation", "correlation_id"),
)

subjects = Table(
    "timeline_subjects",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("jst_id", Uuid, nullable=False),
    Column("voivodeship", String(2), nullable=False),
    Index("timeline_subjects_by_jst", "jst_id"),
)

cycle_teams = Table(
    "timeline_cycle_teams",
    metadata,
    Column("cycle_id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Index("timeline_cycle_teams_by_team", "team_id"),
)

team_names = Table(
    "timeline_team_names",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False),
)

round_names = Table(
    "timeline_round_names",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False),
)

round_hdrs = Table(
    "timeline_round_hdrs",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("hdr_id", Uuid, primary_key=True),
)

RegisterEvent = (
    recruitment.LocalGovernmentRegistered
    | recruitment.LocalGovernmentRenamed
    | recruitment.LocalGovernmentKindChanged
    | recruitment.LocalGovernmentClosed
)
ApplicationStep = (
    recruitment.ApplicationWithdrawn
    | recruitment.ApplicationChecked
    | recruitment.ApplicationDecided
    | recruitment.ApplicantErased
)
CycleStep = (
    advisory.AreaChosen
    | advisory.DiagnosisClosed
    | advisory.StageCompleted
    | advisory.ActivityLogged
)
HdrStep = hdr.HDRSubmitted | hdr.HDRStateChanged | hdr.HDRReturned | hdr.HDRWithdrawn
RoundStep = monitoring.RoundDueDateMoved | monitoring.RoundClosed


@dataclass(frozen=True)
class TimelineRow:
    """One thing that happened to a JST."""

    jst_id: UUID
    position: int
    """Place in the journal: ``/api/v1/events?after=<position - 1>&limit=1`` is the event."""
    source: str
    sequence: int
    time: datetime
    """When it happened."""
    type: str
    """Name of the contract event without owner and version, e.g. ``AreaChosen``."""
    subject_id: UUID
    """Application, cycle, HDR, summary or JST that it happened to."""
    parameters: Mapping[str, Any]
    """What the sentence about it needs; JSON values, keys by type, see `TITLE_PARAMETERS`."""
    correlation_id: str | None
    """The same for all that one request set off."""


TITLE_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "LocalGovernmentRegistered": ("name", "code", "kind", "state_on"),
    "LocalGovernmentRenamed": ("name", "previous_name", "state_on"),
    "LocalGovernmentKindChanged": ("kind", "previous_kind", "code", "previous_code", "state_on"),
    "LocalGovernmentClosed": ("name", "state_on"),
    "ApplicationSubmitted": ("receipt_number", "call_id", "edition_id", "is_late_admission"),
    "ApplicationWithdrawn": ("call_id",),
    "ApplicationChecked": ("call_id",),
    "ApplicationDecided": ("call_id",),
    "ApplicantErased": ("call_id",),
    "ResultsPublished": ("decision", "reserve_rank", "receipt_number", "call_id", "edition_id"),
    "ReservePromoted": ("receipt_number", "reason", "call_id", "edition_id"),
    "CycleOpened": ("edition_id", "cycle_id"),
    "TeamAssigned": ("team_id", "team_name", "previous_team_id", "reason", "cycle_id"),
    "TeamMemberReplaced": ("team_id", "team_name", "role", "reason", "cycle_id"),
    "AreaChosen": ("area_code", "previous_area_code", "cycle_id"),
    "DiagnosisClosed": ("area_code", "priorities", "cycle_id"),
    "StageCompleted": ("stage", "next_stage", "cycle_id"),
    "DirectionsSet": ("tools", "cycle_id"),
    "ActivityLogged": ("form", "stage", "held_on", "hours", "participants", "topic", "cycle_id"),
    "CycleCompleted": ("cycle_id",),
    "HDROpened": ("area_code", "hdr_id"),
    "HDRSubmitted": ("submission", "hdr_id"),
    "HDRStateChanged": ("previous_state", "state", "hdr_id"),
    "HDRReturned": ("returned_from", "reason", "hdr_id"),
    "HDRPublished": ("published_version", "title", "slug", "jst_code", "hdr_id"),
    "HDRWithdrawn": ("reason", "hdr_id"),
    "SummaryFormChosen": ("form", "previous_form", "summary_id"),
    "SummaryStateChanged": ("previous_state", "state", "reason", "summary_id"),
    "SummaryPublished": ("form", "title", "slug", "jst_code", "summary_id"),
    "RoundOpened": ("name", "slug", "due_on", "title", "round_id", "hdr_id"),
    "RoundDueDateMoved": (
        "due_on",
        "previous_due_on",
        "reason",
        "round_id",
        "round_name",
        "hdr_id",
    ),
    "RoundClosed": ("round_id", "round_name", "hdr_id"),
    "MonitoringRecorded": ("revision", "is_late", "round_id", "round_name", "hdr_id"),
}
"""Keys of ``parameters`` by ``type``: JSON values, ids and days as text, ``None`` where unknown."""

REGISTER_TYPES = (
    "LocalGovernmentRegistered",
    "LocalGovernmentRenamed",
    "LocalGovernmentKindChanged",
    "LocalGovernmentClosed",
)
INNER_TYPES = ("ApplicationChecked", "ApplicationDecided")
"""Steps of the assessment, which a JST does not see before the results are published."""


@dataclass(frozen=True, kw_only=True)
class TimelineFilter(ListFilter):
    """Which entries."""

    types: tuple[str, ...] | None = None
    since: datetime | None = None
    """At this moment or later; aware."""
    until: datetime | None = None
    """Before this moment; aware."""
    voivodeships: tuple[str, ...] | None = None
    jst_ids: tuple[UUID, ...] | None = None
    correlation_id: str | None = None
    after_position: int | None = None
    """Behind this place in the journal: what came in since somebody's last visit."""
    includes_inner: bool = False
    """Also the `INNER_TYPES`; for staff."""


class Timeline(View):
    """One row for each event and each JST that it concerns.

    An entry is about a subject (application, cycle, HDR, summary, JST); whose JST that is was told
    by an earlier event of the same source, or by the event itself.
    """

    name = "timeline"
    tables = (entries, subjects, cycle_teams, team_names, round_names, round_hdrs)

    # --- recruitment ----------------------------------------------------------------------------

    @handles(
        recruitment.LocalGovernmentRegistered,
        recruitment.LocalGovernmentRenamed,
        recruitment.LocalGovernmentKindChanged,
        recruitment.LocalGovernmentClosed,
    )
    def on_register(
        self, connection: Connection, event: RegisterEvent, entry: JournalEntry
    ) -> None:
        """What the official register says about the JST."""
        jst = event.jst
        _belongs(connection, jst.id, jst)
        more = {"name": jst.name, "code": jst.code, "kind": jst.kind.value}
        _add(connection, jst.id, event, entry, **more)

    @handles(recruitment.ApplicationSubmitted)
    def on_submitted(
        self, connection: Connection, event: recruitment.ApplicationSubmitted, entry: JournalEntry
    ) -> None:
        """A JST applied; an expert's application is no business of the employer."""
        if event.kind == CallKind.JST and event.jst:
            _belongs(connection, event.application_id, event.jst)
            _add(connection, event.application_id, event, entry)

    @handles(
        recruitment.ApplicationWithdrawn,
        recruitment.ApplicationChecked,
        recruitment.ApplicationDecided,
        recruitment.ApplicantErased,
    )
    def on_application(
        self, connection: Connection, event: ApplicationStep, entry: JournalEntry
    ) -> None:
        """A step of a JST's application."""
        if find_row(connection, subjects, subject_id=event.application_id):
            _add(connection, event.application_id, event, entry)

    @handles(recruitment.ResultsPublished)
    def on_results(
        self, connection: Connection, event: recruitment.ResultsPublished, entry: JournalEntry
    ) -> None:
        """The decision about each JST of the list."""
        if event.kind == CallKind.JST:
            for result in event.results:
                self._decided(connection, event, result, entry)

    @handles(recruitment.ReservePromoted)
    def on_promoted(
        self, connection: Connection, event: recruitment.ReservePromoted, entry: JournalEntry
    ) -> None:
        """A JST of the reserve list was qualified after all."""
        if event.kind == CallKind.JST:
            self._decided(connection, event, event.result, entry)

    def _decided(
        self,
        connection: Connection,
        event: recruitment.ResultsPublished | recruitment.ReservePromoted,
        result: recruitment.PublishedResult,
        entry: JournalEntry,
    ) -> None:
        if result.jst:
            _belongs(connection, result.application_id, result.jst)
            more = result.model_dump(mode="json", exclude={"jst"})
            _add(connection, result.application_id, event, entry, **more)

    # --- advisory -------------------------------------------------------------------------------

    @handles(advisory.TeamFormed)
    def on_team(
        self, connection: Connection, event: advisory.TeamFormed, entry: JournalEntry
    ) -> None:
        """The name is needed when the team gets a JST."""
        upsert(connection, team_names, same_named(event, team_names), key=("team_id",))

    @handles(advisory.CycleOpened)
    def on_cycle(
        self, connection: Connection, event: advisory.CycleOpened, entry: JournalEntry
    ) -> None:
        """The advisory cycle began."""
        _belongs(connection, event.cycle_id, event.jst)
        _add(connection, event.cycle_id, event, entry)

    @handles(advisory.TeamAssigned)
    def on_assigned(
        self, connection: Connection, event: advisory.TeamAssigned, entry: JournalEntry
    ) -> None:
        """The JST has a team."""
        upsert(connection, cycle_teams, same_named(event, cycle_teams), key=("cycle_id",))
        name = _team_name(connection, event.team_id)
        _add(connection, event.cycle_id, event, entry, team_name=name)

    @handles(advisory.TeamMemberReplaced)
    def on_replaced(
        self, connection: Connection, event: advisory.TeamMemberReplaced, entry: JournalEntry
    ) -> None:
        """Each JST that the team advises has one new person."""
        name = _team_name(connection, event.team_id)
        advised = select(cycle_teams.c.cycle_id).where(cycle_teams.c.team_id == event.team_id)
        for cycle_id in connection.execute(advised).scalars().all():
            _add(connection, cycle_id, event, entry, team_name=name, cycle_id=str(cycle_id))

    @handles(
        advisory.AreaChosen,
        advisory.DiagnosisClosed,
        advisory.StageCompleted,
        advisory.ActivityLogged,
    )
    def on_work(self, connection: Connection, event: CycleStep, entry: JournalEntry) -> None:
        """A step of the cycle."""
        _add(connection, event.cycle_id, event, entry)

    @handles(advisory.DirectionsSet)
    def on_directions(
        self, connection: Connection, event: advisory.DirectionsSet, entry: JournalEntry
    ) -> None:
        """The chosen tools by their names."""
        tools = [tool.name for tool in event.tools]
        _add(connection, event.cycle_id, event, entry, tools=tools)

    @handles(advisory.CycleCompleted)
    def on_cycle_completed(
        self, connection: Connection, event: advisory.CycleCompleted, entry: JournalEntry
    ) -> None:
        """The cycle ended, and with it the team's work for this JST."""
        connection.execute(delete(cycle_teams).where(cycle_teams.c.cycle_id == event.cycle_id))
        _add(connection, event.cycle_id, event, entry)

    # --- hdr ------------------------------------------------------------------------------------

    @handles(hdr.HDROpened, hdr.HDRPublished)
    def on_hdr(
        self,
        connection: Connection,
        event: hdr.HDROpened | hdr.HDRPublished,
        entry: JournalEntry,
    ) -> None:
        """An HDR began, or was made public."""
        _belongs(connection, event.hdr_id, event.jst)
        _add(connection, event.hdr_id, event, entry, jst_code=event.jst.code)

    @handles(hdr.HDRSubmitted, hdr.HDRStateChanged, hdr.HDRReturned, hdr.HDRWithdrawn)
    def on_hdr_step(self, connection: Connection, event: HdrStep, entry: JournalEntry) -> None:
        """A step of the HDR."""
        _add(connection, event.hdr_id, event, entry)

    @handles(hdr.SummaryFormChosen, hdr.SummaryPublished)
    def on_summary(
        self,
        connection: Connection,
        event: hdr.SummaryFormChosen | hdr.SummaryPublished,
        entry: JournalEntry,
    ) -> None:
        """The form of a summary was chosen, or it was made public."""
        _belongs(connection, event.summary_id, event.jst)
        _add(connection, event.summary_id, event, entry, jst_code=event.jst.code)

    @handles(hdr.SummaryStateChanged)
    def on_summary_step(
        self, connection: Connection, event: hdr.SummaryStateChanged, entry: JournalEntry
    ) -> None:
        """A step of the summary."""
        _add(connection, event.summary_id, event, entry)

    # --- monitoring -----------------------------------------------------------------------------

    @handles(monitoring.RoundOpened)
    def on_round(
        self, connection: Connection, event: monitoring.RoundOpened, entry: JournalEntry
    ) -> None:
        """Each asked JST learns of the round."""
        upsert(connection, round_names, same_named(event, round_names), key=("round_id",))
        for asked in event.hdrs:
            _belongs(connection, asked.hdr_id, asked.jst)
            pair = {"round_id": event.round_id, "hdr_id": asked.hdr_id}
            upsert(connection, round_hdrs, pair, key=("round_id", "hdr_id"))
            more = {"title": asked.title, "hdr_id": str(asked.hdr_id)}
            _add(connection, asked.hdr_id, event, entry, **more)

    @handles(monitoring.RoundDueDateMoved, monitoring.RoundClosed)
    def on_round_step(self, connection: Connection, event: RoundStep, entry: JournalEntry) -> None:
        """More time, or none any more, for each asked JST."""
        name = _round_name(connection, event.round_id)
        asked = select(round_hdrs.c.hdr_id).where(round_hdrs.c.round_id == event.round_id)
        for hdr_id in connection.execute(asked).scalars().all():
            _add(connection, hdr_id, event, entry, round_name=name, hdr_id=str(hdr_id))

    @handles(monitoring.MonitoringRecorded)
    def on_recorded(
        self, connection: Connection, event: monitoring.MonitoringRecorded, entry: JournalEntry
    ) -> None:
        """A JST reported."""
        _belongs(connection, event.hdr_id, event.jst)
        name = _round_name(connection, event.round_id)
        _add(connection, event.hdr_id, event, entry, round_name=name)


def _belongs(connection: Connection, subject_id: UUID, jst: JstRef) -> None:
    """Keep whose subject this is; every source says the same of one subject."""
    values = {"subject_id": subject_id, "jst_id": jst.id, "voivodeship": jst.voivodeship}
    upsert(connection, subjects, values, key=("subject_id",))


def _add(
    connection: Connection,
    subject_id: UUID,
    event: ContractEvent,
    entry: JournalEntry,
    **more: Any,
) -> None:
    name = type(event).__name__
    known = event.model_dump(mode="json", include=set(TITLE_PARAMETERS[name])) | more
    values = {
        "source": entry.source,
        "sequence": entry.sequence,
        "subject_id": subject_id,
        "position": entry.position,
        "time": entry.time,
        "type": name,
        "parameters": {parameter: known.get(parameter) for parameter in TITLE_PARAMETERS[name]},
        "correlation_id": entry.correlation_id,
    }
    upsert(connection, entries, values, key=("source", "sequence", "subject_id"))


def _team_name(connection: Connection, team_id: UUID) -> str | None:
    row = find_row(connection, team_names, team_id=team_id)
    return row.name if row else None


def _round_name(connection: Connection, round_id: UUID) -> str | None:
    row = find_row(connection, round_names, round_id=round_id)
    return row.name if row else None


def timeline(
    connection: Connection, jst_id: UUID, filters: TimelineFilter | None = None
) -> Page[TimelineRow]:
    """What happened to a JST, the newest first."""
    filters = filters or TimelineFilter()
    condition = and_(subjects.c.jst_id == jst_id, _choices(filters))
    return _page(connection, condition, filters)


def recent(connection: Connection, filters: TimelineFilter) -> Page[TimelineRow]:
    """What happened to all JST in scope, the newest first; without the register's events."""
    condition = and_(entries.c.type.not_in(REGISTER_TYPES), _choices(filters))
    return _page(connection, condition, filters)


def _choices(filters: TimelineFilter) -> ColumnElement[bool]:
    e, s = entries.c, subjects.c
    return given(
        one_of(e.type, filters.types),
        None if filters.includes_inner else e.type.not_in(INNER_TYPES),
        None if filters.since is None else e.time >= filters.since,
        None if filters.until is None else e.time < filters.until,
        None if filters.after_position is None else e.position > filters.after_position,
        one_of(s.voivodeship, filters.voivodeships),
        one_of(s.jst_id, filters.jst_ids),
        equals(e.correlation_id, filters.correlation_id),
    )


def _page(
    connection: Connection, condition: ColumnElement[bool], filters: TimelineFilter
) -> Page[TimelineRow]:
    e = entries.c
    query = (
        select(entries, subjects.c.jst_id)
        .join_from(entries, subjects, subjects.c.subject_id == e.subject_id)
        .where(condition)
    )
    order = (e.time.desc(), e.source.desc(), e.sequence.desc(), e.subject_id)
    return read_page(connection, query, filters, order, lambda row: read_as(TimelineRow, row))

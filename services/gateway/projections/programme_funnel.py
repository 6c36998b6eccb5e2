"""``programme_funnel``: how far each JST and each expert has come, edition by edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    PrimaryKeyConstraint,
    Select,
    String,
    Subquery,
    Table,
    Text,
    Uuid,
    and_,
    case,
    false,
    func,
    not_,
    null,
    or_,
    select,
    tuple_,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.jst_columns import jst_columns, jst_of, jst_values
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    equals,
    given,
    has_words,
    is_set,
    one_of,
    read_page,
)
from services.gateway.projections.polish import fold
from services.gateway.projections.rows import (
    change_row,
    find_row,
    read_as,
    same_named,
    write_where,
)
from shared.contracts import advisory, hdr, monitoring, recruitment
from shared.contracts.base import ExpertRole, JstKind, JstRef
from shared.contracts.recruitment import CallKind, Decision, PublishedResult
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

M = TypeVar("M", bound=StrEnum)
K = TypeVar("K")

funnel_jst = Table(
    "funnel_jst",
    metadata,
    Column("edition_id", Uuid, nullable=False),
    *jst_columns(),
    Column("area_code", String(60)),
    Column("since", UtcDateTime, nullable=False),
    Column("since_source", String(100), nullable=False),
    Column("since_sequence", BigInteger, nullable=False),
    PrimaryKeyConstraint("edition_id", "jst_id"),
    Index("funnel_jst_by_voivodeship", "jst_voivodeship", "jst_kind"),
    Index("funnel_jst_by_jst", "jst_id"),
)
"""The JST that take part in an edition, as the first event about them named them.

The first by time, source and number, so that the rows do not depend on which source was read
first; ``area_code`` is written by advisory's events alone.
"""

funnel_subjects = Table(
    "funnel_subjects",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("jst_id", Uuid, nullable=False),
)
"""Whose cycle or HDR an event without a JST is about."""

funnel_milestones = Table(
    "funnel_milestones",
    metadata,
    Column("milestone", String(30), primary_key=True),
    Column("subject_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("jst_id", Uuid, nullable=False),
    Column("reached_at", UtcDateTime, nullable=False),
    Column("lost_at", UtcDateTime),
    Index("funnel_milestones_by_jst", "edition_id", "jst_id"),
)
"""What an application, cycle, HDR, record or summary of a JST reached, and lost again."""

funnel_rounds = Table(
    "funnel_rounds",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
)

funnel_candidates = Table(
    "funnel_candidates",
    metadata,
    Column("application_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("role", String(10), nullable=False),
    Column("voivodeship", String(2), nullable=False),
    Column("receipt_number", String(40), nullable=False),
    Column("applied_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("qualified_at", UtcDateTime),
    Column("trained_at", UtcDateTime),
    Column("expert_id", Uuid),
    Column("left_at", UtcDateTime),
    Column("folded", Text, nullable=False),
    Index("funnel_candidates_by_place", "edition_id", "voivodeship", "role"),
    Index("funnel_candidates_by_expert", "expert_id"),
)

funnel_slots = Table(
    "funnel_slots",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("role", String(10), primary_key=True),
    Column("expert_id", Uuid, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("dissolved_at", UtcDateTime),
    Index("funnel_slots_by_expert", "expert_id"),
)


class Milestone(StrEnum):
    """How far a JST can come in an edition, in the order of the programme."""

    APPLIED = "APPLIED"
    """Sent an application that was not withdrawn."""
    QUALIFIED = "QUALIFIED"
    """Published as qualified, at once or from the reserve list."""
    CYCLE_OPENED = "CYCLE_OPENED"
    AREA_CHOSEN = "AREA_CHOSEN"
    DIAGNOSIS_CLOSED = "DIAGNOSIS_CLOSED"
    HDR_SUBMITTED = "HDR_SUBMITTED"
    """Handed an HDR in, be it given back since."""
    HDR_PUBLISHED = "HDR_PUBLISHED"
    """Has a published HDR; lost when it is withdrawn."""
    MONITORED = "MONITORED"
    """Reported in a monitoring round."""
    SUMMARISED = "SUMMARISED"
    """Has a published summary."""


class ExpertMilestone(StrEnum):
    """How far a candidate for expert can come in an edition."""

    APPLIED = "APPLIED"
    """Sent an application that was not withdrawn."""
    QUALIFIED = "QUALIFIED"
    TRAINED = "TRAINED"
    """Completed a training."""
    IN_TEAM = "IN_TEAM"
    """On the roster and in a slot of a team that is not dissolved."""


@dataclass(frozen=True)
class FunnelCell:
    """Numbers of JST of one voivodeship, kind and area."""

    voivodeship: str
    kind: JstKind
    area_code: str | None
    """``None``: the JST has not chosen an area."""
    participations: int
    """JST that take part in any way, also without holding a milestone; >= 1."""
    counts: Mapping[Milestone, int]
    """Every milestone has a key; each count is at most ``participations``."""


@dataclass(frozen=True)
class ExpertCell:
    """Numbers of candidates of one voivodeship and role."""

    voivodeship: str
    role: ExpertRole
    candidates: int
    """Applications ever sent, the withdrawn too; >= 1."""
    counts: Mapping[ExpertMilestone, int]
    """Every milestone has a key; each count is at most ``candidates``."""


@dataclass(frozen=True)
class ProgrammeFunnel:
    """How many JST and experts reached what. See `programme_funnel`."""

    cells: tuple[FunnelCell, ...]
    expert_cells: tuple[ExpertCell, ...]

    @property
    def jst(self) -> dict[Milestone, int]:
        """JST by milestone; sums of ``cells``, >= 0, every milestone has a key."""
        return _summed(self.cells, lambda _cell: None, Milestone).get(None, _zeros(Milestone))

    @property
    def experts(self) -> dict[ExpertMilestone, int]:
        """Candidates by milestone; sums of ``expert_cells``, >= 0, every milestone has a key."""
        sums = _summed(self.expert_cells, lambda _cell: None, ExpertMilestone)
        return sums.get(None, _zeros(ExpertMilestone))

    def by_voivodeship(self) -> dict[str, dict[Milestone, int]]:
        """JST by voivodeship and milestone (map); sums of ``cells``, >= 0."""
        return _summed(self.cells, lambda cell: cell.voivodeship, Milestone)

    def by_kind(self) -> dict[JstKind, dict[Milestone, int]]:
        """JST by kind and milestone; sums of ``cells``, >= 0."""
        return _summed(self.cells, lambda cell: cell.kind, Milestone)

    def by_area(self) -> dict[str | None, dict[Milestone, int]]:
        """JST by area and milestone, ``None`` for no area yet; sums of ``cells``, >= 0."""
        return _summed(self.cells, lambda cell: cell.area_code, Milestone)

    def by_area_and_kind(self) -> dict[tuple[str | None, JstKind], dict[Milestone, int]]:
        """JST by area, kind and milestone (heat map); sums of ``cells``, >= 0."""
        return _summed(self.cells, lambda cell: (cell.area_code, cell.kind), Milestone)

    def experts_by_role(self) -> dict[ExpertRole, dict[ExpertMilestone, int]]:
        """Candidates by role and milestone; sums of ``expert_cells``, >= 0."""
        return _summed(self.expert_cells, lambda cell: cell.role, ExpertMilestone)

    def experts_by_voivodeship(self) -> dict[str, dict[ExpertMilestone, int]]:
        """Candidates by voivodeship and milestone; sums of ``expert_cells``, >= 0."""
        return _summed(self.expert_cells, lambda cell: cell.voivodeship, ExpertMilestone)


def _zeros(milestones: type[M]) -> dict[M, int]:
    return dict.fromkeys(milestones, 0)


def _summed(
    cells: Iterable[Any], key: Callable[[Any], K], milestones: type[M]
) -> dict[K, dict[M, int]]:
    """Counts of cells added up by a key; keys in the order of the cells."""
    sums: dict[K, dict[M, int]] = {}
    for cell in cells:
        counts = sums.setdefault(key(cell), _zeros(milestones))
        for milestone, number in cell.counts.items():
            counts[milestone] += number
    return sums


@dataclass(frozen=True)
class FunnelRow:
    """One JST in one edition, with when it reached what."""

    edition_id: UUID
    jst: JstRef
    """As the first event about it in this edition named it."""
    area_code: str | None
    milestones: Mapping[Milestone, datetime]
    """First moment of each milestone that it holds; the others have no key."""


@dataclass(frozen=True)
class ExpertFunnelRow:
    """One candidate for expert in one edition, with when what was reached."""

    application_id: UUID
    edition_id: UUID
    role: ExpertRole
    voivodeship: str
    receipt_number: str
    expert_id: UUID | None
    milestones: Mapping[ExpertMilestone, datetime]


@dataclass(frozen=True, kw_only=True)
class FunnelFilter(ListFilter):
    """Which JST."""

    edition_id: UUID | None = None
    voivodeships: tuple[str, ...] | None = None
    kind: JstKind | None = None
    area_code: str | None = None
    has_area: bool | None = None
    """``False``: only JST that have not chosen an area."""
    jst_ids: tuple[UUID, ...] | None = None
    has_reached: bool = True
    """``False``: the JST of the editions that do *not* hold the milestone."""
    at: datetime | None = None
    """As of this moment; now for ``None``."""
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExpertFunnelFilter(ListFilter):
    """Which candidates for expert."""

    edition_id: UUID | None = None
    voivodeships: tuple[str, ...] | None = None
    role: ExpertRole | None = None
    has_reached: bool = True
    at: datetime | None = None
    text: str | None = None


class ProgrammeFunnelView(View):
    """One row for each JST and edition, each milestone of it, and each candidate."""

    name = "programme_funnel"
    tables = (
        funnel_jst,
        funnel_subjects,
        funnel_milestones,
        funnel_rounds,
        funnel_candidates,
        funnel_slots,
    )

    # --- recruitment ----------------------------------------------------------------------------

    @handles(recruitment.ApplicationSubmitted)
    def on_submitted(
        self, connection: Connection, event: recruitment.ApplicationSubmitted, entry: JournalEntry
    ) -> None:
        """A JST or a candidate for expert applied."""
        if event.kind == CallKind.JST:
            if event.jst:
                part = (event.edition_id, event.jst)
                _reach(connection, Milestone.APPLIED, event.application_id, part, entry)
            return
        values = same_named(event, funnel_candidates) | {
            "role": event.kind.value,
            "applied_at": entry.time,
            "folded": fold(event.receipt_number),
        }
        upsert(connection, funnel_candidates, values, key=("application_id",))

    @handles(recruitment.ApplicationWithdrawn)
    def on_withdrawn(
        self, connection: Connection, event: recruitment.ApplicationWithdrawn, entry: JournalEntry
    ) -> None:
        """The application counts no more."""
        _lose(connection, Milestone.APPLIED, event.application_id, entry)
        key = {"application_id": event.application_id}
        change_row(connection, funnel_candidates, key, {"withdrawn_at": entry.time})

    @handles(recruitment.ResultsPublished)
    def on_results(
        self, connection: Connection, event: recruitment.ResultsPublished, entry: JournalEntry
    ) -> None:
        """Who was qualified at once."""
        for result in event.results:
            _qualify(connection, event.edition_id, event.kind, result, entry)

    @handles(recruitment.ReservePromoted)
    def on_promoted(
        self, connection: Connection, event: recruitment.ReservePromoted, entry: JournalEntry
    ) -> None:
        """Who was qualified from the reserve list."""
        _qualify(connection, event.edition_id, event.kind, event.result, entry)

    @handles(recruitment.TrainingCompleted)
    def on_trained(
        self, connection: Connection, event: recruitment.TrainingCompleted, entry: JournalEntry
    ) -> None:
        """Who completed the training."""
        for application_id in event.completed:
            key = {"application_id": application_id}
            change_row(connection, funnel_candidates, key, {"trained_at": entry.time})

    @handles(recruitment.ExpertEnteredRoster)
    def on_entered(
        self, connection: Connection, event: recruitment.ExpertEnteredRoster, entry: JournalEntry
    ) -> None:
        """The candidate's id as an expert, by which teams name them."""
        key = {"application_id": event.application_id}
        change_row(connection, funnel_candidates, key, {"expert_id": event.expert_id})

    @handles(recruitment.ExpertLeftRoster)
    def on_left(
        self, connection: Connection, event: recruitment.ExpertLeftRoster, entry: JournalEntry
    ) -> None:
        """No longer in any team, whatever its slots say."""
        key = {"expert_id": event.expert_id}
        change_row(connection, funnel_candidates, key, {"left_at": entry.time})

    # --- advisory -------------------------------------------------------------------------------

    @handles(advisory.CycleOpened)
    def on_cycle(
        self, connection: Connection, event: advisory.CycleOpened, entry: JournalEntry
    ) -> None:
        """The advisory cycle began."""
        part = (event.edition_id, event.jst)
        _belongs(connection, event.cycle_id, part)
        _reach(connection, Milestone.CYCLE_OPENED, event.cycle_id, part, entry)

    @handles(advisory.AreaChosen)
    def on_area(
        self, connection: Connection, event: advisory.AreaChosen, entry: JournalEntry
    ) -> None:
        """The JST's area of now."""
        owner = find_row(connection, funnel_subjects, subject_id=event.cycle_id)
        if owner:
            key = {"edition_id": owner.edition_id, "jst_id": owner.jst_id}
            change_row(connection, funnel_jst, key, {"area_code": event.area_code})
            _mark(connection, Milestone.AREA_CHOSEN, event.cycle_id, key, entry)

    @handles(advisory.DiagnosisClosed)
    def on_diagnosis(
        self, connection: Connection, event: advisory.DiagnosisClosed, entry: JournalEntry
    ) -> None:
        """The diagnosis was closed."""
        part = (event.edition_id, event.jst)
        _reach(connection, Milestone.DIAGNOSIS_CLOSED, event.cycle_id, part, entry)

    @handles(advisory.TeamFormed)
    def on_team(
        self, connection: Connection, event: advisory.TeamFormed, entry: JournalEntry
    ) -> None:
        """Two experts are in a team."""
        _fill(connection, event.team_id, ExpertRole.ROS, event.ros_expert_id, entry)
        _fill(connection, event.team_id, ExpertRole.PRO, event.pro_expert_id, entry)

    @handles(advisory.TeamMemberReplaced)
    def on_replaced(
        self, connection: Connection, event: advisory.TeamMemberReplaced, entry: JournalEntry
    ) -> None:
        """Another expert is in the slot."""
        _fill(connection, event.team_id, event.role, event.expert_id, entry)

    @handles(advisory.TeamDissolved)
    def on_dissolved(
        self, connection: Connection, event: advisory.TeamDissolved, entry: JournalEntry
    ) -> None:
        """Its experts are in this team no more."""
        values = {"dissolved_at": entry.time}
        change_row(connection, funnel_slots, {"team_id": event.team_id}, values)

    # --- hdr ------------------------------------------------------------------------------------

    @handles(hdr.HDROpened)
    def on_hdr(self, connection: Connection, event: hdr.HDROpened, entry: JournalEntry) -> None:
        """Whose HDR it is, for the events that do not say it."""
        part = (event.edition_id, event.jst)
        _belongs(connection, event.hdr_id, part)
        _take_part(connection, part, entry)

    @handles(hdr.HDRSubmitted)
    def on_hdr_submitted(
        self, connection: Connection, event: hdr.HDRSubmitted, entry: JournalEntry
    ) -> None:
        """The HDR was handed in."""
        owner = find_row(connection, funnel_subjects, subject_id=event.hdr_id)
        if owner:
            key = {"edition_id": owner.edition_id, "jst_id": owner.jst_id}
            _mark(connection, Milestone.HDR_SUBMITTED, event.hdr_id, key, entry)

    @handles(hdr.HDRPublished)
    def on_hdr_published(
        self, connection: Connection, event: hdr.HDRPublished, entry: JournalEntry
    ) -> None:
        """The HDR was made public."""
        part = (event.edition_id, event.jst)
        _reach(connection, Milestone.HDR_PUBLISHED, event.hdr_id, part, entry)

    @handles(hdr.HDRWithdrawn)
    def on_hdr_withdrawn(
        self, connection: Connection, event: hdr.HDRWithdrawn, entry: JournalEntry
    ) -> None:
        """The HDR is public no more."""
        _lose(connection, Milestone.HDR_PUBLISHED, event.hdr_id, entry)

    @handles(hdr.SummaryPublished)
    def on_summary(
        self, connection: Connection, event: hdr.SummaryPublished, entry: JournalEntry
    ) -> None:
        """The summary was made public."""
        part = (event.edition_id, event.jst)
        _reach(connection, Milestone.SUMMARISED, event.summary_id, part, entry)

    # --- monitoring -----------------------------------------------------------------------------

    @handles(monitoring.RoundOpened)
    def on_round(
        self, connection: Connection, event: monitoring.RoundOpened, entry: JournalEntry
    ) -> None:
        """Which edition the records of the round belong to."""
        upsert(connection, funnel_rounds, same_named(event, funnel_rounds), key=("round_id",))

    @handles(monitoring.MonitoringRecorded)
    def on_recorded(
        self, connection: Connection, event: monitoring.MonitoringRecorded, entry: JournalEntry
    ) -> None:
        """The JST reported."""
        asked_in = find_row(connection, funnel_rounds, round_id=event.round_id)
        if asked_in:
            part = (asked_in.edition_id, event.jst)
            _reach(connection, Milestone.MONITORED, event.record_id, part, entry)


def _take_part(connection: Connection, part: tuple[UUID, JstRef], entry: JournalEntry) -> None:
    """Keep the JST as the first event about it in the edition names it."""
    edition_id, jst = part
    values = {
        "edition_id": edition_id,
        **jst_values(jst),
        "since": entry.time,
        "since_source": entry.source,
        "since_sequence": entry.sequence,
    }
    write_where(connection, funnel_jst, values, ("edition_id", "jst_id"), _is_earlier)


def _is_earlier(new: Any) -> ColumnElement[bool]:
    names = ("since", "since_source", "since_sequence")
    held = tuple_(*(funnel_jst.c[name] for name in names))
    return tuple_(*(new[name] for name in names)) < held


def _belongs(connection: Connection, subject_id: UUID, part: tuple[UUID, JstRef]) -> None:
    values = {"subject_id": subject_id, "edition_id": part[0], "jst_id": part[1].id}
    upsert(connection, funnel_subjects, values, key=("subject_id",))


def _reach(
    connection: Connection,
    milestone: Milestone,
    subject_id: UUID,
    part: tuple[UUID, JstRef],
    entry: JournalEntry,
) -> None:
    _take_part(connection, part, entry)
    key = {"edition_id": part[0], "jst_id": part[1].id}
    _mark(connection, milestone, subject_id, key, entry)


def _mark(
    connection: Connection,
    milestone: Milestone,
    subject_id: UUID,
    part: dict[str, UUID],
    entry: JournalEntry,
) -> None:
    """Keep when it was reached first, or first after it was lost."""
    key = {"milestone": milestone.value, "subject_id": subject_id}
    values = key | part | {"reached_at": entry.time, "lost_at": None}
    write_where(connection, funnel_milestones, values, ("milestone", "subject_id"), _was_lost)


def _was_lost(_new: Any) -> ColumnElement[bool]:
    return funnel_milestones.c.lost_at.is_not(None)


def _lose(
    connection: Connection, milestone: Milestone, subject_id: UUID, entry: JournalEntry
) -> None:
    key = {"milestone": milestone.value, "subject_id": subject_id}
    change_row(connection, funnel_milestones, key, {"lost_at": entry.time})


def _qualify(
    connection: Connection,
    edition_id: UUID,
    kind: CallKind,
    result: PublishedResult,
    entry: JournalEntry,
) -> None:
    if result.decision != Decision.QUALIFIED:
        return
    if kind == CallKind.JST:
        if result.jst:
            part = (edition_id, result.jst)
            _reach(connection, Milestone.QUALIFIED, result.application_id, part, entry)
        return
    key = {"application_id": result.application_id}
    change_row(connection, funnel_candidates, key, {"qualified_at": entry.time})


def _fill(
    connection: Connection, team_id: UUID, role: ExpertRole, expert_id: UUID, entry: JournalEntry
) -> None:
    values = {
        "team_id": team_id,
        "role": role.value,
        "expert_id": expert_id,
        "since": entry.time,
    }
    upsert(connection, funnel_slots, values, key=("team_id", "role"))


# --- the numbers ----------------------------------------------------------------------------------


def programme_funnel(
    connection: Connection,
    edition_id: UUID | None = None,
    voivodeships: tuple[str, ...] | None = None,
    at: datetime | None = None,
) -> ProgrammeFunnel:
    """How many JST and experts have reached each milestone of the programme.

    A JST is counted once for each edition, however many applications or HDRs it has there; so
    over several editions a number counts participations, not different JST. Likewise a candidate
    is one application of an expert. A milestone counts while it is held: a withdrawn application
    or HDR, a dissolved team, an expert who left do not count. Milestones are counted each by
    itself: it is not assumed that a later one includes all earlier ones.

    Args:
        connection: To the gateway's database.
        edition_id: Only this edition; all for ``None``.
        voivodeships: TERYT codes: only JST of these, only candidates for these; all for ``None``,
            nothing for an empty tuple.
        at: Only what was held at this moment (aware), for the change since then: reached at or
            before it and not lost at or before it. Voivodeship, kind and area are those of now,
            and who was in which slot of a team is taken from the slots of now.

    Returns:
        Counts >= 0, unit: participations. Cells are sorted by voivodeship, kind and area, and
        together hold each participation exactly once; a cell without any participation is left
        out, one in which no milestone is held is not. Every count equals the total of
        `funnel_rows` (`expert_rows`) with the same choices.

    Source:
        Experience design, coordinator's dashboard; domain handbook section 3 (steps).
    """
    filters = FunnelFilter(edition_id=edition_id, voivodeships=voivodeships, at=at)
    candidates = ExpertFunnelFilter(edition_id=edition_id, voivodeships=voivodeships, at=at)
    return ProgrammeFunnel(
        cells=_cells(connection, filters), expert_cells=_expert_cells(connection, candidates)
    )


def _cells(connection: Connection, filters: FunnelFilter) -> tuple[FunnelCell, ...]:
    t, held = funnel_jst.c, _held(filters.at).subquery()
    cell = (t.jst_voivodeship, t.jst_kind, t.area_code)
    participations = select(*cell, func.count().label("number")).where(_choices(filters))
    reached = (
        select(*cell, held.c.milestone, func.count().label("number"))
        .join_from(funnel_jst, held, _same_part(held.c))
        .where(_choices(filters))
        .group_by(*cell, held.c.milestone)
    )
    counts: dict[tuple[str, str, str | None], dict[Milestone, int]] = {}
    for row in connection.execute(reached):
        numbers = counts.setdefault(_cell(row), _zeros(Milestone))
        numbers[Milestone(row.milestone)] = row.number
    rows = connection.execute(participations.group_by(*cell)).all()
    return tuple(
        FunnelCell(
            row.jst_voivodeship,
            JstKind(row.jst_kind),
            row.area_code,
            row.number,
            counts.get(_cell(row), _zeros(Milestone)),
        )
        for row in sorted(rows, key=lambda row: tuple(part or "" for part in _cell(row)))
    )


def _cell(row: Any) -> tuple[str, str, str | None]:
    return row.jst_voivodeship, row.jst_kind, row.area_code


def _held(at: datetime | None) -> Select[Any]:
    """Each milestone that a JST holds in an edition, with the first moment of it."""
    m = funnel_milestones.c
    return (
        select(m.milestone, m.edition_id, m.jst_id, func.min(m.reached_at).label("reached_at"))
        .where(_is_held(m.reached_at, m.lost_at, at))
        .group_by(m.milestone, m.edition_id, m.jst_id)
    )


def _is_held(
    reached_at: ColumnElement[Any], lost_at: ColumnElement[Any], at: datetime | None
) -> ColumnElement[bool]:
    """What began and has not ended yet: now, or at a moment."""
    if at is None:
        return and_(reached_at.is_not(None), lost_at.is_(None))
    return and_(reached_at <= at, or_(lost_at.is_(None), lost_at > at))


def _same_part(columns: Any) -> ColumnElement[bool]:
    t = funnel_jst.c
    return and_(columns.edition_id == t.edition_id, columns.jst_id == t.jst_id)


def _choices(filters: FunnelFilter) -> ColumnElement[bool]:
    t = funnel_jst.c
    return given(
        equals(t.edition_id, filters.edition_id),
        one_of(t.jst_voivodeship, filters.voivodeships),
        equals(t.jst_kind, filters.kind),
        equals(t.area_code, filters.area_code),
        is_set(t.area_code, filters.has_area),
        one_of(t.jst_id, filters.jst_ids),
        None if filters.at is None else t.since <= filters.at,
        has_words(t.jst_folded, filters.text),
    )


def _expert_cells(connection: Connection, filters: ExpertFunnelFilter) -> tuple[ExpertCell, ...]:
    t = funnel_candidates.c
    teams = _in_team(filters.at)
    numbers = [
        func.count(case((held, 1))).label(milestone.value)
        for milestone, held in _candidate_holds(teams.c.since, filters.at).items()
    ]
    query = (
        select(t.voivodeship, t.role, func.count().label("candidates"), *numbers)
        .outerjoin_from(funnel_candidates, teams, teams.c.expert_id == t.expert_id)
        .where(_candidate_choices(filters))
        .group_by(t.voivodeship, t.role)
        .order_by(t.voivodeship, t.role)
    )
    return tuple(
        ExpertCell(
            row.voivodeship,
            ExpertRole(row.role),
            row.candidates,
            {milestone: getattr(row, milestone.value) for milestone in ExpertMilestone},
        )
        for row in connection.execute(query)
    )


def _in_team(at: datetime | None) -> Subquery:
    """Experts in a slot, once each, with the first moment."""
    t = funnel_slots.c
    return (
        select(t.expert_id, func.min(t.since).label("since"))
        .where(_is_held(t.since, t.dissolved_at, at))
        .group_by(t.expert_id)
        .subquery("in_team")
    )


def _candidate_holds(
    in_team_since: ColumnElement[Any], at: datetime | None
) -> dict[ExpertMilestone, ColumnElement[bool]]:
    """When a candidate holds each milestone."""
    t = funnel_candidates.c
    stays = t.left_at.is_(None) if at is None else or_(t.left_at.is_(None), t.left_at > at)
    never: ColumnElement[Any] = null()
    return {
        ExpertMilestone.APPLIED: _is_held(t.applied_at, t.withdrawn_at, at),
        ExpertMilestone.QUALIFIED: _is_held(t.qualified_at, never, at),
        ExpertMilestone.TRAINED: _is_held(t.trained_at, never, at),
        ExpertMilestone.IN_TEAM: and_(_is_held(in_team_since, never, at), stays),
    }


def _candidate_choices(filters: ExpertFunnelFilter) -> ColumnElement[bool]:
    t = funnel_candidates.c
    return given(
        equals(t.edition_id, filters.edition_id),
        one_of(t.voivodeship, filters.voivodeships),
        equals(t.role, filters.role),
        None if filters.at is None else t.applied_at <= filters.at,
        has_words(t.folded, filters.text),
    )


# --- the rows behind them -------------------------------------------------------------------------


def funnel_rows(
    connection: Connection, milestone: Milestone | None, filters: FunnelFilter
) -> Page[FunnelRow]:
    """The JST behind a number of the funnel, by name in Polish order.

    ``milestone`` ``None``: every JST that took part in any way; else those that hold it (or, with
    ``has_reached=False``, do not).
    """
    t, held = funnel_jst.c, _held(filters.at).subquery()
    query = select(funnel_jst).where(_choices(filters))
    if milestone is not None:
        holds = select(held.c.milestone).where(
            _same_part(held.c), held.c.milestone == milestone.value
        )
        exists = holds.correlate(funnel_jst).exists()
        query = query.where(exists if filters.has_reached else not_(exists))
    order = (t.jst_sort_key, t.edition_id, t.jst_id)
    on_page = query.order_by(*order).offset(filters.offset).limit(filters.limit).subquery()
    moments: dict[tuple[UUID, UUID], dict[Milestone, datetime]] = {}
    for row in connection.execute(
        select(held).join_from(
            held,
            on_page,
            and_(held.c.edition_id == on_page.c.edition_id, held.c.jst_id == on_page.c.jst_id),
        )
    ):
        part = moments.setdefault((row.edition_id, row.jst_id), {})
        part[Milestone(row.milestone)] = row.reached_at

    def read(row: Any) -> FunnelRow:
        reached = moments.get((row.edition_id, row.jst_id), {})
        in_order = {one: reached[one] for one in Milestone if one in reached}
        return read_as(FunnelRow, row, jst=jst_of(row), milestones=in_order)

    return read_page(connection, query, filters, order, read)


def expert_rows(
    connection: Connection, milestone: ExpertMilestone | None, filters: ExpertFunnelFilter
) -> Page[ExpertFunnelRow]:
    """The candidates behind a number of the funnel, the earliest application first."""
    t, teams = funnel_candidates.c, _in_team(filters.at)
    holds = _candidate_holds(teams.c.since, filters.at)
    query = (
        select(funnel_candidates, teams.c.since.label("in_team_since"))
        .add_columns(*(held.label(f"holds_{one.value}") for one, held in holds.items()))
        .outerjoin_from(funnel_candidates, teams, teams.c.expert_id == t.expert_id)
        .where(_candidate_choices(filters))
    )
    if milestone is not None:
        held = func.coalesce(holds[milestone], false())
        query = query.where(held.is_(filters.has_reached))
    return read_page(connection, query, filters, (t.applied_at, t.application_id), _read_expert)


def _read_expert(row: Any) -> ExpertFunnelRow:
    moments = {
        ExpertMilestone.APPLIED: row.applied_at,
        ExpertMilestone.QUALIFIED: row.qualified_at,
        ExpertMilestone.TRAINED: row.trained_at,
        ExpertMilestone.IN_TEAM: row.in_team_since,
    }
    held = {one: at for one, at in moments.items() if getattr(row, f"holds_{one.value}")}
    return read_as(ExpertFunnelRow, row, role=ExpertRole(row.role), milestones=held)

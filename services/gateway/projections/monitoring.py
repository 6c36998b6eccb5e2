"""``monitoring``: rounds, whom they ask, what was reported, and the report of a round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import fsum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Float,
    Index,
    Integer,
    Join,
    Select,
    String,
    Table,
    Text,
    Uuid,
    and_,
    false,
    func,
    select,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.hdrs import hdrs_of_expert
from services.gateway.projections.jst_columns import jst_columns, jst_of, jst_values
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    count_rows,
    equals,
    given,
    has_words,
    is_set,
    one_of,
    read_page,
)
from services.gateway.projections.rows import change_row, find_row, read_as, same_named
from shared.contracts import monitoring
from shared.contracts.base import JstKind, JstRef
from shared.contracts.monitoring import ActionState
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

K = TypeVar("K", bound=str)

rounds = Table(
    "monitoring_rounds",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("slug", String(80), nullable=False),
    Column("name", String(200), nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("first_due_on", Date, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Index("monitoring_rounds_by_slug", "slug"),
    Index("monitoring_rounds_by_edition", "edition_id"),
)

asked_hdrs = Table(
    "monitoring_asked",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("hdr_id", Uuid, primary_key=True),
    *jst_columns(),
    Column("area_code", String(60), nullable=False),
    Column("title", Text, nullable=False),
    Column("actions", JSON, nullable=False),
    Column("indicators", JSON, nullable=False),
    Index("monitoring_asked_by_hdr", "hdr_id"),
    Index("monitoring_asked_by_jst", "jst_id"),
    Index("monitoring_asked_by_voivodeship", "jst_voivodeship"),
)

records = Table(
    "monitoring_records",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("hdr_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("record_id", Uuid, nullable=False),
    Column("is_newest", Boolean, nullable=False),
    Column("is_newest_at_closing", Boolean, nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("helping_factors", Text, nullable=False),
    Column("hindering_factors", Text, nullable=False),
    Column("changes_made", Text, nullable=False),
    Column("support_needed", Text, nullable=False),
    Index("monitoring_records_by_record", "record_id"),
)

reported_actions = Table(
    "monitoring_actions",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("hdr_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("action_key", String(200), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("new_date", Date),
    Column("reason", Text),
)

reported_indicators = Table(
    "monitoring_indicators",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("hdr_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("indicator_key", String(200), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("baseline", Float, nullable=False),
    Column("target", Float, nullable=False),
    Column("value", Float),
    Column("attainment_ratio", Float),
)


class Known(StrEnum):
    """Which revision of each record a report takes."""

    NOW = "NOW"
    """The newest: what is known now."""
    AT_CLOSING = "AT_CLOSING"
    """The newest from before the round was closed: what was reported then."""


@dataclass(frozen=True)
class RoundRow:
    """A monitoring round with its numbers as known now."""

    round_id: UUID
    edition_id: UUID
    slug: str
    name: str
    opens_on: date
    due_on: date
    first_due_on: date
    """Due day as first announced; earlier than ``due_on`` when more time was given."""
    opened_at: datetime
    closed_at: datetime | None
    asked: int
    """HDRs in the round (of the voivodeships asked for)."""
    recorded: int
    """Those of them with a record."""

    @property
    def is_closed(self) -> bool:
        """Whether records are corrections by now."""
        return self.closed_at is not None


@dataclass(frozen=True, kw_only=True)
class RoundFilter(ListFilter):
    """Which rounds; ``voivodeships`` narrows the numbers in the rows, not the rounds."""

    edition_id: UUID | None = None
    is_closed: bool | None = None
    voivodeships: tuple[str, ...] | None = None


@dataclass(frozen=True)
class RecordRow:
    """What a round asks one HDR, and how it stands with the answer."""

    round_id: UUID
    round_name: str
    round_slug: str
    due_on: date
    is_round_closed: bool
    hdr_id: UUID
    jst: JstRef
    """As of the opening of the round."""
    area_code: str
    title: str
    record_id: UUID | None
    """``None`` when nothing was reported."""
    revision: int
    """0 when nothing was reported."""
    is_late: bool
    recorded_at: datetime | None
    """When this revision was reported."""
    helping_factors: str
    hindering_factors: str
    changes_made: str
    support_needed: str

    @property
    def is_recorded(self) -> bool:
        """Whether there is a report."""
        return self.record_id is not None


@dataclass(frozen=True)
class ReportedAction:
    """State of one action in one record."""

    round_id: UUID
    hdr_id: UUID
    jst: JstRef
    key: str
    description: str
    state: ActionState
    new_date: date | None
    reason: str | None


@dataclass(frozen=True)
class ReportedIndicator:
    """Value of one indicator in one record; all figures in its own unit but the ratio."""

    round_id: UUID
    hdr_id: UUID
    jst: JstRef
    key: str
    name: str
    unit: str
    baseline: float
    target: float
    value: float | None
    attainment_ratio: float | None


@dataclass(frozen=True, kw_only=True)
class RecordFilter(ListFilter):
    """Which HDRs of which rounds; the same choices narrow actions and indicators."""

    round_id: UUID | None = None
    edition_id: UUID | None = None
    hdr_id: UUID | None = None
    kind: JstKind | None = None
    area_code: str | None = None
    voivodeships: tuple[str, ...] | None = None
    jst_id: UUID | None = None
    jst_ids: tuple[UUID, ...] | None = None
    expert_id: UUID | None = None
    """HDRs of cycles advised by a team in which this expert has a slot now."""
    is_recorded: bool | None = None
    is_late: bool | None = None
    """``False``: recorded in time; ``True``: recorded late."""
    is_round_closed: bool | None = None
    known: Known = Known.NOW
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class ActionFilter(RecordFilter):
    """Which reported actions."""

    state: ActionState | None = None


@dataclass(frozen=True, kw_only=True)
class IndicatorFilter(RecordFilter):
    """Which reported indicators."""

    has_value: bool | None = None
    reaches_target: bool | None = None
    """Among those with a value."""


@dataclass(frozen=True)
class Aggregates:
    """The numbers of a report for one group of HDRs (or all of them). Counts are >= 0.

    ``recorded == on_time + late`` and ``asked >= recorded``. Only recorded HDRs contribute to
    actions and indicators.
    """

    asked: int
    """HDRs that the round asks about."""
    recorded: int
    """HDRs with a record."""
    on_time: int
    late: int
    actions_by_state: Mapping[ActionState, int]
    """Every state has a key; the values sum up to ``actions``."""
    actions: int
    indicators_with_value: int
    indicators_without_value: int
    indicators_reaching_target: int
    """Indicators with a value whose attainment ratio is 1 or more."""
    mean_attainment_ratio: float | None
    """See `report`."""

    @property
    def response_rate_ratio(self) -> float | None:
        """Share of the asked HDRs that have a record.

        Returns:
            ``recorded / asked``, in [0, 1], not rounded; ``None`` when nothing was asked (not 0).

        Source:
            Domain handbook section 11, proposed report; feature H10.
        """
        return self.recorded / self.asked if self.asked else None

    @property
    def on_time_ratio(self) -> float | None:
        """Share of the asked HDRs whose first record came in time.

        Returns:
            ``on_time / asked``, in [0, 1], not rounded; ``None`` when nothing was asked.

        Source:
            Feature H10: timeliness apart from completeness.
        """
        return self.on_time / self.asked if self.asked else None

    @property
    def reaching_target_ratio(self) -> float | None:
        """Share of the indicators with a value that reach their target.

        Returns:
            In [0, 1], not rounded; ``None`` when no indicator has a value.

        Source:
            Domain handbook section 11, indicator attainment.
        """
        with_value = self.indicators_with_value
        return self.indicators_reaching_target / with_value if with_value else None

    def action_ratio(self, state: ActionState) -> float | None:
        """Share of the reported actions in a state.

        Returns:
            In [0, 1], not rounded; ``None`` when no action was reported.

        Source:
            Domain handbook section 11, share of actions by state.
        """
        return self.actions_by_state[state] / self.actions if self.actions else None


@dataclass(frozen=True)
class Factors:
    """What one JST wrote in its record, besides figures; any of the texts may be empty."""

    hdr_id: UUID
    jst: JstRef
    area_code: str
    is_late: bool
    helping_factors: str
    hindering_factors: str
    changes_made: str
    support_needed: str


@dataclass(frozen=True)
class Report:
    """The aggregated report of a round."""

    round: RoundRow
    known: Known
    overall: Aggregates
    by_kind: Mapping[JstKind, Aggregates]
    by_area: Mapping[str, Aggregates]
    by_voivodeship: Mapping[str, Aggregates]
    factors: tuple[Factors, ...]
    """Of the records in which any is written, by the JST's name in Polish order."""
    changed_after_closing: int
    """Records whose newest revision came after the round was closed."""


class Monitoring(View):
    """One row for each round, asked HDR, revision of a record, action and indicator in it."""

    name = "monitoring"
    tables = (rounds, asked_hdrs, records, reported_actions, reported_indicators)

    @handles(monitoring.RoundOpened)
    def on_opened(
        self, connection: Connection, event: monitoring.RoundOpened, entry: JournalEntry
    ) -> None:
        """A row for the round and for each HDR that it asks about."""
        values = same_named(event, rounds)
        values |= {"first_due_on": event.due_on, "opened_at": entry.time}
        upsert(connection, rounds, values, key=("round_id",))
        for asked in event.hdrs:
            values = same_named(asked, asked_hdrs) | jst_values(asked.jst)
            values |= {"round_id": event.round_id}
            upsert(connection, asked_hdrs, values, key=("round_id", "hdr_id"))

    @handles(monitoring.RoundDueDateMoved)
    def on_moved(
        self, connection: Connection, event: monitoring.RoundDueDateMoved, entry: JournalEntry
    ) -> None:
        """More time."""
        change_row(connection, rounds, {"round_id": event.round_id}, {"due_on": event.due_on})

    @handles(monitoring.RoundClosed)
    def on_closed(
        self, connection: Connection, event: monitoring.RoundClosed, entry: JournalEntry
    ) -> None:
        """From here on there are corrections only."""
        change_row(connection, rounds, {"round_id": event.round_id}, {"closed_at": entry.time})

    @handles(monitoring.MonitoringRecorded)
    def on_recorded(
        self, connection: Connection, event: monitoring.MonitoringRecorded, entry: JournalEntry
    ) -> None:
        """A revision of a record; the earlier ones stay for comparison."""
        pair = {"round_id": event.round_id, "hdr_id": event.hdr_id}
        asked_in = find_row(connection, rounds, round_id=event.round_id)
        is_open = asked_in is None or asked_in.closed_at is None
        change_row(connection, records, pair, {"is_newest": False})
        if is_open:
            change_row(connection, records, pair, {"is_newest_at_closing": False})
        flags = {"is_newest": True, "is_newest_at_closing": is_open, "recorded_at": entry.time}
        key = ("round_id", "hdr_id", "revision")
        upsert(connection, records, same_named(event, records) | flags, key=key)
        _report(connection, event)


def _report(connection: Connection, event: monitoring.MonitoringRecorded) -> None:
    revision = {
        "round_id": event.round_id,
        "hdr_id": event.hdr_id,
        "revision": event.revision,
    }
    key = ("round_id", "hdr_id", "revision")
    for place, action in enumerate(event.actions):
        values = revision | same_named(action, reported_actions)
        values |= {"action_key": action.key, "place": place}
        upsert(connection, reported_actions, values, key=(*key, "action_key"))
    for place, indicator in enumerate(event.indicators):
        values = revision | same_named(indicator, reported_indicators)
        values |= {"indicator_key": indicator.key, "place": place}
        upsert(connection, reported_indicators, values, key=(*key, "indicator_key"))


# --- rounds ---------------------------------------------------------------------------------------


def list_rounds(connection: Connection, filters: RoundFilter) -> Page[RoundRow]:
    """Rounds, the latest due day first."""
    t = rounds.c
    query = _rounds(filters.voivodeships).where(
        given(equals(t.edition_id, filters.edition_id), is_set(t.closed_at, filters.is_closed))
    )
    return read_page(connection, query, filters, (t.due_on.desc(), t.round_id), _read_round)


def find_round(
    connection: Connection, round_id: UUID, voivodeships: tuple[str, ...] | None = None
) -> RoundRow | None:
    """A round by its id."""
    query = _rounds(voivodeships).where(rounds.c.round_id == round_id)
    row = connection.execute(query).one_or_none()
    return _read_round(row) if row else None


def find_round_by_slug(
    connection: Connection, slug: str, voivodeships: tuple[str, ...] | None = None
) -> RoundRow | None:
    """A round by the readable part of its address."""
    query = _rounds(voivodeships).where(rounds.c.slug == slug).order_by(rounds.c.opened_at.desc())
    row = connection.execute(query).first()
    return _read_round(row) if row else None


def _rounds(voivodeships: tuple[str, ...] | None) -> Select[Any]:
    a, r = asked_hdrs.c, records.c
    in_round = given(a.round_id == rounds.c.round_id, one_of(a.jst_voivodeship, voivodeships))
    asked = select(func.count()).select_from(asked_hdrs).where(in_round).correlate(rounds)
    answered = and_(r.round_id == a.round_id, r.hdr_id == a.hdr_id, r.is_newest.is_(True))
    recorded = (
        select(func.count())
        .select_from(asked_hdrs.join(records, answered))
        .where(in_round)
        .correlate(rounds)
    )
    return select(
        rounds,
        asked.scalar_subquery().label("asked"),
        recorded.scalar_subquery().label("recorded"),
    )


def _read_round(row: Any) -> RoundRow:
    return read_as(RoundRow, row)


# --- records --------------------------------------------------------------------------------------


def list_records(connection: Connection, filters: RecordFilter) -> Page[RecordRow]:
    """Asked HDRs with their record if there is one: latest due day first, then by JST's name."""
    a, r = asked_hdrs.c, rounds.c
    query = _records(filters.known).where(_choices(filters))
    order = (r.due_on.desc(), r.round_id, a.jst_sort_key, a.hdr_id)
    return read_page(connection, query, filters, order, _read_record)


def find_record(connection: Connection, round_id: UUID, hdr_id: UUID) -> RecordRow | None:
    """What a round asks an HDR and its newest report; ``None`` if it is not in the round."""
    a = asked_hdrs.c
    query = _records(Known.NOW).where(a.round_id == round_id, a.hdr_id == hdr_id)
    row = connection.execute(query).one_or_none()
    return _read_record(row) if row else None


def list_actions(connection: Connection, filters: ActionFilter) -> Page[ReportedAction]:
    """Reported actions, by JST's name, HDR and place: the rows behind a report's action numbers."""
    a, t = asked_hdrs.c, reported_actions.c
    query = (
        select(*_JST, a.actions, reported_actions)
        .select_from(_joined(filters.known).join(reported_actions, _of_record(t)))
        .where(_choices(filters), given(equals(t.state, filters.state)))
    )
    order = (a.jst_sort_key, a.hdr_id, t.round_id, t.place, t.action_key)
    return read_page(connection, query, filters, order, _read_action)


def list_indicators(connection: Connection, filters: IndicatorFilter) -> Page[ReportedIndicator]:
    """Reported indicators, by JST's name, HDR and place: the rows behind the indicator numbers."""
    a, t = asked_hdrs.c, reported_indicators.c
    reaches = None
    if filters.reaches_target is not None:
        ratio = t.attainment_ratio
        reaches = ratio >= 1 if filters.reaches_target else ratio < 1
    query = (
        select(*_JST, reported_indicators)
        .select_from(_joined(filters.known).join(reported_indicators, _of_record(t)))
        .where(_choices(filters), given(is_set(t.attainment_ratio, filters.has_value), reaches))
    )
    order = (a.jst_sort_key, a.hdr_id, t.round_id, t.place, t.indicator_key)
    return read_page(connection, query, filters, order, _read_indicator)


_JST = tuple(column for column in asked_hdrs.c if column.name.startswith("jst_"))


def _joined(known: Known) -> Join:
    """Asked HDRs with their round and the one revision of their record that counts, or none."""
    a, r = asked_hdrs.c, records.c
    counts = r.is_newest if known == Known.NOW else r.is_newest_at_closing
    of_asked = and_(r.round_id == a.round_id, r.hdr_id == a.hdr_id, counts.is_(True))
    in_round = asked_hdrs.join(rounds, rounds.c.round_id == a.round_id)
    return in_round.outerjoin(records, of_asked)


def _of_record(columns: Any) -> ColumnElement[bool]:
    """Actions or indicators of the joined record's revision."""
    r = records.c
    return and_(
        columns.round_id == r.round_id,
        columns.hdr_id == r.hdr_id,
        columns.revision == r.revision,
    )


def _records(known: Known) -> Select[Any]:
    r = records.c
    return select(
        asked_hdrs,
        rounds.c.name.label("round_name"),
        rounds.c.slug.label("round_slug"),
        rounds.c.due_on,
        rounds.c.closed_at,
        r.record_id,
        func.coalesce(r.revision, 0).label("revision"),
        func.coalesce(r.is_late, false()).label("is_late"),
        r.recorded_at,
        *(func.coalesce(r[name], "").label(name) for name in _TEXTS),
    ).select_from(_joined(known))


_TEXTS = ("helping_factors", "hindering_factors", "changes_made", "support_needed")


def _choices(filters: RecordFilter) -> ColumnElement[bool]:
    a, r = asked_hdrs.c, records.c
    own_hdrs = hdrs_of_expert(filters.expert_id)
    return given(
        equals(a.round_id, filters.round_id),
        equals(rounds.c.edition_id, filters.edition_id),
        equals(a.hdr_id, filters.hdr_id),
        equals(a.jst_kind, filters.kind),
        equals(a.area_code, filters.area_code),
        one_of(a.jst_voivodeship, filters.voivodeships),
        equals(a.jst_id, filters.jst_id),
        one_of(a.jst_id, filters.jst_ids),
        None if own_hdrs is None else a.hdr_id.in_(own_hdrs),
        is_set(r.record_id, filters.is_recorded),
        None if filters.is_late is None else r.is_late.is_(filters.is_late),
        is_set(rounds.c.closed_at, filters.is_round_closed),
        has_words(a.jst_folded, filters.text),
    )


def _read_record(row: Any) -> RecordRow:
    return read_as(
        RecordRow,
        row,
        jst=jst_of(row),
        is_round_closed=row.closed_at is not None,
        is_late=bool(row.is_late),
    )


def _read_action(row: Any) -> ReportedAction:
    descriptions = {action["key"]: action["description"] for action in row.actions}
    return read_as(
        ReportedAction,
        row,
        jst=jst_of(row),
        key=row.action_key,
        description=descriptions.get(row.action_key, ""),
        state=ActionState(row.state),
    )


def _read_indicator(row: Any) -> ReportedIndicator:
    return read_as(ReportedIndicator, row, jst=jst_of(row), key=row.indicator_key)


# --- the report -----------------------------------------------------------------------------------


def report(
    connection: Connection,
    round_id: UUID,
    voivodeships: tuple[str, ...] | None = None,
    known: Known = Known.NOW,
) -> Report | None:
    """The aggregated report of a round: response, actions, indicator attainment, factors.

    One row of the input is one asked HDR with one revision of its record, or none. Kind,
    area and voivodeship are those of the opening of the round, so that asked and recorded are
    counted in the same group.

    Args:
        connection: To the gateway's database.
        round_id: The round.
        voivodeships: Only HDRs of JST in these; all for ``None``, no HDR for an empty tuple.
        known: The newest revision of each record, or the newest from before the closing.

    Returns:
        ``None`` for an unknown round. Aggregates overall, and by kind of JST, area and
        voivodeship: a group in which nothing was asked has no key. Counts of each dimension's
        groups sum up to the overall counts. ``mean_attainment_ratio`` is the plain mean of
        attainment ratios over indicators with a value, each indicator with weight 1, no unit, not
        rounded, unbounded to both sides (not capped: an indicator can pass its target or fall
        below its baseline); ``None`` if no indicator has a value. An indicator without a value is
        counted, and enters no mean. Late records count as recorded and are told apart by
        ``late``.

    Source:
        Domain handbook section 11 (proposed report); attainment ratio: monitoring's contract
        ``IndicatorResult``; features H10, H11; reported then and known now: H13.
    """
    head = find_round(connection, round_id, voivodeships)
    if head is None:
        return None
    filters = RecordFilter(round_id=round_id, voivodeships=voivodeships, known=known, limit=None)
    rows = list_records(connection, filters).rows
    actions = _actions_by_hdr(connection, filters)
    ratios = _ratios_by_hdr(connection, filters)

    def aggregates(group: Sequence[RecordRow]) -> Aggregates:
        return aggregate(group, actions, ratios)

    return Report(
        round=head,
        known=known,
        overall=aggregates(rows),
        by_kind=_grouped(rows, lambda row: row.jst.kind, aggregates),
        by_area=_grouped(rows, lambda row: row.area_code, aggregates),
        by_voivodeship=_grouped(rows, lambda row: row.jst.voivodeship, aggregates),
        factors=tuple(read_as(Factors, row) for row in rows if _has_text(row)),
        changed_after_closing=_changed_after_closing(connection, round_id, voivodeships),
    )


def aggregate(
    rows: Sequence[RecordRow],
    actions: Mapping[UUID, Mapping[ActionState, int]],
    ratios: Mapping[UUID, Sequence[float | None]],
) -> Aggregates:
    """The numbers of a report for one group of asked HDRs of one round.

    Args:
        rows: The group; shape (n,), n >= 0, each HDR once.
        actions: Number of reported actions by HDR and state; HDRs outside the group do not matter.
        ratios: Attainment ratio of each reported indicator by HDR, ``None`` for an indicator
            without a value; unbounded, no unit.

    Returns:
        Counts >= 0. The mean is over the ratios that are not ``None``, each with weight 1 and
        independent of their order (exact sum); ``None`` when there is none. An indicator reaches
        its target at a ratio of 1 or more, exactly and without a tolerance.

    Source:
        Domain handbook section 11, proposed report; features H10 and H11.
    """
    recorded = [row for row in rows if row.is_recorded]
    by_state = dict.fromkeys(ActionState, 0)
    for row in recorded:
        for state, number in actions.get(row.hdr_id, {}).items():
            by_state[state] += number
    reported = [ratio for row in recorded for ratio in ratios.get(row.hdr_id, ())]
    valued = [ratio for ratio in reported if ratio is not None]
    late = sum(1 for row in recorded if row.is_late)
    return Aggregates(
        asked=len(rows),
        recorded=len(recorded),
        on_time=len(recorded) - late,
        late=late,
        actions_by_state=by_state,
        actions=sum(by_state.values()),
        indicators_with_value=len(valued),
        indicators_without_value=len(reported) - len(valued),
        indicators_reaching_target=sum(1 for ratio in valued if ratio >= 1),
        mean_attainment_ratio=fsum(valued) / len(valued) if valued else None,
    )


def _grouped(
    rows: Sequence[RecordRow],
    key: Callable[[RecordRow], K],
    aggregates: Callable[[Sequence[RecordRow]], Aggregates],
) -> dict[K, Aggregates]:
    groups: dict[K, list[RecordRow]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {name: aggregates(groups[name]) for name in sorted(groups)}


def _actions_by_hdr(
    connection: Connection, filters: RecordFilter
) -> dict[UUID, dict[ActionState, int]]:
    t = reported_actions.c
    query = (
        select(t.hdr_id, t.state, func.count().label("number"))
        .select_from(_joined(filters.known).join(reported_actions, _of_record(t)))
        .where(_choices(filters))
        .group_by(t.hdr_id, t.state)
    )
    found: dict[UUID, dict[ActionState, int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.hdr_id, {})[ActionState(row.state)] = row.number
    return found


def _ratios_by_hdr(connection: Connection, filters: RecordFilter) -> dict[UUID, list[float | None]]:
    t = reported_indicators.c
    query = (
        select(t.hdr_id, t.attainment_ratio)
        .select_from(_joined(filters.known).join(reported_indicators, _of_record(t)))
        .where(_choices(filters))
    )
    found: dict[UUID, list[float | None]] = {}
    for row in connection.execute(query):
        found.setdefault(row.hdr_id, []).append(row.attainment_ratio)
    return found


def _changed_after_closing(
    connection: Connection, round_id: UUID, voivodeships: tuple[str, ...] | None
) -> int:
    filters = RecordFilter(round_id=round_id, voivodeships=voivodeships)
    changed = records.c.is_newest_at_closing.is_(False)
    query = select(asked_hdrs.c.hdr_id).select_from(_joined(Known.NOW))
    return count_rows(connection, query.where(_choices(filters), changed))


def _has_text(row: RecordRow) -> bool:
    return any(getattr(row, name) for name in _TEXTS)

"""``summaries``: how each HDR's implementation is summed up, and the base of good practices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    Uuid,
    func,
    select,
)

from services.gateway.journal_entry import JournalEntry
from services.gateway.projections import View, metadata
from services.gateway.projections.cycles import cycles
from services.gateway.projections.hdrs import hdrs, texts_in
from services.gateway.projections.jst_columns import (
    CODE_WITHOUT_KIND,
    jst_columns,
    jst_of,
    jst_values,
)
from services.gateway.projections.pages import (
    ListFilter,
    Page,
    equals,
    given,
    has_words,
    one_of,
    read_page,
)
from services.gateway.projections.polish import fold
from services.gateway.projections.rows import change_row, find_row, read_as, same_named
from services.gateway.projections.teams import expert_ids_of, has_member, teams
from shared.contracts import hdr
from shared.contracts.base import JstKind, JstRef
from shared.contracts.hdr import SummaryForm, SummaryState
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

summaries = Table(
    "summaries",
    metadata,
    Column("summary_id", Uuid, primary_key=True),
    Column("hdr_id", Uuid, nullable=False),
    Column("edition_id", Uuid, nullable=False),
    *jst_columns(),
    Column("jst_code6", String(6), nullable=False),
    Column("area_code", String(60), nullable=False),
    Column("form", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("state_since", UtcDateTime, nullable=False),
    Column("chosen_at", UtcDateTime, nullable=False),
    Column("return_reason", Text),
    Column("template_version", Integer),
    Column("slug", String(80)),
    Column("title", Text),
    Column("document", JSON),
    Column("published_at", UtcDateTime),
    Column("folded", Text, nullable=False),
    Index("summaries_by_hdr", "hdr_id"),
    Index("summaries_by_edition", "edition_id", "state"),
    Index("summaries_by_jst", "jst_id"),
    Index("summaries_by_form", "state", "form"),
    Index("summaries_by_voivodeship", "jst_voivodeship"),
    Index("summaries_by_address", "jst_code6", "slug"),
)


@dataclass(frozen=True)
class SummaryRow:
    """A summary; its text in work is hdr's to tell (``get_summary``)."""

    summary_id: UUID
    hdr_id: UUID
    edition_id: UUID
    jst: JstRef
    """As of publication; before it, as of the choice of the form."""
    area_code: str
    form: SummaryForm
    state: SummaryState
    state_since: datetime
    chosen_at: datetime
    """When the JST first chose a form."""
    return_reason: str | None
    """Why it was given back, while it is a draft because of that."""
    template_version: int | None
    slug: str | None
    title: str | None
    """From publication on."""
    published_at: datetime | None
    cycle_id: UUID | None
    team_id: UUID | None
    expert_ids: tuple[UUID, ...]
    """Members of the cycle's team now, ROS first; for who may see the summary."""


@dataclass(frozen=True, kw_only=True)
class SummaryFilter(ListFilter):
    """Which summaries."""

    edition_id: UUID | None = None
    form: SummaryForm | None = None
    states: tuple[SummaryState, ...] | None = None
    kind: JstKind | None = None
    area_code: str | None = None
    voivodeships: tuple[str, ...] | None = None
    jst_id: UUID | None = None
    jst_ids: tuple[UUID, ...] | None = None
    hdr_id: UUID | None = None
    expert_id: UUID | None = None
    text: str | None = None
    """Words of title, JST, code and, once published, the whole text."""


class Summaries(View):
    """One row for each summary."""

    name = "summaries"
    tables = (summaries,)

    @handles(hdr.SummaryFormChosen)
    def on_form(
        self, connection: Connection, event: hdr.SummaryFormChosen, entry: JournalEntry
    ) -> None:
        """A row for the summary, or its new form."""
        if find_row(connection, summaries, summary_id=event.summary_id):
            key = {"summary_id": event.summary_id}
            change_row(connection, summaries, key, {"form": event.form.value})
            return
        values = same_named(event, summaries) | {
            "state": SummaryState.DRAFT.value,
            "state_since": entry.time,
            "chosen_at": entry.time,
        }
        upsert(connection, summaries, values | _of_jst(event.jst), key=("summary_id",))

    @handles(hdr.SummaryStateChanged)
    def on_state(
        self, connection: Connection, event: hdr.SummaryStateChanged, entry: JournalEntry
    ) -> None:
        """A step; giving back has a reason."""
        values = {
            "state": event.state.value,
            "state_since": entry.time,
            "return_reason": event.reason if event.state == SummaryState.DRAFT else None,
        }
        change_row(connection, summaries, {"summary_id": event.summary_id}, values)

    @handles(hdr.SummaryPublished)
    def on_published(
        self, connection: Connection, event: hdr.SummaryPublished, entry: JournalEntry
    ) -> None:
        """The public text, and the JST as it is now."""
        values = same_named(event, summaries) | {
            "state": SummaryState.PUBLISHED.value,
            "state_since": entry.time,
            "return_reason": None,
            "published_at": entry.time,
        }
        values |= _of_jst(event.jst, event.title, *texts_in(event.document))
        change_row(connection, summaries, {"summary_id": values.pop("summary_id")}, values)


def _of_jst(jst: JstRef, *texts: str) -> dict[str, Any]:
    return jst_values(jst) | {
        "jst_code6": jst.code[:CODE_WITHOUT_KIND],
        "folded": fold(jst.name, jst.code, jst.county, *texts),
    }


def list_summaries(connection: Connection, filters: SummaryFilter) -> Page[SummaryRow]:
    """Summaries in any state, by the JST's name in Polish order."""
    order = (summaries.c.jst_sort_key, summaries.c.summary_id)
    return read_page(connection, _summaries().where(_choices(filters)), filters, order, _read)


def published_summaries(connection: Connection, filters: SummaryFilter) -> Page[SummaryRow]:
    """Published summaries, the newest first; ``filters.states`` does not matter."""
    published = replace(filters, states=(SummaryState.PUBLISHED,))
    order = (summaries.c.published_at.desc(), summaries.c.summary_id)
    return read_page(connection, _summaries().where(_choices(published)), filters, order, _read)


def counts_by_form(connection: Connection, filters: SummaryFilter) -> Mapping[SummaryForm, int]:
    """How many summaries each form has with all choices but the form.

    Returns:
        Every form has a key; counts >= 0, unit: summaries. They sum up to the list without the
        choice of a form.

    Source:
        Domain handbook section 12: one of three forms.
    """
    form = summaries.c.form
    query = (
        select(form, func.count().label("number"))
        .select_from(_WITH_TEAM)
        .where(_choices(replace(filters, form=None)))
        .group_by(form)
    )
    found = {row.form: row.number for row in connection.execute(query)}
    return {one: found.get(one.value, 0) for one in SummaryForm}


def find_summary(connection: Connection, summary_id: UUID) -> SummaryRow | None:
    """A summary by its id, in any state."""
    query = _summaries().where(summaries.c.summary_id == summary_id)
    row = connection.execute(query).one_or_none()
    return _read(row) if row else None


def find_published_summary(connection: Connection, jst_code: str, slug: str) -> SummaryRow | None:
    """A published summary by its public address; the code may be a later one of the JST."""
    t = summaries.c
    query = (
        _summaries()
        .where(t.jst_code6 == jst_code[:CODE_WITHOUT_KIND], t.slug == slug)
        .where(t.state == SummaryState.PUBLISHED.value)
        .order_by(t.published_at.desc(), t.summary_id)
    )
    row = connection.execute(query).first()
    return _read(row) if row else None


def document_of(connection: Connection, summary_id: UUID) -> dict[str, Any] | None:
    """The published text, without contact data; ``None`` before publication."""
    query = select(summaries.c.document).where(summaries.c.summary_id == summary_id)
    return connection.execute(query).scalar_one_or_none()


_WITH_TEAM = (
    summaries.outerjoin(hdrs, hdrs.c.hdr_id == summaries.c.hdr_id)
    .outerjoin(cycles, cycles.c.cycle_id == hdrs.c.cycle_id)
    .outerjoin(teams, teams.c.team_id == cycles.c.team_id)
)


def _summaries() -> Select[Any]:
    return select(
        *(column for column in summaries.c if column.name not in {"document", "folded"}),
        hdrs.c.cycle_id,
        cycles.c.team_id,
        teams.c.ros_expert_id,
        teams.c.pro_expert_id,
    ).select_from(_WITH_TEAM)


def _choices(filters: SummaryFilter) -> ColumnElement[bool]:
    t = summaries.c
    return given(
        equals(t.edition_id, filters.edition_id),
        equals(t.form, filters.form),
        one_of(t.state, filters.states),
        equals(t.jst_kind, filters.kind),
        equals(t.area_code, filters.area_code),
        one_of(t.jst_voivodeship, filters.voivodeships),
        equals(t.jst_id, filters.jst_id),
        one_of(t.jst_id, filters.jst_ids),
        equals(t.hdr_id, filters.hdr_id),
        has_member(filters.expert_id),
        has_words(t.folded, filters.text),
    )


def _read(row: Any) -> SummaryRow:
    return read_as(
        SummaryRow,
        row,
        jst=jst_of(row),
        form=SummaryForm(row.form),
        state=SummaryState(row.state),
        expert_ids=expert_ids_of(row),
    )

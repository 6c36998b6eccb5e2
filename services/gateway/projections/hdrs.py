"""``hdrs``: each HDR's way to publication, and the public catalogue of what was published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
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
from services.gateway.projections.jst_columns import (
    CODE_WITHOUT_KIND,
    jst_columns,
    jst_of,
    jst_values,
)
from services.gateway.projections.local_governments import local_governments
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
from services.gateway.projections.rows import change_row, read_as, same_named
from services.gateway.projections.teams import expert_ids_of, has_member, teams
from shared.contracts import hdr
from shared.contracts.base import JstKind, JstRef
from shared.contracts.hdr import HdrState
from shared.contracts.recruitment import PublicationGrouping
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import handles

hdrs = Table(
    "hdrs",
    metadata,
    Column("hdr_id", Uuid, primary_key=True),
    Column("cycle_id", Uuid, nullable=False),
    Column("edition_id", Uuid, nullable=False),
    *jst_columns(),
    Column("area_code", String(60), nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("state", String(40), nullable=False),
    Column("state_since", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("submission_count", Integer, nullable=False),
    Column("returned_from", String(40)),
    Column("return_reason", Text),
    Column("published_version", Integer),
    Column("title", Text),
    Column("slug", String(80)),
    Column("published_at", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawal_reason", Text),
    Index("hdrs_by_cycle", "cycle_id"),
    Index("hdrs_by_edition", "edition_id", "state"),
    Index("hdrs_by_jst", "jst_id"),
    Index("hdrs_by_state", "state", "state_since"),
    Index("hdrs_by_voivodeship", "jst_voivodeship"),
)

hdr_versions = Table(
    "hdr_versions",
    metadata,
    Column("hdr_id", Uuid, primary_key=True),
    Column("published_version", Integer, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    *jst_columns(),
    Column("jst_code6", String(6), nullable=False),
    Column("area_code", String(60), nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("slug", String(80), nullable=False),
    Column("title", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("document", JSON, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("is_listed", Boolean, nullable=False),
    Column("folded", Text, nullable=False),
    Index("hdr_versions_by_address", "jst_code6", "slug"),
    Index("hdr_versions_by_edition", "edition_id", "is_listed"),
    Index("hdr_versions_by_kind", "is_listed", "jst_kind"),
    Index("hdr_versions_by_voivodeship", "is_listed", "jst_voivodeship"),
    Index("hdr_versions_by_area", "is_listed", "area_code"),
)


@dataclass(frozen=True)
class HdrRow:
    """An HDR on its way; its document in work is hdr's to tell (``get_hdr``)."""

    hdr_id: UUID
    cycle_id: UUID
    edition_id: UUID
    jst: JstRef
    """As of the opening of the HDR."""
    area_code: str
    template_version: int
    state: HdrState
    state_since: datetime
    opened_at: datetime
    submission_count: int
    returned_from: HdrState | None
    """The state from which it was last given back, while it is a draft because of that."""
    return_reason: str | None
    published_version: int | None
    title: str | None
    """Of the last published version; ``None`` before."""
    slug: str | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    team_id: UUID | None
    expert_ids: tuple[UUID, ...]
    """Members of the cycle's team now, ROS first; for who may see the HDR."""


@dataclass(frozen=True, kw_only=True)
class HdrFilter(ListFilter):
    """Which HDRs, in any state."""

    edition_id: UUID | None = None
    kind: JstKind | None = None
    area_code: str | None = None
    voivodeships: tuple[str, ...] | None = None
    jst_id: UUID | None = None
    jst_ids: tuple[UUID, ...] | None = None
    expert_id: UUID | None = None
    """HDRs of cycles advised by a team in which this expert has a slot now."""
    states: tuple[HdrState, ...] | None = None
    text: str | None = None
    """Words of the JST's name, county or code."""


@dataclass(frozen=True)
class PublishedHdr:
    """One published version of an HDR."""

    hdr_id: UUID
    published_version: int
    edition_id: UUID
    jst: JstRef
    """As of publication: the catalogue groups by this kind."""
    area_code: str
    template_version: int
    slug: str
    title: str
    starts_on: date
    ends_on: date
    published_at: datetime
    is_current: bool
    """Whether this is the newest version."""
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    """A withdrawn HDR's address stays and shows this instead of the document (tombstone)."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether the HDR was taken down."""
        return self.withdrawn_at is not None


@dataclass(frozen=True, kw_only=True)
class CatalogueFilter(ListFilter):
    """Which published HDRs; withdrawn ones are not in the catalogue."""

    edition_id: UUID | None = None
    kind: JstKind | None = None
    """Kind of JST at publication; today's kind with ``by_todays_kind``."""
    by_todays_kind: bool = False
    area_code: str | None = None
    voivodeships: tuple[str, ...] | None = None
    jst_id: UUID | None = None
    running_from: date | None = None
    """Implementation period ends on this day or later."""
    running_to: date | None = None
    """Implementation period starts on this day or earlier."""
    text: str | None = None
    """Words of title, JST, code and the whole document."""


@dataclass(frozen=True)
class Facets:
    """How many catalogue entries each choice would give, with all other choices kept."""

    kinds: Mapping[JstKind, int]
    areas: Mapping[str, int]
    voivodeships: Mapping[str, int]
    editions: Mapping[UUID, int]


@dataclass(frozen=True)
class CatalogueGroup:
    """One heading of a grouped catalogue."""

    key: str
    """KIND: a JstKind. KIND_MERGED: RURAL, URBAN_AND_URBAN_RURAL, COUNTY or VOIVODESHIP.
    REGION: a voivodeship's code."""
    rows: tuple[PublishedHdr, ...]


EDITORIAL_STATES = (
    HdrState.SUBMITTED,
    HdrState.SUBSTANTIVE_EDITING,
    HdrState.LANGUAGE_PROOFREADING,
    HdrState.APPROVED,
)
"""Handed in, and not published yet."""


class Hdrs(View):
    """One row for each HDR and for each published version."""

    name = "hdrs"
    tables = (hdrs, hdr_versions)

    @handles(hdr.HDROpened)
    def on_opened(self, connection: Connection, event: hdr.HDROpened, entry: JournalEntry) -> None:
        """A row for the HDR."""
        values = same_named(event, hdrs) | {
            "state": HdrState.DRAFT.value,
            "state_since": entry.time,
            "opened_at": entry.time,
            "submission_count": 0,
        }
        upsert(connection, hdrs, values | jst_values(event.jst), key=("hdr_id",))

    @handles(hdr.HDRSubmitted)
    def on_submitted(
        self, connection: Connection, event: hdr.HDRSubmitted, entry: JournalEntry
    ) -> None:
        """Handed in."""
        values = {
            "submission_count": event.submission,
            "returned_from": None,
            "return_reason": None,
        }
        _move(connection, event.hdr_id, HdrState.SUBMITTED, entry, **values)

    @handles(hdr.HDRStateChanged)
    def on_state(
        self, connection: Connection, event: hdr.HDRStateChanged, entry: JournalEntry
    ) -> None:
        """A step of the editing."""
        _move(connection, event.hdr_id, event.state, entry)

    @handles(hdr.HDRReturned)
    def on_returned(
        self, connection: Connection, event: hdr.HDRReturned, entry: JournalEntry
    ) -> None:
        """A draft again."""
        values = {"returned_from": event.returned_from.value, "return_reason": event.reason}
        _move(connection, event.hdr_id, HdrState.DRAFT, entry, **values)

    @handles(hdr.HDRPublished)
    def on_published(
        self, connection: Connection, event: hdr.HDRPublished, entry: JournalEntry
    ) -> None:
        """A version of its own, in the catalogue in place of the earlier ones."""
        published = {
            "published_version": event.published_version,
            "title": event.title,
            "slug": event.slug,
            "published_at": entry.time,
            "withdrawn_at": None,
            "withdrawal_reason": None,
        }
        _move(connection, event.hdr_id, HdrState.PUBLISHED, entry, **published)
        change_row(connection, hdr_versions, {"hdr_id": event.hdr_id}, {"is_listed": False})
        jst = event.jst
        values = same_named(event, hdr_versions) | {
            "jst_code6": jst.code[:CODE_WITHOUT_KIND],
            "published_at": entry.time,
            "is_listed": True,
            "folded": fold(event.title, jst.name, jst.code, jst.county, *texts_in(event.document)),
        }
        key = ("hdr_id", "published_version")
        upsert(connection, hdr_versions, values | jst_values(jst), key=key)

    @handles(hdr.HDRWithdrawn)
    def on_withdrawn(
        self, connection: Connection, event: hdr.HDRWithdrawn, entry: JournalEntry
    ) -> None:
        """Out of the catalogue; the row stays as the tombstone."""
        values = {"withdrawn_at": entry.time, "withdrawal_reason": event.reason}
        _move(connection, event.hdr_id, HdrState.WITHDRAWN, entry, **values)
        change_row(connection, hdr_versions, {"hdr_id": event.hdr_id}, {"is_listed": False})


def _move(
    connection: Connection, hdr_id: UUID, state: HdrState, entry: JournalEntry, **values: Any
) -> None:
    values |= {"state": state.value, "state_since": entry.time}
    change_row(connection, hdrs, {"hdr_id": hdr_id}, values)


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a document, in its order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


# --- on the way to publication --------------------------------------------------------------------


def list_hdrs(connection: Connection, filters: HdrFilter) -> Page[HdrRow]:
    """HDRs by the JST's name in Polish order."""
    order = (hdrs.c.jst_sort_key, hdrs.c.hdr_id)
    return read_page(connection, _matching(filters), filters, order, _read)


def editing_queue(connection: Connection, filters: HdrFilter | None = None) -> Page[HdrRow]:
    """HDRs handed in and not published yet, the longest in their state first.

    ``filters.states`` narrows to some of SUBMITTED, SUBSTANTIVE_EDITING, LANGUAGE_PROOFREADING
    and APPROVED.
    """
    filters = filters or HdrFilter()
    query = _matching(filters).where(given(one_of(hdrs.c.state, EDITORIAL_STATES)))
    return read_page(connection, query, filters, (hdrs.c.state_since, hdrs.c.hdr_id), _read)


def find_hdr(connection: Connection, hdr_id: UUID) -> HdrRow | None:
    """An HDR by its id, in any state."""
    row = connection.execute(_hdrs().where(hdrs.c.hdr_id == hdr_id)).one_or_none()
    return _read(row) if row else None


def hdrs_of_expert(expert_id: UUID | None) -> Select[Any] | None:
    """Ids of the HDRs whose cycle is advised by a team with this expert; none for ``None``."""
    member = has_member(expert_id)
    if member is None:
        return None
    return (
        select(hdrs.c.hdr_id)
        .join_from(hdrs, cycles, cycles.c.cycle_id == hdrs.c.cycle_id)
        .join(teams, teams.c.team_id == cycles.c.team_id)
        .where(member)
    )


def _hdrs() -> Select[Any]:
    return (
        select(hdrs, cycles.c.team_id, teams.c.ros_expert_id, teams.c.pro_expert_id)
        .outerjoin_from(hdrs, cycles, cycles.c.cycle_id == hdrs.c.cycle_id)
        .outerjoin(teams, teams.c.team_id == cycles.c.team_id)
    )


def _matching(filters: HdrFilter) -> Select[Any]:
    t = hdrs.c
    return _hdrs().where(
        given(
            equals(t.edition_id, filters.edition_id),
            equals(t.jst_kind, filters.kind),
            equals(t.area_code, filters.area_code),
            one_of(t.jst_voivodeship, filters.voivodeships),
            equals(t.jst_id, filters.jst_id),
            one_of(t.jst_id, filters.jst_ids),
            has_member(filters.expert_id),
            one_of(t.state, filters.states),
            has_words(t.jst_folded, filters.text),
        )
    )


def _read(row: Any) -> HdrRow:
    return read_as(
        HdrRow,
        row,
        jst=jst_of(row),
        state=HdrState(row.state),
        returned_from=HdrState(row.returned_from) if row.returned_from else None,
        expert_ids=expert_ids_of(row),
    )


# --- the catalogue --------------------------------------------------------------------------------


def catalogue(connection: Connection, filters: CatalogueFilter) -> Page[PublishedHdr]:
    """Published HDRs, the newest version of each, by the JST's name in Polish order."""
    query = _published().where(*_choices(filters).values())
    t = hdr_versions.c
    return read_page(connection, query, filters, (t.jst_sort_key, t.hdr_id), _read_published)


def catalogue_facets(connection: Connection, filters: CatalogueFilter) -> Facets:
    """How many entries the catalogue has for each kind, area, voivodeship and edition.

    Args:
        connection: To the gateway's database.
        filters: The choices made; offset and limit do not matter.

    Returns:
        Counts >= 1 of published HDRs (newest version, not withdrawn); a choice that would give
        none has no key. The count of a kind takes all choices but that of the kind into account,
        and so on: the counts of one facet sum up to the catalogue without that choice.

    Source:
        Feature J1; kind at publication or of today: G12.
    """
    t = hdr_versions.c
    dimensions = {
        "kind": _kind(filters),
        "area": t.area_code,
        "voivodeship": t.jst_voivodeship,
        "edition": t.edition_id,
    }
    found: dict[str, dict[Any, int]] = {}
    for name, column in dimensions.items():
        others = [condition for key, condition in _choices(filters).items() if key != name]
        value = column.label("value")
        query = (
            _published()
            .with_only_columns(value, func.count().label("number"), maintain_column_froms=True)
            .where(*others)
        )
        rows = connection.execute(query.group_by(column).order_by(column))
        found[name] = {row.value: row.number for row in rows}
    kinds = {JstKind(kind): number for kind, number in found["kind"].items()}
    return Facets(kinds, found["area"], found["voivodeship"], found["edition"])


def catalogue_groups(
    connection: Connection, filters: CatalogueFilter, grouping: PublicationGrouping
) -> list[CatalogueGroup]:
    """The catalogue under headings, in the programme's order, empty headings left out.

    KIND: rural, urban, county, urban-rural, voivodeship. KIND_MERGED: rural, urban together with
    urban-rural, county, voivodeship. REGION: voivodeships by code, which is by name. Offset and
    limit do not matter: all rows are given.

    Source:
        Domain handbook section 10, publication grouping.
    """
    query = _published().where(*_choices(filters).values())
    query = query.add_columns(_kind(filters).label("grouping_kind"))
    t = hdr_versions.c
    groups: dict[str, list[PublishedHdr]] = {}
    for row in connection.execute(query.order_by(t.jst_sort_key, t.hdr_id)):
        key = _heading(row.grouping_kind, row.jst_voivodeship, grouping)
        groups.setdefault(key, []).append(_read_published(row))
    order = _HEADINGS.get(grouping, tuple(sorted(groups)))
    return [CatalogueGroup(key, tuple(groups[key])) for key in order if key in groups]


_PUBLISHED = hdr_versions.join(hdrs, hdrs.c.hdr_id == hdr_versions.c.hdr_id).outerjoin(
    local_governments, local_governments.c.jst_id == hdr_versions.c.jst_id
)
URBAN_TOO = "URBAN_AND_URBAN_RURAL"
_HEADINGS: Mapping[PublicationGrouping, tuple[str, ...]] = {
    PublicationGrouping.KIND: ("RURAL", "URBAN", "COUNTY", "URBAN_RURAL", "VOIVODESHIP"),
    PublicationGrouping.KIND_MERGED: ("RURAL", URBAN_TOO, "COUNTY", "VOIVODESHIP"),
}


def _heading(kind: str, voivodeship: str, grouping: PublicationGrouping) -> str:
    if grouping == PublicationGrouping.REGION:
        return voivodeship
    is_merged = grouping == PublicationGrouping.KIND_MERGED
    return URBAN_TOO if is_merged and kind in {JstKind.URBAN, JstKind.URBAN_RURAL} else kind


def _kind(filters: CatalogueFilter) -> ColumnElement[str]:
    at_publication = hdr_versions.c.jst_kind
    if not filters.by_todays_kind:
        return at_publication
    return func.coalesce(local_governments.c.kind, at_publication)


def _choices(filters: CatalogueFilter) -> dict[str, ColumnElement[bool]]:
    t = hdr_versions.c
    conditions = {
        "listed": t.is_listed.is_(True),
        "kind": equals(_kind(filters), filters.kind),
        "area": equals(t.area_code, filters.area_code),
        "voivodeship": one_of(t.jst_voivodeship, filters.voivodeships),
        "edition": equals(t.edition_id, filters.edition_id),
        "jst": equals(t.jst_id, filters.jst_id),
        "from": None if filters.running_from is None else t.ends_on >= filters.running_from,
        "to": None if filters.running_to is None else t.starts_on <= filters.running_to,
        "text": has_words(t.folded, filters.text),
    }
    return {name: condition for name, condition in conditions.items() if condition is not None}


# --- public addresses -----------------------------------------------------------------------------


def find_published(
    connection: Connection, jst_code: str, slug: str, published_version: int | None = None
) -> PublishedHdr | None:
    """A published HDR by its public address, also a withdrawn one.

    Args:
        connection: To the gateway's database.
        jst_code: TERYT code at publication, or a later one of the same JST.
        slug: Readable part of the address, of any version.
        published_version: The newest for ``None``.
    """
    t = hdr_versions.c
    address = (t.jst_code6 == jst_code[:CODE_WITHOUT_KIND], t.slug == slug)
    newest = select(t.hdr_id).where(*address).order_by(t.published_at.desc(), t.hdr_id)
    hdr_id = connection.execute(newest).scalars().first()
    if hdr_id is None:
        return None
    found = versions_of(connection, hdr_id)
    wanted = published_version or found[0].published_version
    return next((one for one in found if one.published_version == wanted), None)


def versions_of(connection: Connection, hdr_id: UUID) -> list[PublishedHdr]:
    """The published versions of an HDR, the newest first."""
    t = hdr_versions.c
    query = _published().where(t.hdr_id == hdr_id).order_by(t.published_version.desc())
    return [_read_published(row) for row in connection.execute(query)]


def document_of(
    connection: Connection, hdr_id: UUID, published_version: int
) -> dict[str, Any] | None:
    """The published text of a version; ``None`` if there is none or the HDR was withdrawn."""
    t = hdr_versions.c
    query = (
        select(t.document)
        .join_from(hdr_versions, hdrs, hdrs.c.hdr_id == t.hdr_id)
        .where(t.hdr_id == hdr_id, t.published_version == published_version)
        .where(hdrs.c.withdrawn_at.is_(None))
    )
    return connection.execute(query).scalar_one_or_none()


def _published() -> Select[Any]:
    t = hdr_versions.c
    return select(
        *(column for column in t if column.name not in {"document", "folded"}),
        hdrs.c.withdrawn_at,
        hdrs.c.withdrawal_reason,
        (hdrs.c.published_version == t.published_version).label("is_current"),
    ).select_from(_PUBLISHED)


def _read_published(row: Any) -> PublishedHdr:
    return read_as(PublishedHdr, row, jst=jst_of(row))

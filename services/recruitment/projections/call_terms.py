"""What each call says and where it stands, drafts too, as those who run it list them."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    select,
    update,
)

from services.recruitment.domain.announcement import Announcement
from services.recruitment.domain.call import Call
from services.recruitment.folding import folded
from services.recruitment.projections import metadata
from shared.contracts.recruitment import CallAnswer, CallsAnswer, CallsQuery, CallStage
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import Projection, handles

call_terms = Table(
    "call_terms",
    metadata,
    Column("call_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("announcement", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("search_text", Text, nullable=False),
)


class CallTerms(Projection):
    """One row for each call."""

    name: ClassVar[str] = "call_terms"
    tables: ClassVar[tuple[Table, ...]] = (call_terms,)

    @handles(Call.Drafted)
    def begin(self, connection: Connection, event: Call.Drafted) -> None:
        """A call was prepared."""
        values = {
            "call_id": event.originator_id,
            "edition_id": event.edition_id,
            "state": CallStage.DRAFT.value,
            "version": event.originator_version,
            "changed_at": event.timestamp,
            **_said(event.announcement),
        }
        upsert(connection, call_terms, values, key=("call_id",))

    @handles(Call.Revised)
    def revise(self, connection: Connection, event: Call.Revised) -> None:
        """A draft says something else."""
        _change(connection, event, **_said(event.announcement))

    @handles(Call.Published)
    def publish(self, connection: Connection, event: Call.Published) -> None:
        """A draft was made public."""
        _change(connection, event, state=CallStage.PUBLISHED.value)

    @handles(Call.Extended)
    def extend(self, connection: Connection, event: Call.Extended) -> None:
        """The deadline moved."""
        row = select(call_terms.c.announcement).where(call_terms.c.call_id == event.originator_id)
        said = connection.execute(row).scalar()
        if said is not None:
            said = said | {"closes_on": event.closes_on.isoformat()}
            _change(connection, event, announcement=said)

    @handles(Call.Closed)
    def close(self, connection: Connection, event: Call.Closed) -> None:
        """A call takes no more applications."""
        _change(connection, event, state=CallStage.CLOSED.value)

    @handles(Call.Cancelled)
    def cancel(self, connection: Connection, event: Call.Cancelled) -> None:
        """A call, or a draft, was called off."""
        _change(connection, event, state=CallStage.CANCELLED.value)

    @handles(Call.ResultsPublished)
    def decide(self, connection: Connection, event: Call.ResultsPublished) -> None:
        """The results are out; the state stays."""
        _change(connection, event)


def _said(announcement: Announcement) -> dict[str, Any]:
    return {
        "announcement": announcement.model_dump(mode="json"),
        "search_text": folded(f"{announcement.title} {announcement.slug}"),
    }


def _change(connection: Connection, event: Any, **values: Any) -> None:
    connection.execute(
        update(call_terms)
        .where(call_terms.c.call_id == event.originator_id)
        .values(version=event.originator_version, changed_at=event.timestamp, **values)
    )


def find_calls(connection: Connection, query: CallsQuery) -> CallsAnswer:
    """A page of calls, the last changed first, and how many fit the query in all."""
    t = call_terms.c
    conditions: list[ColumnElement[bool]] = []
    if query.state is not None:
        conditions.append(t.state == query.state.value)
    if query.edition_id is not None:
        conditions.append(t.edition_id == query.edition_id)
    conditions += [
        t.search_text.contains(word, autoescape=True) for word in folded(query.text or "").split()
    ]
    matching = select(call_terms).where(*conditions)
    total = connection.execute(select(func.count()).select_from(matching.subquery())).scalar_one()
    page = matching.order_by(t.changed_at.desc(), t.call_id)
    rows = connection.execute(page.offset(query.offset).limit(query.limit))
    return CallsAnswer(total=total, calls=tuple(_answer(row) for row in rows))


def _answer(row: Any) -> CallAnswer:
    own = {name: getattr(row, name) for name in ("call_id", "edition_id", "state", "version")}
    return CallAnswer.model_validate({**row.announcement, **own})

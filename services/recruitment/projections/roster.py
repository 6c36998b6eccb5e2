"""The roster of experts; names and addresses are joined from the personal data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Table,
    Text,
    Uuid,
    exists,
    func,
    select,
    update,
)

from services.recruitment.domain.expert import Expert
from services.recruitment.folding import folded
from services.recruitment.personal_data import applicants
from services.recruitment.projections import metadata
from shared.contracts.recruitment import ExpertAnswer, ExpertsAnswer, ExpertsQuery
from shared.kernel.database import upsert
from shared.kernel.projection import Projection, handles

experts = Table(
    "experts",
    metadata,
    Column("expert_id", Uuid, primary_key=True),
    Column("application_id", Uuid, nullable=False),
    Column("role", Text, nullable=False),
    Column("voivodeship", Text, nullable=False),
    Column("employer_jst", JSON(none_as_null=True)),
    Column("training_hours", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),
)


class Roster(Projection):
    """Who is or was an expert of the programme."""

    name: ClassVar[str] = "roster"
    tables: ClassVar[tuple[Table, ...]] = (experts,)

    @handles(Expert.EnteredRoster)
    def enter(self, connection: Connection, event: Expert.EnteredRoster) -> None:
        """An expert entered the roster."""
        employer = event.employer_jst
        values = {
            "expert_id": event.originator_id,
            "application_id": event.application_id,
            "role": event.role,
            "voivodeship": event.voivodeship,
            "employer_jst": employer.model_dump(mode="json") if employer else None,
            "training_hours": event.training_hours,
            "is_active": True,
        }
        upsert(connection, experts, values, key=("expert_id",))

    @handles(Expert.LeftRoster)
    def leave(self, connection: Connection, event: Expert.LeftRoster) -> None:
        """An expert left the roster; the row stays for what they did before."""
        row = experts.c.expert_id == event.originator_id
        connection.execute(update(experts).where(row).values(is_active=False))


def known_experts(connection: Connection, expert_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that are, or were, on the roster."""
    t = experts.c
    query = select(t.expert_id).where(t.expert_id.in_(list(expert_ids)))
    return set(connection.execute(query).scalars())


def is_on_roster(connection: Connection, application_id: UUID) -> bool:
    """Whether who applied is an expert now."""
    t = experts.c
    active = exists().where(t.application_id == application_id, t.is_active.is_(True))
    return bool(connection.execute(select(active)).scalar())


def list_experts(connection: Connection, query: ExpertsQuery) -> ExpertsAnswer:
    """A page of the roster by name, erased ones last, and how many fit the query in all."""
    t, person = experts.c, applicants.c
    conditions: list[ColumnElement[bool]] = []
    if query.role is not None:
        conditions.append(t.role == query.role.value)
    if query.voivodeships is not None:
        conditions.append(t.voivodeship.in_(query.voivodeships))
    if query.expert_ids is not None:
        conditions.append(t.expert_id.in_(query.expert_ids))
    conditions += [
        person.search_text.contains(word, autoescape=True)
        for word in folded(query.text or "").split()
    ]
    matching = (
        select(*t, person.full_name, person.email)
        .select_from(experts.outerjoin(applicants, person.application_id == t.application_id))
        .where(*conditions)
    )
    total = connection.execute(select(func.count()).select_from(matching.subquery())).scalar_one()
    page = matching.order_by(person.search_text.is_(None), person.search_text, t.expert_id)
    rows: Any = connection.execute(page.offset(query.offset).limit(query.limit)).mappings()
    return ExpertsAnswer(
        total=total, experts=tuple(ExpertAnswer.model_validate(dict(row)) for row in rows)
    )

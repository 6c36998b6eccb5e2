"""Applications as staff list them; who applied is joined from the personal data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    func,
    or_,
    select,
    update,
)

from services.recruitment.domain.application_form import Application
from services.recruitment.folding import folded
from services.recruitment.personal_data import applicants
from services.recruitment.projections import metadata
from shared.contracts.recruitment import (
    Applicant,
    ApplicationAnswer,
    ApplicationsAnswer,
    ApplicationsQuery,
    ApplicationStatus,
)
from shared.kernel.database import UtcDateTime, upsert
from shared.kernel.projection import Projection, handles

applications = Table(
    "applications",
    metadata,
    Column("application_id", Uuid, primary_key=True),
    Column("call_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("receipt_number", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("voivodeship", Text, nullable=False),
    Column("jst", JSON(none_as_null=True)),
    Column("privacy_notice_version", Text, nullable=False),
    Column("check_passed", Boolean),
    Column("decision", Text),
    Column("reserve_rank", Integer),
    Column("version", Integer, nullable=False),
    Column("search_text", Text, nullable=False),
    Index("applications_of_call", "call_id", "received_at"),
)


class Applications(Projection):
    """Where every application stands."""

    name: ClassVar[str] = "applications"
    tables: ClassVar[tuple[Table, ...]] = (applications,)

    @handles(Application.Submitted)
    def receive(self, connection: Connection, event: Application.Submitted) -> None:
        """An application came in."""
        jst = event.jst
        words = [event.receipt_number, *([jst.name, jst.code] if jst else [])]
        values = {
            "application_id": event.originator_id,
            "call_id": event.call_id,
            "kind": event.kind,
            "receipt_number": event.receipt_number,
            "status": ApplicationStatus.RECEIVED.value,
            "received_at": event.received_at,
            "voivodeship": event.voivodeship,
            "jst": jst.model_dump(mode="json") if jst else None,
            "privacy_notice_version": event.privacy_notice_version,
            "check_passed": None,
            "decision": None,
            "reserve_rank": None,
            "version": event.originator_version,
            "search_text": folded(" ".join(words)),
        }
        upsert(connection, applications, values, key=("application_id",))

    @handles(Application.Withdrawn)
    def withdraw(self, connection: Connection, event: Application.Withdrawn) -> None:
        """An application was taken back."""
        _change(connection, event, status=ApplicationStatus.WITHDRAWN.value)

    @handles(Application.Checked)
    def check(self, connection: Connection, event: Application.Checked) -> None:
        """The formal check was recorded; an earlier decision no longer stands."""
        _change(
            connection,
            event,
            status=ApplicationStatus.CHECKED.value,
            check_passed=event.has_passed,
            decision=None,
            reserve_rank=None,
        )

    @handles(Application.Decided)
    def decide(self, connection: Connection, event: Application.Decided) -> None:
        """A decision was prepared."""
        _change(
            connection,
            event,
            status=ApplicationStatus.DECIDED.value,
            decision=event.decision,
            reserve_rank=event.reserve_rank,
        )

    @handles(Application.DecisionPublished)
    def publish(self, connection: Connection, event: Application.DecisionPublished) -> None:
        """The decision took effect."""
        _change(connection, event, status=event.decision)

    @handles(Application.Promoted)
    def promote(self, connection: Connection, event: Application.Promoted) -> None:
        """The candidate moved up from the reserve list."""
        decision = event.result.decision.value
        _change(connection, event, status=decision, decision=decision, reserve_rank=None)


def _change(connection: Connection, event: Any, **values: Any) -> None:
    connection.execute(
        update(applications)
        .where(applications.c.application_id == event.originator_id)
        .values(version=event.originator_version, **values)
    )


def list_applications(connection: Connection, query: ApplicationsQuery) -> ApplicationsAnswer:
    """A page of applications, oldest first, and how many fit the query in all."""
    t = applications.c
    conditions: list[ColumnElement[bool]] = []
    if query.call_id is not None:
        conditions.append(t.call_id == query.call_id)
    if query.status is not None:
        conditions.append(t.status == query.status.value)
    if query.voivodeships is not None:
        conditions.append(t.voivodeship.in_(query.voivodeships))
    conditions += [
        or_(
            t.search_text.contains(word, autoescape=True),
            applicants.c.search_text.contains(word, autoescape=True),
        )
        for word in folded(query.text or "").split()
    ]
    matching = _with_applicants().where(*conditions)
    total = connection.execute(select(func.count()).select_from(matching.subquery())).scalar_one()
    page = matching.order_by(t.received_at, t.application_id)
    rows = connection.execute(page.offset(query.offset).limit(query.limit)).mappings()
    return ApplicationsAnswer(total=total, applications=tuple(_answer(row) for row in rows))


def find_applications(
    connection: Connection, application_ids: Iterable[UUID]
) -> dict[UUID, ApplicationAnswer]:
    """The applications with these ids, by id; unknown ids are left out."""
    query = _with_applicants().where(applications.c.application_id.in_(list(application_ids)))
    return {row["application_id"]: _answer(row) for row in connection.execute(query).mappings()}


def standing_applications(connection: Connection, call_id: UUID) -> list[UUID]:
    """Ids of a call's applications that were not withdrawn."""
    t = applications.c
    query = select(t.application_id).where(
        t.call_id == call_id, t.status != ApplicationStatus.WITHDRAWN.value
    )
    return list(connection.execute(query).scalars())


def confirm_standing(connection: Connection, call_id: UUID, count: int) -> None:
    """Make sure that a call has so many applications that were not withdrawn.

    Raises:
        IntegrityError: One was received or withdrawn meanwhile: the command is run again.
    """
    if len(standing_applications(connection, call_id)) != count:
        raise IntegrityError(f"the applications of call {call_id} changed meanwhile")


def _with_applicants() -> Select[Any]:
    joined = applications.outerjoin(
        applicants, applicants.c.application_id == applications.c.application_id
    )
    ours = [column for column in applications.c if column.name != "search_text"]
    theirs = [
        applicants.c[name]
        for name in (
            "full_name",
            "email",
            "phone",
            "answers",
            "check_remarks",
            "decision_reason",
            "late_admission_reason",
        )
    ]
    return select(*ours, *theirs).select_from(joined)


def _answer(row: Any) -> ApplicationAnswer:
    is_erased = row["email"] is None
    person = {name: row[name] for name in ("full_name", "email", "phone")}
    return ApplicationAnswer.model_validate(
        {
            **row,
            "applicant": None if is_erased else Applicant(**person),
            "answers": row["answers"] or {},
            "prepared_decision": row["decision"],
            "check_remarks": row["check_remarks"] or "",
            "decision_reason": row["decision_reason"] or "",
        }
    )

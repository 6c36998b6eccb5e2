"""Which version each call is at, so that what is decided on one is not recorded on another."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError
from sqlalchemy import Column, Connection, Integer, Table, Uuid, select

from services.recruitment.domain.call import Call
from services.recruitment.projections import metadata
from shared.kernel.database import upsert
from shared.kernel.projection import Projection, handles

calls = Table(
    "calls",
    metadata,
    Column("call_id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
)


class Calls(Projection):
    """The version of each call."""

    name: ClassVar[str] = "calls"
    tables: ClassVar[tuple[Table, ...]] = (calls,)

    @handles(Call.Drafted)
    def begin(self, connection: Connection, event: Call.Drafted) -> None:
        """A call exists."""
        values = {
            "call_id": event.originator_id,
            "edition_id": event.edition_id,
            "version": event.originator_version,
        }
        upsert(connection, calls, values, key=("call_id",))

    @handles(
        Call.Revised,
        Call.Published,
        Call.Extended,
        Call.Closed,
        Call.Cancelled,
        Call.ResultsPublished,
    )
    def move_on(self, connection: Connection, event: Call.Published) -> None:
        """The call changed."""
        connection.execute(
            calls.update()
            .where(calls.c.call_id == event.originator_id)
            .values(version=event.originator_version)
        )


def hold(connection: Connection, call_id: UUID, version: int) -> None:
    """Keep a call as it is until the transaction ends.

    An application is admitted by the call as it stood when the command read it. Held, the call
    cannot close or publish its results in between.

    Raises:
        IntegrityError: The call changed meanwhile: the command is run again.
    """
    query = select(calls.c.version).where(calls.c.call_id == call_id).with_for_update(read=True)
    if connection.execute(query).scalar() != version:
        raise IntegrityError(f"call {call_id} changed meanwhile")

"""Who has a place in a training that has not ended: such a person is still needed."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import Boolean, Column, Connection, Table, Uuid, exists, select, update

from services.recruitment.domain.training import Training
from services.recruitment.projections import metadata
from shared.kernel.database import upsert
from shared.kernel.projection import Projection, handles

training_places = Table(
    "training_places",
    metadata,
    Column("training_id", Uuid, primary_key=True),
    Column("application_id", Uuid, primary_key=True),
    Column("is_over", Boolean, nullable=False),
)


class TrainingPlaces(Projection):
    """One row for each place taken."""

    name: ClassVar[str] = "training_places"
    tables: ClassVar[tuple[Table, ...]] = (training_places,)

    @handles(Training.CandidateEnrolled)
    def take(self, connection: Connection, event: Training.CandidateEnrolled) -> None:
        """A candidate got a place."""
        values = {
            "training_id": event.originator_id,
            "application_id": event.application_id,
            "is_over": False,
        }
        upsert(connection, training_places, values, key=("training_id", "application_id"))

    @handles(Training.Completed)
    def end(self, connection: Connection, event: Training.Completed) -> None:
        """The training ended for all of them."""
        row = training_places.c.training_id == event.originator_id
        connection.execute(update(training_places).where(row).values(is_over=True))


def is_in_training(connection: Connection, application_id: UUID) -> bool:
    """Whether the candidate has a place in a training that has not ended."""
    t = training_places.c
    open_place = exists().where(t.application_id == application_id, t.is_over.is_(False))
    return bool(connection.execute(select(open_place)).scalar())

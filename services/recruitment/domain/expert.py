"""Expert: a trained candidate on the programme's roster, until they leave it."""

from __future__ import annotations

from uuid import UUID, uuid5

from eventsourcing.domain import event

from services.recruitment.domain.errors import ExpertLeftError
from shared.contracts.base import ExpertRole, JstRef
from shared.kernel.aggregate import Aggregate, FirstEvent

EXPERTS = UUID("b1f7a3de-30f4-5a0e-9b58-0c7d41c2a7e6")
"""Namespace of the ids of experts; never changes."""


def expert_id(application_id: UUID) -> UUID:
    """Id of the expert whom an application led to: one expert for each application."""
    return uuid5(EXPERTS, str(application_id))


class Expert(Aggregate):
    """An expert of the programme in one role."""

    TOPIC = "recruitment.Expert"

    class EnteredRoster(Aggregate.Event, FirstEvent):
        """A candidate completed a training and became an expert."""

        TOPIC = "recruitment.ExpertEnteredRoster"
        application_id: UUID
        training_id: UUID
        edition_id: UUID
        role: str
        voivodeship: str
        employer_jst: JstRef | None
        training_hours: int

    class LeftRoster(Aggregate.Event):
        """The expert is no longer available to the programme."""

        TOPIC = "recruitment.ExpertLeftRoster"
        reason_code: str

    @staticmethod
    def create_id(application_id: UUID) -> UUID:
        """The id that the application gives."""
        return expert_id(application_id)

    @event(EnteredRoster)
    def __init__(
        self,
        *,
        application_id: UUID,
        training_id: UUID,
        edition_id: UUID,
        role: str,
        voivodeship: str,
        employer_jst: JstRef | None,
        training_hours: int,
    ) -> None:
        self.application_id = application_id
        self.role = ExpertRole(role)
        self.has_left = False

    def leave(self, reason_code: str) -> None:
        """Take the expert off the roster."""
        if self.has_left:
            raise ExpertLeftError
        self._leave(reason_code=reason_code)

    @event(LeftRoster)
    def _leave(self, reason_code: str) -> None:
        self.has_left = True

"""Use cases of the roster of experts."""

from __future__ import annotations

from services.recruitment.domain.expert import Expert
from services.recruitment.projections.roster import list_experts
from shared.contracts.base import DoneAnswer
from shared.contracts.recruitment import ExpertsAnswer, ExpertsQuery, RemoveExpert
from shared.kernel.application import ServiceApplication


class RosterUseCases(ServiceApplication):
    """What can be asked about experts."""

    def list_experts(self, request: ExpertsQuery) -> ExpertsAnswer:
        """A page of the roster by name."""
        with self.database.reading() as connection:
            return list_experts(connection, request)

    def remove_expert(self, request: RemoveExpert) -> DoneAnswer:
        """Take an expert off the roster.

        Raises:
            NotFoundError: No such expert.
            ExpertLeftError: They left before.

        Records:
            ``recruitment.ExpertLeftRoster``
        """
        expert = self.load(Expert, request.expert_id)
        expert.leave(request.reason_code)
        self.save(expert)
        return DoneAnswer()

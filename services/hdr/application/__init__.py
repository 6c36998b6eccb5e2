"""Hdr's use cases, no transport, no rules: of an HDR, of a summary, and what others tell us."""

from __future__ import annotations

from uuid import UUID

from services.hdr import reference
from services.hdr.application.hdrs import HdrUseCases
from services.hdr.application.summaries import SummaryUseCases
from services.hdr.projections.addresses import Addresses
from services.hdr.projections.history import History
from shared.contracts.base import JstRef
from shared.contracts.recruitment import EditionConfiguration


class HdrApplication(HdrUseCases, SummaryUseCases):
    """The hdr service, without any transport."""

    name = "hdr"
    projections = (Addresses, History)
    value_types = (JstRef,)

    def note_edition(self, edition_id: UUID, configuration: EditionConfiguration) -> None:
        """Remember which template and which summary forms an edition lays down."""
        self.write(
            lambda connection: reference.keep_edition(
                connection,
                edition_id,
                configuration.hdr_template_version,
                configuration.summary_forms,
            )
        )

    def note_local_government(self, jst: JstRef) -> None:
        """Remember a JST as the register has it now."""
        self.write(lambda connection: reference.keep_local_government(connection, jst))

    def note_team(self, cycle_id: UUID, team_id: UUID) -> None:
        """Remember which team advises the JST of a cycle."""
        self.write(lambda connection: reference.keep_team(connection, cycle_id, team_id))

"""Use cases of editions."""

from __future__ import annotations

from services.recruitment.claims import claim_slug
from services.recruitment.domain.edition import Edition
from shared.contracts.base import CreatedAnswer, DoneAnswer
from shared.contracts.recruitment import CreateEdition, ReconfigureEdition
from shared.kernel.application import ServiceApplication


class EditionUseCases(ServiceApplication):
    """What can be asked about editions."""

    def create_edition(self, request: CreateEdition) -> CreatedAnswer:
        """Set up an edition.

        Raises:
            SlugTakenError: Another edition has the address.
            DuplicateCodeError, PeriodOrderError, TeamSizeOrderError, RoleLabelMissingError: The
                configuration contradicts itself.

        Records:
            ``recruitment.EditionCreated``
        """
        edition = Edition.create(request.configuration)
        slug = request.configuration.slug
        self.write(
            lambda connection: claim_slug(
                connection, "edition", slug, edition.id, field="configuration.slug"
            )
        )
        self.save(edition)
        return CreatedAnswer(id=edition.id)

    def reconfigure_edition(self, request: ReconfigureEdition) -> DoneAnswer:
        """Replace an edition's configuration; calls published before keep their voivodeships.

        Raises:
            NotFoundError: No such edition.
            StaleVersionError: Somebody else changed it since ``expected_version``.
            SlugFixedError: The address would change.
            DuplicateCodeError, PeriodOrderError, TeamSizeOrderError, RoleLabelMissingError: The
                configuration contradicts itself.

        Records:
            ``recruitment.EditionReconfigured``, nothing when the configuration is the same.
        """
        edition = self.load(Edition, request.edition_id, request.expected_version)
        edition.reconfigure(request.configuration)
        self.save(edition)
        return DoneAnswer()

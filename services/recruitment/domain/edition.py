"""Edition: one round of the programme with everything that differs between rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from eventsourcing.domain import event

from services.recruitment.domain.errors import (
    DuplicateCodeError,
    PeriodOrderError,
    RoleLabelMissingError,
    SlugFixedError,
    TeamSizeOrderError,
)
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import EditionConfiguration
from shared.kernel.aggregate import Aggregate, FirstEvent


class Edition(Aggregate):
    """A round of the programme."""

    TOPIC = "recruitment.Edition"

    class Created(Aggregate.Event, FirstEvent):
        """The edition was set up."""

        TOPIC = "recruitment.EditionCreated"
        configuration: EditionConfiguration

    class Reconfigured(Aggregate.Event):
        """The configuration was replaced as a whole."""

        TOPIC = "recruitment.EditionReconfigured"
        configuration: EditionConfiguration

    @classmethod
    def create(cls, configuration: EditionConfiguration) -> Edition:
        """Set up an edition whose configuration is free of contradictions."""
        refuse_contradictions(configuration)
        return cls(configuration=configuration)

    @event(Created)
    def __init__(self, configuration: EditionConfiguration) -> None:
        self.configuration = configuration

    def reconfigure(self, configuration: EditionConfiguration) -> None:
        """Replace the configuration; the slug stays, and the same again records nothing."""
        if configuration.slug != self.configuration.slug:
            raise SlugFixedError(field="configuration.slug", slug=self.configuration.slug)
        refuse_contradictions(configuration)
        if configuration != self.configuration:
            self._reconfigure(configuration=configuration)

    @event(Reconfigured)
    def _reconfigure(self, configuration: EditionConfiguration) -> None:
        self.configuration = configuration


def refuse_contradictions(configuration: EditionConfiguration) -> None:
    """Refuse a configuration that contradicts itself.

    Raises:
        DuplicateCodeError: A voivodeship, area (code or number), stage or summary form stands
            twice.
        PeriodOrderError: It ends before it starts.
        TeamSizeOrderError: The smallest JST team is bigger than the biggest.
        RoleLabelMissingError: A role of experts has no label.
    """
    areas, stages = configuration.areas, configuration.stages
    _refuse_repeated("voivodeships", configuration.voivodeships)
    _refuse_repeated("areas", (area.code for area in areas))
    _refuse_repeated("areas", (str(area.number) for area in areas))
    _refuse_repeated("stages", (stage.code for stage in stages))
    _refuse_repeated("summary_forms", configuration.summary_forms)
    if configuration.ends_on < configuration.starts_on:
        raise PeriodOrderError(
            field="configuration.ends_on",
            starts_on=configuration.starts_on.isoformat(),
            ends_on=configuration.ends_on.isoformat(),
        )
    size = configuration.jst_team_size
    if size.maximum < size.minimum:
        raise TeamSizeOrderError(
            field="configuration.jst_team_size.maximum", minimum=size.minimum, maximum=size.maximum
        )
    for role in ExpertRole:
        if role not in configuration.role_labels:
            raise RoleLabelMissingError(field="configuration.role_labels", role=role.value)


def _refuse_repeated(field: str, codes: Iterable[str]) -> None:
    code, count = Counter(codes).most_common(1)[0]
    if count > 1:
        raise DuplicateCodeError(field=f"configuration.{field}", code=code)

"""Recruitment's use cases: one public method per command or query, one module per aggregate."""

from __future__ import annotations

from services.recruitment.application.applications import ApplicationUseCases
from services.recruitment.application.calls import CallUseCases
from services.recruitment.application.editions import EditionUseCases
from services.recruitment.application.register import RegisterUseCases
from services.recruitment.application.roster import RosterUseCases
from services.recruitment.application.trainings import TrainingUseCases
from services.recruitment.domain.announcement import Announcement
from services.recruitment.projections.applications import Applications
from services.recruitment.projections.call_terms import CallTerms
from services.recruitment.projections.calls import Calls
from services.recruitment.projections.register import Register
from services.recruitment.projections.roster import Roster
from services.recruitment.projections.training_places import TrainingPlaces
from shared.contracts.base import JstRef
from shared.contracts.recruitment import EditionConfiguration, PublishedResult, TrainingSession


class Recruitment(
    EditionUseCases,
    CallUseCases,
    ApplicationUseCases,
    RegisterUseCases,
    TrainingUseCases,
    RosterUseCases,
):
    """The recruitment service, without any transport."""

    name = "recruitment"
    projections = (Register, Calls, CallTerms, Applications, TrainingPlaces, Roster)
    value_types = (
        Announcement,
        EditionConfiguration,
        JstRef,
        PublishedResult,
        TrainingSession,
    )


__all__ = ["Recruitment"]

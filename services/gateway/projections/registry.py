"""Which views the gateway keeps up."""

from __future__ import annotations

from services.gateway.projections import View
from services.gateway.projections.applications import Applications
from services.gateway.projections.calls import Calls
from services.gateway.projections.cycles import Cycles
from services.gateway.projections.editions import Editions
from services.gateway.projections.hdrs import Hdrs
from services.gateway.projections.local_governments import LocalGovernments
from services.gateway.projections.monitoring import Monitoring
from services.gateway.projections.programme_funnel import ProgrammeFunnelView
from services.gateway.projections.results import Results
from services.gateway.projections.roster import Roster
from services.gateway.projections.summaries import Summaries
from services.gateway.projections.teams import Teams
from services.gateway.projections.timeline import Timeline
from services.gateway.projections.trainings import Trainings

VIEWS: tuple[type[View], ...] = (
    Editions,
    LocalGovernments,
    Calls,
    Applications,
    Results,
    Trainings,
    Roster,
    Teams,
    Cycles,
    Hdrs,
    Monitoring,
    Summaries,
    Timeline,
    ProgrammeFunnelView,
)

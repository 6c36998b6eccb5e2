"""What the hdr service is made of."""

from __future__ import annotations

from services.hdr import personal_data, reference
from services.hdr.application import HdrApplication
from services.hdr.projections import metadata
from services.hdr.publications import publications
from services.hdr.subscriptions import handlers
from shared.kernel.component import Component

TABLES_OUTSIDE_PROJECTIONS = (
    reference.editions,
    reference.local_governments,
    reference.cycle_teams,
    personal_data.summary_contacts,
)

COMPONENT = Component(
    application=HdrApplication,
    publications=publications,
    handlers=handlers,
    sources=("recruitment", "advisory"),
    metadata=metadata,
    migrations="services.hdr.migrations",
)

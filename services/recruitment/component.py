"""What the recruitment service is made of; it listens to nobody."""

from __future__ import annotations

from services.recruitment.application import Recruitment
from services.recruitment.projections import metadata
from services.recruitment.publications import publications
from shared.kernel.component import Component

COMPONENT = Component(
    application=Recruitment,
    publications=publications,
    metadata=metadata,
    migrations="services.recruitment.migrations",
)

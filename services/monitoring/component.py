"""What the monitoring service is made of."""

from __future__ import annotations

from services.monitoring.application import Monitoring
from services.monitoring.projections import metadata
from services.monitoring.publications import publications
from services.monitoring.subscriptions import handlers
from shared.kernel.component import Component

COMPONENT = Component(
    application=Monitoring,
    publications=publications,
    metadata=metadata,
    migrations="services.monitoring.migrations",
    handlers=handlers,
    sources=("hdr",),
)

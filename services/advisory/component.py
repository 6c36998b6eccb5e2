"""What the advisory service is made of."""

from __future__ import annotations

from services.advisory.application import Advisory
from services.advisory.projections import metadata
from services.advisory.publications import publications
from services.advisory.subscriptions import handlers
from shared.kernel.component import Component

COMPONENT = Component(
    application=Advisory,
    publications=publications,
    metadata=metadata,
    migrations="services.advisory.migrations",
    handlers=handlers,
    sources=("recruitment", "hdr"),
)

"""What one service is made of, without any transport."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import MetaData

from shared.kernel.application import ServiceApplication
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.kernel.publication import Publications
from shared.kernel.subscription import Handlers


@dataclass(frozen=True)
class Component:
    """A service's parts; hosts, migrations, rebuilds and tests take them from here."""

    application: type[ServiceApplication]
    publications: Publications
    metadata: MetaData
    migrations: str
    """Package of its Alembic migrations."""
    handlers: Handlers | None = None
    sources: tuple[str, ...] = ()
    """Services whose events it listens to."""

    @property
    def name(self) -> str:
        """The service's name."""
        return self.application.name

    def build(self, database: Database, clock: Clock | None = None) -> ServiceApplication:
        """The application over a database whose tables are there."""
        return self.application(database, clock, self.publications)

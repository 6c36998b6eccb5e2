"""All services, the projector and the gateway in one process, as `ore up --embedded` runs them.

Needs a process that eventlet has patched already, and databases that are migrated.
"""

from __future__ import annotations

from typing import Any

import eventlet

from platform_cli import registry
from services.gateway.app import blueprint_modules, create_app
from services.gateway.projector import Projector
from services.gateway.rebuilding import clear_leftovers
from services.gateway.settings import GatewaySettings
from shared.kernel.database import Database
from shared.kernel.nameko_host import build_container, runtime_of
from shared.kernel.rpc import RpcClient
from shared.kernel.settings import ServiceSettings


def import_all() -> None:
    """Import what the platform is made of, while there is time for it."""
    for parts in registry.load_all():
        parts.service_class()
    blueprint_modules()


class EmbeddedPlatform:
    """All services, the projector and the gateway, started and stopped together.

    Args:
        environment: Where its databases are, and the other ``ORE_…`` variables.

    Raises:
        SettingsError: A variable is missing or wrong.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self.containers = [
            build_container(
                parts.service_class(), ServiceSettings.from_environment(parts.name, environment)
            )
            for parts in registry.load_all()
        ]
        settings = GatewaySettings.from_environment(environment)
        self.database = Database(settings.database_url)
        clear_leftovers(self.database)
        self.projector = Projector(
            self.database, settings.broker_url, heal_seconds=float(environment["ORE_HEAL_SECONDS"])
        )
        self.rpc = RpcClient(settings.broker_url, timeout_seconds=settings.rpc_timeout_seconds)
        self.app = create_app(
            settings,
            database=self.database,
            rpc=self.rpc,
            views_moved=self.projector.journal.moved,
        )
        self._projecting: Any = None

    def start(self) -> None:
        """Start everything but the web server."""
        for container in self.containers:
            container.start()
        self._projecting = eventlet.spawn(self.projector.run)

    def stop(self) -> None:
        """Finish what is in hand, then stop."""
        self.projector.stop()
        for container in self.containers:  # nobody asks a service any more that stops next
            runtime_of(container).halt()
        for stopped in [eventlet.spawn(container.stop) for container in self.containers]:
            stopped.wait()
        if self._projecting is not None:
            with eventlet.Timeout(5, False):
                self._projecting.wait()
        self.rpc.close()
        self.database.close()

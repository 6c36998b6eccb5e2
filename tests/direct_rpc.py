"""The whole platform in one process and one thread, without a broker: for tests of the gateway.

The real service classes, applications, handlers, journal and views over databases in memory. Only
the way of the messages is short: a call goes straight to the entrypoint, and after each command
every listener reads what it has not seen. So the views are level when a command is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Self

import orjson
from pydantic import BaseModel
from sqlalchemy import Connection, insert

from services.advisory.service import AdvisoryService
from services.gateway.journal import SOURCES, SUBSCRIPTION, Journal, view_positions
from services.gateway.projections import metadata
from services.gateway.projections.registry import VIEWS
from services.gateway.tables import account_metadata
from services.hdr.service import HdrService
from services.monitoring.service import MonitoringService
from services.recruitment.service import RecruitmentService
from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.nameko_host import BoundApplication, Runtime
from shared.kernel.rpc import (
    CallContext,
    ReplicaOutdatedError,
    ServiceUnavailableError,
    raise_what_is_told,
)
from shared.kernel.settings import ServiceSettings
from shared.kernel.subscription import Subscription
from tests.memory import MemoryDatabase, copy_into

BROKER = "memory://"
SERVICES = {
    service.name: service
    for service in (RecruitmentService, AdvisoryService, HdrService, MonitoringService)
}


class DirectRpc:
    """Stands where the gateway has its `RpcClient`.

    Attributes:
        gateway: The gateway's database, with its tables, journal and views.
        calls: Every call so far as ``(service, method, context)``.
        is_following: Whether listeners and views follow by themselves; `follow` does it by hand.
        lost_answers: So many of the next calls are carried out, but their answer is lost.
        outdated_replicas: So many of the next calls meet a replica of an earlier release.
        absent: Services that do not answer at all.
    """

    def __init__(self, *, allow_backdating: bool = True) -> None:
        self.runtimes = {
            name: Runtime(
                service.app.component,
                ServiceSettings("sqlite://", BROKER, allow_backdating=allow_backdating),
                _take(name),
            )
            for name, service in SERVICES.items()
        }
        self.gateway = _take("gateway")
        self.calls: list[tuple[str, str, CallContext]] = []
        self.is_following = True
        self.lost_answers = 0
        self.outdated_replicas = 0
        self.absent: set[str] = set()
        self.journal = Journal(self.gateway, [view() for view in VIEWS])
        self._listeners = [
            Subscription(name, runtime.component.sources, runtime.subscription.sink,
                         self.read_feed, BROKER)
            for name, runtime in self.runtimes.items()
            if runtime.subscription is not None
        ]  # fmt: skip
        self._listeners.append(
            Subscription(SUBSCRIPTION, SOURCES, self.journal, self.read_feed, BROKER)
        )

    def call(
        self,
        service: str,
        method: str,
        request: BaseModel | Mapping[str, Any],
        context: CallContext | None = None,
        *,
        timeout_seconds: float | None = None,
    ) -> dict[str, Any]:
        """As `shared.kernel.rpc.RpcClient.call`."""
        context = context or CallContext()
        self.calls.append((service, method, context))
        if service in self.absent:
            raise ServiceUnavailableError(service, "it is not running")
        if self.outdated_replicas:
            self.outdated_replicas -= 1
            raise ReplicaOutdatedError(service, "an event is of a later release")
        body = request.model_dump(mode="json") if isinstance(request, BaseModel) else request
        worker = SERVICES[service]()
        worker.app = BoundApplication(
            self.runtimes[service], context.model_dump(mode="json", exclude_none=True)
        )
        result = _as_sent(getattr(worker, method)(request=_as_sent(body)))
        if self.is_following and "position" in result:
            self.follow()
        if self.lost_answers:
            self.lost_answers -= 1
            raise ServiceUnavailableError(service, "no answer within 0 s")
        raise_what_is_told(service, result)
        return result

    def read_feed(self, source: str, after: int, limit: int) -> list[Envelope]:
        """Contract events of a service, as they come over the wire."""
        application = self.runtimes[source].application
        envelopes, _ = application.read_contract_events(after, limit)
        return [Envelope.from_json(envelope.to_json()) for envelope in envelopes]

    def follow(self) -> None:
        """Let every listener and every view read all that there is."""
        before = None
        while before != (before := self._recorded()):
            for listener in self._listeners:
                listener.catch_up()

    def parked(self) -> dict[str, int]:
        """How many messages each database holds that could not be handled; should be none."""
        return {
            name: database_count(database, "parked_messages")
            for name, database in self.databases().items()
        }

    def databases(self) -> dict[str, Database]:
        """All databases by the name of their owner."""
        return {
            "gateway": self.gateway,
            **{name: r.application.database for name, r in self.runtimes.items()},
        }

    def copy(self) -> Self:
        """Another platform where the same has happened; quick, so a test may have its own."""
        other = type(self)()
        for name, database in self.databases().items():
            copy_into(other.databases()[name], database)
        for listener in other._listeners:
            listener._positions.clear()
        return other

    def close(self) -> None:
        """Hand the databases over to the platform of the next test."""
        for database in self.databases().values():
            database.close()

    def _recorded(self) -> tuple[int, ...]:
        return tuple(
            runtime.application.log.max_notification_id() or 0 for runtime in self.runtimes.values()
        )


def _take(name: str) -> Database:
    return MemoryDatabase(name, partial(_make, name))


def _make(name: str, connection: Connection) -> None:
    schema.create_v1(connection)
    own = (
        (metadata, account_metadata)
        if name == "gateway"
        else (SERVICES[name].app.component.metadata,)
    )
    for one in own:
        one.create_all(connection)
    if name == "gateway":  # as `Journal.prepare` leaves an empty journal
        level = [{"view": view.name, "position": 0} for view in VIEWS]
        connection.execute(insert(view_positions), level)


def database_count(database: Database, table: str) -> int:
    """How many rows a table has."""
    with database.reading() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()


def _as_sent(data: Any) -> Any:
    """What the other side reads: JSON, and nothing but JSON."""
    return orjson.loads(orjson.dumps(data))

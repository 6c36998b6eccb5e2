"""Runs a service's component under nameko: its entrypoints, its relay and its subscription.

With `services.*.service` the only modules that know nameko and eventlet.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal, TypeVar

import orjson
import structlog
from eventsourcing.persistence import InterfaceError, OperationalError, PersistenceError
from nameko import constants
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider
from nameko.rpc import Rpc, RpcConsumer
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from shared.contracts.base import Answer, Request
from shared.kernel import broker, parked_acts, parking
from shared.kernel.application import ServiceApplication
from shared.kernel.clock import effective_at
from shared.kernel.component import Component
from shared.kernel.context import CommandContext, command_context
from shared.kernel.database import UNREACHABLE, Database
from shared.kernel.epochs import StoreRestoredError, check_listener
from shared.kernel.metrics import Figures
from shared.kernel.operator_acts import list_acts
from shared.kernel.parking import ServiceSink
from shared.kernel.positions import parked_count, read_position
from shared.kernel.refusal import InvalidRequestError, Refusal
from shared.kernel.relay import Relay
from shared.kernel.rpc import RpcClient
from shared.kernel.serialization import NewerEventError
from shared.kernel.settings import ServiceSettings
from shared.kernel.subscription import Subscription

log = structlog.get_logger(__name__)

RequestType = TypeVar("RequestType", bound=BaseModel)
SETTINGS_KEY = "ORE_SETTINGS"
FEED_LIMIT = 1000
FAR_BEHIND = 10_000
"""More events than this to be published: who listens is not told the present."""
NO_DATABASE: tuple[type[BaseException], ...] = (OperationalError, InterfaceError, *UNREACHABLE)


class BackdatingNotAllowedError(Refusal):
    """A command came with a moment of its own, and this installation takes none."""

    status = 403


class Runtime:
    """A running service: its application, relay and subscription, and how they are doing."""

    def __init__(
        self, component: Component, settings: ServiceSettings, database: Database | None = None
    ) -> None:
        self.component = component
        self.settings = settings
        self.application: ServiceApplication = component.build(
            database or Database(settings.database_url, pool_size=settings.pool_size)
        )
        self.relay = Relay(
            self.application, settings.broker_url, poll_seconds=settings.relay_poll_seconds
        )
        self.rpc = RpcClient(settings.broker_url)
        self.loops: list[tuple[Any, Any]] = []
        self.subscription: Subscription | None = None
        if component.handlers is not None and component.sources:
            self.subscription = Subscription(
                component.name,
                component.sources,
                ServiceSink(self.application, component.handlers),
                self.rpc.read_feed,
                settings.broker_url,
                heal_seconds=settings.heal_seconds,
            )

    def halt(self) -> None:
        """Let the loops begin nothing new."""
        for loop, _ in self.loops:
            loop.stop()

    def stop(self) -> None:
        """Let the loops finish what they hold, then close the connections."""
        self.halt()
        for _, thread in self.loops:
            thread.wait()
        self.rpc.close()
        self.application.close()

    def _epoch(self) -> str | None:
        """The store's epoch; ``None`` while it is restored and not settled."""
        try:
            return self.application.epoch
        except StoreRestoredError:
            return None

    def status(self) -> dict[str, Any]:
        """Alive, connected, and how far behind."""
        database = self.application.database
        with database.reading() as connection:
            positions = {
                source: read_position(connection, self.component.name, source).sequence
                for source in self.component.sources
            }
            parked = parked_count(connection)
            relay_position, published = self.relay.position(connection)
        return {
            "service": self.component.name,
            "epoch": self._epoch(),
            "last_event": self.application.log.max_notification_id() or 0,
            "relay": {
                "position": relay_position,
                "published": published,
                "is_leading": self.relay.is_leading,
                "trouble": self.relay.trouble,
            },
            "subscription": {
                "positions": positions,
                "trouble": self.subscription.trouble if self.subscription else None,
                "gaps_healed": self.subscription.gaps_healed if self.subscription else 0,
            },
            "parked": parked,
        }

    def state(self) -> tuple[bool, dict[str, Any]]:
        """Whether requests can be served, and what may be told of it to anybody."""
        try:
            status = self.status()
        except (SQLAlchemyError, PersistenceError) as error:
            return False, {"service": self.component.name, "database": type(error).__name__}
        for part in ("relay", "subscription"):  # the trouble's text may name hosts
            status[part]["is_troubled"] = bool(status[part].pop("trouble"))
        relay, subscription = status["relay"], status["subscription"]
        is_far_behind = status["last_event"] - relay["position"] > FAR_BEHIND
        is_troubled = relay["is_troubled"] or subscription["is_troubled"]
        return not is_troubled and not is_far_behind, {"database": "connected", **status}

    def figures(self) -> Figures:
        """Position and lag of the relay and the subscription, for Prometheus."""
        name, figures = self.component.name, Figures()
        meaning = "Whether the service's database answers"
        try:
            with self.application.database.reading() as connection:
                positions = {
                    source: read_position(connection, name, source).sequence
                    for source in self.component.sources
                }
                figures.add_parked(connection, name)
                position, _ = self.relay.position(connection)
                end = self.application.log.max_notification_id() or 0
                oldest = self.relay.oldest_waiting(connection, position)
        except (SQLAlchemyError, PersistenceError):
            figures.add("ore_service_connected", meaning, 0, service=name)
            return figures
        figures.add("ore_service_connected", meaning, 1, service=name)
        figures.add_progress("relay", position, end, oldest, service=name)
        leads = "Whether this process's relay is the one that publishes"
        figures.add("ore_relay_leading", leads, self.relay.is_leading, service=name)
        figures.add_subscription(name, positions, self.rpc)
        return figures


class ApplicationProvider(DependencyProvider):
    """Gives workers the service's runtime; one for each container."""

    def __init__(self, component: Component) -> None:
        self.component = component

    def setup(self) -> None:
        """Build the runtime from the container's settings."""
        self.runtime = Runtime(self.component, self.container.config[SETTINGS_KEY])

    def stop(self) -> None:
        """Finish and close; once the entrypoints have stopped."""
        self.runtime.stop()

    def get_dependency(self, worker_ctx: Any) -> BoundApplication:
        """The application, bound to what the message says about its caller."""
        return BoundApplication(self.runtime, dict(worker_ctx.context_data))


class BoundApplication:
    """The application as one worker sees it: with the caller's context."""

    def __init__(self, runtime: Runtime, caller: dict[str, Any]) -> None:
        self.runtime = runtime
        self.caller = caller

    def __getattr__(self, name: str) -> Any:
        return getattr(self.runtime.application, name)


class _Background(DependencyProvider):
    """Runs a loop of the runtime in a thread of the container."""

    def start(self) -> None:
        """Begin once everything is set up."""
        runtime = runtime_of(self.container)
        loop = self._loop(runtime)
        runtime.loops.append((loop, self.container.spawn_managed_thread(loop.run)))

    def _loop(self, runtime: Runtime) -> Any:
        raise NotImplementedError


class RelayExtension(_Background):
    """Publishes the service's contract events."""

    def _loop(self, runtime: Runtime) -> Relay:
        return runtime.relay


class SubscriptionExtension(_Background):
    """Takes the contract events that the service listens to."""

    def _loop(self, runtime: Runtime) -> Subscription:
        if runtime.subscription is None:
            raise TypeError(f"{runtime.component.name} has no handlers")
        return runtime.subscription


class _PatientRpcConsumer(RpcConsumer):
    """Answers callers; an answer that cannot be sent does not end the process.

    nameko lets such an error end the container: a broker that restarts while a worker is busy, or
    a message that names no queue for its answer, would take all other requests along. Whoever
    waits for an answer asks again, under the same key.
    """

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Send the answer and acknowledge the request."""
        try:
            answered: tuple[Any, Any] = super().handle_result(message, result, exc_info)
        except (OSError, KeyError, *broker.CONNECTION_ERRORS) as error:  # type: ignore[misc]
            log.warning(
                "answer_lost", service=self.container.service_name, error=type(error).__name__
            )
            # On a lost connection the broker has the request back already.
            with suppress(OSError, *broker.CONNECTION_ERRORS):
                self.queue_consumer.ack_message(message)
            return result, exc_info
        return answered


class _Entrypoint(Rpc):
    rpc_consumer = _PatientRpcConsumer()


rpc = _Entrypoint.decorator


def command(
    request_type: type[RequestType],
) -> Callable[[Callable[[Any, RequestType], BaseModel]], Callable[..., dict[str, Any]]]:
    """An entrypoint that records: one transaction, one effect and answer for each key."""

    def decorate(method: Callable[[Any, RequestType], BaseModel]) -> Callable[..., dict[str, Any]]:
        @functools.wraps(method)
        def entrypoint(self: Any, request: dict[str, Any]) -> dict[str, Any]:
            def carry_out(bound: Any) -> dict[str, Any]:
                parsed = parse(request_type, request)
                result = bound.execute(
                    lambda: method(self, parsed), request=_fingerprint(method.__name__, request)
                )
                return {
                    "answer": result.answer,
                    "source": bound.name,
                    "position": result.position,
                    "is_replay": result.is_replay,
                }

            return _answer(self.app, method.__name__, carry_out)

        exposed: Callable[..., dict[str, Any]] = rpc(entrypoint)
        return exposed

    return decorate


def query(
    request_type: type[RequestType],
) -> Callable[[Callable[[Any, RequestType], BaseModel]], Callable[..., dict[str, Any]]]:
    """An entrypoint that only reads."""

    def decorate(method: Callable[[Any, RequestType], BaseModel]) -> Callable[..., dict[str, Any]]:
        @functools.wraps(method)
        def entrypoint(self: Any, request: dict[str, Any]) -> dict[str, Any]:
            def carry_out(_bound: Any) -> dict[str, Any]:
                parsed = parse(request_type, request)
                try:
                    answer = method(self, parsed)
                except NO_DATABASE:
                    answer = method(self, parsed)  # a lost connection: on a new one
                return {"answer": answer.model_dump(mode="json")}

            return _answer(self.app, method.__name__, carry_out)

        exposed: Callable[..., dict[str, Any]] = rpc(entrypoint)
        return exposed

    return decorate


def operation(
    request_type: type[RequestType],
) -> Callable[[Callable[[Any, RequestType], BaseModel]], Callable[..., dict[str, Any]]]:
    """An entrypoint that mends the service's own machinery, in transactions of its own."""
    return query(request_type)


def parse(request_type: type[RequestType], request: object) -> RequestType:
    """The request, or a refusal that names each field that breaks its form."""
    try:
        return request_type.model_validate(request)
    except ValidationError as error:
        raise InvalidRequestError(fields=field_errors(error)) from None


def field_errors(error: ValidationError) -> list[dict[str, Any]]:
    """Pydantic's findings as field, rule, message and parameters; never the value given."""
    return [
        {
            "field": ".".join(str(part) for part in entry["loc"]),
            "rule": entry["type"],
            "message": entry["msg"],
            "parameters": {
                name: value
                for name, value in entry.get("ctx", {}).items()
                if isinstance(value, str | int | float | bool)
            },
        }
        for entry in error.errors(include_url=False, include_input=False)
    ]


def _fingerprint(method: str, request: dict[str, Any]) -> bytes:
    return orjson.dumps([method, request], option=orjson.OPT_SORT_KEYS)


def _answer(app: Any, method: str, carry_out: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Run an entrypoint in its caller's context; a refusal is an answer, an error is logged.

    A database that does not answer passes by itself, and so does an event of a later release once
    a replica of that release is asked: the caller is told to ask again.
    """
    started = time.monotonic()
    caller = getattr(app, "caller", {})
    names = ("correlation_id", "causation_id", "traceparent", "actor", "idempotency_key")
    context = CommandContext(**{name: caller[name] for name in names if caller.get(name)})
    outcome = "failed"
    try:
        with command_context(context), effective_at(_moment(app, caller)):
            result = carry_out(app)
        outcome = "done"
    except Refusal as refusal:
        outcome = f"refused:{refusal.code}"
        return {"refused": refusal.as_data()}
    except NO_DATABASE as error:
        outcome = f"unavailable:{type(error).__name__}"  # not its text: that may quote values
        return {"unavailable": "its database does not answer"}
    except NewerEventError as error:
        outcome = f"unavailable:{type(error).__name__}"
        return {"unavailable": str(error), "is_outdated": True}
    else:
        return result
    finally:
        log.info(
            "request",
            service=app.name,
            method=method,
            correlation_id=context.correlation_id,
            causation_id=context.causation_id,
            outcome=outcome,
            duration_ms=round((time.monotonic() - started) * 1000, 1),
        )


def _moment(app: Any, caller: dict[str, Any]) -> datetime | None:
    moment = caller.get("effective_at")
    if not moment:
        return None
    if not app.runtime.settings.allow_backdating:
        raise BackdatingNotAllowedError
    return datetime.fromisoformat(moment)


class FeedQuery(Request):
    """``read_feed``: contract events of this service after a position. Answer: FeedAnswer."""

    after: int = Field(ge=0)
    limit: int = Field(default=FEED_LIMIT, ge=1, le=FEED_LIMIT)


class FeedAnswer(Answer):
    """A page of the feed as CloudEvents; empty at the end."""

    events: tuple[dict[str, Any], ...]


class StatusQuery(Request):
    """``report_status``: alive, connected, how far behind. Answer: StatusAnswer."""


class StatusAnswer(Answer):
    """How a service is doing."""

    status: dict[str, Any]


def read_feed(app: Any, request: FeedQuery) -> FeedAnswer:
    """The body of every service's ``read_feed`` entrypoint."""
    try:
        check_listener(app.database, request.after)
    except StoreRestoredError:
        app.doubt_epoch()
        raise
    envelopes, _ = app.read_contract_events(request.after, request.limit)
    return FeedAnswer(events=tuple(envelope.to_cloudevent() for envelope in envelopes))


def report_status(app: Any, _request: StatusQuery) -> StatusAnswer:
    """The body of every service's ``report_status`` entrypoint."""
    return StatusAnswer(status=app.runtime.status())


class ParkedQuery(Request):
    """``list_parked``: what waits for a person, and what persons did. Answer: ParkedAnswer."""

    limit: int = Field(default=100, ge=1, le=1000)


class ParkedAnswer(Answer):
    """Parked messages, oldest first, and the operators' acts, newest first."""

    total: int
    messages: tuple[dict[str, Any], ...]
    acts: tuple[dict[str, Any], ...]


class SettleParked(Request):
    """``settle_parked``: replay or discard one, a subject's, or all. Answer: SettledAnswer."""

    act: Literal["replay", "discard"]
    parked_id: int | None = None
    is_whole_subject: bool = False
    reason: str | None = Field(default=None, min_length=3, max_length=500)


class SettledAnswer(Answer):
    """What became of each message."""

    outcomes: tuple[dict[str, Any], ...]


def list_parked(app: Any, request: ParkedQuery) -> ParkedAnswer:
    """The body of every service's ``list_parked`` entrypoint."""
    database = app.runtime.application.database
    messages = parking.list_parked(database)
    return ParkedAnswer(
        total=len(messages),
        messages=tuple(asdict(message) for message in messages[: request.limit]),
        acts=tuple(asdict(act) for act in list_acts(database, request.limit)),
    )


def settle_parked(app: Any, request: SettleParked) -> SettledAnswer:
    """The body of every service's ``settle_parked`` entrypoint.

    Raises:
        NotFoundError: There is no such message any more.
        InvalidRequestError: Something is to be discarded without a reason.
    """
    database = app.runtime.application.database
    actor = app.caller.get("actor") or "unknown"
    outcomes = parked_acts.settle(
        database,
        parked_acts.choose(database, request.parked_id, is_whole_subject=request.is_whole_subject),
        app.runtime.subscription.sink.replay if app.runtime.subscription else None,
        is_discarding=request.act == "discard",
        actor=actor,
        reason=request.reason,
    )
    return SettledAnswer(outcomes=tuple(asdict(outcome) for outcome in outcomes))


def runtime_of(container: ServiceContainer) -> Runtime:
    """The runtime of a container that was started."""
    provider = next(e for e in container.extensions if isinstance(e, ApplicationProvider))
    runtime: Runtime = provider.runtime
    return runtime


def build_container(service: type[Any], settings: ServiceSettings) -> ServiceContainer:
    """A nameko container of a service, not started yet.

    Args:
        service: The service class of a ``service.py``.
        settings: Where its database and the broker are.
    """
    config = {
        constants.AMQP_URI_CONFIG_KEY: settings.broker_url,
        constants.HEARTBEAT_CONFIG_KEY: broker.HEARTBEAT_SECONDS,
        constants.MAX_WORKERS_CONFIG_KEY: settings.max_workers,
        constants.PARENT_CALLS_CONFIG_KEY: 1,
        SETTINGS_KEY: settings,
    }
    return ServiceContainer(service, config)

"""The base of every service's application: one transaction for a command and all it causes here."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import orjson
from eventsourcing.application import Application
from eventsourcing.persistence import (
    InfrastructureFactory,
    IntegrityError,
    JSONTranscoder,
    OperationalError,
    StoredEvent,
)
from eventsourcing.utils import Environment
from pydantic import BaseModel
from sqlalchemy import Connection, bindparam, exc, insert, select

from shared.kernel import schema
from shared.kernel.aggregate_cache import AggregateCache, Kept
from shared.kernel.clock import Clock
from shared.kernel.context import CommandContext, current_context, derive_secret
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.epochs import read_epoch
from shared.kernel.event_store import (
    DecodedEvent,
    Effect,
    EventProcessRecorder,
    EventStoreFactory,
    FirstAnswer,
)
from shared.kernel.positions import DeliveryMark, mark_delivered
from shared.kernel.projection import Projection
from shared.kernel.publication import Publications
from shared.kernel.refusal import (
    BusyError,
    IdempotencyKeyReusedError,
    NotFoundError,
    Refusal,
    StaleVersionError,
)
from shared.kernel.serialization import FastMapper, register_value_types
from shared.kernel.snapshots import Snapshots

A = TypeVar("A")
MAX_ATTEMPTS = 8
CACHED_AGGREGATES = 256


_FIRST_ANSWER = select(
    schema.commands.c.request_hash, schema.commands.c.answer, schema.commands.c.position
).where(schema.commands.c.key == bindparam("of_key"))
_KEEP_ANSWER = insert(schema.commands)


@dataclass
class Unit:
    """What one command will record: committed whole, or not at all."""

    events: list[Any] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    snapshots: list[StoredEvent] = field(default_factory=list)
    used: dict[UUID, Any] = field(default_factory=dict)
    """Aggregates loaded or saved."""
    last: dict[UUID, StoredEvent] = field(default_factory=dict)
    """The last event of each that came from the cache."""

    def kept(self, stored: Iterable[StoredEvent]) -> list[Kept]:
        """What is worth keeping once ``stored`` is committed: what then has nothing pending."""
        last = self.last | {one.originator_id: one for one in stored}
        return [
            Kept(aggregate, last[of])
            for of, aggregate in self.used.items()
            if of in last and last[of].originator_version == aggregate.version
        ]


@dataclass(frozen=True)
class CommandResult:
    """What a command answered, as JSON values, and how far listeners must read to see it."""

    answer: Any
    position: int | None
    """Number of the last contract event that the command caused, ``None`` when it caused none."""
    is_replay: bool = False


_unit: ContextVar[Unit | None] = ContextVar("unit", default=None)


class ServiceApplication(Application[UUID]):
    """Use cases of one service over its own database.

    Subclasses add one public method for each command or query, and name their projections and the
    value types that stand in their events.
    """

    projections: ClassVar[tuple[type[Projection], ...]] = ()
    value_types: ClassVar[tuple[type[BaseModel], ...]] = ()

    def __init__(
        self,
        database: Database,
        clock: Clock | None = None,
        publications: Publications | None = None,
    ) -> None:
        self.database = database
        self.clock = clock or Clock()
        self.publications = publications or Publications(self.name)
        self.read_models = tuple(projection() for projection in self.projections)
        self.on_commit: list[Callable[[], None]] = []
        self._epoch: str | None = None
        self._cache = AggregateCache(CACHED_AGGREGATES)
        self.snapshot_log = Snapshots(database)
        super().__init__(env={})

    def construct_env(self, name: str, env: Any = None) -> Environment:
        """Nothing: the process's environment must not switch on a cache, cipher or compressor."""
        return Environment(name, {})

    def construct_factory(self, env: Any) -> InfrastructureFactory[Any]:
        """Our event store over this service's database, whatever the environment says."""
        return EventStoreFactory(self.database, env)

    def register_transcodings(self, transcoder: JSONTranscoder) -> None:
        """Dates and the service's value types, besides the library's own."""
        super().register_transcodings(transcoder)
        register_value_types(transcoder, self.value_types)

    @property
    def log(self) -> EventProcessRecorder:  # type: ignore[override]
        """The recorder of this service's log."""
        recorder: EventProcessRecorder = self.recorder  # type: ignore[assignment]
        return recorder

    # --- what use cases call ----------------------------------------------------------------

    def load(
        self, aggregate_class: type[A], aggregate_id: UUID, expected_version: int | None = None
    ) -> A:
        """The aggregate with all that happened to it.

        Raises:
            NotFoundError: There is none of this class with this id.
            StaleVersionError: It is not at the version that the caller last saw.
        """
        aggregate = self._reconstructed(aggregate_class, aggregate_id)
        if not isinstance(aggregate, aggregate_class):
            raise NotFoundError(what=aggregate_class.__name__, id=str(aggregate_id))
        actual: int = aggregate.version  # type: ignore[attr-defined]
        if expected_version is not None and expected_version != actual:
            raise StaleVersionError(expected=expected_version, actual=actual)
        return aggregate

    def _reconstructed(self, aggregate_class: type[Any], aggregate_id: UUID) -> Any:
        """From the log; a command begins where the last one of this process left the aggregate."""
        unit = _unit.get()
        cached = self._cache.take(aggregate_id) if unit is not None else None
        if unit is None or cached is None:
            aggregate = self._read(aggregate_class, aggregate_id)
        else:
            since = self.log.select_events(aggregate_id, gt=cached.last.originator_version - 1)
            if not since or since[0] != cached.last:  # a restored store: not what it was
                return self._reconstructed(aggregate_class, aggregate_id)
            aggregate = _fold(cached.aggregate, map(self.mapper.to_domain_event, since[1:]))
            unit.last[aggregate_id] = since[-1]
        if unit is not None and aggregate is not None:
            unit.used[aggregate_id] = aggregate
        return aggregate

    def _read(self, aggregate_class: type[Any], aggregate_id: UUID) -> Any:
        """From the newest snapshot, if there is one, and the events after it."""
        known = self.snapshot_log.read(aggregate_class, aggregate_id)
        version: int = known.version if known is not None else 0
        aggregate: Any = _fold(known, self.events.get(aggregate_id, gt=version or None))
        unit = _unit.get()
        if unit is not None and aggregate is not None:
            unit.snapshots += self.snapshot_log.due(aggregate, version)
        return aggregate

    def save(self, *aggregates: Any, **_: Any) -> list[Any]:
        """Record what happened to the aggregates, all or nothing.

        Inside of a command this joins the command's one transaction, else it is one by itself.
        """
        events = [event for aggregate in aggregates for event in aggregate.collect_events()]
        unit = _unit.get()
        if unit is not None:
            unit.events.extend(events)
            unit.used |= {aggregate.id: aggregate for aggregate in aggregates}
        else:
            self._commit(Unit(events=events), current_context())
        return []

    def write(self, effect: Effect) -> None:
        """Run SQL in the same transaction; a `Refusal` raised in it refuses the whole command."""
        unit = _unit.get()
        if unit is not None:
            unit.effects.append(effect)
        else:
            self._commit(Unit(effects=[effect]), current_context())

    # --- what the host calls ----------------------------------------------------------------

    def execute(
        self,
        work: Callable[[], Any],
        *,
        request: bytes = b"",
        delivery: DeliveryMark | None = None,
    ) -> CommandResult:
        """Carry out one command in one transaction.

        Args:
            work: The use case; run again from the start when others changed the same aggregate
                meanwhile, so it must have no effect besides `save` and `write`.
            request: The request as bytes: the same idempotency key must come with the same.
            delivery: The message that caused the command; its position moves in the transaction.

        Returns:
            The answer; the first one again when the context's idempotency key is known.

        Raises:
            Refusal: A rule said no; nothing was recorded.
            BusyError: Others kept changing the same aggregate.
            OperationalError: The database cannot be reached; whether it was recorded is unknown
                only for a command without idempotency key.
        """
        context = current_context()
        request_hash = hashlib.sha256(request).hexdigest()
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 -- not a secret
            try:
                # Not asked about the first time: hardly any command was sent before, and one that
                # was meets its own first answer, or its effects, below.
                if attempt and (known := self._first_answer(context.idempotency_key, request_hash)):
                    return known
                _ = self.epoch  # a restored store records nothing until that is settled
                unit = Unit()
                token = _unit.set(unit)
                try:
                    answer = work()
                finally:
                    _unit.reset(token)
                return self._commit(unit, context, answer, request_hash, delivery)
            except Refusal:
                # The same command may have been carried out meanwhile by a second sending of it:
                # then the rule speaks of what this very command did.
                known = self._first_answer(context.idempotency_key, request_hash)
                if known is None:
                    raise
                return known
            except (IntegrityError, exc.IntegrityError):
                continue  # somebody else was first: look again at what is there now
            except (OperationalError, exc.OperationalError):
                if context.idempotency_key is None or attempt == MAX_ATTEMPTS - 1:
                    raise
        raise BusyError

    def _first_answer(self, key: str | None, request_hash: str) -> CommandResult | None:
        if key is None:
            return None
        with self.database.reading() as connection:
            row = connection.execute(_FIRST_ANSWER, {"of_key": _hashed(key)}).one_or_none()
        if row is None:
            return None
        if row.request_hash != request_hash:
            raise IdempotencyKeyReusedError(field="Idempotency-Key")
        kept = orjson.loads(row.answer)
        return CommandResult(_with_secrets(kept), row.position, is_replay=True)

    def _commit(
        self,
        unit: Unit,
        context: CommandContext,
        answer: Any = None,
        request_hash: str = "",
        delivery: DeliveryMark | None = None,
    ) -> CommandResult:
        stored = [self.mapper.to_stored_event(event) for event in unit.events]
        published = self._last_published(unit.events)
        first = None
        if context.idempotency_key is not None and delivery is None:
            first = self._first(context.idempotency_key, request_hash, answer, published)
        numbers: Sequence[int] = ()
        if self._is_one_statement(unit):
            numbers = self._append(stored, _metadata(context), first, delivery)
        if not numbers:
            with self.database.transaction() as connection:
                if delivery is not None:
                    mark_delivered(connection, delivery)
                numbers = self.log.insert_in(connection, stored, _metadata(context))
                for read_model in self.read_models:
                    read_model.apply(connection, unit.events)
                for effect in unit.effects:
                    effect(connection)
                if first is not None:
                    _keep(connection, first, numbers)
        position = None if published is None else numbers[published]
        self._cache.keep(unit.kept(stored))
        if unit.events:
            for notify in self.on_commit:
                notify()
        self.snapshot_log.keep(unit.snapshots)
        return CommandResult(_as_json(answer), position)

    def _is_one_statement(self, unit: Unit) -> bool:
        """Whether nothing is to be recorded but its events and what caused them, on PostgreSQL."""
        if self.database.is_sqlite or unit.effects or not unit.events:
            return False
        return not any(read_model.takes(unit.events) for read_model in self.read_models)

    def _append(
        self,
        stored: Sequence[StoredEvent],
        metadata: str,
        first: FirstAnswer | None,
        delivery: DeliveryMark | None,
    ) -> Sequence[int]:
        """Record in one statement; no numbers where it takes a transaction.

        Such a one also tells why a listener's position is not where the message begins.
        """
        if delivery is not None:
            return self.log.append_delivered(stored, metadata, delivery)
        return self.log.append_answered(stored, metadata, first) if first is not None else ()

    def _last_published(self, events: Sequence[Any]) -> int | None:
        for index in reversed(range(len(events))):
            if self.publications.translate(events[index]) is not None:
                return index
        return None

    def _first(
        self, key: str, request_hash: str, answer: Any, published: int | None
    ) -> FirstAnswer:
        kept = orjson.dumps(_without_secrets(answer)).decode()
        return FirstAnswer(_hashed(key), request_hash, kept, published, self.clock.now())

    # --- the log, as others read it -----------------------------------------------------------

    @property
    def epoch(self) -> str:
        """The store's epoch: new at creation and after each restore.

        Raises:
            StoreRestoredError: The store was restored, and nobody has settled that yet.
        """
        if self._epoch is None:
            self._epoch = read_epoch(self.database)
        return self._epoch

    def doubt_epoch(self) -> None:
        """Look again before anything is recorded: the database was away, or is not what it was."""
        self._epoch = None

    def read_contract_events(
        self, after: int, limit: int, *, previous: int | None = None, up_to_newer: bool = False
    ) -> tuple[list[Envelope], int]:
        """Contract events of this service after a position, in order.

        Args:
            after: Number of the last event seen, in this service's log; 0 for all.
            limit: At most so many.
            previous: Number of the last contract event at or before ``after``; ``after`` itself
                when not given (a listener's position is always a contract event's number).
            up_to_newer: End before an event of a later release instead of refusing all.

        Returns:
            The events, and the number up to which the log was read for them (>= ``after``).

        Raises:
            NewerEventError: An event is of a later release.
        """
        epoch = self.epoch
        last = after if previous is None else previous
        envelopes: list[Envelope] = []
        position = after
        for page in self.read_log(after, limit, up_to_newer=up_to_newer, whole=False):
            for recorded in page:
                position = recorded.id
                envelope = self._envelope(recorded, last, epoch)
                if envelope is not None:
                    envelopes.append(envelope)
                    last = recorded.id
                    if len(envelopes) == limit:
                        return envelopes, position
        return envelopes, position

    def read_log(
        self, after: int, limit: int, *, up_to_newer: bool = False, whole: bool = True
    ) -> Iterator[list[DecodedEvent]]:
        """Domain events behind the fence, ascending by their number, above ``after``, in pages.

        ``whole`` says that the caller goes on to the end, so that pages are asked for ahead.
        """
        mapper: FastMapper = self.mapper  # type: ignore[assignment]
        return self.log.select_pages(mapper, after, limit, up_to_newer=up_to_newer, whole=whole)

    def _envelope(self, recorded: DecodedEvent, previous: int, epoch: str) -> Envelope | None:
        event = recorded.event
        contract_event = self.publications.translate(event)
        if contract_event is None:
            return None
        metadata = recorded.metadata
        return Envelope(
            id=f"{self.name}:{epoch[:8]}:{recorded.id}",
            source=self.name,
            type=contract_event.event_type(),
            subject=str(event.originator_id),
            time=event.timestamp,
            sequence=recorded.id,
            previous_sequence=previous,
            epoch=epoch,
            correlation_id=metadata.get("correlation_id"),
            causation_id=metadata.get("causation_id"),
            data=contract_event.model_dump(mode="json"),
            traceparent=metadata.get("traceparent"),
        )

    def rebuild(self, projection_name: str, also: Effect | None = None) -> int:
        """Empty a read model and make it again from the log, in one transaction.

        Args:
            projection_name: Of the read model.
            also: SQL that belongs into that transaction.

        Returns:
            How many events were read.

        Raises:
            NotFoundError: No read model has this name.
        """
        read_model = next((p for p in self.read_models if p.name == projection_name), None)
        if read_model is None:
            raise NotFoundError(what="view", id=projection_name)
        count = position = 0
        with self.database.transaction() as connection:
            if not self.database.is_sqlite:  # commands wait, so that none is left out
                connection.exec_driver_sql("LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE")
            read_model.clear(connection)
            while batch := self._read_in(connection, position):
                read_model.apply(connection, [event for _, event in batch])
                position = batch[-1][0]
                count += len(batch)
            if also is not None:
                also(connection)
        return count

    def _read_in(self, connection: Connection, after: int, limit: int = 1000) -> list[Any]:
        t = schema.events.c
        rows = connection.execute(
            select(t.id, t.originator_id, t.originator_version, t.topic, t.state)
            .where(t.id > after)
            .order_by(t.id)
            .limit(limit)
        )
        return [
            (
                row[0],
                self.mapper.to_domain_event(StoredEvent(row[1], row[2], row[3], bytes(row[4]))),
            )
            for row in rows
        ]


def _fold(aggregate: Any, events: Iterable[Any]) -> Any:
    """The library's projector without its check of each event against a protocol.

    That check costs half of what it takes to load an aggregate; what cannot mutate fails here too.
    """
    for event in events:
        aggregate = event.mutate(aggregate)
    return aggregate


def _as_json(answer: Any) -> Any:
    if isinstance(answer, BaseModel):
        return answer.model_dump(mode="json")
    return answer


def _hashed(key: str) -> str:
    """What is stored of an idempotency key: secrets are derived from the key itself."""
    return hashlib.sha256(key.encode()).hexdigest()


def _without_secrets(answer: Any) -> dict[str, Any]:
    derived: Mapping[str, str] = getattr(answer, "DERIVED", {})
    plain = _as_json(answer)
    if derived:
        plain = {name: value for name, value in plain.items() if name not in derived}
    return {"answer": plain, "derived": dict(derived)}


def _with_secrets(kept: Mapping[str, Any]) -> Any:
    answer = kept["answer"]
    for name, belongs_to in kept["derived"].items():
        answer[name] = derive_secret(str(answer[belongs_to]))
    return answer


def _keep(connection: Connection, first: FirstAnswer, numbers: Sequence[int]) -> None:
    values = first._asdict()
    published = values.pop("published")
    values["position"] = None if published is None else numbers[published]
    try:
        connection.execute(_KEEP_ANSWER, values)
    except exc.IntegrityError as error:
        raise IntegrityError("the same command was carried out meanwhile") from error


def _metadata(context: CommandContext) -> str:
    return orjson.dumps(
        {
            name: value
            for name, value in (
                ("correlation_id", context.correlation_id),
                ("causation_id", context.causation_id),
                ("traceparent", context.traceparent),
                ("actor", context.actor),
            )
            if value is not None
        }
    ).decode()

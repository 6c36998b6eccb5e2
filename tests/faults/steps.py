"""Where a process dies by its own SIGKILL, and the defects that may be planted in it.

Every step of the way from a command to an acknowledgement has a name; `install` patches the kernel
so that passing one is noticed.
"""

import os
import signal
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ClassVar
from uuid import UUID

import kombu.message
from sqlalchemy import select

from services.gateway.journal import Journal
from shared.contracts.base import ContractEvent
from shared.kernel import application, broker, event_store, positions, relay, schema
from shared.kernel.application import ServiceApplication
from shared.kernel.database import Database
from shared.kernel.event_store import EventRecorder
from shared.kernel.publication import Publications
from shared.kernel.relay import BATCH, Relay, _ConfirmedPublisher

LEDGER_STEPS = (
    "append before", "append inserted", "append committed", "publish before", "publish sending",
    "publish unconfirmed", "publish confirmed", "position before", "position stored",
)  # fmt: skip
MIRROR_STEPS = (
    "effect before", "effect inserted", "effect committed", "ack before", "ack after",
)  # fmt: skip
JOURNAL_STEPS = (
    "journal before", "journal appended", "journal committed", "ack before", "ack after",
)  # fmt: skip
STEPS = {"ledger": LEDGER_STEPS, "mirror": MIRROR_STEPS, "journal": JOURNAL_STEPS}
HOLD_SECONDS = 0.5

_kind = ContextVar("kind", default=None)


class Steps:
    """Counts how often the fatal step was passed.

    Args:
        die_at: The step's name; ``None`` lives on.
        passage: At which passage.
    """

    def __init__(self, die_at, passage):
        self.die_at = die_at
        self.left = passage

    def reach(self, step):
        if step == self.die_at:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class AmountAddedLater(ContractEvent):
    """An amount was added, in a form that no listener here knows."""

    OWNER: ClassVar[str] = "ledger"
    VERSION: ClassVar[int] = 9
    account_id: UUID
    amount: int


def install(steps, *, hold_every=0, defect=None, unheard=()):
    """Patch the kernel of this process.

    Args:
        steps: The fatal step.
        hold_every: Every so many commands, one keeps its transaction open after the insert.
        defect: One of `DEFECTS`.
        unheard: Amounts that are published in a form of a later release.
    """
    _publish_later_form(unheard)
    _at_append_and_effect(steps, hold_every, defect)
    _at_publish(steps)
    _at_journal(steps)
    _around(kombu.message.Message, "ack", _event_only(steps, "ack before"),
            _event_only(steps, "ack after"))  # fmt: skip
    if defect is not None:
        DEFECTS[defect]()


def _around(owner, name, before=None, after=None):
    original = getattr(owner, name)

    def wrapped(self, *arguments, **named):
        if before is not None:
            before(self)
        result = original(self, *arguments, **named)
        if after is not None:
            after(self)
        return result

    setattr(owner, name, wrapped)


def _event_only(steps, step):
    def reach(message):
        if message.delivery_info.get("exchange") == broker.EVENTS:
            steps.reach(step)

    return reach


def _at_append_and_effect(steps, hold_every, defect):
    commit, insert = ServiceApplication._commit, EventRecorder.insert_in
    deliver, single = EventRecorder.append_delivered, Database.single_statements
    held, is_delivering = [0], ContextVar("is_delivering", default=False)

    def committing(self, unit, context, *rest):
        delivery = rest[2] if len(rest) > 2 else None
        kind = "append" if delivery is None else "effect"
        token = _kind.set(kind)
        steps.reach(f"{kind} before")
        try:
            result = commit(self, unit, context, *rest)
        finally:
            _kind.reset(token)
        steps.reach(f"{kind} committed")
        if defect == "inbox without position" and delivery is not None:
            with self.database.transaction() as connection:
                positions.mark_delivered(connection, delivery)
        return result

    def inserting(self, connection, *arguments):
        numbers = insert(self, connection, *arguments)
        steps.reach(f"{_kind.get()} inserted")
        held[0] += 1
        if hold_every and held[0] % hold_every == 0:
            _hold(self.database, numbers[-1])
        return numbers

    def delivering(self, *arguments):
        token = is_delivering.set(True)
        try:
            return deliver(self, *arguments)
        finally:
            is_delivering.reset(token)

    @contextmanager
    def statements(database):
        """A statement that records an effect, held between the writing and the commit of it."""
        if not is_delivering.get():
            with single(database) as session:
                yield session
            return
        with database.transaction() as connection:
            yield connection.connection
            steps.reach("effect inserted")

    ServiceApplication._commit = committing
    EventRecorder.insert_in = inserting
    EventRecorder.append_delivered = delivering
    Database.single_statements = statements


def _hold(database, number):
    """Keep the transaction open until the relay has passed its number, which it must not do."""
    deadline = time.monotonic() + HOLD_SECONDS
    while time.monotonic() < deadline:
        with database.reading() as connection:
            position = connection.execute(select(schema.relay.c.position)).scalar()
        if (position or 0) > number:
            return
        time.sleep(0.01)


def _at_publish(steps):
    _around(_ConfirmedPublisher, "publish", lambda _: steps.reach("publish before"),
            lambda _: steps.reach("publish confirmed"))  # fmt: skip
    _around(_ConfirmedPublisher, "_message", lambda _: steps.reach("publish sending"))
    _around(Relay, "_store_position", lambda _: steps.reach("position before"),
            lambda _: steps.reach("position stored"))  # fmt: skip

    def watch_confirms(publisher):
        drain = publisher.connection.drain_events

        def draining(*arguments, **named):
            if publisher._unconfirmed:
                steps.reach("publish unconfirmed")
            return drain(*arguments, **named)

        publisher.connection.drain_events = draining

    _around(_ConfirmedPublisher, "__init__", after=watch_confirms)


def _publish_later_form(amounts):
    translate = Publications.translate

    def translating(self, event):
        contract = translate(self, event)
        if contract is None or contract.amount not in amounts:
            return contract
        return AmountAddedLater(account_id=contract.account_id, amount=contract.amount)

    if amounts:
        Publications.translate = translating


def _at_journal(steps):
    _around(Journal, "apply", lambda _: steps.reach("journal before"),
            lambda _: steps.reach("journal committed"))  # fmt: skip
    _around(Journal, "_append", after=lambda _: steps.reach("journal appended"))


def _acknowledge_before_the_commit():
    drain = broker.drain

    def draining(connection, pending, timeout_seconds, limit):
        found = drain(connection, pending, timeout_seconds, limit)
        for message in pending:
            message.ack()
            message.ack = lambda: None
        return found

    broker.drain = draining


def _store_the_position_before_the_confirm():
    def publish_batch(self, publisher):
        with self.application.database.reading() as connection:
            position, published = self.position(connection)
        envelopes, up_to = self.application.read_contract_events(
            position, BATCH, previous=published
        )
        if up_to > position:
            last = envelopes[-1].sequence if envelopes else published
            self._store_position(position, up_to, last)
        if envelopes:
            publisher.publish(envelopes)
        return len(envelopes) == BATCH

    relay.Relay.publish_batch = publish_batch


def _read_without_a_fence():
    def whatever_is_there(self, after, limit, deadline_seconds=0):
        with self.database.single_statements() as session:
            top = event_store._run(session, "newest_page", self.table.name, (after, 0))[0][0]
            if top <= after:
                return top, ()
            wanted = (after, limit, top, 0)  # behind transaction 0 everything has ended
            _, *columns = event_store._run(session, "page", self.table.name, wanted)[0]
        return top, columns

    EventRecorder._behind_fence = whatever_is_there


def _keep_no_position_with_the_effect():
    application.mark_delivered = lambda *_: None
    EventRecorder.append_delivered = lambda *_: []


DEFECTS = {
    "acknowledgement before the commit": _acknowledge_before_the_commit,
    "position before the confirm": _store_the_position_before_the_confirm,
    "relay without fence": _read_without_a_fence,
    "inbox without position": _keep_no_position_with_the_effect,
}

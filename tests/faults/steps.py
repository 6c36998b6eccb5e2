"""Where a process dies by its own SIGKILL, and the defects that may be planted in it.

Every step of the way from a command to an acknowledgement has a name; `install` patches the kernel
so that passing one is noticed. What is recorded goes the way that it always goes: in a transaction
where SQL belongs to it, else in one statement. To die in the middle of a statement, a process lets
the server hold it up behind `create_gate`'s trigger, which only these tests' databases have.
"""

import os
import signal
import threading
import time
from contextvars import ContextVar
from typing import ClassVar
from uuid import UUID

import kombu.message
import psycopg2
from sqlalchemy import select

from services.gateway.journal import Journal
from shared.contracts.base import ContractEvent
from shared.kernel import application, broker, event_store, positions, relay, schema
from shared.kernel.application import ServiceApplication
from shared.kernel.event_store import EventRecorder
from shared.kernel.publication import Publications
from shared.kernel.relay import BATCH, Relay, _ConfirmedPublisher
from tests.gates import passing

LEDGER_STEPS = (
    "append before", "append inserted", "append committed", "answered before", "answered during",
    "answered committed", "publish before", "publish sending", "publish unconfirmed",
    "publish confirmed", "position before", "position stored",
)  # fmt: skip
MIRROR_STEPS = (
    "effect before", "effect inserted", "effect committed", "delivered before", "delivered during",
    "delivered committed", "ack before", "ack after",
)  # fmt: skip
JOURNAL_STEPS = (
    "journal before", "journal appended", "journal committed", "ack before", "ack after",
)  # fmt: skip
STEPS = {"ledger": LEDGER_STEPS, "mirror": MIRROR_STEPS, "journal": JOURNAL_STEPS}
STATEMENTS = {"append_answered": "answered", "append_delivered": "delivered"}
"""What is recorded in one statement, which is its own transaction, and the name of its steps."""
HOLD_SECONDS = 0.5
GATE = 20_261_126
"""The advisory lock that each statement which records events passes once it has written them."""
_GATE = f"""{passing(GATE)}
CREATE TRIGGER gate AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION pass_the_gate();
"""
_AT_THE_GATE = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND state = 'active' AND wait_event_type = 'Lock'
    AND wait_event = 'advisory' AND query LIKE %s
"""

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
        if self.is_due(step):
            die()

    def is_due(self, step):
        """Whether this passage is the fatal one."""
        if step != self.die_at:
            return False
        self.left -= 1
        return self.left == 0


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class Gate:
    """Holds up whatever records events in a database, until it is closed or its process dies."""

    def __init__(self, url):
        self._connection = psycopg2.connect(url)
        self._connection.autocommit = True
        self._ask("SELECT pg_advisory_lock(%s)", GATE)

    def waiting(self, statement=None):
        """Sessions whose statement of this name has written all that it writes, and goes on not.

        Those of any statement that records events, where none is named.
        """
        pattern = f"EXECUTE {statement}%" if statement else "%"
        return [pid for (pid,) in self._ask(_AT_THE_GATE, pattern)]

    def end(self, pid):
        """Have the server end a session, and wait until it is gone."""
        assert self._ask("SELECT pg_terminate_backend(%s, 10000)", pid) == [(True,)]

    def close(self):
        self._connection.close()

    def _ask(self, query, *parameters):
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall()


def create_gate(connection):
    """Let every statement that records events wait at the gate while somebody holds it shut."""
    connection.exec_driver_sql(_GATE)


class AmountAddedLater(ContractEvent):
    """An amount was added, in a form that no listener here knows."""

    OWNER: ClassVar[str] = "ledger"
    VERSION: ClassVar[int] = 9
    account_id: UUID
    amount: int


def install(steps, url, *, hold_every=0, defect=None, unheard=()):
    """Patch the kernel of this process.

    Args:
        steps: The fatal step.
        url: Of the process's database.
        hold_every: Every so many commands, one keeps its transaction open after the insert.
        defect: One of `DEFECTS`.
        unheard: Amounts that are published in a form of a later release.
    """
    _publish_later_form(unheard)
    _at_append_and_effect(steps, hold_every, defect)
    _at_statements(steps, url)
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
    held = [0]

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

    ServiceApplication._commit = committing
    EventRecorder.insert_in = inserting


def _at_statements(steps, url):
    """Before a statement is sent, while the server carries it out, and once it is committed."""
    run = event_store._run

    def running(connection, name, table, parameters):
        kind = STATEMENTS.get(name)
        if kind is None:
            return run(connection, name, table, parameters)
        event_store._prepared(connection, name, table)  # else preparing it is what is sent first
        steps.reach(f"{kind} before")
        if steps.is_due(f"{kind} during"):
            _die_while_it_runs(url, name)
        rows = run(connection, name, table, parameters)
        if rows:  # the server has committed, and nobody has been told yet
            steps.reach(f"{kind} committed")
        return rows

    event_store._run = running


def _die_while_it_runs(url, name):
    """Die as soon as the server has come to the gate; with its keeper dead, it goes on alone."""
    gate = Gate(url)

    def watch():
        while not gate.waiting(name):
            time.sleep(0.002)
        die()

    threading.Thread(target=watch, daemon=True).start()


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
        driver = publisher.channel.connection
        read = driver.blocking_read

        def reading(*arguments, **named):
            if publisher._unconfirmed:
                steps.reach("publish unconfirmed")
            return read(*arguments, **named)

        driver.blocking_read = reading

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
            message.ack = lambda **_: None
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


def _keep_the_answer_after_the_events():
    def in_two_statements(self, stored, metadata, first):
        with self.database.single_statements() as session:
            numbers = self._insert_postgres(session, stored, metadata)
            alone = ([], [], [], [], None, *first)
            event_store._run(session, "append_answered", self.table.name, alone)
        return numbers

    EventRecorder.append_answered = in_two_statements


DEFECTS = {
    "acknowledgement before the commit": _acknowledge_before_the_commit,
    "position before the confirm": _store_the_position_before_the_confirm,
    "relay without fence": _read_without_a_fence,
    "inbox without position": _keep_no_position_with_the_effect,
    "answer after the events": _keep_the_answer_after_the_events,
}

"""Decides from outside whether a promise was broken, from what was asked and what there is.

`gather` reads the stores with plain SQL; `check` compares. Neither asks the code under test.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from uuid import UUID

import orjson
import psycopg2

from tests.samples.parts import Account, Copy

NOTED, HEARD = "ledger.AmountNoted", "mirror.AmountHeard"
AMOUNTS = ("ledger.AmountAdded", NOTED)
"""The ledger's events that others hear of."""


@dataclass(frozen=True)
class Command:
    """An amount that was asked to be added; each is asked for once, under one key."""

    amount: int
    account: UUID
    total: int | None = None
    """As answered; ``None`` without an answer."""
    position: int | None = None


@dataclass(frozen=True)
class Entry:
    """An amount as some store holds it, under the number that it has there."""

    number: int
    account: UUID
    amount: int
    is_counted: bool = True
    """Whether the ledger's read model counts it."""


@dataclass
class Evidence:
    """All that was asked, and all that there is once everything is level."""

    commands: list[Command]
    log: list[Entry]
    """The ledger's events in their order; their numbers are what everybody counts by."""
    totals: dict[UUID, int]
    effects: list[Entry]
    """What the mirror recorded, in its order."""
    journal: list[Entry]
    """What the gateway's journal holds, in its order, under the ledger's numbers."""
    view: dict[UUID, int]
    positions: dict[str, int]
    """Of ``relay``, ``mirror`` and ``journal``."""
    wire: list[int]
    """Numbers that an AMQP subscriber received, in the order in which they came."""
    wire_from: int = 0
    """The broker lost messages up to this number."""
    parked: list[str] = field(default_factory=list)
    """Parked by the mirror: the amount, or the error of what is no event."""
    expected_parked: list[str] = field(default_factory=list)
    unheard: frozenset[int] = frozenset()
    """Amounts published in a form that no listener knows."""
    is_order_of_accounts: bool = False
    """Parked messages were replayed: the effects' order is that of each account."""


@dataclass(frozen=True)
class Flaw:
    """A broken promise."""

    kind: str
    what: str


def check(e: Evidence) -> list[Flaw]:
    """Every broken promise."""
    missing = {int(amount) for amount in e.expected_parked if amount.isdigit()} | e.unheard
    heard = [entry for entry in e.log if entry.amount not in missing]
    return [
        *_commands(e),
        *_sequence("effect", _by_account(e, e.effects), _by_account(e, heard)),
        *_sequence("journal entry", e.journal, e.log),
        *_sums("read model", e.totals, [entry for entry in e.log if entry.is_counted]),
        *_sums("view", e.view, [entry for entry in e.journal if entry.amount not in e.unheard]),
        *_positions(e),
        *_wire(e),
        *_parked(e),
    ]


def _by_account(e, entries):
    return sorted(entries, key=lambda entry: entry.account) if e.is_order_of_accounts else entries


def _commands(e):
    known = {command.amount: command for command in e.commands}
    recorded = Counter(entry.amount for entry in e.log)
    running = _running_totals(e.log)
    for amount, times in recorded.items():
        if amount not in known:
            yield Flaw("command not asked for", f"{amount} is in the log")
        elif times > 1:
            yield Flaw("command doubled", f"{amount} is {times} times in the log")
    for command in e.commands:
        if command.total is None:
            continue
        if command.amount not in recorded:
            yield Flaw("command lost", f"{command.amount} was answered and is not in the log")
        elif running[command.amount] != (command.position, command.account, command.total):
            yield Flaw("command answered wrongly", f"{command}: {running[command.amount]}")


def _running_totals(log):
    sums, found = Counter(), {}
    for entry in log:
        sums[entry.account] += entry.amount
        found[entry.amount] = (entry.number, entry.account, sums[entry.account])
    return found


def _sequence(what, found, expected):
    held = Counter((entry.account, entry.amount) for entry in found)
    wanted = Counter((entry.account, entry.amount) for entry in expected)
    for key in wanted - held:
        yield Flaw(f"{what} lost", str(key[1]))
    for key in held - wanted:
        kind = "doubled" if key in wanted else "not asked for"
        yield Flaw(f"{what} {kind}", str(key[1]))
    order = {entry.amount: position for position, entry in enumerate(expected)}
    places = [order[entry.amount] for entry in found if entry.amount in order]
    if any(after < before for before, after in pairwise(places)):
        yield Flaw(f"{what} out of order", _first_disorder(found, order))


def _first_disorder(found, order):
    known = [entry for entry in found if entry.amount in order]
    return next(
        f"{b.amount} came after {a.amount}"
        for a, b in pairwise(known)
        if order[b.amount] < order[a.amount]
    )


def _sums(what, held, entries):
    expected = Counter()
    for entry in entries:
        expected[entry.account] += entry.amount
    if dict(expected) != {account: total for account, total in held.items() if total}:
        yield Flaw(f"{what} wrong", f"{held} instead of {dict(expected)}")


def _positions(e):
    end = e.log[-1].number if e.log else 0
    for name, position in e.positions.items():
        if position != end:
            yield Flaw("position wrong", f"{name} is at {position}, the log ends at {end}")


def _wire(e):
    expected = [entry.number for entry in e.log if entry.number > e.wire_from]
    first = list(dict.fromkeys(number for number in e.wire if number > e.wire_from))
    for number in sorted(set(expected) - set(first)):
        yield Flaw("message lost", f"{number} was never published")
    if list(accumulate(first, max)) != first:
        yield Flaw("message out of order", "a later event was published before an earlier one")


def _parked(e):
    missing = Counter(e.expected_parked) - Counter(e.parked)
    surplus = Counter(e.parked) - Counter(e.expected_parked)
    for what in missing.elements():
        yield Flaw("not parked", what)
    for what in surplus.elements():
        yield Flaw("parked", what)


def gather(urls, commands, wire, **known):
    """Read the stores.

    Args:
        urls: Of the databases ``ledger``, ``mirror`` and ``journal``.
        commands: What was asked.
        wire: What an AMQP subscriber received.
        known: Further fields of `Evidence`.
    """
    log = _events(urls["ledger"], *AMOUNTS)
    accounts = {Copy.create_id(a): a for a in {entry.account for entry in log}}
    effects = _events(urls["mirror"], HEARD)
    [relay] = rows_in(urls["ledger"], "SELECT published_sequence FROM relay") or [(0,)]
    journal = rows_in(
        urls["journal"],
        "SELECT sequence, subject, body::json->'data'->>'amount' FROM journal ORDER BY position",
    )
    return Evidence(
        commands=list(commands),
        log=log,
        totals=_sums_in(urls["ledger"], "SELECT id, total FROM totals"),
        effects=[Entry(e.number, accounts.get(e.account, e.account), e.amount) for e in effects],
        journal=[Entry(number, UUID(subject), int(amount)) for number, subject, amount in journal],
        view=_sums_in(urls["journal"], "SELECT id, sum FROM sums"),
        positions={
            "relay": relay[0],
            "mirror": position_of(urls["mirror"]),
            "journal": position_of(urls["journal"]),
        },
        wire=list(wire),
        parked=parked_at(urls["mirror"]),
        **known,
    )


def parked_at(url):
    """What a listener parked: the amount of an event, the error of what is none."""
    rows = rows_in(
        url,
        "SELECT source, body, error FROM parked_messages ORDER BY source, sequence, id",
    )
    return [
        str(orjson.loads(body)["data"]["amount"]) if source else error.partition(":")[0]
        for source, body, error in rows
    ]


def position_of(url):
    """How far a listener has come in the ledger's log."""
    rows = rows_in(url, "SELECT sequence FROM subscription_positions WHERE source = 'ledger'")
    return rows[0][0] if rows else 0


def published_up_to(url):
    """The last contract event that the broker confirmed to the ledger's relay."""
    rows = rows_in(url, "SELECT published_sequence FROM relay")
    return rows[0][0] if rows else 0


def numbers_between(url, after, up_to):
    """Numbers of the ledger's contract events."""
    query = "SELECT id FROM events WHERE topic = ANY(%s) AND id > %s AND id <= %s ORDER BY id"
    return [row[0] for row in rows_in(url, query, (list(AMOUNTS), after, up_to))]


def end_of(url):
    """The number of the ledger's last contract event; 0 before the first."""
    query = "SELECT coalesce(max(id), 0) FROM events WHERE topic = ANY(%s)"
    return rows_in(url, query, (list(AMOUNTS),))[0][0]


def _events(url, *topics):
    query = "SELECT id, originator_id, state, topic FROM events WHERE topic = ANY(%s) ORDER BY id"
    return [
        Entry(number, UUID(originator), orjson.loads(bytes(state))["amount"], topic != NOTED)
        for number, originator, state, topic in rows_in(url, query, (list(topics),))
    ]


def _sums_in(url, query):
    return {UUID(account): total for account, total in rows_in(url, query)}


def rows_in(url, query, parameters=()):
    """Rows of a query, on a connection of its own."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall()
    finally:
        connection.close()


def account_named(name):
    """The id of an account."""
    return Account.create_id(name)

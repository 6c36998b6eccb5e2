"""Services ``ledger`` (records entries) and ``mirror`` (copies each entry it hears of)."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID, uuid5

from eventsourcing.domain import event
from sqlalchemy import Column, Integer, MetaData, String, Table, Uuid, insert, select

from shared.contracts.base import Answer, ContractEvent, Request
from shared.kernel.aggregate import Aggregate, FirstEvent
from shared.kernel.application import ServiceApplication
from shared.kernel.component import Component
from shared.kernel.database import upsert
from shared.kernel.projection import Projection, handles
from shared.kernel.publication import Publications
from shared.kernel.refusal import Refusal
from shared.kernel.snapshots import SnapshotState
from shared.kernel.subscription import Handlers

NAMESPACE = UUID("5a1c8a52-7f64-4cf9-a4b8-1f4f5b4d7a10")
ledger_metadata = MetaData()
mirror_metadata = MetaData()
totals = Table(
    "totals", ledger_metadata, Column("id", Uuid, primary_key=True), Column("total", Integer)
)
claims = Table("claims", ledger_metadata, Column("name", String(50), primary_key=True))
copies = Table(
    "copies", mirror_metadata, Column("id", Uuid, primary_key=True), Column("amounts", Integer)
)


class AmountNegativeError(Refusal):
    """An amount is below zero."""

    status = 422


class NameTakenError(Refusal):
    """Another account has this name."""


class AmountAdded(ContractEvent):
    """An amount was added to an account."""

    OWNER: ClassVar[str] = "ledger"
    account_id: UUID
    amount: int


class AddAmount(Request):
    """Add to an account, opened by its first amount."""

    name: str
    amount: int


class AccountAnswer(Answer):
    """An account."""

    id: UUID
    total: int


class AccountQuery(Request):
    """One account."""

    id: UUID


class AccountSnapshot(SnapshotState):
    """What a snapshot keeps of an account."""

    name: str
    total: int


class Account(Aggregate):
    """Amounts under one name."""

    TOPIC = "ledger.Account"
    SNAPSHOT = AccountSnapshot

    class Opened(Aggregate.Event, FirstEvent):
        """It was opened."""

        TOPIC = "ledger.AccountOpened"
        name: str

    class AmountAdded(Aggregate.Event):
        """An amount was added."""

        TOPIC = "ledger.AmountAdded"
        amount: int

    class AmountNoted(Aggregate.Event):
        """An amount was added that no read model counts."""

        TOPIC = "ledger.AmountNoted"
        amount: int

    @staticmethod
    def create_id(name: str) -> UUID:
        return uuid5(NAMESPACE, name)

    @event(Opened)
    def __init__(self, name: str) -> None:
        self.name = name
        self.total = 0

    def add(self, amount: int) -> None:
        if amount < 0:
            raise AmountNegativeError(field="amount", amount=amount)
        self._add(amount=amount)

    @event(AmountAdded)
    def _add(self, amount: int) -> None:
        self.total += amount

    @event(AmountNoted)
    def note(self, amount: int) -> None:
        self.total += amount


class Totals(Projection):
    """Total of each account."""

    name = "totals"
    tables = (totals,)

    @handles(Account.Opened)
    def on_opened(self, connection: Any, event: Account.Opened) -> None:
        connection.execute(insert(totals).values(id=event.originator_id, total=0))

    @handles(Account.AmountAdded)
    def on_added(self, connection: Any, event: Account.AmountAdded) -> None:
        connection.execute(
            totals.update()
            .where(totals.c.id == event.originator_id)
            .values(total=totals.c.total + event.amount)
        )


class Ledger(ServiceApplication):
    """Records amounts."""

    name = "ledger"
    projections = (Totals,)

    def add_amount(self, request: AddAmount) -> AccountAnswer:
        account = self._account(request.name)
        account.add(request.amount)
        self.save(account)
        return AccountAnswer(id=account.id, total=account.total)

    def note_amount(self, request: AddAmount) -> AccountAnswer:
        account = self._account(request.name)
        account.note(request.amount)
        self.save(account)
        return AccountAnswer(id=account.id, total=account.total)

    def _account(self, name: str) -> Account:
        account_id = Account.create_id(name)
        if account_id in self.repository:
            account: Account = self.load(Account, account_id)
            return account
        return Account(name=name)

    def total(self, request: AccountQuery) -> AccountAnswer:
        with self.database.reading() as connection:
            total = connection.execute(
                select(totals.c.total).where(totals.c.id == request.id)
            ).scalar_one()
        return AccountAnswer(id=request.id, total=total)


ledger_publications = Publications("ledger")


@ledger_publications.of(Account.AmountAdded)
@ledger_publications.of(Account.AmountNoted)
def amount_added(event: Account.AmountAdded | Account.AmountNoted) -> AmountAdded:
    return AmountAdded(account_id=event.originator_id, amount=event.amount)


class Copy(Aggregate):
    """What was heard of one account."""

    TOPIC = "mirror.Copy"

    class Started(Aggregate.Event, FirstEvent):
        """The first was heard."""

        TOPIC = "mirror.CopyStarted"
        account_id: UUID

    class Heard(Aggregate.Event):
        """An amount was heard of."""

        TOPIC = "mirror.AmountHeard"
        amount: int

    @staticmethod
    def create_id(account_id: UUID) -> UUID:
        return uuid5(NAMESPACE, str(account_id))

    @event(Started)
    def __init__(self, account_id: UUID) -> None:
        self.account_id = account_id
        self.amounts: list[int] = []

    @event(Heard)
    def hear(self, amount: int) -> None:
        self.amounts.append(amount)


class Mirror(ServiceApplication):
    """Copies what it hears."""

    name = "mirror"
    failing_amounts: ClassVar[dict[int, int]] = {}
    """Amount -> how often the handler still fails for it."""
    counted_every: ClassVar[int] = 0
    """Amounts divisible by it are recorded together with SQL, so in a transaction; 0 for none."""

    def copy_amount(self, event: AmountAdded) -> None:
        left = self.failing_amounts.get(event.amount, 0)
        if left:
            self.failing_amounts[event.amount] = left - 1
            raise ValueError(f"cannot take {event.amount}")
        copy_id = Copy.create_id(event.account_id)
        if copy_id in self.repository:
            copy = self.load(Copy, copy_id)
        else:
            copy = Copy(account_id=event.account_id)
        copy.hear(amount=event.amount)
        self.save(copy)
        if self.counted_every and event.amount % self.counted_every == 0:
            count = {"id": copy_id, "amounts": len(copy.amounts)}
            self.write(lambda connection: upsert(connection, copies, count, key=("id",)))

    def heard(self, account_id: UUID) -> list[int]:
        copy_id = Copy.create_id(account_id)
        return self.load(Copy, copy_id).amounts if copy_id in self.repository else []


mirror_handlers = Handlers()


@mirror_handlers.on(AmountAdded)
def copy_amount(app: Mirror, event: AmountAdded) -> None:
    app.copy_amount(event)


LEDGER = Component(
    application=Ledger,
    publications=ledger_publications,
    metadata=ledger_metadata,
    migrations="",
)
MIRROR = Component(
    application=Mirror,
    publications=Publications("mirror"),
    metadata=mirror_metadata,
    migrations="",
    handlers=mirror_handlers,
    sources=("ledger",),
)

"""A command begins where the last one left the aggregate, and sees what any other one would."""

import copy
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update

from shared.kernel import schema
from shared.kernel.aggregate_cache import MOST_COPIES, AggregateCache, Kept
from tests.memory import an_application
from tests.samples.parts import Account, AddAmount, AmountNegativeError, Ledger, ledger_publications

NAME = "a"
ACCOUNT_ID = Account.create_id(NAME)


class CountingLedger(Ledger):
    """Notes how many stored events are turned into events."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.read = 0
        to_domain_event = self.mapper.to_domain_event

        def count(stored: StoredEvent) -> Any:
            self.read += 1
            return to_domain_event(stored)

        self.mapper.to_domain_event = count  # type: ignore[method-assign]


def a_ledger() -> CountingLedger:
    application = an_application(CountingLedger, publications=ledger_publications)
    application.execute(lambda: application.add_amount(AddAmount(name=NAME, amount=1)))
    return application


def add(application: Ledger, amount: int) -> int:
    def work() -> int:
        account = application.load(Account, ACCOUNT_ID)
        account.add(amount)
        application.save(account)
        return account.total

    total: int = application.execute(work).answer
    return total


def test_the_next_command_reads_no_event_again():
    application = a_ledger()
    application.read = 0

    assert [add(application, 2), add(application, 3)] == [3, 6]
    assert application.read == 0


def test_what_another_process_recorded_meanwhile_is_seen():
    application = a_ledger()
    other = Ledger(application.database, publications=ledger_publications)
    add(application, 1)
    add(other, 10)
    add(other, 20)
    application.read = 0

    assert add(application, 100) == 132
    assert application.read == 2


def test_what_a_refused_command_did_is_not_seen():
    application = a_ledger()

    def work() -> None:
        account = application.load(Account, ACCOUNT_ID)
        account.add(5)
        application.save(account)
        account.add(-1)

    add(application, 1)
    with pytest.raises(AmountNegativeError):
        application.execute(work)

    assert add(application, 0) == 2


def test_what_a_command_did_not_save_is_not_seen():
    application = a_ledger()
    add(application, 1)

    application.execute(lambda: application.load(Account, ACCOUNT_ID).add(5))

    assert add(application, 0) == 2


def test_an_aggregate_that_was_only_looked_at_stays():
    application = a_ledger()
    add(application, 1)
    application.read = 0

    application.execute(lambda: application.load(Account, ACCOUNT_ID).total)

    assert add(application, 1) == 3
    assert application.read == 0


def test_a_query_reads_the_log_itself():
    application = a_ledger()
    add(application, 1)

    seen = application.load(Account, ACCOUNT_ID)
    seen.add(1000)

    assert add(application, 0) == 2


@pytest.mark.parametrize("is_rewritten", [False, True])
def test_a_log_set_back_to_an_earlier_point_is_believed_rather_than_the_cache(is_rewritten):
    application = a_ledger()
    add(application, 5)
    last = schema.events.c.originator_version == 3  # opened, 1 added, 5 added
    with application.database.transaction() as connection:
        if is_rewritten:
            two = application.mapper.to_stored_event(
                Account.AmountAdded(
                    originator_id=ACCOUNT_ID,
                    originator_version=3,
                    timestamp=application.clock.now(),
                    amount=2,
                )
            )
            connection.execute(update(schema.events).where(last).values(state=two.state))
        else:
            connection.execute(delete(schema.events).where(last))

    assert add(application, 10) == (13 if is_rewritten else 11)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 9)), max_size=12))
def test_two_processes_with_a_cache_each_agree_with_the_log(steps):
    one = a_ledger()
    two = Ledger(one.database, publications=ledger_publications)
    total = 1
    for is_first, is_refused, amount in steps:
        application = one if is_first else two
        if is_refused:
            with pytest.raises(AmountNegativeError):
                add(application, -1)
        else:
            total += amount
            assert add(application, amount) == total

    assert one.load(Account, ACCOUNT_ID).total == total


def kept() -> Kept:
    account = Account(name=str(uuid4()))
    return Kept(account, StoredEvent(account.id, 1, "t", b""))


def test_who_takes_an_aggregate_has_it_alone():
    cache, one = AggregateCache(2), kept()
    cache.keep([one])

    assert cache.take(one.aggregate.id) is one
    assert cache.take(one.aggregate.id) is None


def test_commands_at_the_same_time_have_one_each():
    application = a_ledger()

    def nested() -> None:
        first = application.load(Account, ACCOUNT_ID)
        add(application, 2)  # another command, while the first one has what was kept
        assert first.total == 1

    application.execute(nested)
    add(application, 3)
    application.read = 0

    def both() -> list[int]:
        first = application.load(Account, ACCOUNT_ID)
        return [first.total, add(application, 0), first.total]

    assert application.execute(both).answer == [6, 6, 6]
    assert application.read == 1  # one of the two had missed an event


def test_what_is_kept_twice_is_there_once():
    cache, one = AggregateCache(2), kept()
    cache.keep([one])
    cache.keep([one])

    assert cache.take(one.aggregate.id) is one
    assert cache.take(one.aggregate.id) is None


def test_there_are_not_more_copies_than_commands_at_work():
    cache, one = AggregateCache(2), kept()
    copies = [Kept(copy.copy(one.aggregate), one.last) for _ in range(50)]
    for each in copies:
        cache.keep([each])

    taken = list(iter(lambda: cache.take(one.aggregate.id), None))

    assert taken == copies[: -MOST_COPIES - 2 : -1]


def test_the_one_not_used_for_the_longest_time_leaves():
    cache = AggregateCache(2)
    first, second, third = kept(), kept(), kept()
    cache.keep([first, second])
    cache.keep([first, third])

    assert cache.take(second.aggregate.id) is None
    assert cache.take(first.aggregate.id) is first
    assert cache.take(third.aggregate.id) is third

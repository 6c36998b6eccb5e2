"""A command whose events change no read model: its events and what caused them in one statement."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError

from shared.kernel import schema
from shared.kernel.context import CommandContext, command_context
from shared.kernel.database import Database
from shared.kernel.positions import AlreadyDeliveredError, DeliveryMark, pass_over, read_position
from shared.kernel.refusal import BusyError, IdempotencyKeyReusedError
from tests.samples.parts import Account, AddAmount, Ledger, ledger_publications

pytestmark = pytest.mark.integration


class PlainLedger(Ledger):
    """The ledger without its read model."""

    projections = ()

    def open(self, name):
        """Record what nobody else cares about."""
        account = Account(name=name)
        self.save(account)
        return {"id": str(account.id)}


@pytest.fixture
def ledger(postgres_url):
    database = Database(postgres_url)
    with database.transaction() as connection:
        schema.create_v1(connection)
    application = PlainLedger(database, publications=ledger_publications)
    assert application.epoch, "asked once in a process's life"
    yield application
    application.close()


@pytest.fixture
def no_transaction(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("one statement needs no transaction around it")

    monkeypatch.setattr(Database, "transaction", refuse)


def carry_out(ledger, work, key=None, request=b""):
    with command_context(CommandContext(idempotency_key=key or str(uuid4()))):
        return ledger.execute(work, request=request)


def add(ledger, amount=1, key=None, name="one"):
    request = AddAmount(name=name, amount=amount)
    body = request.model_dump_json().encode()
    return carry_out(ledger, lambda: ledger.add_amount(request), key, body)


def recorded(ledger):
    return [
        (r.id, r.stored.originator_version, r.stored.topic)
        for r in ledger.log.select_behind_fence(0, 1000)
    ]


def statements(ledger, *tables, after=0):
    """Which statements wrote these tables' rows: each as its transaction and its number therein."""
    rows = " UNION ".join(
        f"SELECT xmin::text, cmin::text FROM {table}"
        + (f" WHERE id > {after}" if table == "events" else "")
        for table in tables
    )
    with ledger.database.reading() as connection:
        return set(connection.exec_driver_sql(rows).all())


def test_events_and_their_answer_are_written_by_one_statement(ledger):
    add(ledger)

    assert len(recorded(ledger)) == 2
    assert len(statements(ledger, "events", "commands")) == 1


def test_it_records_events_in_their_order_and_tells_the_last_that_others_see(
    ledger, no_transaction
):
    done = add(ledger)

    assert [(version, topic) for _, version, topic in recorded(ledger)] == [
        (1, "ledger.AccountOpened"),
        (2, "ledger.AmountAdded"),
    ]
    assert done.position == recorded(ledger)[1][0]
    assert done.answer["total"] == 1


def test_the_last_that_others_see_need_not_be_the_last(ledger):
    def work():
        account = Account(name="one")
        account.add(1)
        ledger.save(account, Account(name="two"))

    done = carry_out(ledger, work, "k")
    again = carry_out(ledger, work, "k")

    assert len(recorded(ledger)) == 3
    assert done.position == again.position == recorded(ledger)[1][0]


def test_a_command_that_nobody_else_cares_about_has_no_position(ledger, no_transaction):
    first = carry_out(ledger, lambda: ledger.open("one"), "k")

    assert first.position is None
    assert len(recorded(ledger)) == 1


def test_the_same_key_gives_the_first_answer(ledger):
    first = add(ledger, key="k")

    again = add(ledger, key="k")

    assert (again.answer, again.position, again.is_replay) == (first.answer, first.position, True)
    assert len(recorded(ledger)) == 2


def test_the_same_key_with_another_request_is_refused(ledger):
    add(ledger, amount=1, key="k")

    with pytest.raises(IdempotencyKeyReusedError):
        add(ledger, amount=2, key="k")

    assert len(recorded(ledger)) == 2


def test_a_lost_answer_is_found_again_and_nothing_is_recorded_twice(ledger, monkeypatch):
    append, lost = ledger.log.append_answered, []

    def lose_the_first(*arguments):
        numbers = append(*arguments)
        if not lost:
            lost.append(numbers)
            raise OperationalError("the connection is gone")
        return numbers

    monkeypatch.setattr(ledger.log, "append_answered", lose_the_first)

    done = add(ledger)

    assert lost[0] == [number for number, _, _ in recorded(ledger)]
    assert (done.is_replay, done.position) == (True, lost[0][-1])


def test_many_at_once_on_one_account_are_all_recorded_once(ledger):
    def add_patiently(key):
        for _ in range(100):
            try:
                return add(ledger, key=key)
            except BusyError:  # others were always first: the caller's way out is to ask again
                continue
        pytest.fail("always busy")

    keys = [str(number) for number in range(12)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(add_patiently, keys * 2))

    assert {answer.answer["total"] for answer in answers} == set(range(1, 13))
    assert [version for _, version, _ in recorded(ledger)] == list(range(1, 14))
    with ledger.database.reading() as connection:
        kept = connection.execute(schema.commands.select()).all()
    assert {row.position for row in kept} == {number for number, _, _ in recorded(ledger)[1:]}


def a_mark(previous, sequence):
    return DeliveryMark("ledger", "elsewhere", previous, sequence, "e")


def hear(ledger, mark, name="one"):
    """What follows from a message of another service."""
    request = AddAmount(name=name, amount=1)
    return ledger.execute(lambda: ledger.add_amount(request), delivery=mark)


def position(ledger):
    with ledger.database.reading() as connection:
        return read_position(connection, "ledger", "elsewhere").sequence


def test_an_effect_and_its_position_are_written_by_one_statement(ledger):
    hear(ledger, a_mark(0, 3))  # makes the row, which takes a transaction
    first = statements(ledger, "events", "subscription_positions")
    end = recorded(ledger)[-1][0]
    hear(ledger, a_mark(3, 5))
    second = statements(ledger, "events", "subscription_positions", after=end)

    assert len(first) == 2, "two statements would not be told from one"
    assert len({transaction for transaction, _ in first}) == 1
    assert len(second) == 1


def test_what_follows_from_a_message_moves_the_position_with_it(ledger, monkeypatch):
    hear(ledger, a_mark(0, 3))  # the first one makes the row
    monkeypatch.setattr(Database, "transaction", None)

    done = hear(ledger, a_mark(3, 5))

    assert position(ledger) == 5
    assert [version for _, version, _ in recorded(ledger)] == [1, 2, 3]
    assert done.position == recorded(ledger)[2][0]


@pytest.mark.parametrize("mark", [a_mark(3, 5), a_mark(0, 3), a_mark(7, 9)], ids=str)
def test_a_message_out_of_its_turn_records_nothing(ledger, mark):
    hear(ledger, a_mark(0, 3))
    hear(ledger, a_mark(3, 5))
    before = recorded(ledger)

    with pytest.raises(AlreadyDeliveredError):
        hear(ledger, mark, "two")

    assert recorded(ledger) == before
    assert position(ledger) == 5


def test_a_conflict_leaves_the_position(ledger):
    hear(ledger, a_mark(0, 3))
    (first,) = ledger.log.select_behind_fence(0, 1)

    with pytest.raises(IntegrityError):
        ledger.log.append_delivered([first.stored], None, a_mark(3, 5))

    assert position(ledger) == 3


def test_two_that_hear_the_same_message_at_once_record_it_once(ledger):
    hear(ledger, a_mark(0, 1))

    def hear_or_not(number):
        try:
            hear(ledger, a_mark(1, 2), f"account {number}")
        except AlreadyDeliveredError:
            return 0
        return 1

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(hear_or_not, range(12))) == 1

    assert len(recorded(ledger)) == 4
    assert position(ledger) == 2


def test_a_message_without_an_effect_is_passed_over_in_its_turn(ledger):
    pass_over(ledger.database, a_mark(0, 2))
    pass_over(ledger.database, a_mark(2, 4))

    with pytest.raises(AlreadyDeliveredError):
        pass_over(ledger.database, a_mark(2, 4))

    assert position(ledger) == 4

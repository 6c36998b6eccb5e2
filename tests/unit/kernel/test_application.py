"""A command is one transaction: events, read models, answer and position, or nothing."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError
from sqlalchemy import select

from shared.contracts.base import Answer
from shared.kernel import schema
from shared.kernel.application import MAX_ATTEMPTS
from shared.kernel.clock import effective_at
from shared.kernel.context import CommandContext, command_context, derive_secret
from shared.kernel.positions import AlreadyDeliveredError, DeliveryMark
from shared.kernel.refusal import (
    BusyError,
    IdempotencyKeyReusedError,
    NotFoundError,
    StaleVersionError,
)
from shared.kernel.testing import published
from tests.memory import an_application
from tests.samples.parts import (
    Account,
    AddAmount,
    AmountAdded,
    AmountNegativeError,
    Ledger,
    claims,
    ledger_publications,
    totals,
)


class KeyedAnswer(Answer):
    """An answer with a secret in it."""

    DERIVED = {"key": "id"}  # noqa: RUF012 -- as the contracts declare it
    id: UUID
    key: str


def a_ledger() -> Ledger:
    return an_application(Ledger, publications=ledger_publications)


def rows(app, table):
    with app.database.reading() as connection:
        return connection.execute(select(table)).all()


def add(app, name="a", amount=5, key=None, **options):
    request = AddAmount(name=name, amount=amount)
    with command_context(CommandContext(idempotency_key=key)):
        return app.execute(
            lambda: app.add_amount(request), request=request.model_dump_json().encode(), **options
        )


def test_a_command_records_its_events_and_moves_the_read_model():
    app = a_ledger()

    result = add(app, amount=7)

    account_id = Account.create_id("a")
    assert result.answer == {"id": str(account_id), "total": 7}
    assert rows(app, totals) == [(account_id, 7)]
    assert published(app, ledger_publications) == [AmountAdded(account_id=account_id, amount=7)]


def test_the_position_is_that_of_the_last_event_that_others_see():
    result = add(a_ledger())

    assert result.position == 2  # the account was opened (1) and an amount added (2)


def test_the_same_key_has_one_effect_and_gets_the_first_answer():
    app = a_ledger()
    first = add(app, key="k")

    second = add(app, key="k")

    assert (first.answer, first.position) == (second.answer, second.position)
    assert second.is_replay
    assert not first.is_replay
    assert rows(app, totals)[0].total == 5


def test_the_same_key_with_another_request_is_refused():
    app = a_ledger()
    add(app, amount=1, key="k")

    with pytest.raises(IdempotencyKeyReusedError):
        add(app, amount=2, key="k")

    assert rows(app, totals)[0].total == 1


def test_a_refusal_records_nothing_and_the_key_stays_free():
    app = a_ledger()

    with pytest.raises(AmountNegativeError):
        add(app, amount=-1, key="k")

    assert rows(app, schema.events) == []
    assert add(app, amount=1, key="k").answer["total"] == 1


def test_a_refusal_inside_an_effect_takes_everything_back():
    app = a_ledger()

    def refuse(_connection):
        raise AmountNegativeError(field="amount", amount=0)

    def work():
        app.write(refuse)
        return app.add_amount(AddAmount(name="a", amount=1))

    with pytest.raises(AmountNegativeError):
        app.execute(work)

    assert rows(app, schema.events) == []
    assert rows(app, totals) == []


def test_a_version_conflict_runs_the_command_again_on_what_is_there_now():
    app = a_ledger()
    add(app, amount=1)
    interruptions = [10]

    def work():
        account = app.load(Account, Account.create_id("a"))
        if interruptions:
            other = app.load(Account, account.id)
            other.add(interruptions.pop())
            app.log.insert_events([app.mapper.to_stored_event(e) for e in other.collect_events()])
        account.add(100)
        app.save(account)

    app.execute(work)

    assert app.load(Account, Account.create_id("a")).total == 111


def test_a_command_that_always_meets_conflicts_is_refused_as_busy(monkeypatch):
    monkeypatch.setattr("shared.kernel.application.time.sleep", lambda _seconds: None)
    app = a_ledger()
    attempts = []

    def work():
        attempts.append(1)
        raise IntegrityError

    with pytest.raises(BusyError):
        app.execute(work)

    assert len(attempts) == MAX_ATTEMPTS


def test_loading_what_is_not_there_or_of_another_class_is_refused():
    app = a_ledger()
    add(app)

    with pytest.raises(NotFoundError) as refusal:
        app.load(Account, uuid4())
    with pytest.raises(NotFoundError):
        app.load(Ledger, Account.create_id("a"))

    assert refusal.value.as_data()["status"] == 404


def test_an_outdated_version_is_refused_with_both_versions():
    app = a_ledger()
    add(app)

    with pytest.raises(StaleVersionError) as refusal:
        app.load(Account, Account.create_id("a"), expected_version=1)

    assert refusal.value.parameters == {"expected": 1, "actual": 2}


def test_a_delivered_message_moves_the_position_with_its_effect_and_only_once():
    app = a_ledger()
    mark = DeliveryMark("ledger", "elsewhere", previous=0, sequence=4, epoch="e")

    add(app, delivery=mark)
    with pytest.raises(AlreadyDeliveredError):
        add(app, delivery=mark)

    assert rows(app, totals)[0].total == 5
    assert rows(app, schema.subscription_positions) == [("ledger", "elsewhere", 4, "e")]


def test_a_read_model_rebuilt_from_zero_is_the_same():
    app = a_ledger()
    for name, amount in (("a", 1), ("b", 2), ("a", 3)):
        add(app, name=name, amount=amount)
    before = sorted(rows(app, totals))

    count = app.rebuild("totals")

    assert count == 5
    assert sorted(rows(app, totals)) == before
    with pytest.raises(NotFoundError):
        app.rebuild("nothing")


def test_what_is_said_of_a_rebuild_is_kept_with_it_or_neither_is():
    app = a_ledger()
    add(app, amount=7)
    with app.database.transaction() as connection:
        connection.execute(totals.update().values(total=0))

    def cannot_be_kept(_connection):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        app.rebuild("totals", cannot_be_kept)
    assert rows(app, totals)[0].total == 0

    app.rebuild("totals", lambda c: c.execute(claims.insert().values(name="said")))
    assert rows(app, totals)[0].total == 7
    assert rows(app, claims) == [("said",)]


def test_the_feed_is_a_chain_in_which_a_gap_shows():
    app = a_ledger()
    for amount in (1, 2, 3):
        add(app, amount=amount)

    first, position = app.read_contract_events(0, 2)
    rest, end = app.read_contract_events(first[-1].sequence, 10)

    assert [(e.previous_sequence, e.sequence) for e in first + rest] == [(0, 2), (2, 3), (3, 4)]
    assert (position, end) == (3, 4)
    assert {e.source for e in first} == {"ledger"}
    assert app.read_contract_events(4, 10) == ([], 4)


def test_a_command_for_history_is_stamped_with_its_own_moment():
    app = a_ledger()
    moment = datetime(2020, 2, 29, 23, 58, tzinfo=UTC)

    with effective_at(moment):
        add(app)

    [envelope], _ = app.read_contract_events(0, 10)
    assert envelope.time == moment


def test_who_acts_and_why_is_stored_beside_the_events_and_travels_on():
    app = a_ledger()
    context = CommandContext(correlation_id="story", causation_id="cause", actor="account-7")

    with command_context(context):
        app.execute(lambda: app.add_amount(AddAmount(name="a", amount=1)))

    [envelope], _ = app.read_contract_events(0, 10)
    assert (envelope.correlation_id, envelope.causation_id) == ("story", "cause")
    assert {row.metadata for row in rows(app, schema.events)} == {
        '{"correlation_id":"story","causation_id":"cause","actor":"account-7"}'
    }


def test_a_secret_in_an_answer_is_given_out_again_but_never_stored():
    app = a_ledger()

    def work():
        account_id = app.add_amount(AddAmount(name="a", amount=1)).id
        return KeyedAnswer(id=account_id, key=derive_secret(str(account_id)))

    def carry_out():
        with command_context(CommandContext(idempotency_key="only the caller knows this")):
            return app.execute(work).answer

    first, second = carry_out(), carry_out()

    assert first == second
    assert len(first["key"]) == 32
    stored = str(rows(app, schema.commands))
    assert first["key"] not in stored
    assert "only the caller knows this" not in stored


def test_a_refusal_by_what_the_same_command_did_meanwhile_is_answered_as_the_first():
    app = a_ledger()
    sendings = []

    def only_once():
        if app.log.max_notification_id():
            raise AmountNegativeError(field="amount", amount=0)  # it is there already
        answer = app.add_amount(AddAmount(name="a", amount=1))
        sendings.append(answer)
        return answer

    def work():
        if not sendings:  # the second sending overtakes the first
            app.execute(only_once)
        return only_once()

    with command_context(CommandContext(idempotency_key="k")):
        result = app.execute(work)

    assert result.is_replay
    assert result.answer["total"] == 1
    assert rows(app, totals)[0].total == 1

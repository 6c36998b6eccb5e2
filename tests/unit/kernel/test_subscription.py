"""Lost, doubled and reordered messages: the effect is the same, once and in order."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import parking, subscription
from shared.kernel.epochs import begin_epoch
from shared.kernel.parking import ServiceSink, list_parked
from shared.kernel.positions import EpochChangedError
from shared.kernel.refusal import NotFoundError
from shared.kernel.subscription import Subscription
from tests.memory import an_application
from tests.samples.parts import (
    Account,
    AddAmount,
    Ledger,
    Mirror,
    ledger_publications,
    mirror_handlers,
)


@pytest.fixture(autouse=True)
def handlers_work_and_nobody_waits(monkeypatch):
    monkeypatch.setattr(Mirror, "failing_amounts", {})
    monkeypatch.setattr(parking.time, "sleep", lambda _seconds: None)


class Setting:
    """A ledger with entries, and a mirror subscribed to it."""

    def __init__(self, amounts):
        self.ledger = an_application(Ledger, publications=ledger_publications)
        for name, amount in amounts:
            self.ledger.add_amount(AddAmount(name=name, amount=amount))
        self.mirror = an_application(Mirror)
        self.feed_reads = 0
        self.sink = ServiceSink(self.mirror, mirror_handlers)
        self.subscription = Subscription("mirror", ["ledger"], self.sink, self.feed, "memory://")

    def feed(self, _source, after, limit):
        self.feed_reads += 1
        return self.ledger.read_contract_events(after, limit)[0]

    @property
    def messages(self):
        return [e.to_json() for e in self.ledger.read_contract_events(0, 1000)[0]]

    def heard(self, name="a"):
        return self.mirror.heard(Account.create_id(name))


def broken_feed(_source, _after, _limit):
    raise OSError("the source is away")


def a_setting(*amounts):
    return Setting([("a", amount) for amount in amounts])


def test_messages_in_order_need_no_feed():
    s = a_setting(1, 2, 3)

    s.subscription.receive(s.messages)

    assert s.heard() == [1, 2, 3]
    assert s.feed_reads == 0


def test_a_doubled_message_has_one_effect():
    s = a_setting(1, 2)

    s.subscription.receive(s.messages)
    s.subscription.receive(s.messages)

    assert s.heard() == [1, 2]


def test_a_lost_message_is_read_from_the_log():
    s = a_setting(1, 2, 3)

    s.subscription.receive([s.messages[0], s.messages[2]])

    assert s.heard() == [1, 2, 3]
    assert s.subscription.gaps_healed == 1


def test_a_log_of_many_pages_is_caught_up_with_at_once(monkeypatch):
    monkeypatch.setattr(subscription, "FEED_PAGE", 2)
    s = a_setting(1, 2, 3, 4, 5)

    s.subscription.catch_up()

    assert s.heard() == [1, 2, 3, 4, 5]


def test_a_lost_tail_is_found_by_catching_up():
    s = a_setting(1, 2, 3)
    s.subscription.receive(s.messages[:1])

    s.subscription.catch_up()

    assert s.heard() == [1, 2, 3]


def test_a_source_that_always_records_something_does_not_keep_its_listener_from_listening():
    s = a_setting(1)

    def feed_of_a_busy_source(source, after, limit):
        s.ledger.add_amount(AddAmount(name="a", amount=1))
        assert s.feed_reads < 5, "it never stops catching up"
        return s.feed(source, after, limit)

    s.subscription.feed = feed_of_a_busy_source

    s.subscription.catch_up()

    assert s.heard() == [1, 1]


@given(st.data())
def test_whatever_the_broker_does_the_effect_is_the_log(data):
    s = Setting(
        [(data.draw(st.sampled_from("ab")), n) for n in range(data.draw(st.integers(1, 8)))]
    )
    messages = s.messages
    received = data.draw(st.lists(st.sampled_from(messages), max_size=20))
    for start in range(0, len(received), 3):
        s.subscription.receive(received[start : start + 3])

    s.subscription.catch_up()

    expected = {name: [] for name in "ab"}
    names = {Account.create_id(name): name for name in "ab"}
    for envelope in s.ledger.read_contract_events(0, 1000)[0]:
        expected[
            names[Account.create_id("a")]
            if envelope.subject == str(Account.create_id("a"))
            else "b"
        ].append(envelope.data["amount"])
    assert {name: s.heard(name) for name in "ab"} == expected


def test_a_handler_that_fails_twice_and_then_works_parks_nothing():
    s = a_setting(1)
    Mirror.failing_amounts = {1: 2}

    s.subscription.receive(s.messages)

    assert s.heard() == [1]
    assert list_parked(s.mirror.database) == []


def test_a_handler_that_always_fails_parks_its_subject_and_the_others_go_on():
    s = Setting([("a", 1), ("a", 2), ("b", 3), ("a", 4)])
    Mirror.failing_amounts = {2: 1000}

    s.subscription.receive(s.messages)

    assert (s.heard("a"), s.heard("b")) == ([1], [3])
    parked = list_parked(s.mirror.database)
    assert [(p.is_behind, p.attempts) for p in parked] == [(False, 3), (True, 0)]
    assert parked[0].error == "ValueError: cannot take 2"


def test_parked_messages_are_replayed_in_order_and_leave_with_their_effect():
    s = a_setting(1, 2, 3)
    Mirror.failing_amounts = {2: 1000}
    s.subscription.receive(s.messages)
    first, second = list_parked(s.mirror.database)

    with pytest.raises(NotFoundError):
        s.sink.replay(second)
    with pytest.raises(ValueError, match="cannot take 2"):
        s.sink.replay(first)
    Mirror.failing_amounts = {}
    s.sink.replay(first)
    s.sink.replay(second)

    assert s.heard() == [1, 2, 3]
    assert list_parked(s.mirror.database) == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"[]", b'{"specversion": "1.0"}'])
def test_what_is_no_event_is_parked_and_the_rest_goes_on(body):
    s = a_setting(1, 2)

    s.subscription.receive([s.messages[0], body, s.messages[1]])

    assert s.heard() == [1, 2]
    [parked] = list_parked(s.mirror.database)
    assert parked.source is None


def test_data_that_break_the_schema_are_parked():
    s = a_setting(1)
    [envelope], _ = s.ledger.read_contract_events(0, 10)

    s.subscription.receive([replace(envelope, data={"amount": "x"}).to_json()])

    assert "amount" in list_parked(s.mirror.database)[0].error
    assert s.sink.position("ledger").sequence == envelope.sequence


def test_an_unknown_type_changes_nothing_but_the_position():
    s = a_setting(1, 2)
    first, second = s.ledger.read_contract_events(0, 10)[0]

    s.subscription.receive([replace(first, type="pl.ore.ledger.Unknown.v9").to_json()])
    s.subscription.receive([second.to_json()])

    assert s.heard() == [2]


def test_another_epoch_stops_the_listener_instead_of_taking_new_events_for_old_ones():
    s = a_setting(1, 2)
    s.subscription.receive(s.messages[:1])
    with s.ledger.database.transaction() as connection:
        begin_epoch(connection, above=2)
    s.ledger.doubt_epoch()

    with pytest.raises(EpochChangedError, match="restored"):
        s.subscription.receive(s.messages[1:])

    assert s.heard() == [1]
    assert list_parked(s.mirror.database) == []


@pytest.mark.parametrize("sequence", [0, 2])
def test_a_message_of_an_epoch_that_its_source_is_not_in_is_parked_and_the_rest_goes_on(sequence):
    s = a_setting(1, 2, 3)
    events = s.ledger.read_contract_events(0, 10)[0]
    s.subscription.receive(s.messages[:1])
    stray = replace(events[sequence], epoch="another").to_json()

    s.subscription.receive([s.messages[1], stray, s.messages[2]])

    assert s.heard() == [1, 2, 3]
    [parked] = list_parked(s.mirror.database)
    assert (parked.body.encode(), parked.error) == (stray, "ledger is not in epoch another")


def test_a_message_that_came_under_anothers_key_is_parked_and_not_believed():
    s = a_setting(1, 2)
    first, second = s.messages
    forged = replace(s.ledger.read_contract_events(0, 10)[0][0], data={"amount": 99}).to_json()

    s.subscription.receive(
        [forged, forged, first, second],
        ["hdr.AmountAdded", "", "ledger.AmountAdded", "ledger.AmountAdded"],
    )

    assert s.heard() == [1, 2]
    [parked] = list_parked(s.mirror.database)
    assert parked.error == "not published by ledger: key 'hdr.AmountAdded'"


def test_what_is_no_event_is_parked_once_when_it_is_delivered_again():
    s = a_setting(1, 2)
    no_event = b"{no event"
    whole_feed, s.subscription.feed = s.subscription.feed, broken_feed
    with pytest.raises(OSError, match="away"):
        s.subscription.receive([no_event, s.messages[1]])  # not acknowledged: it comes again
    s.subscription.feed = whole_feed

    s.subscription.receive([no_event, s.messages[1]])

    assert s.heard() == [1, 2]
    [parked] = list_parked(s.mirror.database)
    assert (parked.body, parked.attempts) == ("{no event", 2)


def test_a_listener_whose_position_was_moved_by_another_goes_on_from_there():
    s = a_setting(1, 2, 3)
    s.subscription.receive(s.messages[:1])
    other = Subscription("mirror", ["ledger"], s.sink, s.feed, "memory://")
    other.receive(s.messages[:2])

    s.subscription.receive(s.messages[1:])

    assert s.heard() == [1, 2, 3]


def test_what_follows_from_a_fact_is_stamped_with_the_moment_of_the_fact():
    s = a_setting(1)
    [envelope], _ = s.ledger.read_contract_events(0, 10)
    moment = datetime(2020, 2, 7, 12, 0, tzinfo=UTC)

    s.subscription.receive([replace(envelope, time=moment).to_json()])

    recorded = s.mirror.log.select_behind_fence(0, 10)
    times = {s.mirror.mapper.to_domain_event(r.stored).timestamp for r in recorded}
    assert times == {moment}

"""Replaying and discarding: one, a subject's or all, in order, and every act recorded."""

import pytest

from shared.kernel import parking
from shared.kernel.operator_acts import list_acts
from shared.kernel.parked_acts import choose, settle
from shared.kernel.parking import list_parked
from shared.kernel.refusal import InvalidRequestError, NotFoundError
from tests.samples.parts import Mirror
from tests.unit.kernel.test_subscription import Setting


@pytest.fixture
def parked(monkeypatch):
    """Accounts a and b: 2 and 20 could not be handled, 3 and 30 wait behind them."""
    monkeypatch.setattr(Mirror, "failing_amounts", {2: 1000, 20: 1000})
    monkeypatch.setattr(parking.time, "sleep", lambda _seconds: None)
    s = Setting([("a", 1), ("a", 2), ("b", 20), ("a", 3), ("b", 30)])
    s.subscription.receive(s.messages)
    s.subscription.receive([b"{no event"])
    s.database = s.mirror.database
    return s


def act(s, messages, *, is_discarding=False, reason=None):
    outcomes = settle(
        s.database, messages, s.sink.replay,
        is_discarding=is_discarding, actor="account-7", reason=reason,
    )  # fmt: skip
    return {outcome.id: outcome.outcome for outcome in outcomes}


def ids(s):
    return [message.id for message in list_parked(s.database)]


def acts(s):
    return [(a.act, a.target.partition(":")[0], a.outcome) for a in reversed(list_acts(s.database))]


def test_all_are_replayed_and_one_that_fails_holds_up_its_own_subject_only(parked):
    Mirror.failing_amounts = {2: 1000}
    a2, b20, a3, b30, raw = ids(parked)

    outcomes = act(parked, choose(parked.database, None))

    assert outcomes == {a2: "failed", a3: "waits", b20: "done", b30: "done", raw: "no-event"}
    assert (parked.heard("a"), parked.heard("b")) == ([1], [20, 30])
    assert ids(parked) == [a2, a3, raw]
    assert acts(parked) == [
        ("parked.replay", str(a2), "failed: ValueError"),
        ("parked.replay", str(b20), "done"),
        ("parked.replay", str(b30), "done"),
    ]


def test_a_subject_is_replayed_whole_whichever_of_its_messages_is_named(parked):
    Mirror.failing_amounts = {}
    a2, b20, a3, b30, raw = ids(parked)

    outcomes = act(parked, choose(parked.database, a3, is_whole_subject=True))

    assert outcomes == {a2: "done", a3: "done"}
    assert parked.heard("a") == [1, 2, 3]
    assert ids(parked) == [b20, b30, raw]


def test_one_that_waits_behind_another_cannot_overtake_it(parked):
    Mirror.failing_amounts = {}
    _a2, _b20, a3, _b30, _raw = ids(parked)

    assert act(parked, choose(parked.database, a3)) == {a3: "failed"}
    assert parked.heard("a") == [1]


def test_what_was_discarded_is_gone_and_those_behind_it_can_be_replayed(parked):
    a2, _b20, a3, _b30, _raw = ids(parked)

    act(parked, choose(parked.database, a2), is_discarding=True, reason="wrong amount")
    act(parked, choose(parked.database, a3))

    assert parked.heard("a") == [1, 3]
    [discarded] = [a for a in list_acts(parked.database) if a.act == "parked.discard"]
    assert (discarded.actor, discarded.reason, discarded.outcome) == (
        "account-7", "wrong amount", "done"
    )  # fmt: skip


def test_it_is_discarded_once_and_only_with_a_reason(parked):
    messages = choose(parked.database, ids(parked)[0])

    with pytest.raises(InvalidRequestError):
        act(parked, messages, is_discarding=True, reason="  ")
    act(parked, messages, is_discarding=True, reason="wrong amount")
    with pytest.raises(NotFoundError):
        act(parked, messages, is_discarding=True, reason="wrong amount")

    assert len(list_acts(parked.database)) == 1


def test_a_number_that_is_not_there_is_refused(parked):
    with pytest.raises(NotFoundError):
        choose(parked.database, 999)


def test_the_record_names_no_error_text(parked):
    """An error's text may quote data; its kind may not."""
    act(parked, choose(parked.database, ids(parked)[0]))

    assert "cannot take" not in str(list_acts(parked.database))

"""The checker reports each broken promise by its kind, and nothing where all is well."""

from dataclasses import replace

import pytest

from tests.faults.checker import Command, Entry, Evidence, Flaw, check
from tests.samples.parts import Account

A, B = Account.create_id("a"), Account.create_id("b")
UNCOUNTED = Entry(4, B, 2, is_counted=False)


def sound():
    """Five amounts on two accounts; the third command was never answered, the fifth not done.

    The read model does not count the second.
    """
    log = [Entry(2, A, 1), UNCOUNTED, Entry(5, A, 3), Entry(7, A, 4)]
    return Evidence(
        commands=[
            Command(1, A, 1, 2),
            Command(2, B, 2, 4),
            Command(3, A),
            Command(4, A, 8, 7),
            Command(5, B),
        ],
        log=log,
        totals={A: 8},
        effects=[replace(entry, number=10 + entry.number) for entry in log],
        journal=list(log),
        view={A: 8, B: 2},
        positions={"relay": 7, "mirror": 7, "journal": 7},
        wire=[2, 4, 4, 5, 4, 5, 7],
    )


def kinds(evidence):
    return [flaw.kind for flaw in check(evidence)]


def test_where_all_is_well_nothing_is_reported():
    assert check(sound()) == []


def lose_a_command(e):
    e.commands.append(Command(6, B, 8, 9))


def double_a_command(e):
    e.log.insert(1, replace(UNCOUNTED, number=3))
    e.journal, e.effects = list(e.log), list(e.log)
    e.view = {A: 8, B: 4}
    e.commands[1] = Command(2, B, 4, 4)
    e.wire.insert(1, 3)


def answer_another_total(e):
    e.commands[3] = Command(4, A, 9, 7)


def answer_another_position(e):
    e.commands[3] = Command(4, A, 8, 6)


def record_what_nobody_asked(e):
    del e.commands[2]


@pytest.mark.parametrize(
    ("hurt", "kind"),
    [
        (lose_a_command, "command lost"),
        (double_a_command, "command doubled"),
        (answer_another_total, "command answered wrongly"),
        (answer_another_position, "command answered wrongly"),
        (record_what_nobody_asked, "command not asked for"),
        (lambda e: e.effects.pop(1), "effect lost"),
        (lambda e: e.effects.append(e.effects[-1]), "effect doubled"),
        (lambda e: e.effects.append(Entry(99, A, 77)), "effect not asked for"),
        (lambda e: e.effects.reverse(), "effect out of order"),
        (lambda e: e.totals.update({A: 9}), "read model wrong"),
        (lambda e: e.totals.update({B: 2}), "read model wrong"),
        (lambda e: e.view.update({B: 0}), "view wrong"),
        (lambda e: e.positions.update(mirror=5), "position wrong"),
        (lambda e: e.positions.update(relay=9), "position wrong"),
        (lambda e: e.wire.remove(7), "message lost"),
        (lambda e: e.wire.insert(0, 7), "message out of order"),
        (lambda e: e.parked.append("4"), "parked"),
        (lambda e: e.expected_parked.append("not JSON"), "not parked"),
    ],
)
def test_a_broken_promise_is_reported(hurt, kind):
    evidence = sound()

    hurt(evidence)

    assert kinds(evidence) == [kind]


@pytest.mark.parametrize(
    ("hurt", "kind"),
    [
        (lambda e: e.journal.pop(1), "journal entry lost"),
        (lambda e: e.journal.append(e.journal[-1]), "journal entry doubled"),
        (lambda e: e.journal.reverse(), "journal entry out of order"),
    ],
)
def test_a_flaw_of_the_journal_is_reported(hurt, kind):
    evidence = sound()

    hurt(evidence)

    assert kind in kinds(evidence)


def test_what_was_parked_on_purpose_has_no_effect_and_is_no_flaw():
    evidence = sound()
    evidence.parked = evidence.expected_parked = ["4", "not JSON"]

    assert Flaw("effect not asked for", "4") in check(evidence)
    evidence.effects.pop()
    assert check(evidence) == []


def test_what_the_broker_lost_need_not_have_been_heard():
    evidence = sound()
    evidence.wire = [7]

    assert kinds(evidence) == ["message lost"] * 3
    assert check(replace(evidence, wire_from=5)) == []

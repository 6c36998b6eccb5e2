"""`ore feed`, `ore parked` and `ore rebuild` as an operator types them, over both databases."""

import io
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from rich.console import Console
from typer.testing import CliRunner

from platform_cli.main import app
from platform_cli.rebuilding import rebuild_views
from services.gateway import rebuilding
from services.gateway.journal import Journal
from services.gateway.projections.editions import Editions
from services.gateway.projections.registry import VIEWS
from services.recruitment.projections.training_places import training_places
from shared.contracts.recruitment import ReconfigureEdition
from shared.kernel.operator_acts import list_acts
from shared.kernel.parking import list_parked, park_undecodable
from tests.unit.gateway.programme import a_configuration

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]
SECONDS = 60.0


def lines_of(platform, *arguments):
    """The CloudEvents that `ore feed` prints."""
    result = CliRunner().invoke(app, ["feed", *arguments, "--data", str(platform.folder)])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


# --- ore feed -------------------------------------------------------------------------------------


def test_the_feed_prints_each_event_on_a_line_from_a_position_on(platform):
    third = platform.open_edition("edycja-3")

    events = lines_of(platform, "recruitment")

    assert [event["data"]["configuration"]["slug"] for event in events] == [
        "edycja-1", "edycja-2", "edycja-3"
    ]  # fmt: skip
    assert all(event["specversion"] == "1.0" for event in events)
    second = int(events[1]["sequence"])
    assert lines_of(platform, "recruitment", "--after", str(second)) == events[2:]
    assert lines_of(platform, "recruitment", "--after", str(third)) == []
    assert lines_of(platform, "recruitment", "--limit", "2") == events[:2]


def test_what_cannot_be_fed_is_said_in_a_sentence(platform):
    code, said = platform.ore("feed", "nobody")
    assert (code, "There is no service 'nobody'. Name one of: recruitment" in said) == (1, True)
    last = platform.position().sequence
    code, said = platform.ore("feed", "recruitment", "--after", str(last + 7))
    assert code == 1
    assert f"has recorded no event {last + 7}: its last one is {last}" in said
    assert platform.ore("feed", "recruitment", "--after", "-1")[0] == 2
    assert platform.ore("feed", "recruitment", "--after", "soon")[0] == 2
    assert platform.ore("feed", "recruitment", "--limit", "0")[0] == 2


def test_a_store_that_does_not_answer_is_named_without_its_password(tmp_path, monkeypatch):
    monkeypatch.setenv("ORE_BROKER_URL", "amqp://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("ORE_RECRUITMENT_DATABASE_URL", "postgresql://ore:hidden@127.0.0.1:1/none")

    result = CliRunner().invoke(app, ["feed", "recruitment", "--data", str(tmp_path)])

    said = " ".join(result.output.split())
    assert result.exit_code == 1
    assert "The store of recruitment cannot be read" in said
    assert "127.0.0.1:1/none" in said
    assert "hidden" not in said


def test_without_a_platform_the_feed_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.delenv("ORE_BROKER_URL", raising=False)

    result = CliRunner().invoke(app, ["feed", "recruitment", "--data", str(tmp_path / "none")])

    assert result.exit_code == 1
    assert "There is no platform in" in " ".join(result.output.split())


class Following:
    """`ore feed recruitment --follow` in a process of its own."""

    def __init__(self, platform, *more):
        command = [sys.executable, "-m", "platform_cli.main", "feed", "recruitment", "--follow"]
        self.process = subprocess.Popen(
            [*command, *more, "--data", str(platform.folder)],
            bufsize=0,  # what `select` sees is all that there is
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def next_slug(self):
        assert select.select([self.process.stdout], [], [], SECONDS)[0], "nothing came"
        return json.loads(self.process.stdout.readline())["data"]["configuration"]["slug"]

    def end(self):
        said = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, *said


@pytest.fixture
def follow(platform):
    started = []

    def start(*more):
        started.append(Following(platform, *more))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        with one.process:  # closes what it reads from
            pass


def test_a_follower_sees_what_is_recorded_meanwhile_and_ends_cleanly(platform, follow):
    following = follow("--after", str(platform.position().sequence))
    platform.open_edition("edycja-3")
    assert following.next_slug() == "edycja-3"
    platform.open_edition("edycja-4")
    assert following.next_slug() == "edycja-4"

    following.process.send_signal(signal.SIGINT)

    assert following.end() == (0, b"", b"")


def test_a_follower_ends_after_as_many_as_were_wanted(platform, follow):
    following = follow("--limit", "3")
    assert [following.next_slug(), following.next_slug()] == ["edycja-1", "edycja-2"]
    platform.open_edition("edycja-3")
    platform.open_edition("edycja-4")

    assert following.next_slug() == "edycja-3"
    assert following.end() == (0, b"", b"")


def test_a_reader_that_has_seen_enough_breaks_nothing(platform, follow):
    following = follow()
    assert following.next_slug() == "edycja-1"
    following.process.stdout.close()
    platform.open_edition("edycja-3")

    assert following.process.wait(SECONDS) == 0
    assert following.process.stderr.read() == b""


# --- ore parked -----------------------------------------------------------------------------------


@pytest.fixture
def parked(platform, monkeypatch):
    """Three messages parked for a view that was broken for a while, two of one subject."""

    def broken(*_):
        raise ValueError("the view is broken")

    with monkeypatch.context() as for_a_while:
        for_a_while.setattr(Editions, "apply", broken)
        platform.open_edition("edycja-3")
        [created] = platform.feed("recruitment", platform.position().sequence, 1)
        later = a_configuration(slug="edycja-3", ends_on="2027-01-31")
        wider = ReconfigureEdition.model_validate(
            {"edition_id": created.subject, "configuration": later}
        )
        platform.app.execute(lambda: platform.app.reconfigure_edition(wider))
        platform.open_edition("edycja-4")
        platform.listener.catch_up()
    messages = list_parked(platform.gateway)
    assert [message.is_behind for message in messages] == [False, True, False]
    return [str(message.id) for message in messages]


def test_parked_messages_are_listed_and_shown(platform, parked):
    code, said = platform.ore("parked", "list")
    assert code == 0
    assert f"gateway {parked[0]}: view:editions, pl.ore.recruitment.EditionCreated.v1" in said
    assert said.count("(waits behind an earlier one)") == 1
    assert "ValueError: the view is broken" in said
    assert "3 parked" in said

    code, said = platform.ore("parked", "show", "gateway", parked[0])
    assert code == 0
    assert '"edycja-3"' in said.replace(" ", "")
    assert "1 attempts: ValueError: the view is broken" in said
    assert platform.ore("parked", "show", "gateway", "999")[0] == 1
    assert platform.ore("parked", "show", "nowhere", parked[0])[0] == 1


def test_one_is_replayed_and_one_behind_another_is_not(platform, parked):
    code, said = platform.ore("parked", "replay", "gateway", parked[1])
    assert code == 1
    assert "0 of 1 handled" in said

    code, said = platform.ore("parked", "replay", "gateway", parked[0], "--reason", "mended")

    assert (code, "1 of 1 handled" in said) == (0, True)
    assert platform.shown() == ["edycja-1", "edycja-2", "edycja-3"]
    assert [str(m.id) for m in list_parked(platform.gateway)] == parked[1:]
    act = list_acts(platform.gateway)[0]
    assert (act.actor, act.act, act.reason, act.outcome) == (
        f"cli:{os.getuid()}", "parked.replay", "mended", "done"
    )  # fmt: skip


def test_a_whole_subject_is_replayed_in_its_order(platform, parked):
    code, said = platform.ore("parked", "replay", "gateway", parked[0], "--subject")

    assert (code, "2 of 2 handled" in said) == (0, True)
    assert platform.shown() == ["edycja-1", "edycja-2", "edycja-3"]
    assert [str(m.id) for m in list_parked(platform.gateway)] == parked[2:]


def test_all_of_a_part_are_replayed(platform, parked):
    code, said = platform.ore("parked", "replay", "gateway", "--all")

    assert (code, "3 of 3 handled" in said) == (0, True)
    assert platform.shown() == ["edycja-1", "edycja-2", "edycja-3", "edycja-4"]
    assert list_parked(platform.gateway) == []
    code, said = platform.ore("parked", "acts")
    assert (code, said.count("parked.replay")) == (0, 3)


def test_what_fails_again_stays_and_holds_up_its_own_subject_only(platform, parked, monkeypatch):
    take = Editions.apply

    def half_broken(view, connection, entries):
        entries = list(entries)
        if entries[0][1]["configuration"]["slug"] == "edycja-3":
            raise ValueError("still broken")
        take(view, connection, entries)

    monkeypatch.setattr(Editions, "apply", half_broken)
    code, said = platform.ore("parked", "replay", "gateway", "--all")

    assert code == 1
    assert "failed, stays parked: ValueError: still broken" in said
    assert "waits behind one that failed" in said
    assert "1 of 3 handled" in said
    assert [str(m.id) for m in list_parked(platform.gateway)] == parked[:2]


def test_replay_wants_a_number_or_all(platform):
    assert platform.ore("parked", "replay", "gateway")[0] == 1
    assert platform.ore("parked", "replay", "gateway", "1", "--all")[0] == 1


def test_discarding_wants_a_reason_and_is_recorded(platform, parked):
    assert platform.ore("parked", "discard", "gateway", parked[0], "--yes")[0] == 2
    code, said = platform.ore("parked", "discard", "gateway", parked[0], "--reason", "why")
    assert (code, "missing for good" in said) == (1, True)  # asked, and nobody said yes
    assert len(list_parked(platform.gateway)) == 3

    arguments = ["discard", "gateway", parked[0], "--subject", "--yes", "--reason", "entered twice"]
    code, said = platform.ore("parked", *arguments)

    assert (code, "2 of 2 discarded" in said) == (0, True)
    assert platform.shown() == ["edycja-1", "edycja-2"]
    assert [str(m.id) for m in list_parked(platform.gateway)] == parked[2:]
    act = list_acts(platform.gateway)[0]
    assert (act.act, act.reason) == ("parked.discard", "entered twice")


def test_what_is_no_event_is_only_discarded(platform):
    park_undecodable(platform.gateway, "gateway", b"\xff{", "not JSON")
    number = str(list_parked(platform.gateway)[0].id)

    code, said = platform.ore("parked", "replay", "gateway", number)
    assert (code, "only discarded" in said) == (1, True)
    code, _ = platform.ore("parked", "discard", "gateway", number, "--yes", "--reason", "noise")

    assert code == 0
    assert list_parked(platform.gateway) == []


# --- ore rebuild ----------------------------------------------------------------------------------


def test_a_rebuilt_view_is_told_with_its_progress_and_switched(platform, monkeypatch):
    with platform.gateway.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM editions")
    told = io.StringIO()
    console = Console(file=told, force_terminal=True, width=100)

    monkeypatch.setattr(rebuilding, "BATCH", 1)
    rebuild_views("editions", folder=platform.folder, console=console)

    assert "editions …" in told.getvalue()
    assert "100%" in told.getvalue()
    assert "rebuilt from" in told.getvalue()
    assert platform.shown() == ["edycja-1", "edycja-2"]
    assert list_acts(platform.gateway)[0].act == "view.rebuild"


def test_a_cancelled_rebuild_leaves_the_view_as_it_was(platform, monkeypatch):
    taken, take = [], Editions.apply

    def until_ctrl_c(view, connection, entries):
        if taken:
            raise KeyboardInterrupt
        taken.append(take(view, connection, entries))

    with platform.gateway.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM editions WHERE slug = 'edycja-2'")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(rebuilding, "BATCH", 1)
        meanwhile.setattr(Editions, "apply", until_ctrl_c)
        code, said = platform.ore("rebuild", "editions")

    assert code != 0
    assert "editions: cancelled, the view is as it was" in said
    assert platform.shown() == ["edycja-1"]
    assert rebuilding._existing_shadows(platform.gateway) == []
    assert platform.ore("rebuild", "editions")[0] == 0
    assert platform.shown() == ["edycja-1", "edycja-2"]


def test_a_rebuilt_read_model_and_its_record_are_one_transaction(platform, monkeypatch):
    """So a process that dies nowhere leaves a rebuild without its record."""
    database = platform.app.database
    of_no_event = {"training_id": uuid4(), "application_id": uuid4(), "is_over": False}
    with database.transaction() as connection:
        connection.execute(training_places.insert().values(of_no_event))

    def places():
        with database.reading() as connection:
            return len(connection.execute(training_places.select()).all())

    def dies(*_record, **_act):
        raise KeyboardInterrupt

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("platform_cli.rebuilding.record_act", dies)
        assert platform.ore("rebuild", "recruitment:training_places")[0] != 0
    assert (places(), list_acts(database)) == (1, [])

    assert platform.ore("rebuild", "recruitment:training_places")[0] == 0
    assert places() == 0
    assert [(act.act, act.target, act.outcome) for act in list_acts(database)] == [
        ("view.rebuild", "training_places", "done")
    ]


def test_an_unknown_view_is_answered_with_the_names(platform):
    code, said = platform.ore("rebuild", "nothing")

    assert code == 1
    assert "There is no view 'nothing'" in said
    assert all(view.name in said for view in VIEWS)


def test_all_views_and_read_models_are_rebuilt_to_the_same(platform):
    before = platform.shown()

    code, said = platform.ore("rebuild")

    assert (code, "recruitment:" in said) == (0, True)
    assert platform.shown() == before
    Journal(platform.gateway, [view() for view in VIEWS]).prepare()

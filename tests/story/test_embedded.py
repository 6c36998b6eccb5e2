"""The whole programme in one process: complete, and whatever kills the process on the way."""

import pytest

from platform_cli.registry import SERVICES
from tests.story.checking import check
from tests.story.processes import Embedded, Saboteur, free_port, log_shown_on_failure, ore
from tests.story.story import Story
from tests.story.views import differences, dump

pytestmark = [pytest.mark.story, pytest.mark.timeout(900)]

KILLED_DURING = {
    "create_edition": 1,
    "import_register": 1,
    "apply": 17,
    "assess": 40,
    "publish_results": 9,
    "train": 20,
    "assign_teams": 4,
    "diagnose": 11,
    "write_hdrs": 30,
    "edit_and_publish": 25,
    "monitor": 12,
    "summarise": 20,
}
"""After how many commands of which step the process is killed."""


@pytest.fixture
def platform(tmp_path):
    embedded = Embedded(tmp_path / "data", tmp_path / "platform.log")
    with log_shown_on_failure(embedded.log):
        embedded.start()
    yield embedded
    embedded.stop()


def urls_of(platform):
    return {name: f"sqlite:///{platform.folder / name}.db" for name in (*SERVICES, "gateway")}


def test_the_whole_programme_gives_the_numbers_of_the_ledger(platform):
    story = Story(platform.address, platform.database_url)

    with log_shown_on_failure(platform.log):
        story.run()
        check(story)

    assert story.repeated_commands > 30
    code, told = ore("doctor", "--data", str(platform.folder))
    assert (code, "running" in told) == (0, True), told
    assert platform.stop() == 0


def test_killed_at_any_moment_it_goes_on_where_it_was(platform):
    story = Story(platform.address, platform.database_url, twice=False)
    saboteur = Saboteur(story.calls)

    def kill_and_start() -> None:
        platform.kill()
        platform.start()

    def before_step(step: str) -> None:
        saboteur.wait()
        if step in KILLED_DURING:
            saboteur.strike_after(KILLED_DURING[step], step, kill_and_start)

    with log_shown_on_failure(platform.log):
        story.run(before_step)
        saboteur.wait()
        check(story)

    assert saboteur.done == list(KILLED_DURING)
    assert story.calls.repeated > 0
    assert platform.stop() == 0
    before = dump(urls_of(platform))
    code, told = ore("rebuild", "--data", str(platform.folder))
    assert code == 0, told
    assert differences(before, dump(urls_of(platform))) == {}
    code, told = ore("doctor", "--data", str(platform.folder))
    assert (code, "not running" in told) == (0, True), told


def test_a_second_process_on_the_same_folder_is_refused(platform, tmp_path):
    second = Embedded(platform.folder, tmp_path / "second.log", free_port())

    with pytest.raises(AssertionError, match="ended with 1"):
        second.start()

    told = " ".join(second.log.read_text().split())
    assert f"is in use by process {platform.process.pid}: the platform runs already" in told
    assert "choose another folder with --data" in told


def test_a_taken_port_is_named_with_the_way_out(platform, tmp_path):
    other = Embedded(tmp_path / "other", tmp_path / "other.log", platform.port)
    other.address = "http://127.0.0.1:9"  # not the first one's

    with pytest.raises(AssertionError, match="ended with 1"):
        other.start()

    told = " ".join(other.log.read_text().split())
    assert f"Port {platform.port} on 127.0.0.1 is taken" in told
    assert f"--port {platform.port + 1}" in told

"""The platform's own processes, killed again and again while a whole programme is carried out.

In long runs; in short ones ``tests/story/test_distributed.py`` kills each of them once.
"""

import math

import pytest

from platform_cli.registry import PROCESSES
from tests import servers as real
from tests.faults.conftest import FIGURES, KILLS, SEED
from tests.faults.programme import FORKED, Killer, Programme, flaws_in, level, urls_in
from tests.story.checking import check
from tests.story.processes import log_shown_on_failure, ore
from tests.story.story import Story
from tests.story.views import differences, dump

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]
STORIES = math.ceil(KILLS / 500)


@pytest.fixture
def environment(servers):
    with real.an_environment(servers, "programme") as made:
        yield made


@pytest.fixture
def programme(environment, forker, plain_forker, tmp_path):
    forkers = dict.fromkeys(FORKED, forker) | {"projector": plain_forker}
    programme = Programme(environment, tmp_path / "programme.log", forkers)
    try:
        with log_shown_on_failure(programme.log):
            programme.start()
            programme.wait_until_ready()
        yield programme
    finally:
        programme.stop()


@pytest.mark.parametrize("number", range(STORIES))
def test_a_programme_whose_processes_are_killed_all_the_time_comes_out_right(
    programme, environment, number
):
    story = Story(programme.address, programme.database_url, threads=3)

    with log_shown_on_failure(programme.log):
        with Killer(programme, story.calls, SEED + number) as killer:
            story.run()
        programme.wait_until_ready()
        took = level(environment)
        flaws = flaws_in(environment)
        commands = sum(call.is_accepted_command for call in story.calls.done)
        what = "kill -9 of the platform's own processes"
        FIGURES.append((what, killer.kills, commands, took, flaws))
        for name, times in sorted(killer.deaths.items()):
            FIGURES.append((f"  {name}", times, None, 0.0, []))
        assert flaws == []
        assert set(killer.deaths) == set(PROCESSES), "never died"
        check(story)

    urls = urls_in(environment)
    before = dump(urls)
    code, told = ore("rebuild", environment=programme.environment)
    assert code == 0, told
    assert differences(before, dump(urls)) == {}

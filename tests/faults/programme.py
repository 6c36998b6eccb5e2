"""The platform itself as processes that start quickly, and what its databases must say at the end.

`flaws_in` reads with plain SQL and asks none of the code under test; the story's own checks compare
every number that the platform shows with what was asked of it.
"""

import contextlib
import signal
import threading
import time
from collections import Counter
from itertools import pairwise
from random import Random

from platform_cli import registry
from tests.faults.checker import Flaw, rows_in
from tests.faults.harness import LEVEL_SECONDS, START_SECONDS
from tests.story.processes import Distributed
from tests.story.steps import eventually

FORKED = (*registry.SERVICES, "projector")
GATEWAY_EVERY = 10
"""One kill in so many hits the gateway, whose processes take seconds to start."""
HEAL_SECONDS = 1.0


class Forked:
    """A forked process with what the platform's starter asks of those that it started itself."""

    def __init__(self, process):
        self.process = process
        self.pid = process.pid
        self.returncode = -signal.SIGKILL

    def poll(self):
        return None if self.process.is_alive() else self.returncode

    def terminate(self):
        self.kill()

    def kill(self):
        self.process.signal(signal.SIGKILL)

    def wait(self, timeout=START_SECONDS):
        self.process.wait_gone(timeout, "a forked process")
        return self.returncode


class Programme(Distributed):
    """The platform on servers that may be hurt.

    Args:
        environment: Its variables; databases migrated already.
        log: Where all output goes.
        forkers: By process; the rest is started as always.
    """

    def __init__(self, environment, log, forkers):
        super().__init__({**environment, "ORE_HEAL_SECONDS": str(HEAL_SECONDS)}, log)
        self.forkers = forkers

    def start(self, *names):
        for name in names or registry.PROCESSES:
            if name not in self.forkers:
                super().start(name)
                continue
            told = {k: v for k, v in self.environment.items() if k.startswith("ORE_")}
            given = {"service": name, "log": str(self.log), "environment": told}
            self.processes[name] = Forked(self.forkers[name].fork(given))

    def kill(self, name):
        if name not in self.forkers:
            super().kill(name)
            return
        self.processes[name].kill()
        self.processes[name].wait()


class Killer:
    """Kills processes of the platform one after the other, at any moment, and starts them again.

    Args:
        programme: Whose.
        calls: Tells what was answered: between two kills something is, so that all comes to an end.
        seed: Of the choices.
        pause: Least and most seconds between two kills.
    """

    def __init__(self, programme, calls, seed, pause=(0.2, 0.9)):
        self.programme, self.calls, self.pause = programme, calls, pause
        self.random = Random(seed)
        self.deaths = Counter()
        self.failures = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def kills(self):
        return self.deaths.total()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._stopping.set()
        self._thread.join(timeout=START_SECONDS)
        assert not self._thread.is_alive(), "still killing"
        assert self.failures == []

    def _run(self):
        try:
            while not self._stopping.wait(self.random.uniform(*self.pause)):
                self._strike()
        except BaseException as error:  # noqa: BLE001 -- told in the main thread
            self.failures.append(error)

    def _strike(self):
        answered = len(self.calls.done)
        is_gateways_turn = self.kills >= GATEWAY_EVERY * (self.deaths["gateway"] + 1) - 1
        name = "gateway" if is_gateways_turn else self.random.choice(FORKED)
        assert self.programme.processes[name].poll() is None, f"{name} had ended by itself"
        self.programme.kill(name)
        self.programme.start(name)
        self.deaths[name] += 1
        while len(self.calls.done) == answered and not self._stopping.is_set():
            self._stopping.wait(0.02)


def level(environment, seconds=LEVEL_SECONDS):
    """Wait until everybody is level; how long it took. `flaws_in` says what is missing."""
    began = time.monotonic()
    urls = urls_in(environment)
    with contextlib.suppress(AssertionError):
        eventually(lambda: not list(_positions(urls)), "everybody to be level", seconds)
    return time.monotonic() - began


def flaws_in(environment):
    """Every promise that the databases show to be broken."""
    urls = urls_in(environment)
    return [*_journal(urls), *_positions(urls), *_parked(urls)]


def urls_in(environment):
    """Of the services' databases and the gateway's, by name."""
    names = (*registry.SERVICES, "gateway")
    return {name: environment[f"ORE_{name.upper()}_DATABASE_URL"] for name in names}


def _journal(urls):
    """Each source's events stand in the journal once, in their order, without a gap.

    Which of a log's events leave the service only its code knows, but each that left names the
    one before it, so what is missing in the middle is seen; what is missing at the end, by the
    positions; what is missing before it was published, by the story's numbers.
    """
    for source in registry.SERVICES:
        rows = rows_in(
            urls["gateway"],
            "SELECT sequence, previous_sequence FROM journal WHERE source = %s ORDER BY position",
            (source,),
        )
        log = {row[0] for row in rows_in(urls[source], "SELECT id FROM events")}
        for number, times in Counter(row[0] for row in rows).items():
            if times > 1:
                yield Flaw("journal entry doubled", f"{source} {number}")
            if number not in log:
                yield Flaw("journal entry not asked for", f"{source} {number}")
        if any(after[0] < before[0] for before, after in pairwise(rows)):
            yield Flaw("journal entry out of order", source)
        followed = {row[1] for row in rows}
        missing = followed - {row[0] for row in rows} - {0}
        for number in sorted(missing):
            yield Flaw("journal entry lost", f"{source} {number}")


def _positions(urls):
    """Everybody has come to the end of what each service published, and that to the log's end."""
    for source in registry.SERVICES:
        [end] = rows_in(urls[source], "SELECT coalesce(max(id), 0) FROM events")
        relay = rows_in(urls[source], "SELECT position, published_sequence FROM relay")
        position, published = relay[0] if relay else (0, 0)
        if position != end[0]:
            yield Flaw("relay lost the end", f"{source} is at {position} of {end[0]}")
        for listener, url in urls.items():
            held = rows_in(
                url, "SELECT sequence FROM subscription_positions WHERE source = %s", (source,)
            )
            if held and held[0][0] != published:
                what = f"{listener} is at {held[0][0]} of {source}'s {published}"
                yield Flaw("listener lost the end", what)
    [(behind,)] = rows_in(
        urls["gateway"],
        "SELECT count(*) FROM view_positions WHERE position <> (SELECT max(position) FROM journal)",
    )
    if behind:
        yield Flaw("view lost the end", f"{behind} views")


def _parked(urls):
    for name, url in urls.items():
        for kind, error in rows_in(url, "SELECT subscription, error FROM parked_messages"):
            yield Flaw("parked", f"{name}: {kind}: {error}")

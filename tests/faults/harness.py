"""The sample platform on servers that may be hurt, the load on it, and what an outsider hears."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

import orjson
from kombu import Connection, Consumer, Exchange, Queue

from deploy.local.databases import make_virtual_host
from deploy.local.processes import InfraError, Process
from services.gateway.journal import journal, view_positions
from shared.kernel import broker, schema
from shared.kernel.database import Database
from shared.kernel.envelope import CONTENT_TYPE
from shared.kernel.refusal import Refusal
from shared.kernel.rpc import CallContext, RpcClient, ServiceFailedError, ServiceUnavailableError
from tests import servers as real
from tests.faults import checker, sums
from tests.faults.checker import Command
from tests.faults.proxy import Proxy, at_port
from tests.faults.steps import create_gate
from tests.samples.parts import LEDGER, MIRROR
from tests.story.steps import eventually

ROOT = Path(__file__).parents[2]
NAMES = ("ledger", "mirror", "journal")
LISTENERS = {"mirror": "ore.mirror", "journal": "ore.gateway"}
BOUND_BY = "ledger.#"
NEVER_SECONDS = 600.0
"""A listener that looks into the log by itself only so often heals what it sees to be missing."""
LEVEL_SECONDS = 60.0
"""Within this time after a fault has ended, everything is level again."""
START_SECONDS = 60.0
PATIENCE_SECONDS = 240.0
"""As long as a server that is hurt may need to come back on a busy machine."""
CALL_SECONDS = 2.0
PAUSE_SECONDS = 0.02
LONG_PAUSE_SECONDS = 1.0
MOST_BEHIND = 100
"""Further behind, a listener that is killed again and again comes to no acknowledgement in time."""
MISSES = 3
"""So often a process may be killed before it comes to its step."""
THREADS = 3
END_OF_QUEUE = b"the end"
MOST_AT_ONCE = 65_535
ACCOUNTS = tuple(f"account {number}" for number in range(5))


class Forker:
    """The process from which others are forked; ``plain`` ones have no green threads."""

    def __init__(self, log, *arguments):
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.serving", *arguments],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )

    def fork(self, given):
        self.process.stdin.write(json.dumps(given).encode() + b"\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        try:
            return Process.of(pid)
        except InfraError:  # it came to its fatal step before this process had its turn
            return Process(pid, born="and dead")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()


class Platform:
    """One sample platform: databases and a virtual host of its own, and its processes.

    Args:
        servers: Where the databases and the virtual host are made.
        forker: Starts the processes.
        log: Where their output goes.
    """

    def __init__(self, servers, forker, log):
        self.servers, self.forker, self.log = servers, forker, log
        self.stack = contextlib.ExitStack()
        self.urls = {
            name: self.stack.enter_context(real.a_postgres_database(servers)) for name in NAMES
        }
        tables = {
            "ledger": [LEDGER.metadata.create_all, create_gate],
            "mirror": [MIRROR.metadata.create_all, create_gate],
            "journal": [journal.create, view_positions.create, sums.metadata.create_all],
        }
        for name, url in self.urls.items():
            database = Database(url)
            with database.transaction() as connection:
                schema.create_v1(connection)
                for create in tables[name]:
                    create(connection)
            database.close()
        self.vhost = real.unique("faults")
        self.amqp_url = make_virtual_host(servers.amqp_url, servers.management_url, self.vhost)
        self.settings = {name: {} for name in NAMES}
        """What every process of a name is told besides, e.g. a defect."""
        self.databases = dict(self.urls)
        self.brokers = dict.fromkeys(NAMES, self.amqp_url)
        self.proxies = {}
        self.running = {}
        self.wire = Wire(self)
        self.load = Load(self.amqp_url)
        self.known = {}
        """What the checker must be told, by the fields of `Evidence`."""

    def start(self, *names, **given):
        """Start one more process of each of these names, or of all; they need not be up yet."""
        for name in names or NAMES:
            told = {
                "service": name,
                "database": self.databases[name],
                "broker": self.brokers[name],
                "log": str(self.log),
                **self.settings[name],
                **given,
            }
            self.running.setdefault(name, []).append(self.forker.fork(told))

    def kill(self, name):
        """End all processes of a name at once."""
        for process in self.running.pop(name, []):
            process.signal(signal.SIGKILL)
            process.wait_gone(START_SECONDS, name)

    def restart(self, name):
        """End them and start one."""
        self.kill(name)
        self.start(name)

    def behind_a_proxy(self, name, what):
        """Put a proxy between the processes of a name and their ``broker`` or ``database``."""
        urls = self.brokers if what == "broker" else self.databases
        proxy = self.stack.enter_context(Proxy.before(urls[name]))
        urls[name] = at_port(urls[name], proxy.port)
        self.proxies[name, what] = proxy
        return proxy

    def wait_until_followed(self):
        """Wait until every listener has its queue and has taken something."""
        for name in LISTENERS:
            url = self.urls[name]
            eventually(lambda url=url: checker.position_of(url) > 0, f"{name} to follow")

    def end(self):
        """The number of the last contract event."""
        return checker.end_of(self.urls["ledger"])

    def lost_messages(self):
        """Note that what was published until the subscriber had its queue again may be lost."""
        self.wire.wait_until_bound()
        self.known["wire_from"] = self.end()

    def level(self, seconds=LEVEL_SECONDS):
        """Wait until everybody is level; how long it took. An alarm tells who is not."""
        began = time.monotonic()
        deadline = began + seconds
        with contextlib.suppress(AssertionError):  # the checker says what is missing
            eventually(self._is_level, "everybody to be level", deadline - time.monotonic())
        return time.monotonic() - began

    def _is_level(self):
        end = self.end()
        if any(checker.position_of(self.urls[name]) != end for name in LISTENERS):
            return False
        return checker.published_up_to(self.urls["ledger"]) == end and end <= max(
            [self.known.get("wire_from", 0), *self.wire.numbers]
        )

    def verdict(self, seconds=LEVEL_SECONDS):
        """End the load, wait until all is level, and check; flaws, and the seconds until level."""
        self.load.stop()
        took = self.level(seconds)
        return checker.check(self.evidence()), took

    def evidence(self):
        """All that there is now."""
        return checker.gather(self.urls, self.load.commands, self.wire.numbers, **self.known)

    def publish(
        self, body, key="ledger.AmountAdded", exchange=broker.EVENTS, times=1, **properties
    ):
        """Send a message as anybody might."""
        properties = {"content_type": CONTENT_TYPE, **properties}
        with Connection(self.amqp_url) as connection:
            channel = connection.channel()
            message = channel.prepare_message(body, **properties)
            for _ in range(times):
                channel.basic_publish(message, exchange=exchange, routing_key=key)

    def withhold(self, number):
        """Let so many events be published past the listeners' queues; the messages, in order.

        The listeners go on, and know nothing of them.
        """
        self.wait_until_taken()
        before = self.end()
        with Connection(self.amqp_url) as connection:
            channel = connection.channel()
            for queue in LISTENERS.values():
                channel.queue_unbind(queue, broker.EVENTS, BOUND_BY)
            self.load.add(number)
            numbers = checker.numbers_between(self.urls["ledger"], before, self.end())
            eventually(lambda: self.wire.bodies.keys() >= set(numbers), "them to be published")
            for queue in LISTENERS.values():
                channel.queue_bind(queue, broker.EVENTS, BOUND_BY)
        assert [checker.position_of(self.urls[name]) for name in LISTENERS] == [before, before]
        return [self.wire.bodies[number] for number in numbers]

    def wait_until_taken(self):
        """Wait until every listener has come to the end of the log."""
        end = self.end()
        for name in LISTENERS:
            url = self.urls[name]
            eventually(lambda url=url: checker.position_of(url) == end, f"{name} to be level")

    def make_virtual_host(self):
        """Make it again after the broker has forgotten everything."""
        make_virtual_host(self.servers.amqp_url, self.servers.management_url, self.vhost)

    def close(self):
        try:
            self.load.stop()
        finally:  # what is left of a test that failed disturbs the next one
            self.wire.stop()
            for name in list(self.running):
                for process in self.running[name]:
                    process.signal(signal.SIGCONT)
                self.kill(name)
            self.stack.close()

    def unacknowledged_and_gone(self, name):
        """Of a dead listener: published events that are neither in effect nor in its queue.

        Each was acknowledged before its effect was committed. The queue is looked at, not emptied,
        as far as a message that is put at its end.
        """
        url = self.urls["ledger"]
        published = checker.published_up_to(url)
        position = checker.position_of(self.urls[name])
        missing = set(
            checker.numbers_between(url, max(position, self.known.get("wire_from", 0)), published)
        )
        self.publish(END_OF_QUEUE, key=LISTENERS[name], exchange="")
        ends = []
        with Connection(self.amqp_url) as connection:
            channel = connection.channel()
            queue = Queue(LISTENERS[name], channel=channel, no_declare=True)

            def look(message):
                body = _bytes(message.body)
                if body == END_OF_QUEUE:
                    message.ack()
                    ends.append(message)
                else:
                    missing.discard(int(orjson.loads(body)["sequence"]))

            def is_at_the_end():
                with contextlib.suppress(TimeoutError):
                    while not ends:
                        connection.drain_events(timeout=0.2)
                return ends

            # Who names no number gets no more than 2,000 at once from a quorum queue.
            with Consumer(
                channel, [queue], on_message=look, auto_declare=False, prefetch_count=MOST_AT_ONCE
            ):
                eventually(is_at_the_end, f"the end of {name}'s queue")
        return missing


class Load:
    """People who add amounts, each under its own key, until told to stop.

    An amount is asked for until it is answered, always under the same key. Every other one is
    counted by a read model, and so recorded in a transaction; the others are one statement.
    """

    def __init__(self, amqp_url):
        self.amqp_url = amqp_url
        self.asked = {}
        self.answered = 0
        self.tries = 0
        """Attempts begun."""
        self.pause = PAUSE_SECONDS
        """Between an answer and what the same person asks next."""
        self._amounts = count(1)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads = []
        self.failures = []

    def start(self, threads=THREADS):
        self._stopping.clear()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def stop(self):
        """Let everybody have their last answer."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=PATIENCE_SECONDS)
        assert not any(thread.is_alive() for thread in self._threads), "a command has no answer"
        self._threads = []
        self._assert_no_failures()

    def add(self, number=1):
        """Add so many amounts, one after the other; they are answered when this returns."""
        rpc = RpcClient(self.amqp_url, timeout_seconds=CALL_SECONDS)
        for _ in range(number):
            self._ask(rpc)
        rpc.close()

    def wait_for(self, more, seconds=PATIENCE_SECONDS):
        """Wait until so many more commands are answered."""
        goal = self.answered + more
        eventually(lambda: self.answered >= goal or self.failures, f"{more} answers", seconds)
        self._assert_no_failures()

    def _assert_no_failures(self):
        told = ["".join(traceback.format_exception(error)) for error in self.failures]
        assert not told, "\n".join(told)

    def wait_for_tries(self, more, seconds=PATIENCE_SECONDS):
        """Wait until so many more attempts have come to nothing, or were answered slowly."""
        goal = self.tries + more
        eventually(lambda: self.tries >= goal or self.failures, f"{more} attempts", seconds)

    @property
    def commands(self):
        """All that was asked."""
        return list(self.asked.values())

    def _work(self):
        rpc = RpcClient(self.amqp_url, timeout_seconds=CALL_SECONDS)
        try:
            while not self._stopping.is_set():
                self._ask(rpc)
                self._stopping.wait(self.pause)
        except Exception as error:  # noqa: BLE001 -- told in the main thread
            self.failures.append(error)
        finally:
            rpc.close()

    def _ask(self, rpc):
        with self._lock:
            amount = next(self._amounts)
        name = ACCOUNTS[amount % len(ACCOUNTS)]
        command = Command(amount, checker.account_named(name))
        self.asked[amount] = command
        context = CallContext(idempotency_key=f"amount {amount}")
        answer = eventually(
            lambda: self._try(rpc, name, amount, context),
            f"an answer to {amount}",
            PATIENCE_SECONDS,
        )
        total, position = answer["answer"]["total"], answer["position"]
        self.asked[amount] = replace(command, total=total, position=position)
        with self._lock:
            self.answered += 1

    def _try(self, rpc, name, amount, context):
        self.tries += 1
        method = "add_amount" if amount % 2 else "note_amount"
        try:
            return rpc.call("ledger", method, {"name": name, "amount": amount}, context)
        except (ServiceUnavailableError, ServiceFailedError):
            return None
        except Refusal as refusal:
            if refusal.code != "busy":
                raise
            return None


class Wire:
    """A subscriber that is none of ours, in a thread: what it heard, in the order it came."""

    def __init__(self, platform):
        self.url = platform.amqp_url
        self.numbers = []
        self.bodies = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._bound = threading.Event()
        self._thread.start()
        self.wait_until_bound()

    def unbind(self):
        """From now on there is no queue, until it is made anew."""
        self._bound.clear()

    def wait_for(self, number):
        """Wait until so many events were heard."""
        eventually(lambda: len(self.bodies) >= number, f"{number} events to be heard")

    def wait_until_bound(self):
        assert self._bound.wait(START_SECONDS), "the subscriber has no queue"

    def stop(self):
        self._stopping.set()
        self._thread.join(timeout=START_SECONDS)

    def _run(self):
        while not self._stopping.is_set():
            with contextlib.suppress(OSError, *broker.CONNECTION_ERRORS):
                self._listen()
            self._stopping.wait(0.1)

    def _listen(self):
        with Connection(self.url, connect_timeout=5, heartbeat=10) as connection:
            broker.declare_events(connection)
            exchange = Exchange(broker.EVENTS, type="topic", durable=True, passive=True)
            queue = Queue("somebody.else", exchange, routing_key=BOUND_BY, durable=True)
            with Consumer(connection.channel(), [queue], on_message=self._keep):
                self._bound.set()
                while not self._stopping.is_set():
                    with contextlib.suppress(TimeoutError):
                        connection.drain_events(timeout=0.2)
                    connection.heartbeat_check()

    def _keep(self, message):
        body = _bytes(message.body)
        with contextlib.suppress(ValueError, KeyError, TypeError):  # no event of ours
            number = int(orjson.loads(body)["sequence"])
            self.numbers.append(number)
            self.bodies.setdefault(number, body)
        message.ack()


class Assassin:
    """Has each process die again and again, at a named step or from outside, and starts it anew.

    Args:
        platform: Whose processes.
        steps: Step names by process name.
        seed: Of all choices.
    """

    def __init__(self, platform, steps, seed):
        self.platform = platform
        self.random = Random(seed)
        self.steps = {
            name: self.random.sample([*of_name, "outside"], len(of_name) + 1)
            for name, of_name in steps.items()
        }
        self.deaths = {}
        self.early = []
        self._plans = {}
        self._turn = dict.fromkeys(steps, 0)
        self._missed = dict.fromkeys(steps, 0)

    @property
    def kills(self):
        return sum(self.deaths.values())

    def run(self, names, kills, deadline, patience, is_enough):
        """Kill processes of these names so often, and until it is enough; whether in time."""
        for name in names:
            self.platform.kill(name)
            self._start(name, patience)
        goal = self.kills + kills

        def how_it_ended():
            if self._look(patience) >= goal and is_enough():
                return "done"
            return "late" if time.monotonic() > deadline else None

        ended = eventually(how_it_ended, "the kills", deadline - time.monotonic() + 30)
        self._plans.clear()
        for name in names:
            self.platform.restart(name)
        return ended == "done"

    def _start(self, name, patience):
        order = self.steps[name]
        step = order[self._turn[name] % len(order)]
        self._turn[name] += 1
        now = time.monotonic()
        if step == "outside":
            self._plans[name] = (step, now + self.random.uniform(0.2, 1.0))
            self.platform.start(name)
        else:
            is_late = step.startswith("ack")  # only once the log has been caught up with
            self._plans[name] = (step, now + patience * (3 if is_late else 1))
            passage = 1 if is_late else self.random.choice((1, 1, 1, 2, 3))
            self.platform.start(name, die_at=step, passage=passage)

    def _look(self, patience):
        for name, (step, deadline) in list(self._plans.items()):
            [process] = self.platform.running[name]
            reached = not process.is_alive()
            if not reached and time.monotonic() < deadline:
                continue
            died_at = step if reached else "outside"
            self._missed[name] = 0 if died_at == step else self._missed[name] + 1
            if 0 < self._missed[name] < MISSES:  # on a busy machine: once more
                self._turn[name] -= 1
            self.deaths[name, died_at] = self.deaths.get((name, died_at), 0) + 1
            self.platform.kill(name)
            if name in LISTENERS and self.random.random() < 0.1:
                self.early += sorted(self.platform.unacknowledged_and_gone(name))
            self._start(name, patience)
            self._keep_pace()
        return self.kills

    def _keep_pace(self):
        """Let people wait while a listener is far behind: how much it can take is the machine's."""
        positions = [checker.position_of(self.platform.urls[name]) for name in LISTENERS]
        is_behind = self.platform.end() - min(positions) > MOST_BEHIND
        self.platform.load.pause = LONG_PAUSE_SECONDS if is_behind else PAUSE_SECONDS


def _bytes(body):
    return body.encode() if isinstance(body, str) else bytes(body)

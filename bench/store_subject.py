"""One store measured in a process of its own, in its own environment; prints a line of JSON.

python store_subject.py ours|library|sqlalchemy|bare URL SECONDS
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from statistics import fmean
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

EVENTS_OF_ONE, READ_AT_ONCE = 50, 500
STATE = (  # of an event as the library stores it
    b'{"timestamp":{"_type_":"datetime_iso","_data_":"2026-01-01T00:00:00.000001+00:00"},"text":"'
    + b"x" * 40
    + b'","number":7}'
)
SEEDED = 5_000
FOLLOW_SECONDS, TURNS = 0.02, 5


def rate(work: Callable[[], Any], seconds: float, threads: int = 1) -> float:
    """How often the work is done in a second, by so many threads together."""
    work()
    counts = [0] * threads
    until = time.perf_counter() + seconds

    def go_on(number: int) -> None:
        while time.perf_counter() < until:
            work()
            counts[number] += 1

    running = [threading.Thread(target=go_on, args=(number,)) for number in range(threads)]
    started = time.perf_counter()
    for one in running:
        one.start()
    for one in running:
        one.join()
    return sum(counts) / (time.perf_counter() - started)


def library(  # noqa: C901 -- one measurement after the other
    url: str, seconds: float, kind: str
) -> dict[str, float]:
    """The library's application over one of its own modules, or ours as our services have it."""
    os.environ |= {} if kind == "ours" else SETTINGS[kind](url)
    from eventsourcing.application import Application  # noqa: PLC0415 -- reads the environment
    from eventsourcing.domain import Aggregate, event  # noqa: PLC0415
    from eventsourcing.persistence import StoredEvent  # noqa: PLC0415

    class Thing(Aggregate):
        def __init__(self, text: str) -> None:
            self.text = text
            self.number = 0

        @event("Changed")
        def change(self, text: str, number: int) -> None:
            self.text = text
            self.number = number

    class Things(Application):
        pass

    application: Any = our_application(url, Thing) if kind == "ours" else Things()
    gc.freeze()  # what was imported is not looked through again: as our processes do at their start
    recorder = application.recorder

    sample = Thing("")
    sample.change("", 0)
    topic = application.mapper.to_stored_event(sample.collect_events()[-1]).topic

    def append() -> None:
        recorder.insert_events([StoredEvent(uuid4(), 1, topic, STATE)])

    found = {
        "append, 8 writers": rate(append, seconds, 8),
        "append, 1 writer": rate(append, seconds),
    }
    if kind == "ours":
        found |= beside_a_reader(append, application, seconds)
    things = []
    for _ in range(SEEDED // EVENTS_OF_ONE):
        thing = Thing("x" * 40)
        for number in range(EVENTS_OF_ONE - 1):
            thing.change("y" * 40, number)
        things.append(thing)
    first = recorder.max_notification_id() + 1
    application.save(*things)
    thing_id = things[0].id

    def load() -> None:
        if kind == "ours":
            application.load(Thing, thing_id)
        else:
            application.repository.get(thing_id)

    found["load 50 events"] = rate(load, seconds)
    if kind == "ours":
        snapshots = application.snapshot_log.due(application.load(Thing, thing_id), 0)
        application.snapshot_log.keep(snapshots)
        assert application.snapshot_log.read(Thing, thing_id).version == EVENTS_OF_ONE
    else:
        application.take_snapshot(thing_id)
    found["load with a snapshot"] = rate(load, seconds)

    def read_library() -> int:
        start, count = first, 0
        while batch := recorder.select_notifications(start, READ_AT_ONCE):
            events = [application.mapper.to_domain_event(one) for one in batch]
            count += len(events)
            start = batch[-1].id + 1
        return count

    def read_ours() -> int:
        return sum(len(page) for page in application.read_log(first - 1, READ_AT_ONCE))

    def read_forward() -> None:
        assert (read_ours() if kind == "ours" else read_library()) == SEEDED

    found["read forward, events"] = rate(read_forward, seconds) * SEEDED
    return found


def postgres_settings(url: str) -> dict[str, str]:
    """The library's own PostgreSQL module, with as many connections as there are writers."""
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path[1:],
        "POSTGRES_HOST": str(parts.hostname),
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": str(parts.username),
        "POSTGRES_PASSWORD": str(parts.password or ""),
        "POSTGRES_POOL_SIZE": "8",
        "POSTGRES_MAX_OVERFLOW": "8",
        "IS_SNAPSHOTTING_ENABLED": "y",
    }


def sqlalchemy_settings(url: str) -> dict[str, str]:
    """The library's recorders on SQLAlchemy; its pool grows to 15 by itself."""
    return {
        "PERSISTENCE_MODULE": "eventsourcing_sqlalchemy",
        "SQLALCHEMY_URL": "postgresql+psycopg2" + url[url.index("://") :],
        "IS_SNAPSHOTTING_ENABLED": "y",
    }


SETTINGS = {"library": postgres_settings, "sqlalchemy": sqlalchemy_settings}


def our_application(url: str, thing: Any) -> Any:
    """An application as each of our services is one."""
    from shared.kernel import schema  # noqa: PLC0415 -- not in the peers' environments
    from shared.kernel.application import ServiceApplication  # noqa: PLC0415
    from shared.kernel.database import Database  # noqa: PLC0415
    from shared.kernel.snapshots import SnapshotState  # noqa: PLC0415

    class ThingSnapshot(SnapshotState):
        text: str
        number: int

    class OurThings(ServiceApplication):
        pass

    thing.SNAPSHOT = ThingSnapshot
    database = Database(url, pool_size=8)
    with database.transaction() as connection:
        schema.create_v1(connection)
    return OurThings(database)


def beside_a_reader(
    append: Callable[[], None], application: Any, seconds: float
) -> dict[str, float]:
    """The writers' rate with and without somebody who follows the log, as a relay does.

    In turns, because the disk is not equally fast all the time. Who follows comes 50 times a second
    and makes events of all that is new; ``id >`` shows what a reader without fence takes.
    """
    recorder, alone, beside, unfenced = application.recorder, [], [], []

    def behind_the_fence(after: int) -> int:
        for page in application.read_log(after, READ_AT_ONCE):
            after = page[-1].id
        return after

    def by_number_alone(after: int) -> int:
        with recorder.database.single_statements() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, originator_id, originator_version, topic, state FROM events "
                "WHERE id > %s ORDER BY id LIMIT %s",
                (after, READ_AT_ONCE),
            )
            rows = cursor.fetchall()
        return rows[-1][0] if rows else after

    def beside_one(read: Callable[[int], int]) -> float:
        ended, caught_up = threading.Event(), recorder.max_notification_id() or 0

        def follow() -> None:
            after = caught_up
            while not ended.wait(FOLLOW_SECONDS):
                after = read(after)

        reader = threading.Thread(target=follow)
        reader.start()
        found = rate(append, seconds / TURNS, 8)
        ended.set()
        reader.join()
        return found

    for _ in range(TURNS):
        alone.append(rate(append, seconds / TURNS, 8))
        beside.append(beside_one(behind_the_fence))
        unfenced.append(beside_one(by_number_alone))
    return {
        "append, 8 writers, in turns with a reader": fmean(alone),
        "append, 8 writers and a fenced reader": fmean(beside),
        "append, 8 writers and a reader by number alone": fmean(unfenced),
    }


def bare(url: str, seconds: float) -> dict[str, float]:  # noqa: C901 -- as above
    """psycopg2 and orjson, and nothing else: an INSERT that commits, a cursor that is read."""
    import orjson  # noqa: PLC0415 -- not in the peers' environments
    import psycopg2  # noqa: PLC0415

    local = threading.local()

    def cursor() -> Any:
        if not hasattr(local, "connection"):
            local.connection = psycopg2.connect(url)
            local.connection.autocommit = True
        return local.connection.cursor()

    one = cursor()
    gc.freeze()
    one.execute(
        "CREATE TABLE bare "
        "(id bigserial PRIMARY KEY, o uuid, v bigint, t text, s bytea, UNIQUE (o, v))"
    )
    insert = "INSERT INTO bare (o, v, t, s) VALUES (%s, %s, %s, %s)"

    def append() -> None:
        with cursor() as c:
            c.execute(insert, (str(uuid4()), 1, "thing", STATE))

    found = {
        "append, 8 writers": rate(append, seconds, 8),
        "append, 1 writer": rate(append, seconds),
    }
    one.execute("SELECT max(id) FROM bare")
    first = one.fetchone()[0]
    state = orjson.dumps(
        {
            "timestamp": {"_type_": "datetime_iso", "_data_": "2026-01-01T00:00:00.000001+00:00"},
            "text": "y" * 40,
            "number": 7,
        }
    )
    ids = [str(uuid4()) for _ in range(SEEDED // EVENTS_OF_ONE)]
    for thing in ids:
        for version in range(EVENTS_OF_ONE):
            one.execute(insert, (thing, version + 1, "thing", state))

    def load() -> None:
        with cursor() as c:
            c.execute("SELECT v, t, s FROM bare WHERE o = %s ORDER BY v", (ids[0],))
            for row in c:
                orjson.loads(row[2])

    found["load 50 events"] = rate(load, seconds)

    def read_forward() -> None:
        after = first
        while True:
            with cursor() as c:
                c.execute(
                    "SELECT id, o, v, t, s FROM bare WHERE id > %s ORDER BY id LIMIT %s",
                    (after, READ_AT_ONCE),
                )
                rows = c.fetchall()
            for row in rows:
                orjson.loads(row[4])
            if not rows:
                return
            after = rows[-1][0]

    found["read forward, events"] = rate(read_forward, seconds) * SEEDED
    return found


if __name__ == "__main__":
    kind, address, span = sys.argv[1], sys.argv[2], float(sys.argv[3])
    measured = bare(address, span) if kind == "bare" else library(address, span, kind)
    print(json.dumps(measured))

"""How fast a projection catches up: the gateway's journal and views, a raw loop, the library.

The raw loop is what no framework can beat in Python: psycopg2 reads 500 events, orjson decodes
them, a dictionary adds them up, and one transaction keeps the sums and the position. The
library's runner runs in an environment of its own (psycopg 3 has no place in ours).
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

import orjson
import psycopg2
from psycopg2.extras import execute_values
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Uuid
from sqlalchemy.dialects.postgresql import insert

from bench.store import environment
from services.gateway.journal import Entry, Journal
from services.gateway.projections import View, metadata
from services.gateway.projections.registry import VIEWS
from shared.contracts.base import ContractEvent, ExpertRole
from shared.contracts.recruitment import Decision
from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.projection import handles
from shared.kernel.subscription import Subscription
from tests import servers as real
from tests.samples.parts import AmountAdded
from tests.unit.gateway.projections.stories import Story

BATCH = 500
ACTIVITIES = 10
RUNNER = Path(__file__).with_name("runner_subject.py")

sums = Table(
    "bench_sums",
    MetaData(),  # not the gateway's: its tables are those that its migrations make
    Column("account_id", Uuid, primary_key=True),
    Column("total", BigInteger, nullable=False),
)


class Sums(View):
    """The sum of each account, added up in memory and kept once for each batch."""

    name = "bench_sums"
    tables = (sums,)

    @handles(AmountAdded)
    def on_added(self, connection: Connection, event: AmountAdded, _entry: object) -> None:
        """One event by itself, as a replay of a parked one would bring it."""
        self._add(connection, {event.account_id: event.amount})

    def apply(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """A batch."""
        added: Counter[str] = Counter()
        for entry, data in entries:
            if self.listens_to(entry.type):
                added[data["account_id"]] += data["amount"]  # checked when it was appended
        if added:
            self._add(connection, {UUID(text): amount for text, amount in added.items()})

    def _add(self, connection: Connection, added: dict[UUID, int]) -> None:
        statement = insert(sums)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["account_id"],
                set_={"total": sums.c.total + statement.excluded.total},
            ),
            [{"account_id": key, "total": total} for key, total in added.items()],
        )


def raw_loop(url: str) -> float:
    """Events per second of the raw loop over a service's whole store."""
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS raw_sums, raw_position")
        cursor.execute("CREATE TABLE raw_sums (account_id uuid PRIMARY KEY, total bigint)")
        cursor.execute("CREATE TABLE raw_position AS SELECT 0::bigint AS position")
        connection.commit()
        position = count = 0
        started = time.perf_counter()
        while True:
            cursor.execute(
                "SELECT id, originator_id::text, state FROM events "
                "WHERE id > %s ORDER BY id LIMIT %s",
                (position, BATCH),
            )
            rows = cursor.fetchall()
            if not rows:
                break
            added: defaultdict[str, int] = defaultdict(int)
            for _number, account_id, state in rows:
                added[account_id] += orjson.loads(bytes(state)).get("amount", 0)
            execute_values(
                cursor,
                "INSERT INTO raw_sums VALUES %s ON CONFLICT (account_id) "
                "DO UPDATE SET total = raw_sums.total + excluded.total",
                list(added.items()),
            )
            position = rows[-1][0]
            cursor.execute("UPDATE raw_position SET position = %s", (position,))
            connection.commit()
            count += len(rows)
        found = count / (time.perf_counter() - started)
    connection.close()
    return found


def library_runner(servers: real.Servers, count: int) -> float:
    """Events per second of eventsourcing's own ``ProjectionRunner`` on PostgreSQL."""
    with real.a_postgres_database(servers) as url:
        done = subprocess.run(
            [environment("es95"), str(RUNNER), url, str(count)],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": ""},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=300,
        )
    return float(json.loads(done.stdout.splitlines()[-1]))


class Gateway:
    """A gateway with empty tables, that catches up with what others have recorded."""

    def __init__(self, url: str, views: Sequence[type[View]] = VIEWS) -> None:
        self.database = Database(url)
        with self.database.transaction() as connection:
            schema.create_v1(connection)
            metadata.create_all(connection)
            sums.metadata.create_all(connection)
        self.journal = Journal(self.database, [view() for view in views])
        self.journal.prepare()

    def catch_up_rate(self, bodies: dict[str, list[bytes]]) -> float:
        """Events per second from the services' feeds into journal and views, committed."""
        count = sum(map(len, bodies.values()))
        numbers = {s: [Envelope.from_json(b).sequence for b in of] for s, of in bodies.items()}

        def feed(source: str, after: int, limit: int) -> list[Envelope]:
            first = numbers[source].index(after) + 1 if after else 0
            return [Envelope.from_json(body) for body in bodies[source][first : first + limit]]

        subscription = Subscription("gateway", list(bodies), self.journal, feed, "memory://")
        started = time.perf_counter()
        subscription.catch_up()
        return count / (time.perf_counter() - started)

    def follow_rate(self, count: int) -> float:
        """Events per second of one new view that follows the journal."""
        journal = Journal(self.database, [Sums()])
        started = time.perf_counter()
        journal.prepare()
        return count / (time.perf_counter() - started)

    def close(self) -> None:
        """Close the connections."""
        self.database.close()


def a_programme(jst: int) -> dict[str, list[bytes]]:
    """So many JST's ways through an edition of the programme, as the services publish them."""
    story = Story()
    edition = story.edition()
    call = story.call(edition)
    ros, pro = (story.expert(edition, role) for role in (ExpertRole.ROS, ExpertRole.PRO))
    team = story.team(edition, ros, pro)
    places = [story.register(f"Gmina {number}") for number in range(jst)]
    applied = [story.apply(call, place) for place in places]
    story.publish_results(call, dict.fromkeys(applied, Decision.QUALIFIED))
    reported = [_advised(story, edition, team, place) for place in places]
    opened = story.open_round(edition)
    for hdr_id in reported:
        story.record(opened, hdr_id)
    return _as_published(story)


def _advised(story: Story, edition: UUID, team: UUID, place: UUID) -> UUID:
    """One JST's cycle up to its published HDR."""
    cycle = story.open_cycle(edition, place)
    story.assign(cycle, team)
    story.choose_area(cycle)
    story.close_diagnosis(cycle, edition)
    for _ in range(ACTIVITIES):
        story.log_activity(cycle)
    hdr_id = story.open_hdr(cycle, edition)
    story.submit_hdr(hdr_id)
    story.edit_hdr(hdr_id)
    story.publish_hdr(hdr_id)
    story.set_directions(cycle)
    return hdr_id


def _as_published(story: Story) -> dict[str, list[bytes]]:
    previous: defaultdict[str, int] = defaultdict(int)
    bodies: defaultdict[str, list[bytes]] = defaultdict(list)
    for one in story.told:
        bodies[one.source].append(one.envelope(previous[one.source]).to_json())
        previous[one.source] = one.sequence
    return dict(bodies)


def amounts(count: int) -> dict[str, list[bytes]]:
    """Small contract events of one source."""
    return {"ledger": [_amount(number) for number in range(1, count + 1)]}


def _amount(number: int) -> bytes:
    account = UUID(int=number // BATCH)
    event: ContractEvent = AmountAdded(account_id=account, amount=1)
    return Envelope(
        id=f"ledger:{number}",
        source="ledger",
        type=event.event_type(),
        subject=str(account),
        time=Story().now,
        sequence=number,
        previous_sequence=number - 1,
        epoch="bench",
        correlation_id=None,
        causation_id=None,
        data=event.model_dump(mode="json"),
    ).to_json()

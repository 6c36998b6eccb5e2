"""From a command's answer to the views: how long until everybody can see it."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from services.gateway.journal import is_level
from services.gateway.projections.cycles import cycles
from shared.kernel.clock import WARSAW
from shared.kernel.database import Database
from shared.kernel.rpc import CallContext, RpcClient

WARM_UP = 20
LOOK_AGAIN_SECONDS = 0.0002
LONGEST_SECONDS = 30.0


class Delay:
    """Logs activities in the cycles of a story, past the gateway, and watches its views.

    Args:
        rpc: Asks the services.
        database: The gateway's.
    """

    def __init__(self, rpc: RpcClient, database: Database) -> None:
        self.rpc = rpc
        self.database = database
        self.answers: list[float] = []
        """Seconds of each command from its sending to its answer, the warm-up left out."""
        with database.reading() as connection:
            t = cycles.c
            query = select(t.cycle_id).where(t.team_id.is_not(None)).order_by(t.cycle_id)
            self.cycles = [str(one) for one in connection.execute(query).scalars()]

    def warm_up(self) -> None:
        """Open connections, fill caches."""
        for number in range(WARM_UP):
            self.measure(number)
        self.answers.clear()

    def measure(self, number: int) -> float:
        """Seconds from the answer of one command until every view shows it."""
        request = {
            "cycle_id": self.cycles[number % len(self.cycles)],
            "form": "REMOTE_ADVICE",
            "held_on": datetime.now(WARSAW).date().isoformat(),
            "hours": 1.0,
            "participants": 2,
            "topic": f"Pomiar {number}",
        }
        context = CallContext(idempotency_key=str(uuid4()))
        sent = time.perf_counter()
        result = self.rpc.call("advisory", "log_activity", request, context)
        answered = time.perf_counter()
        self.answers.append(answered - sent)
        while True:
            if is_level(self.database, "advisory", result["position"]):
                return time.perf_counter() - answered
            if time.perf_counter() - answered > LONGEST_SECONDS:
                raise TimeoutError(f"no view shows {result['position']}")
            time.sleep(LOOK_AGAIN_SECONDS)

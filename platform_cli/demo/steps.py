"""Carries out the demonstration's commands, each once and at its own moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from platform_cli.troubles import CommandError
from services.gateway.journal import SOURCES, SUBSCRIPTION
from shared.kernel.clock import WARSAW
from shared.kernel.database import Database
from shared.kernel.positions import read_position
from shared.kernel.refusal import Refusal
from shared.kernel.rpc import CallContext, RpcClient

LISTENERS = {
    "advisory": ("recruitment", "hdr"),
    "hdr": ("recruitment", "advisory"),
    "monitoring": ("hdr",),
}
SETTLE_SECONDS = 60.0
OFFICE_OPENS_AT = 9


class NotSettledError(CommandError):
    """A service did not take over what another published in time."""


class StepRefusedError(CommandError):
    """A service refused a command of the demonstration; says which, and by which rule."""


@dataclass
class Steps:
    """Sends commands to the services over the broker.

    Every command has an idempotency key made of ``prefix`` and its own, so that loading can be
    broken off and started again: what was done is answered again and has no second effect.
    """

    rpc: RpcClient
    database: Database
    prefix: str
    on_step: Callable[[], None] = lambda: None
    _sequences: dict[str, int] = field(default_factory=dict)
    _moments: dict[date, int] = field(default_factory=dict)

    def do(self, key: str, on: date, service: str, method: str, **request: Any) -> dict[str, Any]:
        """Carry out one command as of a day; its answer.

        The moments of one day follow each other by a minute, in the order of the calls.
        """
        minute = self._moments.get(on, 0)
        self._moments[on] = minute + 1
        moment = datetime(on.year, on.month, on.day, OFFICE_OPENS_AT, tzinfo=WARSAW)
        context = CallContext(
            idempotency_key=f"{self.prefix}:{key}",
            correlation_id=f"{self.prefix}:{key.split(':', maxsplit=1)[0]}",
            actor="demo",
            effective_at=min(moment + timedelta(minutes=minute), datetime.now(UTC)),
        )
        try:
            result = self.rpc.call(service, method, plain(request), context, timeout_seconds=60)
        except Refusal as refusal:
            raise StepRefusedError(f"{self.prefix}:{key}: {refusal} {refusal.fields}") from refusal
        if result["position"] is not None:
            self._sequences[service] = max(self._sequences.get(service, 0), result["position"])
        self.on_step()
        answer: dict[str, Any] = result["answer"]
        return answer

    def ask(self, service: str, method: str, **request: Any) -> dict[str, Any]:
        """Ask a service something."""
        answer: dict[str, Any] = self.rpc.call(service, method, plain(request))["answer"]
        return answer

    def settle(self) -> None:
        """Wait until every service and the views have taken over what was recorded so far.

        Raises:
            NotSettledError: One has not within a minute.
        """
        deadline = time.monotonic() + SETTLE_SECONDS
        for listener, sources in LISTENERS.items():
            while not self._is_level(listener, sources):
                self._wait(deadline, listener)
        while not self._views_are_level():
            self._wait(deadline, "gateway")

    def _is_level(self, listener: str, sources: tuple[str, ...]) -> bool:
        positions = self.rpc.call(listener, "report_status", {})["answer"]["status"][
            "subscription"
        ]["positions"]
        return all(positions[s] >= self._sequences.get(s, 0) for s in sources)

    def _views_are_level(self) -> bool:
        with self.database.reading() as connection:
            return all(
                read_position(connection, SUBSCRIPTION, s).sequence >= self._sequences.get(s, 0)
                for s in SOURCES
            )

    def _wait(self, deadline: float, who: str) -> None:
        if time.monotonic() > deadline:
            raise NotSettledError(f"{who} has not taken over what was recorded.")
        time.sleep(0.02)


def plain(value: Any) -> Any:
    """JSON values of what a request holds."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value

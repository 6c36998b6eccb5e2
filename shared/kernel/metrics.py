"""Figures for Prometheus: what happened is counted, how far somebody is is read when asked for.

So a process that nobody asks, and in which nothing happens, spends no processor time on them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from pydantic import BaseModel
from sqlalchemy import Connection, func, select

from shared.kernel import broker, schema
from shared.kernel.envelope import Envelope
from shared.kernel.refusal import Refusal
from shared.kernel.rpc import ServiceFailedError, ServiceUnavailableError

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes of one web server add their counts up; named before anything is imported."""
ASK_SECONDS = 1.0
_SHORT = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

counted = CollectorRegistry()
CONFIRM_SECONDS = Histogram(
    "ore_confirm_seconds",
    "From publishing a batch until the broker confirmed all of it",
    ["service"],
    buckets=_SHORT,
    registry=counted,
)
GAPS_HEALED = Counter(
    "ore_gaps_healed",
    "Gaps in what the broker delivered, filled from the source's log",
    ["subscription"],
    registry=counted,
)
FENCE_WAITS = Counter(
    "ore_fence_waits", "Reads that waited for transactions still writing", registry=counted
)
FENCE_WAIT_SECONDS = Histogram(
    "ore_fence_wait_seconds", "How long they waited", buckets=_SHORT, registry=counted
)


class Asks(Protocol):
    """How services are asked: `shared.kernel.rpc.RpcClient`, or the same without a broker."""

    def call(
        self,
        service: str,
        method: str,
        request: BaseModel | Mapping[str, Any],
        *,
        timeout_seconds: float | None = None,
    ) -> dict[str, Any]:
        """Ask and wait."""


class Figures(Collector):
    """Gauges of one moment."""

    def __init__(self) -> None:
        self._families: dict[str, GaugeMetricFamily] = {}

    def add(self, name: str, meaning: str, value: float | None, **labels: str) -> None:
        """Add a gauge; an unknown value is left out rather than told as 0."""
        family = self._families.setdefault(
            name, GaugeMetricFamily(name, meaning, labels=tuple(labels))
        )
        if value is not None:
            family.add_metric(tuple(labels.values()), value)

    def add_progress(
        self,
        who: str,
        position: int,
        end: int | None,
        oldest: datetime | None,
        **labels: str,
    ) -> None:
        """How far a reader of a log has come.

        Args:
            who: ``relay``, ``subscription`` or ``view``.
            position: Number of the last event that it has taken.
            end: Number of the last one there is; ``None`` where nobody says.
            oldest: Moment of the first event that waits; ``None`` where none does.
            labels: Which one it is.
        """
        events = None if end is None else max(0, end - position)
        seconds = None if events is None else 0.0
        if events:
            seconds = None if oldest is None else max(0.0, age_seconds(oldest))
        self.add(f"ore_{who}_position", "Number of the last event taken", position, **labels)
        self.add(
            f"ore_{who}_lag_events",
            "Numbers between the last event taken and the last there is; 0 when level",
            events,
            **labels,
        )
        self.add(f"ore_{who}_lag_seconds", "Age of the oldest event that waits", seconds, **labels)

    def add_parked(self, connection: Connection, *always: str) -> None:
        """How many messages wait for a person's decision, by subscription.

        Args:
            connection: To the listener's database.
            always: Subscriptions that are told even with none.
        """
        t = schema.parked_messages.c
        rows = connection.execute(select(t.subscription, func.count()).group_by(t.subscription))
        counts = dict.fromkeys(always, 0) | {row[0]: row[1] for row in rows}
        for name, count in sorted(counts.items()):
            self.add(
                "ore_parked_messages",
                "Messages that wait for a person's decision",
                count,
                subscription=name,
            )

    def add_subscription(self, name: str, positions: Mapping[str, int], rpc: Asks) -> None:
        """How far a listener is behind what each source has published; the sources are asked."""
        for source, position in positions.items():
            end, oldest = _published_after(rpc, source, position)
            self.add_progress(
                "subscription", position, end, oldest, subscription=name, source=source
            )

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """For the client library."""
        return self._families.values()


def exposition(figures: Figures) -> bytes:
    """Gauges of this moment and everything counted so far, in Prometheus' text format."""
    now = CollectorRegistry()
    now.register(figures)
    if os.environ.get(SHARED_FOLDER):
        whole = CollectorRegistry()
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
    else:
        whole = counted
    return generate_latest(now) + generate_latest(whole)


def age_seconds(moment: datetime) -> float:
    """Seconds since a moment."""
    return (datetime.now(UTC) - moment).total_seconds()


def _published_after(rpc: Asks, source: str, position: int) -> tuple[int | None, datetime | None]:
    """The last event that a source published, and the moment of the first after a position."""
    try:
        answer = rpc.call(source, "report_status", {}, timeout_seconds=ASK_SECONDS)["answer"]
        end = int(answer["status"]["relay"]["published"])
        if end <= position:
            return end, None
        request = {"after": position, "limit": 1}
        page = rpc.call(source, "read_feed", request, timeout_seconds=ASK_SECONDS)["answer"]
        moments = [Envelope.from_cloudevent(event).time for event in page["events"]]
    except _SILENCE:  # type: ignore[misc]
        return None, None
    return end, moments[0] if moments else None


_SILENCE = (
    ServiceUnavailableError,
    ServiceFailedError,
    Refusal,
    OSError,
    *broker.CONNECTION_ERRORS,
)

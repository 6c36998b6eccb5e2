"""Percentiles, and a steady beat to measure at."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from math import ceil


def percentile(values: Iterable[float], share: float) -> float:
    """Nearest-rank percentile.

    Args:
        values: Any order; at least one.
        share: In (0, 1].

    Returns:
        The smallest value that is not below ``share`` of all values; same unit.
    """
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Count, median, 99th percentile and largest of durations, in milliseconds."""
    return {
        "count": len(seconds),
        "p50_ms": round(percentile(seconds, 0.5) * 1000, 3),
        "p99_ms": round(percentile(seconds, 0.99) * 1000, 3),
        "max_ms": round(max(seconds) * 1000, 3),
    }


def at_steady_rate(measure: Callable[[int], float], count: int, per_second: float) -> list[float]:
    """Measure so many times at a fixed rate; later where one takes longer than its slot."""
    started = time.perf_counter()
    found = []
    for number in range(count):
        ahead = started + number / per_second - time.perf_counter()
        if ahead > 0:
            time.sleep(ahead)
        found.append(measure(number))
    return found

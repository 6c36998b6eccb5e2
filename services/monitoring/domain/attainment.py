"""How far an indicator has come from its baseline to its target."""

from __future__ import annotations

import sys
from fractions import Fraction


def attainment_ratio(*, baseline: float, target: float, value: float | None) -> float | None:
    """Share of the way from baseline to target that the reported value has gone.

    The three figures are taken as the decimal numbers that people wrote, so that 0.2 on the way
    from 0.1 to 0.3 is exactly one half.

    Args:
        baseline: Where the HDR started, in the indicator's unit; finite.
        target: Where it wants to get, in the same unit; finite; may be below the baseline.
        value: What was measured, in the same unit; finite; ``None`` when nothing was.

    Returns:
        ``(value - baseline) / (target - baseline)`` as the nearest float, neither rounded nor
        capped: 0 at the baseline, 1 at the target, below 0 for a step back, above 1 beyond the
        target. ``None`` when nothing was measured (not 0). Where target equals baseline there is
        no way to go: 1 if the value is at the target, else 0. A ratio beyond the largest float is
        the largest float of its sign.

    Raises:
        ValueError: A figure is infinite or not a number.

    Source:
        Monitoring questionnaire v1; contract `IndicatorResult`.
    """
    if value is None:
        return None
    start, end, now = (_as_written(figure) for figure in (baseline, target, value))
    if start == end:
        return 1.0 if now == end else 0.0
    ratio = (now - start) / (end - start)
    try:
        return float(ratio)
    except OverflowError:
        return sys.float_info.max if ratio > 0 else -sys.float_info.max


def _as_written(figure: float) -> Fraction:
    """The decimal number that a float is shown as."""
    return Fraction(repr(float(figure)))

"""How many made-up examples a property is tried with, by the profile of the run."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings

USUAL = 40
"""Examples of a property that asks for no number of its own."""


def register_profiles() -> None:
    """``ore`` for every run, ``glance`` for the one before a commit, ``search`` to look for more.

    But for ``search`` the same examples are drawn in every run: a failure is a defect, never luck.
    A busy machine is no failure: no deadline for a single example.
    """
    settings.register_profile("ore", deadline=None, derandomize=True, max_examples=USUAL)
    settings.register_profile("glance", settings.get_profile("ore"), max_examples=USUAL // 4)
    settings.register_profile("search", deadline=None, max_examples=USUAL * 25)


def examples(number: int, **more: Any) -> settings:
    """So many examples in a usual run; a quarter of them at a glance, 25 times as many in a search.

    Args:
        number: At least 1.
        more: Further settings of Hypothesis.
    """
    return settings(
        max_examples=max(1, number * settings.default.max_examples // USUAL),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        **more,
    )

"""Policy: what makes a list of results complete, and the order in which it is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.recruitment.domain.errors import (
    PlacesExceededError,
    ReserveRankRepeatedError,
    UndecidedApplicationsError,
)
from shared.contracts.recruitment import Decision, PublishedResult

_ORDER = {decision: place for place, decision in enumerate(Decision)}


def complete_results(
    results: Sequence[PublishedResult | None], places: int | None
) -> list[PublishedResult]:
    """The list as it is published: qualified, reserve by rank, rejected; then by receipt number.

    Args:
        results: One entry for each application that counts; ``None`` for an undecided one.
        places: How many can be qualified; ``None`` for no limit.

    Returns:
        The same entries in the order of the list.

    Raises:
        UndecidedApplicationsError: An entry is ``None``; how many are.
        ReserveRankRepeatedError: Two entries share a rank on the reserve list; the lowest such.
        PlacesExceededError: More are qualified than there are places.

    Source:
        Domain rule DR-03: publication is one dated act with the complete list.
    """
    decided = [result for result in results if result is not None]
    if len(decided) < len(results):
        raise UndecidedApplicationsError(count=len(results) - len(decided))
    ranks = Counter(r.reserve_rank for r in decided if r.reserve_rank is not None)
    repeated = sorted(rank for rank, count in ranks.items() if count > 1)
    if repeated:
        raise ReserveRankRepeatedError(rank=repeated[0])
    qualified = sum(r.decision is Decision.QUALIFIED for r in decided)
    if places is not None and qualified > places:
        raise PlacesExceededError(places=places, qualified=qualified)
    return sorted(
        decided, key=lambda r: (_ORDER[r.decision], r.reserve_rank or 0, r.receipt_number)
    )

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.recruitment.domain.errors import (
    PlacesExceededError,
    ReserveRankRepeatedError,
    UndecidedApplicationsError,
)
from services.recruitment.domain.results import complete_results
from shared.contracts.recruitment import Decision, PublishedResult


def a_result(number, decision, reserve_rank=None):
    return PublishedResult(
        application_id=UUID(int=number),
        receipt_number=f"PRO-0000-{number:04}",
        decision=decision,
        reserve_rank=reserve_rank,
        voivodeship="06",
    )


QUALIFIED = [a_result(number, Decision.QUALIFIED) for number in (1, 2)]
RESERVE = [a_result(4, Decision.RESERVE, 1), a_result(3, Decision.RESERVE, 10)]
REJECTED = [a_result(number, Decision.REJECTED) for number in (5, 6)]
LIST = [*QUALIFIED, *RESERVE, *REJECTED]


@for_all(st.permutations(LIST))
def test_whatever_the_order_the_list_is_by_decision_then_rank_then_receipt_number(results):
    assert complete_results(results, places=2) == LIST


@for_all(
    st.lists(
        st.tuples(st.sampled_from([None, *Decision]), st.integers(min_value=1, max_value=4)),
        max_size=12,
    ),
    st.none() | st.integers(min_value=1, max_value=6),
)
def test_a_list_is_published_if_and_only_if_it_is_complete_and_consistent(rows, places):
    results = [
        decision and a_result(number, decision, rank if decision is Decision.RESERVE else None)
        for number, (decision, rank) in enumerate(rows)
    ]
    ranks = Counter(rank for decision, rank in rows if decision is Decision.RESERVE)
    qualified = sum(decision is Decision.QUALIFIED for decision, _ in rows)
    is_sound = (
        None not in results
        and all(count == 1 for count in ranks.values())
        and (places is None or qualified <= places)
    )

    try:
        published = complete_results(results, places)
    except (UndecidedApplicationsError, ReserveRankRepeatedError, PlacesExceededError):
        published = None

    assert (published is not None) == is_sound
    if published is not None:
        assert Counter(r.application_id for r in published) == Counter(
            r.application_id for r in results
        )


def test_nothing_to_publish_is_an_empty_list():
    assert complete_results([], places=None) == []


def test_undecided_applications_are_counted():
    with pytest.raises(UndecidedApplicationsError) as refusal:
        complete_results([None, *LIST, None], places=None)

    assert refusal.value.parameters == {"count": 2}


def test_the_lowest_shared_rank_is_named():
    shared = [a_result(n, Decision.RESERVE, rank) for n, rank in enumerate([7, 2, 2, 7])]

    with pytest.raises(ReserveRankRepeatedError) as refusal:
        complete_results(shared, places=None)

    assert refusal.value.parameters == {"rank": 2}


def test_more_qualified_than_places_names_both_numbers():
    with pytest.raises(PlacesExceededError) as refusal:
        complete_results(LIST, places=1)

    assert refusal.value.parameters == {"places": 1, "qualified": 2}

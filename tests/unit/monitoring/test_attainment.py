import math
import sys
from fractions import Fraction

import pytest
from hypothesis import assume, given, strategies

from services.monitoring.domain.attainment import attainment_ratio

FIGURES = strategies.floats(allow_nan=False, allow_infinity=False)
EVERYDAY = strategies.integers(-10_000_000, 10_000_000).map(lambda hundredths: hundredths / 100)


@pytest.mark.parametrize(
    ("baseline", "target", "value", "ratio"),
    [
        (10, 50, 30, 0.5),
        (10, 50, 10, 0.0),
        (10, 50, 50, 1.0),
        (10, 50, 70, 1.5),
        (10, 50, 0, -0.25),
        (50, 10, 40, 0.25),
        (0.1, 0.3, 0.2, 0.5),
        (0, 3, 1, 1 / 3),
    ],
)
def test_the_share_of_the_way_that_was_gone(baseline, target, value, ratio):
    assert attainment_ratio(baseline=baseline, target=target, value=value) == ratio


def test_what_was_not_measured_has_no_attainment():
    assert attainment_ratio(baseline=0, target=10, value=None) is None


@pytest.mark.parametrize(("value", "ratio"), [(5, 1.0), (5.0, 1.0), (4, 0.0), (6, 0.0)])
def test_where_there_is_no_way_to_go_only_the_target_counts(value, ratio):
    assert attainment_ratio(baseline=5, target=5, value=value) == ratio


@pytest.mark.parametrize("figure", [math.inf, -math.inf, math.nan])
def test_a_figure_that_is_no_number_is_refused(figure):
    with pytest.raises(ValueError, match="Fraction"):
        attainment_ratio(baseline=0, target=1, value=figure)


@given(FIGURES, FIGURES)
def test_the_target_is_all_of_the_way(baseline, target):
    assert attainment_ratio(baseline=baseline, target=target, value=target) == 1.0


@given(FIGURES, FIGURES)
def test_the_baseline_is_none_of_the_way(baseline, target):
    assume(baseline != target)

    assert attainment_ratio(baseline=baseline, target=target, value=baseline) == 0.0


@given(FIGURES, FIGURES, FIGURES)
def test_the_ratio_is_always_a_finite_number(baseline, target, value):
    ratio = attainment_ratio(baseline=baseline, target=target, value=value)

    assert math.isfinite(ratio)


@given(EVERYDAY, EVERYDAY, EVERYDAY)
def test_the_ratio_is_the_float_nearest_to_the_exact_one(baseline, target, value):
    assume(baseline != target)

    ratio = attainment_ratio(baseline=baseline, target=target, value=value)

    start, end, now = (Fraction(str(figure)) for figure in (baseline, target, value))
    assert ratio == float((now - start) / (end - start))


@given(EVERYDAY, EVERYDAY, EVERYDAY, EVERYDAY)
def test_further_towards_the_target_is_never_less(baseline, target, one, other):
    assume(baseline != target)
    nearer, further = sorted((one, other), reverse=target < baseline)

    def ratio(value):
        return attainment_ratio(baseline=baseline, target=target, value=value)

    assert ratio(nearer) <= ratio(further)


@given(EVERYDAY, EVERYDAY, EVERYDAY)
def test_the_unit_does_not_matter(baseline, target, value):
    assert attainment_ratio(baseline=baseline, target=target, value=value) == attainment_ratio(
        baseline=-baseline, target=-target, value=-value
    )


def test_a_ratio_beyond_all_floats_is_the_largest_of_its_sign():
    tiny, huge = 5e-324, sys.float_info.max

    assert attainment_ratio(baseline=0, target=tiny, value=huge) == sys.float_info.max
    assert attainment_ratio(baseline=0, target=tiny, value=-huge) == -sys.float_info.max

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from audit.analysis.statistics.proportions import Proportion, exact_interval, fisher_excess


@given(st.integers(1, 400), st.data(), st.floats(0.5, 0.999))
def test_exact_interval_is_that_of_statsmodels(of, data, confidence):
    count = data.draw(st.integers(0, of))
    low, high = proportion_confint(count, of, alpha=1 - confidence, method="beta")
    assert exact_interval(count, of, confidence) == pytest.approx((low, high), abs=1e-9)


def test_exact_interval_of_no_hits_is_the_rule_in_closed_form():
    assert exact_interval(0, 40, 0.95) == pytest.approx((0, 1 - 0.025 ** (1 / 40)))


def test_nothing_out_of_nothing_may_be_any_share():
    assert exact_interval(0, 0, 0.95) == (0, 1)


@pytest.mark.parametrize(("count", "of", "confidence"), [(5, 3, 0.95), (-1, 3, 0.95), (1, 3, 2)])
def test_impossible_counts_are_refused(count, of, confidence):
    with pytest.raises(ValueError, match=r"."):
        exact_interval(count, of, confidence)


def test_fisher_on_the_lady_tasting_tea():
    # Fisher (1935): three of four cups right comes up by chance in 17 of 70 cases, four in 1.
    three, one, four, none = (Proportion.exact(count, 4, 0.95) for count in (3, 1, 4, 0))
    assert fisher_excess(three, [one]) == pytest.approx(17 / 70)
    assert fisher_excess(four, [none]) == pytest.approx(1 / 70)


def test_fisher_pools_the_others():
    here = Proportion.exact(6, 50, 0.95)
    others = [Proportion.exact(count, 50, 0.95) for count in (1, 0, 2)]
    expected = stats.hypergeom.sf(5, 200, 9, 50)
    assert fisher_excess(here, others) == pytest.approx(expected)

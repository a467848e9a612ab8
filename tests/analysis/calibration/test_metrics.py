import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lir.data.models import LLRData
from lir.metrics import cllr as lir_cllr
from lir.metrics import cllr_min as lir_cllr_min
from lir.metrics.devpav import devpav as lir_devpav
from sklearn.metrics import roc_auc_score

from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.calibration.metrics import (
    auc,
    cllr,
    cllr_cal,
    cllr_min,
    dev_pav,
    misleading,
    rate,
    rate_at,
    threshold_at,
)
from audit.analysis.errors import InsufficientDataError, WrongSettingError

# Few distinct values, so that ties within and across the hypotheses are the rule.
TIED = st.lists(st.integers(-6, 6).map(lambda one: one / 2), min_size=1, max_size=25).map(np.array)
SEEDS = range(6)


def drawn(seed, shift=2.0):
    rng = np.random.default_rng(seed)
    return rng.normal(shift, 2.5, 40 + seed), rng.normal(-shift, 2, 300)


def as_lir(h1, h2):
    """Return log10-LRs and labels, as lir takes them."""
    return np.concatenate([h1, h2]) / LN10, np.repeat([1, 0], [len(h1), len(h2)])


def lir_data(h1, h2):
    llrs, labels = as_lir(h1, h2)
    return LLRData(features=llrs, labels=labels)


@pytest.mark.parametrize("seed", SEEDS)
def test_costs_are_those_of_lir(seed):
    h1, h2 = drawn(seed)
    assert cllr(h1, h2) == pytest.approx(lir_cllr(lir_data(h1, h2)), rel=1e-12)
    assert cllr_min(h1, h2) == pytest.approx(lir_cllr_min(lir_data(h1, h2)), rel=1e-9)
    assert cllr_cal(h1, h2) == pytest.approx(cllr(h1, h2) - cllr_min(h1, h2))


@given(h1=TIED, h2=TIED)
def test_costs_with_ties_are_those_of_lir(h1, h2):
    assert cllr(h1, h2) == pytest.approx(lir_cllr(lir_data(h1, h2)), rel=1e-12)
    assert cllr_min(h1, h2) == pytest.approx(lir_cllr_min(lir_data(h1, h2)), abs=1e-9)


def test_cost_of_likelihood_ratios_worked_by_hand():
    # log2(1 + 1/4) for the one under H1; log2(1 + 1/2) and log2(1 + 8) for those under H2.
    expected = (math.log2(1.25) + (math.log2(1.5) + math.log2(9)) / 2) / 2
    assert cllr(np.log([4.0]), np.log([0.5, 8.0])) == pytest.approx(expected)


@given(first=st.integers(1, 30), second=st.integers(1, 30))
def test_likelihood_ratios_of_one_cost_one_bit_and_separate_nothing(first, second):
    h1, h2 = np.zeros(first), np.zeros(second)
    assert cllr(h1, h2) == pytest.approx(1)
    assert cllr_min(h1, h2) == pytest.approx(1)
    assert auc(h1, h2) == 0.5


@given(h1=TIED, h2=TIED)
def test_recalibration_never_costs_more_than_no_recalibration_or_no_evidence(h1, h2):
    assert 0 <= cllr_min(h1, h2) <= min(cllr(h1, h2), 1) + 1e-12


@given(h1=TIED, h2=TIED)
def test_separation_does_not_depend_on_the_scale(h1, h2):
    assert cllr_min(3 * h1 + 1, 3 * h2 + 1) == pytest.approx(cllr_min(h1, h2), abs=1e-12)


def test_perfect_separation_leaves_no_cost_and_no_deviation():
    h1, h2 = np.array([1.0, 2.0]), np.array([-2.0, -1.0, 0.5])
    assert cllr_min(h1, h2) == 0
    assert auc(h1, h2) == 1
    assert dev_pav(h1, h2) is None


@given(h1=TIED, h2=TIED)
def test_auc_is_that_of_scikit_learn(h1, h2):
    llrs, labels = as_lir(h1, h2)
    assert auc(h1, h2) == pytest.approx(roc_auc_score(labels, llrs))


@pytest.mark.parametrize("seed", SEEDS)
def test_deviation_from_recalibrated_values_is_that_of_lir(seed):
    h1, h2 = drawn(seed, shift=1.0)
    assert dev_pav(h1, h2) == pytest.approx(lir_devpav(*as_lir(h1, h2)), rel=1e-9)


@given(h1=TIED, h2=TIED)
def test_deviation_with_ties_is_that_of_lir(h1, h2):
    ours, theirs = dev_pav(h1, h2), lir_devpav(*as_lir(h1, h2))
    if ours is None:
        assert np.isnan(theirs)
    else:
        assert ours == pytest.approx(float(np.squeeze(theirs)), abs=1e-9)


def test_overstated_likelihood_ratios_deviate():
    # One in four under H1 and three in four under H2 speak against: LRs of 3 and 1/3.
    h1, h2 = np.log([3.0, 3, 3, 1 / 3]), np.log([3.0, 1 / 3, 1 / 3, 1 / 3])
    assert dev_pav(h1, h2) == pytest.approx(0, abs=1e-12)
    # Tenfold overstated both ways: half a unit too much at the ends and nothing at 1.
    assert dev_pav(h1 + np.sign(h1) * LN10, h2 + np.sign(h2) * LN10) == pytest.approx(0.5)


def test_true_positive_rate_is_taken_above_what_the_allowed_share_exceeds():
    h2 = np.arange(100.0)
    assert threshold_at(h2, 0.01) == 98
    assert threshold_at(h2, 0) == 99
    found = rate_at(np.array([98.0, 98.5, 99.0, 1.0]), h2, 0.01)
    assert (found.count, found.of) == (2, 4)


@given(h2=TIED, share=st.floats(0, 0.99))
def test_no_more_than_the_allowed_share_exceeds_the_threshold(h2, share):
    assert (h2 > threshold_at(h2, share)).mean() <= share


@pytest.mark.parametrize("share", [-0.1, 1, math.nan])
def test_a_false_positive_rate_that_is_none_is_refused(share):
    with pytest.raises(WrongSettingError, match="set it from 0 to below 1"):
        rate_at(np.ones(3), np.zeros(3), share)


def test_interval_is_that_of_clopper_and_pearson():
    # Nothing in n: the upper limit solves (1 - p)^n = 0.025.
    nothing = rate(0, 20)
    assert (nothing.value, nothing.low) == (0, 0)
    assert nothing.high == pytest.approx(1 - 0.025 ** (1 / 20))
    # Clopper and Pearson 1934 for 4 of 20, as in published tables: 5.73 % to 43.66 %.
    assert (rate(4, 20).low, rate(4, 20).high) == pytest.approx((0.0573, 0.4366), abs=5e-5)
    assert rate(4, 20).as_dict()["value"] == 0.2


def test_a_rate_of_nothing_is_refused():
    with pytest.raises(InsufficientDataError, match="at least one case"):
        rate(0, 0)


def test_misleading_evidence_is_counted_by_strength():
    h1 = np.array([-2.0, -1.0, -0.5, 0.0, 3.0]) * LN10
    h2 = np.array([2.0, 1.5, 1.0, 0.0, -3.0, -4.0]) * LN10
    found = misleading(h1, h2)
    assert {name: (one.count, one.of) for name, one in found.items()} == {
        "h1_below_1": (3, 5),
        "h1_at_most_1_in_10": (2, 5),
        "h1_at_most_1_in_100": (1, 5),
        "h2_above_1": (3, 6),
        "h2_at_least_10": (3, 6),
        "h2_at_least_100": (1, 6),
    }


@pytest.mark.parametrize("measure", [cllr, cllr_min, cllr_cal, auc, dev_pav, misleading])
@pytest.mark.parametrize(
    ("h1", "h2", "sentence"),
    [
        ([], [0.0], "no list of likelihood ratios under H1"),
        ([0.0], [], "no list of likelihood ratios under H2"),
        ([math.inf], [0.0], "under H1 is zero, infinite or not a number"),
        ([0.0], [math.nan], "under H2 is zero, infinite or not a number"),
    ],
)
def test_without_finite_likelihood_ratios_on_both_sides_nothing_is_measured(
    measure, h1, h2, sentence
):
    with pytest.raises(InsufficientDataError, match=sentence):
        measure(np.array(h1), np.array(h2))

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lir.algorithms.isotonic_regression import IsotonicCalibrator
from lir.plotting.expected_calibration_error import calculate_ece
from scipy.stats import ecdf

from audit.analysis.calibration.curves import (
    MOST_POINTS,
    cross_entropy,
    histogram,
    pav,
    tippett,
)
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.calibration.metrics import cllr, cllr_min

LOG_LRS = st.lists(st.floats(-40, 40), min_size=1, max_size=60).map(np.array)


def drawn(seed=1, size=(60, 500)):
    rng = np.random.default_rng(seed)
    return rng.normal(1.5, 2, size[0]), rng.normal(-1.5, 2, size[1])


def labelled(h1, h2):
    return np.concatenate([h1, h2]) / LN10, np.repeat([1, 0], [len(h1), len(h2)])


def test_tippett_shares_are_those_of_scipys_empirical_distribution():
    h1, h2 = drawn(size=(30, 90))
    curve = tippett(h1, h2)
    assert len(curve.log10_lr) == 120
    for ours, log_lrs in ((curve.h1, h1), (curve.h2, h2)):
        above = ecdf(log_lrs / LN10).sf.evaluate(np.array(curve.log10_lr) - 1e-9)
        assert ours == pytest.approx(above)


@given(h1=LOG_LRS, h2=LOG_LRS)
def test_tippett_curves_fall_from_one(h1, h2):
    curve = tippett(h1, h2)
    assert curve.h1[0] == curve.h2[0] == 1
    assert (np.diff(curve.log10_lr) >= 0).all()
    assert (np.diff(curve.h1) <= 0).all()
    assert (np.diff(curve.h2) <= 0).all()
    assert max(curve.h1[-1], curve.h2[-1]) > 0


def test_pav_curve_lies_on_lirs_recalibration():
    h1, h2 = drawn()
    llrs, labels = labelled(h1, h2)
    calibrator = IsotonicCalibrator().fit(llrs, labels)
    curve = pav(h1, h2)
    assert calibrator.transform(np.array(curve.log10_lr)) == pytest.approx(curve.pav_log10_lr)
    ends = calibrator.transform(np.array([curve.zero_up_to, curve.infinite_from]))
    assert ends.tolist() == [-np.inf, np.inf]


@given(h1=LOG_LRS, h2=LOG_LRS)
def test_pav_curve_never_falls_and_is_finite(h1, h2):
    curve = pav(h1, h2)
    assert (np.diff(curve.pav_log10_lr) >= 0).all()
    assert np.isfinite(curve.pav_log10_lr).all()
    only_h2, only_h1 = h2[h2 < min(h1)], h1[h1 > max(h2)]
    assert curve.zero_up_to == (max(only_h2) / LN10 if only_h2.size else None)
    assert curve.infinite_from == (min(only_h1) / LN10 if only_h1.size else None)


def test_cross_entropy_is_that_of_lir():
    h1, h2 = drawn()
    llrs, labels = labelled(h1, h2)
    curve = cross_entropy(h1, h2)
    odds = 10 ** np.array(curve.prior_log10_odds)
    recalibrated = 10 ** IsotonicCalibrator().fit_transform(llrs, labels)
    for ours, lrs in (
        (curve.lrs, 10**llrs),
        (curve.after_pav, recalibrated),
        (curve.neutral, np.ones_like(llrs)),
    ):
        assert ours == pytest.approx(calculate_ece(lrs, labels, odds / (1 + odds)), rel=1e-9)


def test_cross_entropy_at_even_odds_is_the_cost():
    h1, h2 = drawn()
    curve = cross_entropy(h1, h2)
    even = curve.prior_log10_odds.index(0)
    assert curve.lrs[even] == pytest.approx(cllr(h1, h2))
    assert curve.after_pav[even] == pytest.approx(cllr_min(h1, h2))
    assert curve.neutral[even] == 1


@given(h1=LOG_LRS, h2=LOG_LRS)
def test_recalibrated_cross_entropy_is_below_both_others_at_every_prior(h1, h2):
    curve = cross_entropy(h1, h2)
    assert (np.array(curve.after_pav) <= np.array(curve.lrs) + 1e-9).all()
    assert (np.array(curve.after_pav) <= np.array(curve.neutral) + 1e-9).all()


@given(h1=LOG_LRS, h2=LOG_LRS)
def test_every_likelihood_ratio_is_in_one_bin_and_none_straddles_one(h1, h2):
    counts = histogram(h1, h2)
    assert (sum(counts.h1), sum(counts.h2)) == (len(h1), len(h2))
    assert len(counts.edges) == len(counts.h1) + 1 <= 61
    assert 0 in counts.edges
    left = sum(n for n, edge in zip(counts.h2, counts.edges, strict=False) if edge < 0)
    assert left == (h2 < 0).sum()


@pytest.mark.parametrize("curve", [tippett, pav, cross_entropy, histogram])
def test_curves_are_bounded_and_json(curve):
    rng = np.random.default_rng(4)
    # Rising by steps all the way: as many steps in the PAV curve as can be.
    h1 = np.repeat(np.arange(2_000.0), np.arange(2_000) // 100 + 1) / 50
    values = asdict(curve(h1, np.concatenate([rng.normal(0, 5, 20_000), np.arange(2_000.0) / 50])))
    assert json.loads(json.dumps(values, allow_nan=False)).keys() == values.keys()
    assert max(len(one) for one in values.values() if isinstance(one, tuple)) <= MOST_POINTS


def test_a_long_tippett_curve_keeps_its_ends_and_stays_exact():
    h1, h2 = drawn(size=(3_000, 5_000))
    curve = tippett(h1, h2)
    both = np.concatenate([h1, h2])
    assert (curve.log10_lr[0], curve.log10_lr[-1]) == (both.min() / LN10, both.max() / LN10)
    middle = curve.log10_lr[200]
    assert curve.h2[200] == pytest.approx((h2 / LN10 >= middle).mean())

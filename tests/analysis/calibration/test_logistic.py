import math

import numpy as np
import pytest
from lir.algorithms.logistic_regression import LogitCalibrator
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from audit.analysis.calibration import logistic
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.calibration.logistic import Fusion, fit
from audit.analysis.errors import InsufficientDataError, WrongSettingError


def pairs(seed, features=4, size=500):
    """Return features of which the first speak for H1, and the truth of each pair."""
    rng = np.random.default_rng(seed)
    truth = rng.random(size) < 0.15
    shift = np.linspace(1.5, -0.5, features)
    return rng.normal(size=(size, features)) + truth[:, None] * shift, truth


@pytest.mark.parametrize("penalty", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_fusion_is_that_of_scikit_learn_less_the_prior_odds(penalty, weighted):
    features, truth = pairs(1)
    weights = np.random.default_rng(2).uniform(0.1, 2, len(truth)) if weighted else None
    oracle = LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-12, max_iter=500)
    oracle.fit(features, truth, sample_weight=weights)
    all_weights = np.ones(len(truth)) if weights is None else weights
    prior = math.log(all_weights[truth].sum() / all_weights[~truth].sum())
    ours = fit(features, truth, weights, penalty=penalty)
    assert ours.weights == pytest.approx(oracle.coef_[0], abs=1e-5)
    assert ours.offset == pytest.approx(oracle.intercept_[0] - prior, abs=1e-5)
    assert ours.log_lr(features) == pytest.approx(
        oracle.decision_function(features) - prior, abs=1e-4
    )


def test_calibration_of_one_score_is_that_of_lir():
    features, truth = pairs(3, features=1)
    oracle = LogitCalibrator(tol=1e-10, max_iter=1000).fit(features[:, 0], truth.astype(int))
    halves = np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum()) * len(truth)
    ours = fit(features, truth, halves, penalty=1)
    assert ours.log_lr(features) / LN10 == pytest.approx(
        oracle.transform(features[:, 0]), abs=1e-5
    )


def test_prior_of_the_training_data_does_not_carry_over():
    # Normal scores one unit of variance wide, two apart: the true log-LR is 2 x.
    rng = np.random.default_rng(5)
    features = np.concatenate([rng.normal(1, 1, 1_000), rng.normal(-1, 1, 30_000)])[:, None]
    ours = fit(features, np.arange(31_000) < 1_000, penalty=1e-3)
    assert ours.weights[0] == pytest.approx(2, abs=0.1)
    assert ours.offset == pytest.approx(0, abs=0.15)
    # A likelihood ratio is on average 1 under H2.
    assert logsumexp(ours.log_lr(features[1_000:])) - math.log(30_000) == pytest.approx(0, abs=0.2)


def test_a_weight_of_two_is_the_pair_twice():
    features, truth = pairs(4)
    weights = np.where(np.arange(len(truth)) % 3 == 0, 2.0, 1.0)
    repeats = weights.astype(int)
    twice = fit(np.repeat(features, repeats, axis=0), np.repeat(truth, repeats), penalty=1)
    once = fit(features, truth, weights, penalty=1)
    assert once.weights == pytest.approx(twice.weights, abs=1e-6)
    assert once.offset == pytest.approx(twice.offset, abs=1e-6)


def test_no_signal_speaks_against_h1_by_being_larger_if_it_may_not():
    features, truth = pairs(6)
    free = fit(features, truth, penalty=1)
    bound = fit(features, truth, penalty=1, nonnegative=True)
    assert min(free.weights) < 0
    assert min(bound.weights) == 0
    kept = [place for place, weight in enumerate(bound.weights) if weight > 0]
    # What is kept is what would be found without the others.
    alone = fit(features[:, kept], truth, penalty=1)
    assert [bound.weights[place] for place in kept] == pytest.approx(alone.weights, abs=1e-6)
    assert bound.offset == pytest.approx(alone.offset, abs=1e-6)


def test_signals_that_all_speak_against_leave_a_likelihood_ratio_of_one():
    features, truth = pairs(7, features=1)
    ours = fit(-features, truth, penalty=1, nonnegative=True)
    assert ours.weights == (0,)
    assert ours.offset == pytest.approx(0, abs=1e-6)


def test_pairs_that_a_line_separates_get_finite_likelihood_ratios():
    features = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    ours = fit(features, np.array([False, False, True, True]), penalty=0.1)
    assert 0 < ours.weights[0] < 10
    assert ours.as_dict() == {
        "weights": ours.weights,
        "offset": ours.offset,
        "seen": ((-2.0, 2.0),),
    }


@pytest.mark.parametrize("penalty", [0, -1, math.nan])
def test_a_fusion_without_penalty_is_refused(penalty):
    with pytest.raises(WrongSettingError, match="set it above zero"):
        fit(np.zeros((2, 1)), np.array([True, False]), penalty=penalty)


@pytest.mark.parametrize(
    ("features", "truth", "weights", "sentence"),
    [
        ([[0.0], [1.0]], [True, True], None, "pairs under H1 and pairs under H2"),
        ([[0.0], [1.0]], [True, False], [1.0, 0.0], "pairs under H1 and pairs under H2"),
        ([[0.0], [1.0]], [True, False], [1.0, -1.0], "weights of zero or more"),
        ([[0.0], [1.0], [2.0]], [True, False], None, "one row of features"),
        ([0.0, 1.0], [True, False], None, "one row of features"),
        ([[0.0], [math.nan]], [True, False], None, "not a finite number"),
    ],
)
def test_material_that_carries_no_fusion_is_refused(features, truth, weights, sentence):
    weights = None if weights is None else np.array(weights)
    with pytest.raises(InsufficientDataError, match=sentence):
        fit(np.array(features), np.array(truth), weights, penalty=1)


@pytest.mark.parametrize("nonnegative", [False, True])
def test_the_unit_of_a_feature_matters_only_to_the_penalty(nonnegative):
    features, truth = pairs(8)
    units = np.array([1e-4, 1, 1e3, 1e5])
    plain = fit(features, truth, penalty=1e-12, nonnegative=nonnegative)
    other = fit(features * units + 7, truth, penalty=1e-12, nonnegative=nonnegative)
    assert other.weights * units == pytest.approx(plain.weights, abs=1e-3)
    assert other.log_lr(features * units + 7) == pytest.approx(plain.log_lr(features), abs=1e-2)


def test_a_constant_feature_has_no_weight():
    features, truth = pairs(9, features=2)
    features[:, 1] = 3.5
    ours = fit(features, truth, penalty=1)
    alone = fit(features[:, :1], truth, penalty=1)
    assert ours.weights == pytest.approx((*alone.weights, 0))
    assert ours.offset == pytest.approx(alone.offset)


def test_a_fusion_that_has_not_settled_is_refused(monkeypatch):
    monkeypatch.setattr(logistic, "_MOST_STEPS", 2)
    with pytest.raises(InsufficientDataError, match="did not settle"):
        fit(*pairs(8), penalty=1)


def test_the_fusion_is_a_sum_and_nothing_beyond_what_was_seen_counts_more():
    fusion = Fusion((2.0, -1.0), 0.5, ((-1.0, 2.0), (0.0, 3.0)))
    features = np.array([[1.0, 1.0], [0.0, 3.0], [9.0, -9.0]])
    assert fusion.log_lr(features) == pytest.approx([1.5, -2.5, 4.5])
    assert fusion.parts(features[2]) == pytest.approx([4.0, 0.0])


def test_what_was_seen_is_the_range_of_the_fitted_pairs():
    features, truth = pairs(2)
    found = fit(features, truth, penalty=1)
    assert np.array(found.seen) == pytest.approx(
        np.array([features.min(axis=0), features.max(axis=0)]).T
    )

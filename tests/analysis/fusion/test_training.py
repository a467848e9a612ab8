from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from audit.analysis.calibration.bounds import elub, source_bounds
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.errors import InsufficientDataError
from audit.analysis.fusion.training import (
    LEAST_SOURCES,
    PENALTY,
    Trials,
    bounds_of,
    clipped,
    cross_validated,
    require_sources,
    train,
)
from tests.analysis.fusion.making import made


@pytest.fixture(scope="module")
def trials() -> Trials:
    """Seven pairs of each of 20 suspects, one in seven under H1; two features of three speak."""
    rng = np.random.default_rng(1)
    sources = np.repeat(np.arange(20), 7)
    truth = np.arange(140) % 7 == 0
    features = rng.normal(size=(140, 3)) + truth[:, None] * np.array([2.0, 1.0, 0.0])
    return Trials(features, truth, sources)


def test_the_fusion_is_that_of_scikit_learn_with_both_hypotheses_of_one_weight(trials):
    weights = np.where(trials.truth, 0.5 / 20, 0.5 / 120) * 20
    oracle = LogisticRegression(C=1 / PENALTY, solver="newton-cholesky", tol=1e-12, max_iter=500)
    oracle.fit(trials.features, trials.truth, sample_weight=weights)
    ours = train(trials)
    assert ours.weights == pytest.approx(oracle.coef_[0], abs=1e-5)
    assert ours.offset == pytest.approx(oracle.intercept_[0], abs=1e-5)


def test_more_pairs_of_one_hypothesis_are_no_prior(trials):
    chosen = np.concatenate([np.arange(140), *[np.flatnonzero(~trials.truth)] * 9])
    many = Trials(trials.features[chosen], trials.truth[chosen], trials.sources[chosen])
    assert train(many).offset == pytest.approx(train(trials).offset, abs=1e-5)
    assert train(many).weights == pytest.approx(train(trials).weights, abs=1e-5)


def test_a_pair_is_judged_without_any_pair_of_its_line(trials):
    own = trials.sources == 7
    before = cross_validated(trials)
    lone = train(trials.only(~own)).log_lr(trials.features[own])
    assert before[own] == pytest.approx(lone, abs=0)
    flipped = replace(trials, truth=np.where(own, ~trials.truth, trials.truth))
    after = cross_validated(flipped)
    assert after[own] == pytest.approx(before[own], abs=0)
    assert np.abs(after[~own] - before[~own]).min() > 0


def test_bounded_values_are_cut_at_what_the_pairs_support(trials):
    values = cross_validated(trials) * 10
    limits = bounds_of(trials, values)
    found = clipped(values, limits)
    assert found == pytest.approx(np.clip(values, limits.lower * LN10, limits.upper * LN10))
    assert found.max() == pytest.approx(limits.upper * LN10)
    assert (np.abs(found) <= np.abs(values)).all()
    assert (np.sign(found) == np.sign(values)).all()


def test_bounds_are_the_narrower_of_what_sources_and_pairs_support(trials):
    values = cross_validated(trials)
    by_source = source_bounds(20, 20)
    by_pair = elub(values[trials.truth], values[~trials.truth])
    found = bounds_of(trials, values)
    assert found.lower == by_source.lower
    assert found.upper == min(by_source.upper, by_pair.upper)
    misleading = values.copy()
    misleading[np.flatnonzero(~trials.truth)[:12]] = 4 * LN10
    assert bounds_of(trials, misleading).upper < found.upper


def test_a_feature_that_says_nothing_gives_a_ratio_near_one(trials):
    rng = np.random.default_rng(4)
    noise = replace(trials, features=rng.normal(size=(140, 1)))
    values = cross_validated(noise) / LN10
    assert np.abs(values).max() < 0.5
    assert np.median(np.abs(values)) < 0.1


@pytest.mark.parametrize(("h1", "word"), [(True, "trained"), (False, "not trained")])
def test_too_few_lines_are_refused_with_their_number(trials, h1, word):
    kept = (trials.truth != h1) | (trials.sources < LEAST_SOURCES - 1)
    few = trials.only(kept)
    message = f"Only 4 independent lines of models are documented as {word} on a"
    with pytest.raises(InsufficientDataError, match=message):
        require_sources(few)
    with pytest.raises(InsufficientDataError, match=r"5 are needed\. Add models"):
        cross_validated(few)
    enough = trials.only((trials.truth != h1) | (trials.sources < LEAST_SOURCES))
    assert enough.count_sources(under_h1=h1) == LEAST_SOURCES
    assert len(cross_validated(enough)) == len(enough.truth)


def test_the_pack_of_a_population_is_trained_on_its_pairs():
    trials, pack = made()
    whole = pack.fits[-1]
    assert (whole.prompts, whole.family) == (60, True)
    assert whole.fusion == train(trials)
    values = cross_validated(trials)
    limits = bounds_of(trials, values)
    assert whole.bounds == limits
    expected = np.sort(clipped(values, limits)) / LN10
    truth = trials.truth[np.argsort(clipped(values, limits), kind="stable")]
    assert whole.h1 == pytest.approx(expected[truth], abs=1e-4)
    assert whole.h2 == pytest.approx(expected[~truth], abs=1e-4)


def test_a_pack_has_fits_for_few_controls_and_one_file_of_the_teacher():
    trials, pack = made()
    sizes = {(one.prompts, one.controls, one.family) for one in pack.fits}
    lines = max(one.controls for one in pack.fits)
    assert sizes == {
        (prompts, controls, family)
        for prompts in (24, 60)
        for controls in {5, 10, 20, lines} - {one for one in (10, 20) if one > lines}
        for family in (False, True)
    }
    # Four draws of every pair, on two disjoint samples of 24 prompts or on the one of 60.
    few = pack.fit_for(60, 5).figures["rates"]
    assert few["pairs_h1"] == 4 * trials.truth.sum()
    assert pack.fit_for(24, 5).figures["rates"]["pairs_h1"] == 4 * trials.truth.sum()
    # One file of a teacher of two and five controls tell less than all there is.
    assert few["cllr_min"] >= pack.fits[-1].figures["rates"]["cllr_min"]

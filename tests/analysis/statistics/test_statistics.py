import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from audit.analysis.errors import InsufficientDataError
from audit.analysis.statistics.centring import centred_excess
from audit.analysis.statistics.layout import FEATURES, layout_features, layout_similarity
from audit.analysis.statistics.multiplicity import holm
from audit.analysis.statistics.rank import controls_needed, rank_test
from audit.analysis.statistics.resampling import bootstrap_mean


@given(teacher=st.floats(-1, 1), controls=st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_rank_p_value_is_that_of_scipys_monte_carlo_test(teacher, controls):
    drawn = iter(controls)
    oracle = stats.monte_carlo_test(
        [teacher],
        lambda size: np.full(size, next(drawn)),
        lambda sample, axis=0: np.take(sample, 0, axis=axis),
        n_resamples=len(controls),
        batch=1,
        vectorized=True,
        alternative="greater",
    )
    ours = rank_test(teacher, tuple(controls))
    # scipy counts values within a small tolerance as ties, which is what a tie means here too.
    if min(abs(teacher - control) for control in controls) > 1e-9:
        assert ours.p_value == pytest.approx(oracle.pvalue)
    assert ours.floor == 1 / (1 + len(controls))
    assert ours.floor <= ours.p_value <= 1


def test_a_tie_counts_against_the_teacher():
    assert rank_test(0.5, (0.5, 0.1)).rank == 2


def test_a_rank_without_controls_is_refused():
    with pytest.raises(InsufficientDataError, match="at least one control"):
        rank_test(0.5, ())


@pytest.mark.parametrize(("alpha", "needed"), [(0.05, 19), (0.1, 9), (0.01, 99), (0.5, 1)])
def test_how_many_controls_a_level_needs(alpha, needed):
    assert controls_needed(alpha) == needed


@pytest.fixture(scope="module")
def little_to_collect() -> None:
    """Statsmodels looks for garbage at every call; what other tests left is kept out of that."""
    gc.freeze()


@pytest.mark.usefixtures("little_to_collect")
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_that_of_statsmodels(p_values):
    oracle = multipletests(p_values, method="holm")[1]
    assert holm(tuple(p_values)) == pytest.approx(tuple(oracle))


def test_holm_is_that_of_r():
    # What R 4 prints for p.adjust of these four with method holm.
    assert holm((0.01, 0.04, 0.03, 0.005)) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_bootstrap_interval_comes_near_the_one_by_t():
    values = np.random.default_rng(3).normal(0.02, 0.1, size=900)
    ours = bootstrap_mean(values, rounds=4000, confidence=0.95, rng=np.random.default_rng(1))
    low, high = stats.t.interval(0.95, 899, values.mean(), stats.sem(values))
    assert ours.estimate == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=5e-4)


def test_bootstrap_interval_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(200):
        drawn = bootstrap_mean(
            rng.exponential(size=60), rounds=500, confidence=0.9, rng=np.random.default_rng(1)
        )
        hits += drawn.low <= 1 <= drawn.high
    assert stats.binomtest(hits, 200, 0.9).pvalue > 0.001


def test_bootstrap_of_equal_values_has_no_width():
    ours = bootstrap_mean(np.ones(40), rounds=100, confidence=0.95, rng=np.random.default_rng(1))
    assert (ours.low, ours.high) == (1, 1)


def test_bootstrap_is_repeatable():
    values = np.random.default_rng(3).normal(size=50)
    twice = [
        bootstrap_mean(values, rounds=200, confidence=0.95, rng=np.random.default_rng(7))
        for _ in range(2)
    ]
    assert twice[0] == twice[1]


def test_a_model_that_is_merely_similar_to_everyone_gets_no_excess():
    rng = np.random.default_rng(5)
    own = rng.normal(size=(40, 7))
    similarity = own[:, :, None] + own[:, None, :]
    for candidate in range(1, 7):
        excess = centred_excess(similarity, 0, candidate, (1, 2, 3, 4, 5, 6))
        assert excess == pytest.approx(np.zeros(40), abs=1e-12)


def test_excess_is_what_was_added_to_one_pair():
    rng = np.random.default_rng(5)
    own = rng.normal(size=(40, 7))
    similarity = own[:, :, None] + own[:, None, :]
    similarity[:, 0, 3] += 0.25
    assert centred_excess(similarity, 0, 3, (1, 2, 3, 4, 5, 6)) == pytest.approx(np.full(40, 0.25))


def test_excess_is_the_sum_written_out():
    rng = np.random.default_rng(6)
    half = rng.normal(size=(10, 5, 5))
    similarity = half + half.transpose(0, 2, 1)
    rest = (2, 3, 4)
    expected = [
        one[0, 1]
        - sum(one[0, y] for y in rest) / 3
        - sum(one[1, y] for y in rest) / 3
        + (one[2, 3] + one[2, 4] + one[3, 4]) / 3
        for one in similarity
    ]
    assert centred_excess(similarity, 0, 1, (1, 2, 3, 4)) == pytest.approx(expected)


def test_layout_ignores_what_is_said():
    first = "# Rivers\n\n- The **Nile** is long.\n- Is it?\n"
    second = "# Lemons\n\n- The **Zest** is sour.\n- Is it?\n"
    assert layout_features(first) == layout_features(second)
    assert len(layout_features("")) == FEATURES


def test_layout_similarity_is_highest_with_itself_and_symmetric():
    features = np.random.default_rng(2).normal(size=(4, 9, FEATURES))
    similarity = layout_similarity(features)
    assert similarity.shape == (9, 4, 4)
    assert similarity == pytest.approx(similarity.transpose(0, 2, 1))
    assert np.diagonal(similarity, axis1=1, axis2=2) == pytest.approx(np.zeros((9, 4)))
    assert similarity.max() <= 0

import numpy as np
import pytest
from scipy import stats

from audit.analysis.alternatives.permutations import relabelling_p_value, sign_flip_p_value


@pytest.mark.parametrize("seed", range(4))
def test_sign_flips_come_to_scipys_exact_p_value(seed):
    differences = np.random.default_rng(seed).normal(0.3, 1, size=11)
    exact = stats.permutation_test(
        (differences,),
        np.mean,
        permutation_type="samples",
        n_resamples=np.inf,
        alternative="greater",
        vectorized=True,
    ).pvalue
    ours = sign_flip_p_value(differences, np.random.default_rng(1), rounds=40_000)
    assert ours == pytest.approx(exact, abs=0.012)


@pytest.mark.parametrize("seed", range(4))
def test_relabelling_comes_to_scipys_exact_p_value(seed):
    values = np.random.default_rng(seed).normal(size=(5, 3))
    row = np.arange(5)
    # All orders of three labels at five prompts: 6 ** 5 of them.
    exact = stats.permutation_test(
        tuple(np.full(5, label) for label in range(3)),
        lambda first, *_: values[row, first].mean(),
        permutation_type="samples",
        n_resamples=np.inf,
        alternative="greater",
        vectorized=False,
    ).pvalue
    ours = relabelling_p_value(values, np.random.default_rng(1), rounds=40_000)
    assert ours == pytest.approx(exact, abs=0.012)


def test_p_values_are_uniform_under_the_null():
    rng = np.random.default_rng(7)
    flips = [sign_flip_p_value(rng.laplace(size=40), rng, rounds=999) for _ in range(400)]
    labels = [
        relabelling_p_value(rng.exponential(size=(40, 3)), rng, rounds=999) for _ in range(400)
    ]
    assert stats.kstest(flips, "uniform").pvalue > 0.01
    assert stats.kstest(labels, "uniform").pvalue > 0.01


def test_a_difference_is_found_and_no_p_value_is_below_the_floor():
    rng = np.random.default_rng(3)
    assert sign_flip_p_value(np.full(40, 0.5), rng, rounds=999) == 1 / 1000
    values = np.tile([1.0, 0.0, 0.0], (40, 1))
    assert relabelling_p_value(values, rng, rounds=999) == 1 / 1000


def test_values_that_are_all_the_same_differ_in_nothing():
    rng = np.random.default_rng(3)
    assert sign_flip_p_value(np.zeros(40), rng) == 1
    assert relabelling_p_value(np.full((40, 3), 0.1), rng) == 1


def test_batches_do_not_change_how_many_rounds_are_drawn():
    # 3,000 prompts are drawn in several batches; with 9,999 rounds the floor stays 1 / 10,000.
    assert sign_flip_p_value(np.ones(3000), np.random.default_rng(1)) == 1 / 10_000

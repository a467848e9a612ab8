import numpy as np
import pytest

from audit.analysis.alternatives.pairs import pair_excess
from audit.analysis.statistics.centring import centred_excess


@pytest.mark.parametrize("models", [4, 7])
def test_every_pair_has_the_centred_excess_of_the_main_statistic(models):
    half = np.random.default_rng(2).normal(size=(9, models, models))
    similarity = half + half.transpose(0, 2, 1)
    ours = pair_excess(similarity)
    for left in range(models):
        for right in set(range(models)) - {left}:
            cohort = tuple(one for one in range(models) if one != left)
            expected = centred_excess(similarity, left, right, cohort)
            assert ours[:, left, right] == pytest.approx(expected)
        assert ours[:, left, left] == pytest.approx(np.zeros(9))


def test_what_a_model_has_with_everybody_is_no_excess_and_the_diagonal_is_not_read():
    own = np.random.default_rng(5).normal(size=(12, 6))
    similarity = own[:, :, None] + own[:, None, :]
    similarity[:, np.arange(6), np.arange(6)] = np.nan_to_num(np.inf)
    assert pair_excess(similarity) == pytest.approx(np.zeros((12, 6, 6)), abs=1e-12)


def test_three_models_are_too_few():
    with pytest.raises(ValueError, match="there are 3"):
        pair_excess(np.zeros((5, 3, 3)))

"""The margin over imposters against every half of them, one by one."""

from itertools import combinations

import numpy as np
import pytest
from scipy import sparse, stats
from scipy.spatial.distance import cdist

from audit.analysis.signals.contract import Deeds
from audit.analysis.signals.imposters import MOST_FREQUENT, ROUNDS, imposter_margin

WORDS = 20


def counted(seed: int, models: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    # Far apart, so that rounding does not decide which words are the more frequent.
    rates = np.geomspace(4000, 50, WORDS)
    return rng.poisson(rates * rng.uniform(0.9, 1.1, (models, 1))).astype(np.float32)


def deeds(counts: np.ndarray, groups: list[int]) -> Deeds:
    return Deeds([sparse.csr_matrix(counts)], np.array(groups))


def margin_by_hand(counts: np.ndarray, suspect: int, teacher: int) -> float:
    """Every model is its own line: draw the words as documented, and take all halves."""
    rng = np.random.default_rng(1)
    rates = counts / counts.sum(axis=1, keepdims=True)
    ranked = rates[:, np.argsort(-rates.mean(axis=0))]
    others = [one for one in range(len(counts)) if one not in {suspect, teacher}]
    halves = list(combinations(others, (len(others) + 1) // 2))
    margins = []
    for _ in range(ROUNDS):
        drawn = rng.permutation(WORDS)[: WORDS // 2]
        scores = stats.zscore(np.log(ranked[:, drawn] + 1e-5), axis=0)
        near = 1 - cdist(scores, scores, "cosine")[suspect]
        margins.append(near[teacher] - np.mean([near[list(half)].max() for half in halves]))
    return float(np.mean(margins))


@pytest.mark.parametrize("models", [3, 4, 7, 8])
def test_the_margin_is_the_mean_over_all_halves_of_the_imposters(models: int) -> None:
    counts = counted(3, models)
    found = imposter_margin(deeds(counts, list(range(models))))
    for suspect, teacher in ((0, 1), (2, 0), (1, 2)):
        expected = margin_by_hand(counts, suspect, teacher)
        assert found[suspect, teacher] == pytest.approx(expected, abs=1e-4)


def test_models_of_the_suspects_or_the_teachers_line_are_no_imposters() -> None:
    counts = counted(4, 6)
    plain = imposter_margin(deeds(counts, [0, 1, 2, 3, 4, 5]))
    twins = np.vstack([counts, counts[:2]])
    found = imposter_margin(deeds(twins, [0, 1, 2, 3, 4, 5, 0, 1]))
    assert found[0, 1] == pytest.approx(plain[0, 1], abs=1e-4)
    unrelated = imposter_margin(deeds(twins, [0, 1, 2, 3, 4, 5, 6, 7]))
    assert unrelated[0, 1] < plain[0, 1] - 0.1


def test_a_line_is_as_near_as_its_nearest_member() -> None:
    counts = counted(5, 5)
    apart = counts[2] * np.linspace(0.3, 3, WORDS)
    found = imposter_margin(deeds(np.vstack([counts, apart]), [0, 1, 2, 3, 4, 2]))
    likeness = imposter_margin(deeds(np.vstack([counts, counts[2]]), [0, 1, 2, 3, 4, 2]))
    assert np.isfinite(found).all()
    assert np.isfinite(likeness).all()
    assert found[0, 0] == likeness[2, 5] == 0


def test_without_imposters_there_is_no_margin() -> None:
    assert not imposter_margin(deeds(counted(6, 3), [0, 0, 1])).any()


def test_the_order_of_models_and_the_parting_into_blocks_do_not_matter() -> None:
    counts, order = counted(7, 6), [4, 2, 0, 5, 1, 3]
    groups = np.array([0, 0, 1, 2, 3, 4])
    plain = imposter_margin(deeds(counts, groups.tolist()))
    turned = imposter_margin(deeds(counts[order], groups[order].tolist()))
    assert np.allclose(turned, plain[np.ix_(order, order)], atol=1e-4)
    parts = [np.floor(counts / 3), counts - np.floor(counts / 3)]
    apart = Deeds([sparse.csr_matrix(one) for one in parts], groups)
    assert np.allclose(imposter_margin(apart), plain, atol=1e-6)


def test_only_the_most_frequent_words_are_looked_at() -> None:
    rng = np.random.default_rng(8)
    often = rng.poisson(100, (5, MOST_FREQUENT)).astype(np.float32)
    rare = np.zeros((5, 30), np.float32)
    plain = imposter_margin(deeds(np.hstack([often, rare]), [0, 1, 2, 3, 4]))
    rare[[0, 1], 0] = 20
    rare[[2, 3], 1] = 20
    rare[[4, 4], 2] = 20
    found = imposter_margin(deeds(np.hstack([often, rare]), [0, 1, 2, 3, 4]))
    assert np.allclose(found, plain, atol=0.02)

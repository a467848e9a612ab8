"""The loss in calibration against that of log-LRs that are right by construction."""

import numpy as np
import pytest

from audit.analysis.calibration.consistency import consistency
from audit.analysis.calibration.metrics import cllr_cal

RNG = np.random.default_rng


def right(seed: int, pairs: int, mean: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Return log-LRs of a normal model whose log-LR is what it says: variance twice the mean."""
    rng = RNG(seed)
    spread = np.sqrt(2 * mean)
    return rng.normal(mean, spread, pairs), rng.normal(-mean, spread, pairs * 4)


def test_right_log_lrs_get_p_values_that_are_spread_evenly() -> None:
    found = [consistency(*right(seed, 30), RNG(seed)) for seed in range(40)]
    values = np.array([one.p_value for one in found if one])
    assert 0.35 < values.mean() < 0.65
    assert (values < 0.05).sum() <= 6


@pytest.mark.parametrize(("factor", "offset"), [(4.0, 0.0), (1.0, 3.0), (-1.0, 0.0)])
def test_overstated_shifted_and_turned_log_lrs_are_found_out(factor: float, offset: float) -> None:
    h1, h2 = right(1, 60)
    found = consistency(h1 * factor + offset, h2 * factor + offset, RNG(2))
    assert found is not None
    assert found.p_value < 0.01
    assert found.observed > found.high


def test_few_right_pairs_lose_more_than_many() -> None:
    few, many = (consistency(*right(3, pairs), RNG(4)) for pairs in (20, 2000))
    assert few is not None
    assert many is not None
    assert few.expected > 5 * many.expected > 0
    assert few.observed == cllr_cal(*right(3, 20))


def test_there_is_no_answer_where_every_truth_is_certain() -> None:
    assert consistency(np.full(3, 800.0), np.full(3, 800.0), RNG(1)) is None

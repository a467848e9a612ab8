"""How far the ratios of a population move with other prompts, as the ratio of a case does."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from audit.analysis.fusion.features import standings
from audit.analysis.signals.cohort import Measured
from audit.analysis.validation.material import Judged

Floats = NDArray[np.float64]
# Natural log-LRs (pairs,) before bounds, of features (pairs, signals).
Scorer = Callable[[Floats], Floats]

_ROUNDS = 200
_PERCENTILES = (2.5, 97.5)


def undecided(
    judged: Judged, measured: Measured, names: tuple[str, ...], score: Scorer, *, seed: int
) -> NDArray[np.bool_]:
    """Return which pairs (pairs,) could as well speak for the other hypothesis on other prompts.

    The interval that holds LR = 1 is that of a case: percentile bootstrap over blocks of prompts
    (Efron 1979). Linear in rounds, pairs and signals.
    """
    rng = np.random.default_rng((seed, 7))
    count, cohort = len(measured.blocks), judged.cohort
    drawn = []
    for _ in range(_ROUNDS):
        times = np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)
        similar = measured.similarities(times, names=names)
        standing = standings(similar, cohort.groups, cohort.weights)
        drawn.append(score(judged.trials(standing, names).features))
    low, high = np.percentile(drawn, _PERCENTILES, axis=0)
    return np.asarray((low < 0) & (high > 0))

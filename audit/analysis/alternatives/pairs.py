"""The centred excess of every pair of models at once, and one pair held against another."""

import numpy as np
from numpy.typing import NDArray

from audit.analysis.alternatives.values import Evidence, Floats
from audit.analysis.statistics.resampling import Interval, bootstrap_mean

# Two models and two more that they are held against.
LEAST_MODELS = 4


def pair_excess(similarity: Floats) -> Floats:
    """Return the doubly centred similarity of every pair of q models, (n, q, q) to the same shape.

    Each pair is centred on the other q - 2 models as in `statistics.centring`: the excess does not
    depend on which of the models is called suspect. The diagonal is 0. Raises ValueError if there
    are fewer than four models.
    """
    models = similarity.shape[1]
    if models < LEAST_MODELS:
        raise ValueError(f"A pair needs two more models to be held against; there are {models}.")
    apart = similarity * (1 - np.eye(models))
    sums = apart.sum(axis=2)
    both = sums[:, :, None] + sums[:, None, :]
    whole = sums.sum(axis=1)[:, None, None] / 2
    rest = models - 2
    within = (whole - both + apart) / (rest * (rest - 1) / 2)
    excess: Floats = (apart - (both - 2 * apart) / rest + within) * (1 - np.eye(models))
    return excess


def excess_of(evidence: Evidence, models: tuple[int, ...], prompts: NDArray[np.intp]) -> Floats:
    """Return `pair_excess` among some models, in their order, on some prompts."""
    chosen = np.asarray(models)
    return pair_excess(evidence.similarity[np.ix_(prompts, chosen, chosen)])


def over_prompts(evidence: Evidence, values: Floats, rng: np.random.Generator) -> Interval:
    """Return the mean of `values` (n prompts,) with its bootstrap interval, as the plan asks."""
    return bootstrap_mean(
        values,
        rounds=evidence.parameters.bootstrap_rounds,
        confidence=evidence.parameters.confidence,
        rng=rng,
    )

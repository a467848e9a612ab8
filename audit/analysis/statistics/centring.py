"""Similarity of two models over and above what the cohort makes of each of them."""

import numpy as np
from numpy.typing import NDArray


def centred_excess(
    similarity: NDArray[np.float64], suspect: int, candidate: int, cohort: tuple[int, ...]
) -> NDArray[np.float64]:
    """Return the doubly centred similarity of suspect and candidate, one value per prompt.

    `similarity` has shape (n prompts, m models, m models), without unit, symmetric in the models.
    From s(suspect, candidate) the mean similarity of the suspect to the rest of the cohort and
    the mean similarity of the candidate to that rest are taken away, and the mean similarity
    within the rest is added back: zero is what the cohort makes one expect. Double centring is the
    interaction term of a two-way layout (Tukey 1949); the cohort plays the part of the
    background population in forensic comparison (Morrison 2013).
    """
    rest = [model for model in cohort if model != candidate]
    to_suspect = similarity[:, suspect, rest].mean(axis=1)
    to_candidate = similarity[:, candidate, rest].mean(axis=1)
    excess: NDArray[np.float64] = (
        similarity[:, suspect, candidate] - to_suspect - to_candidate + _within(similarity, rest)
    )
    return excess


def _within(similarity: NDArray[np.float64], models: list[int]) -> NDArray[np.float64]:
    """Return the mean similarity over the pairs of different models, one value per prompt."""
    first, second = np.triu_indices(len(models), k=1)
    chosen = np.asarray(models)
    pairs: NDArray[np.float64] = similarity[:, chosen[first], chosen[second]].mean(axis=1)
    return pairs

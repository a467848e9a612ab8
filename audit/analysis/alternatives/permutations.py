"""Permutation tests within prompts; the prompt is the unit."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDS = 9_999
# Bounds memory: so many values are drawn at once.
_DRAWN = 2_000_000
# Sums of the same values in another order differ in the last digits, and count as ties.
_TIE = 1e-9


def relabelling_p_value(
    values: Floats, rng: np.random.Generator, *, rounds: int = ROUNDS
) -> float:
    """Return the one-sided p-value of the mean of `values[:, 0]` under relabelling within prompts.

    `values` has shape (n prompts, labels): the statistic of a prompt if the answer at that label
    were the one in question. It is exact if under the null hypothesis the answers to one prompt
    are exchangeable (Fisher 1935; add-one of Phipson and Smyth 2010). A tie counts against.
    """
    prompts, labels = values.shape
    row = np.arange(prompts)
    drawn = (
        values[row, rng.integers(labels, size=(size, prompts))].sum(axis=1)
        for size in _batches(prompts, rounds)
    )
    return _p_value(float(values[:, 0].sum()), np.concatenate(list(drawn)))


def sign_flip_p_value(
    differences: Floats, rng: np.random.Generator, *, rounds: int = ROUNDS
) -> float:
    """Return the one-sided p-value that the mean of `differences` (n prompts,) is above zero.

    The signs are flipped at random (Fisher 1935): exact if under the null hypothesis the
    differences lie symmetrically about zero. Add-one and ties as in `relabelling_p_value`.
    """
    prompts = len(differences)
    drawn = (
        (2.0 * rng.integers(2, size=(size, prompts)) - 1) @ differences
        for size in _batches(prompts, rounds)
    )
    return _p_value(float(differences.sum()), np.concatenate(list(drawn)))


def _batches(prompts: int, rounds: int) -> Iterator[int]:
    batch = max(1, _DRAWN // prompts)
    for start in range(0, rounds, batch):
        yield min(batch, rounds - start)


def _p_value(observed: float, drawn: Floats) -> float:
    slack = _TIE * max(1.0, abs(observed))
    return float((1 + np.count_nonzero(drawn >= observed - slack)) / (1 + len(drawn)))

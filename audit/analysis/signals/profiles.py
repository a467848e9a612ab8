"""Likeness of what models do over many answers, as deviation from what all models do."""

import numpy as np
from numpy.typing import NDArray

from audit.analysis.signals.contract import Counts, Square

Rows = NDArray[np.float32]

# Added to a rate before its logarithm: one occurrence in a hundred thousand words.
_FLOOR = np.float32(1e-5)
_MOST_FREQUENT = 300


def rate_likeness(counts: Counts, weights: NDArray[np.float64]) -> Square:
    """Return the cosine of deviations of square-rooted rates, whose noise is the same everywhere.

    Square roots: Bartlett (1936); their distance is Hellinger's (1909).
    """
    rate = np.sqrt(counts.of / _positive(counts.out_of)[:, None])
    return _cosine(rate - _mean(rate, weights))


def surprise_likeness(counts: Counts, weights: NDArray[np.float64]) -> Square:
    """Return the cosine of signed square roots of Pearson residuals of counts.

    The residual is (observed - expected) / sqrt(expected + 0.5) (Pearson 1900); its root keeps a
    few very frequent events from deciding alone.
    """
    expected = _mean(counts.of / _positive(counts.out_of)[:, None], weights)
    expected = expected * counts.out_of[:, None]
    residual = (counts.of - expected) / np.sqrt(expected + np.float32(0.5))
    return _cosine(np.sign(residual) * np.sqrt(np.abs(residual)))


def delta_likeness(counts: Counts, weights: NDArray[np.float64]) -> Square:
    """Return Cosine Delta (Smith and Aldridge 2011; Evert et al. 2017) over 300 frequent words.

    Burrows' (2002) z-scores, here of log rates, with weights that make related models count once.
    """
    rate = counts.of / _positive(counts.out_of)[:, None]
    frequent = np.argsort(-_mean(rate, weights), kind="stable")[:_MOST_FREQUENT]
    logs = np.log(rate[:, frequent] + _FLOOR)
    logs = logs - _mean(logs, weights)
    spread = np.sqrt(_mean(logs**2, weights))
    return _cosine(logs / np.where(spread == 0, np.float32(1), spread))


def _cosine(rows: Rows) -> Square:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = rows / np.where(length == 0, 1, length)
    return np.asarray(unit @ unit.T, np.float64)


def _mean(rows: Rows, weights: NDArray[np.float64]) -> Rows:
    share = (weights / weights.sum()).astype(np.float32)
    return np.asarray(share @ rows, np.float32)


def _positive(counts: Rows) -> Rows:
    return np.maximum(counts, np.float32(1))

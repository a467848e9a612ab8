"""Likeness of what models do over many answers, as deviation from what all models do."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from audit.analysis.signals.contract import Counts, Square

Rows = NDArray[np.float32]

# Added to a rate before its logarithm: one occurrence in a hundred thousand words.
_FLOOR = np.float32(1e-5)
_MOST_FREQUENT = 300
# Things that are worked on at a time: few enough to stay in the processor's cache.
_AT_ONCE = 2**13


def rate_likeness(counts: Counts, weights: NDArray[np.float64]) -> Square:
    """Return the cosine of deviations of square-rooted rates from their mean, (m, m), in -1 to 1.

    `weights` (m,) are what each model counts in the mean. The noise of a rooted count is the same
    at every rate (Bartlett 1936); the distance of rooted rates is Hellinger's (1909).
    """

    def deviations(of: Rows) -> Rows:
        return _deviations(np.sqrt(_rates(of, counts)), weights)

    return _cosine(counts, deviations)


def surprise_likeness(counts: Counts, weights: NDArray[np.float64]) -> Square:
    """Return the cosine of signed square roots of Pearson residuals of counts, (m, m), in -1 to 1.

    The residual is (observed - expected) / sqrt(expected + 0.5) (Pearson 1900), expected at the
    mean rate under `weights` (m,); its root keeps a few very frequent events from deciding alone.
    """

    def residuals(of: Rows) -> Rows:
        rates = _rates(of, counts)
        out_of = counts.out_of.astype(np.float32)[:, None]
        expected = out_of * _mean(rates, weights)
        residual = out_of * _deviations(rates, weights) / np.sqrt(expected + np.float32(0.5))
        return np.asarray(np.copysign(np.sqrt(np.abs(residual)), residual))

    return _cosine(counts, residuals)


def delta_likeness(counts: Counts, weights: NDArray[np.float64]) -> Square:
    """Return Cosine Delta over the 300 most frequent things, (m, m), in -1 to 1.

    Smith and Aldridge (2011), Evert et al. (2017): the cosine of Burrows' (2002) z-scores, here of
    log rates, and with `weights` (m,) that make related models count once in mean and spread.
    """
    usual = _mean(_rates(counts.of, counts), weights)
    frequent = np.argsort(-usual, kind="stable")[:_MOST_FREQUENT]

    def scores(of: Rows) -> Rows:
        logs = _deviations(np.log(_rates(of, counts) + _FLOOR), weights)
        spread = np.sqrt(_mean(logs**2, weights))
        return np.asarray(logs / np.where(spread == 0, np.float32(1), spread))

    return _cosine(Counts(counts.of[:, frequent], counts.out_of), scores)


def _cosine(counts: Counts, rows_of: Callable[[Rows], Rows]) -> Square:
    """Return the cosine of every two models' rows, which are worked out a part at a time."""
    models, things = counts.of.shape
    product = np.zeros((models, models))
    for first in range(0, things, _AT_ONCE):
        part = rows_of(counts.of[:, first : first + _AT_ONCE])
        product += part @ part.T
    length = np.sqrt(np.diag(product))
    length = np.where(length == 0, 1.0, length)
    return np.asarray(product / np.outer(length, length))


def _rates(of: Rows, counts: Counts) -> Rows:
    """Return counts per what they are counted out of; nothing out of nothing is nothing."""
    return of / np.maximum(counts.out_of, 1).astype(np.float32)[:, None]


def _deviations(rows: Rows, weights: NDArray[np.float64]) -> Rows:
    """Return rows less their mean: nothing, and no rounding error, where no model differs."""
    return np.where(np.ptp(rows, axis=0) == 0, np.float32(0), rows - _mean(rows, weights))


def _mean(rows: Rows, weights: NDArray[np.float64]) -> Rows:
    return np.asarray((weights / weights.sum()).astype(np.float32) @ rows)

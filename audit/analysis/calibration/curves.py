"""What the pictures show, as plain numbers: base-ten logarithms, at most some 400 points each.

`dataclasses.asdict` makes a JSON object of each.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.analysis.calibration.log_lrs import LN10, LogLRs, require_log_lrs
from audit.analysis.calibration.pav import pool

MOST_POINTS = 400
_MOST_BINS = 60
_PRIOR_LOG10_ODDS = (-3.0, 3.0)
_PRIORS = 241
_BIN_WIDTHS = (0.05, 0.1, 0.2, 0.5)

Floats = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Tippett:
    """For each threshold the share of pairs whose log10-LR is at or above it (Tippett 1968).

    The thresholds are log10-LRs that occur, in ascending order: all, or 400 of them.
    """

    log10_lr: Floats
    h1: Floats
    h2: Floats


@dataclass(frozen=True, slots=True)
class Pav:
    """Log10-LRs and their recalibrated values, at the first and last LR of each step.

    Up to `zero_up_to` only H2 occurs and from `infinite_from` on only H1: recalibrated LRs would
    be zero and infinite there and have no point. None where there is no such end.
    """

    log10_lr: Floats
    pav_log10_lr: Floats
    zero_up_to: float | None
    infinite_from: float | None


@dataclass(frozen=True, slots=True)
class CrossEntropy:
    """Empirical cross-entropy in bits over prior log10 odds (Ramos and Gonzalez-Rodriguez 2013).

    Of the LRs, of the LRs after recalibration, and of LR = 1. At even odds it is Cllr.
    """

    prior_log10_odds: Floats
    lrs: Floats
    after_pav: Floats
    neutral: Floats


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of log10-LRs between `edges`; one on an edge, as 0 is, is counted to its right."""

    edges: Floats
    h1: tuple[int, ...]
    h2: tuple[int, ...]


def tippett(h1: LogLRs, h2: LogLRs) -> Tippett:
    """Return the Tippett curves of natural log-LRs."""
    require_log_lrs(h1, h2)
    values = np.unique(np.concatenate([h1, h2]))
    thresholds = values[_thinned(len(values))]
    return Tippett(
        _floats(thresholds / LN10), _at_or_above(h1, thresholds), _at_or_above(h2, thresholds)
    )


def pav(h1: LogLRs, h2: LogLRs) -> Pav:
    """Return the recalibration (PAV) curve of natural log-LRs."""
    pooled = pool(h1, h2)
    after = pooled.pav_log_lr
    changes = after[1:] != after[:-1]
    corner = (np.append(True, changes) | np.append(changes, True)) & np.isfinite(after)
    x, y = pooled.log_lr[corner] / LN10, after[corner] / LN10
    kept = _thinned(len(x))
    zero, infinite = (pooled.log_lr[after == end] / LN10 for end in (-np.inf, np.inf))
    return Pav(
        _floats(x[kept]),
        _floats(y[kept]),
        float(zero[-1]) if zero.size else None,
        float(infinite[0]) if infinite.size else None,
    )


def cross_entropy(h1: LogLRs, h2: LogLRs) -> CrossEntropy:
    """Return the empirical cross-entropy (ECE) of natural log-LRs."""
    pooled = pool(h1, h2)
    log10_odds = np.linspace(*_PRIOR_LOG10_ODDS, _PRIORS)
    log_odds = log10_odds * LN10
    one = np.zeros(1)
    return CrossEntropy(
        _floats(log10_odds),
        _entropies(h1, h2, log_odds),
        _entropies(pooled.h1, pooled.h2, log_odds),
        _entropies(one, one, log_odds),
    )


def histogram(h1: LogLRs, h2: LogLRs) -> Histogram:
    """Return the histograms of natural log-LRs, over the same bins; LR = 1 is an edge."""
    require_log_lrs(h1, h2)
    edges = _edges(np.concatenate([h1, h2]) / LN10)
    counts = [np.histogram(log_lrs / LN10, edges)[0] for log_lrs in (h1, h2)]
    return Histogram(_floats(edges), tuple(counts[0].tolist()), tuple(counts[1].tolist()))


def _at_or_above(log_lrs: LogLRs, thresholds: LogLRs) -> Floats:
    """Return for each threshold the share of the log-LRs that are not below it."""
    below = np.searchsorted(np.sort(log_lrs), thresholds, side="left")
    return _floats(1 - below / len(log_lrs))


def _entropies(h1: LogLRs, h2: LogLRs, log_odds: LogLRs) -> Floats:
    """Return the cross-entropy in bits at each prior, given as natural log odds."""
    return _floats(np.array([_entropy(h1, h2, prior) for prior in log_odds]))


def _entropy(h1: LogLRs, h2: LogLRs, prior: float) -> float:
    probability = 1 / (1 + np.exp(-prior))
    cost_h1 = np.logaddexp(0, -(h1 + prior)).mean()
    cost_h2 = np.logaddexp(0, h2 + prior).mean()
    return float((probability * cost_h1 + (1 - probability) * cost_h2) / np.log(2))


def _edges(log10_lrs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the edges of at most 60 equal bins of a round width, 0 among them."""
    low, high = min(0.0, float(log10_lrs.min())), max(0.0, float(log10_lrs.max()))
    widths = (width * 10**power for power in range(310) for width in _BIN_WIDTHS)
    width = next(one for one in widths if (high - low) / one <= _MOST_BINS - 2)
    # One bin more on the right, for a value on the last edge is counted to the right of it.
    edges: NDArray[np.float64] = np.arange(low // width, high // width + 2) * width
    return edges


def _thinned(count: int) -> NDArray[np.intp]:
    """Return at most 400 of the places 0 to count - 1, evenly spread, first and last included."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(np.intp))


def _floats(values: NDArray[np.float64]) -> Floats:
    return tuple(values.tolist())

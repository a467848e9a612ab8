"""How well log-LRs tell H1 from H2, and how far they can be taken at their word."""

import math

import numpy as np
from scipy import stats

from audit.analysis.calibration.log_lrs import LN10, LogLRs, require_log_lrs
from audit.analysis.calibration.pav import Pooled, pool
from audit.analysis.errors import InsufficientDataError, WrongSettingError
from audit.analysis.statistics.proportions import Proportion

CONFIDENCE = 0.95
_LN2 = math.log(2)


def rate(count: int, of: int) -> Proportion:
    """Return the share with its exact interval, right for `of` independent cases.

    Pairs that share a suspect or a teacher are not independent: the interval is then too narrow.
    """
    if of < 1:
        raise InsufficientDataError("A rate needs at least one case, and there is none.")
    return Proportion.exact(count, of, CONFIDENCE)


def cllr(h1: LogLRs, h2: LogLRs) -> float:
    """Return the log-likelihood-ratio cost in bits (Brummer and du Preez 2006).

    0 is perfect, 1 is what LR = 1 for every pair gives; more than 1 misleads on the whole.
    """
    require_log_lrs(h1, h2)
    return _cost(h1, h2)


def cllr_min(h1: LogLRs, h2: LogLRs) -> float:
    """Return the cost that is left after the best monotone recalibration: lack of separation.

    In bits (Brummer and du Preez 2006). Recalibrated by the very pairs that it is measured on, so
    it is a floor and not what another set of pairs would give.
    """
    pooled = pool(h1, h2)
    return _cost(pooled.h1, pooled.h2)


def cllr_cal(h1: LogLRs, h2: LogLRs) -> float:
    """Return the part of the cost in bits that recalibration would take away: never below 0."""
    return cllr(h1, h2) - cllr_min(h1, h2)


def auc(h1: LogLRs, h2: LogLRs) -> float:
    """Return the probability that a pair under H1 has the larger log-LR; a tie counts half.

    The area under the ROC curve, by the ranks of Mann and Whitney (1947).
    """
    require_log_lrs(h1, h2)
    ranks = stats.rankdata(np.concatenate([h1, h2]))[: len(h1)]
    wins = ranks.sum() - len(h1) * (len(h1) + 1) / 2
    return float(wins / (len(h1) * len(h2)))


def threshold_at(h2: LogLRs, false_positive_rate: float) -> float:
    """Return the lowest log-LR that at most this share of the pairs under H2 exceeds."""
    if not 0 <= false_positive_rate < 1:
        raise WrongSettingError(
            f"The false positive rate is {false_positive_rate:g}; set it from 0 to below 1."
        )
    allowed = math.floor(false_positive_rate * len(h2))
    return float(np.sort(h2)[::-1][allowed])


def rate_at(h1: LogLRs, h2: LogLRs, false_positive_rate: float) -> Proportion:
    """Return the share of pairs under H1 above `threshold_at` this false positive rate.

    The interval is that of the share above this threshold; it does not allow for where another
    set of pairs under H2 would have put it.
    """
    require_log_lrs(h1, h2)
    return rate(int((h1 > threshold_at(h2, false_positive_rate)).sum()), len(h1))


def misleading(h1: LogLRs, h2: LogLRs) -> dict[str, Proportion]:
    """Return how often the LR speaks for the wrong hypothesis: at all, tenfold, hundredfold.

    The rates of misleading evidence of Royall (2000).
    """
    require_log_lrs(h1, h2)
    return {
        "h1_below_1": rate(int((h1 < 0).sum()), len(h1)),
        "h1_at_most_1_in_10": rate(int((h1 <= -LN10).sum()), len(h1)),
        "h1_at_most_1_in_100": rate(int((h1 <= -2 * LN10).sum()), len(h1)),
        "h2_above_1": rate(int((h2 > 0).sum()), len(h2)),
        "h2_at_least_10": rate(int((h2 >= LN10).sum()), len(h2)),
        "h2_at_least_100": rate(int((h2 >= 2 * LN10).sum()), len(h2)),
    }


def dev_pav(h1: LogLRs, h2: LogLRs) -> float | None:
    """Return how far the log-LRs lie from their recalibrated values, on average, in log10 units.

    The area between the line through the recalibrated points and the identity, over the width of
    the part in which recalibration is finite (devPAV; Vergeer, van Schaik and Sjerps 2021). 0 is
    perfect; None if that part is empty, as when the hypotheses are told apart without error.
    """
    x, deviation = _deviations(pool(h1, h2))
    if not x.size:
        return None
    if x[0] == x[-1]:
        return float(np.abs(deviation[0]))
    before, after = deviation[:-1], deviation[1:]
    both = np.abs(before) + np.abs(after)
    crossing = before * after < 0
    # Between two points the deviation is a straight line: a trapezium, or two triangles.
    height = np.divide(before**2 + after**2, both, out=both.copy(), where=crossing) / 2
    return float((np.diff(x) * height).sum() / (x[-1] - x[0]))


def _cost(h1: LogLRs, h2: LogLRs) -> float:
    """Return the cost in bits; an infinite log-LR costs nothing where it is right."""
    return float((np.logaddexp(0, -h1).mean() + np.logaddexp(0, h2).mean()) / (2 * _LN2))


def _deviations(pooled: Pooled) -> tuple[LogLRs, LogLRs]:
    """Return the finite recalibrated points: log10-LR, and how far its new value is above it."""
    finite = np.isfinite(pooled.pav_log_lr)
    x, first = np.unique(pooled.log_lr[finite], return_index=True)
    return x / LN10, (pooled.pav_log_lr[finite][first] - x) / LN10

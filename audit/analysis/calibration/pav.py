"""The best monotone recalibration of log-LRs, by the pairs' own truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import logit

from audit.analysis.calibration.log_lrs import LogLRs, require_log_lrs

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """All n pairs in ascending order of `log_lr`; each array has the shape (n,).

    `pav_log_lr`, a natural logarithm, never falls; it is infinite at the ends where only one
    hypothesis occurs.
    """

    log_lr: LogLRs
    pav_log_lr: LogLRs
    is_h1: NDArray[np.bool_]

    @property
    def h1(self) -> LogLRs:
        """The recalibrated log-LRs of the pairs under H1."""
        return self.pav_log_lr[self.is_h1]

    @property
    def h2(self) -> LogLRs:
        """The recalibrated log-LRs of the pairs under H2."""
        return self.pav_log_lr[~self.is_h1]


def pool(h1: LogLRs, h2: LogLRs) -> Pooled:
    """Return the log-LRs after pooling adjacent violators (Brummer and du Preez 2006).

    Isotonic regression of the truth on the log-LR (Ayer et al. 1955) gives posterior odds; the
    odds of H1 among the pairs are taken out of them. Equal log-LRs get equal values.
    """
    require_log_lrs(h1, h2)
    log_lr = np.concatenate([h1, h2])
    truth = np.repeat([1.0, 0.0], [len(h1), len(h2)])
    # Of equal log-LRs those under H1 go first: a falling run is always pooled into one value.
    order = np.lexsort((-truth, log_lr))
    posterior = isotonic_regression(truth[order]).x
    pav_log_lr = logit(posterior) - np.log(len(h1) / len(h2))
    return Pooled(log_lr[order], pav_log_lr, truth[order] == 1)


def pool_shares(h1: Shares, h2: Shares) -> LogLRs:
    """Return recalibrated log-LRs of groups of pairs, in ascending order of their LR.

    `h1` and `h2` have the share of all pairs under each hypothesis that is in each group; a group
    may have none of one of them, but not of both. How many pairs there are makes no difference:
    what pools is the slope of the hull of the ROC curve (Fawcett and Niculescu-Mizil 2007).
    """
    weight = h1 + h2
    log_lrs: LogLRs = logit(isotonic_regression(h1 / weight, weights=weight).x)
    return log_lrs

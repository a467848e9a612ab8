"""Fusion weights from pairs of documented truth, and what each pair gets without its own line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.analysis.calibration.bounds import Bounds, elub, source_bounds
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.calibration.logistic import Fusion, fit
from audit.analysis.errors import InsufficientDataError

Floats = NDArray[np.float64]

# Chosen from 0.05, 0.1, 0.2, 0.3 and 1 by the cost of cross-validated likelihood ratios over all
# sizes of the material: with less of it a larger one would do better, with more a smaller one.
PENALTY = 0.2
LEAST_SOURCES = 5


@dataclass(frozen=True, slots=True)
class Trials:
    """Pairs of a suspect and a teacher: `features` (n, d), `truth` (n,) true under H1.

    `sources` (n,) numbers the lines of related models that the suspects belong to: what is left
    out together, and what counts as one independent source.
    """

    features: Floats
    truth: NDArray[np.bool_]
    sources: NDArray[np.intp]

    def only(self, chosen: NDArray[np.bool_]) -> "Trials":
        """Return the chosen pairs."""
        return Trials(self.features[chosen], self.truth[chosen], self.sources[chosen])

    def count_sources(self, *, under_h1: bool) -> int:
        """Return how many independent suspects there are under one hypothesis."""
        return len(np.unique(self.sources[self.truth == under_h1]))


def train(trials: Trials) -> Fusion:
    """Return the fusion (natural log-LR) of all trials.

    Both hypotheses weigh the same, so that no prior is learned; all weights add up to the number
    of independent sources, so that the penalty weighs the more the fewer these are. No weight is
    negative: features are oriented so that none speaks for H1 by being smaller.
    """
    return fit(trials.features, trials.truth, _weights(trials), penalty=PENALTY, nonnegative=True)


@dataclass(frozen=True, slots=True)
class Folds:
    """For each source which pairs (n,) are its own, and a fusion that has not seen it."""

    parts: tuple[tuple[NDArray[np.bool_], Fusion], ...]

    @classmethod
    def of(cls, trials: Trials) -> "Folds":
        """Return the folds of some trials; linear in pairs times sources.

        Raises InsufficientDataError for fewer than five sources under either hypothesis.
        """
        require_sources(trials)
        own = [trials.sources == source for source in np.unique(trials.sources)]
        return cls(tuple((one, train(trials.only(~one))) for one in own))

    def log_lrs(self, features: Floats) -> Floats:
        """Return the natural log-LRs (n,) of the pairs with these features (n, d)."""
        values = np.empty(len(features))
        for own, fusion in self.parts:
            values[own] = fusion.log_lr(features[own])
        return values


def cross_validated(trials: Trials) -> Floats:
    """Return the natural log-LR of each pair (n,), by a fusion without its suspect's line.

    Linear in pairs times sources. Raises InsufficientDataError for fewer than five sources under
    either hypothesis.
    """
    return Folds.of(trials).log_lrs(trials.features)


def clipped(log_lrs: Floats, limits: Bounds) -> Floats:
    """Return natural log-LRs (n,) within log10 bounds."""
    return np.clip(log_lrs, limits.lower * LN10, limits.upper * LN10)


def bounds_of(trials: Trials, log_lrs: Floats) -> Bounds:
    """Return the log10 bounds that cross-validated log-LRs (n,) support.

    One pair of bounds for all, as in a case. That they are worked out with the pairs that they cut
    can only bring a ratio nearer to 1. On either side what the number of independent sources
    allows, if one more were misleading; on the side of H1, where an error accuses, also ELUB
    (Vergeer et al. 2016).
    """
    limits = source_bounds(
        trials.count_sources(under_h1=True), trials.count_sources(under_h1=False)
    )
    supported = elub(log_lrs[trials.truth], log_lrs[~trials.truth])
    return limits.narrowed_by(Bounds(limits.lower, supported.upper))


def together(trials: Sequence[Trials]) -> Trials:
    """Return several trials of the same pairs as one; a source keeps its number in all of them."""
    return Trials(
        np.concatenate([one.features for one in trials]),
        np.concatenate([one.truth for one in trials]),
        np.concatenate([one.sources for one in trials]),
    )


def require_sources(trials: Trials) -> None:
    """Raise InsufficientDataError if a hypothesis has too few independent suspects."""
    for under_h1, meaning in ((True, "trained"), (False, "not trained")):
        count = trials.count_sources(under_h1=under_h1)
        if count < LEAST_SOURCES:
            raise InsufficientDataError(
                f"Only {count} independent lines of models are documented as {meaning} on a "
                f"teacher's outputs, and {LEAST_SOURCES} are needed. Add models to the "
                "population, or document more of them in the lineage file."
            )


def _weights(trials: Trials) -> Floats:
    share = np.where(
        trials.truth, 0.5 / max(trials.truth.sum(), 1), 0.5 / max((~trials.truth).sum(), 1)
    )
    return np.asarray(share * len(np.unique(trials.sources)), np.float64)

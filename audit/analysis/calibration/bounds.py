"""How large a likelihood ratio the material can carry, however far a model extrapolates."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from audit.analysis.calibration.log_lrs import LN10, LogLRs, require_log_lrs
from audit.analysis.errors import InsufficientDataError

_STEPS_A_DECADE = 100


@dataclass(frozen=True, slots=True)
class Clipped:
    """A log10-LR within bounds, and the bound that cut it, if one did."""

    log10_lr: float
    hit: Literal["lower", "upper"] | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest and the largest log10-LR that may be reported: lower <= 0 <= upper."""

    lower: float
    upper: float

    def clip(self, log10_lr: float) -> Clipped:
        """Return the log10-LR, or the bound that it is beyond; that one is then what is hit."""
        if math.isnan(log10_lr):
            raise InsufficientDataError("A likelihood ratio that is not a number has no bound.")
        if log10_lr > self.upper:
            return Clipped(self.upper, "upper")
        if log10_lr < self.lower:
            return Clipped(self.lower, "lower")
        return Clipped(log10_lr, None)

    def narrowed_by(self, other: "Bounds") -> "Bounds":
        """Return for each direction the bound that is nearer to LR = 1."""
        return Bounds(max(self.lower, other.lower), min(self.upper, other.upper))

    def as_dict(self) -> dict[str, float]:
        """Return both bounds as a JSON object."""
        return asdict(self)


def source_bounds(h1_sources: int, h2_sources: int) -> Bounds:
    """Return the bounds that the number of independent sources under each hypothesis sets.

    They are what a system without one error on n1 + n2 sources could claim, if one misleading
    source is added to each side, as Vergeer et al. (2016) do: the evidence would then be seen in
    at most n1 / (n1 + 1) of the sources under H1 and at least 1 / (n2 + 1) of those under H2, so

        LR <= (n2 + 1) n1 / (n1 + 1)   and likewise   1 / LR <= (n1 + 1) n2 / (n2 + 1).

    With n sources on either side this is n, the bound of N sources in the Netherlands Forensic
    Institute's `lir`; with many under H1 it is n2 + 1, whose inverse is the floor of a rank test
    against n2 controls. Raises InsufficientDataError without sources on both sides.
    """
    if min(h1_sources, h2_sources) < 1:
        raise InsufficientDataError(
            f"There are {h1_sources} independent sources under H1 and {h2_sources} under H2; "
            "without at least one of each no likelihood ratio can be given."
        )
    return Bounds(
        lower=-math.log10((h1_sources + 1) * h2_sources / (h2_sources + 1)),
        upper=math.log10((h2_sources + 1) * h1_sources / (h1_sources + 1)),
    )


def elub(
    h1: LogLRs,
    h2: LogLRs,
    h1_sources: Sequence[str] | None = None,
    h2_sources: Sequence[str] | None = None,
) -> Bounds:
    """Return the empirical lower and upper bounds of Vergeer et al. (2016), to 0.01 in log10.

    `h1` and `h2` are natural log-LRs of pairs that the system was not trained on. For each
    threshold LR the expected cost of deciding by the LRs, with one misleading LR added to each
    side, is held against that of deciding by LR = 1; the bounds enclose the thresholds around 1
    at which the LRs cost no more. A system that misleads already near LR = 1 gets the bound 0.

    The one added LR stands for the error that the next independent case might show. Pairs that
    share a suspect (or a lineage of suspects) err together, so among many such pairs one added
    *pair* is too little, and the bounds come out too wide. The sources name for each pair what it
    shares. All pairs of a source under one hypothesis then count as one together, and the added LR
    counts as a whole source. The mean is taken within a source, not its most misleading pair,
    for the question is asked of one pair, not whether any of many misleads. Without sources each
    pair is its own, as in the paper.

    Where pairs share a suspect and others a teacher, name the one of which there are fewer.
    """
    require_log_lrs(h1, h2)
    first, second = _shares("H1", h1, h1_sources), _shares("H2", h2, h2_sources)
    thresholds = _thresholds(first, second)
    too_dear = _cost(first, second, thresholds) > np.minimum(1, 10**thresholds)
    step = 1 / _STEPS_A_DECADE
    lower = np.max(thresholds[too_dear & (thresholds <= 0)] + step, initial=thresholds[0])
    upper = np.min(thresholds[too_dear & (thresholds >= 0)] - step, initial=thresholds[-1])
    return Bounds(min(float(lower), 0.0), max(float(upper), 0.0))


@dataclass(frozen=True, slots=True)
class _Shares:
    """Log10-LRs in ascending order; `below` has one more: the sources that lie before each."""

    log10_lr: NDArray[np.float64]
    below: NDArray[np.float64]

    @property
    def sources(self) -> float:
        return float(self.below[-1])

    def above(self, thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many sources lie above each threshold, parts of a source counted as such."""
        above: NDArray[np.float64] = (
            self.sources - self.below[np.searchsorted(self.log10_lr, thresholds, side="right")]
        )
        return above


def _shares(hypothesis: str, log_lrs: LogLRs, sources: Sequence[str] | None) -> _Shares:
    """Return the log-LRs with the weight of each: one divided by the pairs of its source."""
    weights = np.ones(len(log_lrs))
    if sources is not None:
        if len(sources) != len(log_lrs):
            raise InsufficientDataError(
                f"There are {len(log_lrs)} likelihood ratios under {hypothesis} and "
                f"{len(sources)} names of sources; name the source of each."
            )
        _, source, pairs = np.unique(np.asarray(sources), return_inverse=True, return_counts=True)
        weights = 1 / pairs[source]
    order = np.argsort(log_lrs, kind="stable")
    return _Shares(log_lrs[order] / LN10, np.append(0.0, np.cumsum(weights[order])))


def _thresholds(first: _Shares, second: _Shares) -> NDArray[np.float64]:
    """Return the log10 thresholds to be tried: as far as LRs go, or sources could carry them."""
    smallest = min(first.log10_lr[0], second.log10_lr[0])
    largest = max(first.log10_lr[-1], second.log10_lr[-1])
    lowest = max(smallest, -math.log10(first.sources + 1))
    highest = min(largest, math.log10(second.sources + 1))
    steps = np.arange(
        min(0, math.floor(lowest * _STEPS_A_DECADE)),
        max(0, math.floor(highest * _STEPS_A_DECADE) + 1) + 1,
    )
    return steps / _STEPS_A_DECADE


def _cost(first: _Shares, second: _Shares, thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cost of deciding for H1 above each threshold, one misleading LR on each side."""
    missed = 1 - first.above(thresholds) / (first.sources + 1)
    false = (second.above(thresholds) + 1) / (second.sources + 1)
    return missed + 10**thresholds * false

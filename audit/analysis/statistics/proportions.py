"""Counts out of counts: exact intervals, and one rate held against another."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from scipy import stats


@dataclass(frozen=True, slots=True)
class Proportion:
    """A count out of a whole with its exact interval; `low` and `high` are shares of the whole."""

    count: int
    of: int
    low: float
    high: float
    confidence: float

    @classmethod
    def exact(cls, count: int, of: int, confidence: float) -> Self:
        """Return the count with the interval of `exact_interval`."""
        return cls(count, of, *exact_interval(count, of, confidence), confidence)

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.count / self.of if self.of else None

    def as_dict(self) -> dict[str, Any]:
        """Return the share and the five numbers as a JSON object."""
        return {"value": self.value, **asdict(self)}


def exact_interval(count: int, of: int, confidence: float) -> tuple[float, float]:
    """Return the two-sided interval of Clopper and Pearson (1934) for the share `count` / `of`.

    It covers the true share at least as often as `confidence` says, if each of the `of` had the
    same chance independently. Nothing out of nothing may be any share: (0, 1). Raises ValueError
    if `count` is not between 0 and `of` or `confidence` not between 0 and 1.
    """
    if of == count == 0:
        return 0.0, 1.0
    bounds = stats.binomtest(count, of).proportion_ci(confidence, method="exact")
    return float(bounds.low), float(bounds.high)


def upper_bound(count: int, of: int, confidence: float) -> float:
    """Return the one-sided upper bound of Clopper and Pearson (1934) for the share `count` / `of`.

    Were the true share above it, so few or fewer would be seen in less than 1 - `confidence` of
    such samples, if each of the `of` had the same chance independently. Nothing out of nothing
    may be any share: 1. Raises ValueError as `exact_interval` does.
    """
    if of == count == 0:
        return 1.0
    tested = stats.binomtest(count, of, alternative="less")
    return float(tested.proportion_ci(confidence, method="exact").high)


def fisher_excess(here: Proportion, others: Sequence[Proportion]) -> float:
    """Return the one-sided p-value of Fisher's exact test (1935) that the share here is higher.

    It is held against the others taken together, and is exact if all units are independent and
    alike under the null hypothesis; units of several models are so only if these are alike.
    """
    counted = (here.count, sum(one.count for one in others))
    of = (here.of, sum(one.of for one in others))
    table = np.array([[count, whole - count] for count, whole in zip(counted, of, strict=True)])
    return float(stats.fisher_exact(table, alternative="greater").pvalue)

"""The reference pairs as the frozen curves hold them: so much of them at each likelihood ratio."""

from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.calibration.pav import pool_shares
from cases.reports.chart import Row


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs with one log10 LR, or, where there are more than the curves hold, next above it."""

    log10_lr: float
    h1: float
    h2: float


@dataclass(frozen=True, slots=True)
class Pool:
    """Groups side by side that recalibration (PAV) gives one log10 LR, which may be infinite."""

    low: float
    high: float
    h1: float
    h2: float
    log10_lr: float


def groups_of(validation: Row) -> tuple[Group, ...]:
    """Return the pairs by their log10 LR, as shares of those under each hypothesis."""
    curves = validation["tippett"]
    h1, h2 = ([*curves[name], 0.0] for name in ("h1", "h2"))
    falls = [
        (here - after, other - beyond)
        for (here, after), (other, beyond) in zip(pairwise(h1), pairwise(h2), strict=True)
    ]
    return tuple(
        Group(log10_lr, round(one, 6), round(other, 6))
        for log10_lr, (one, other) in zip(curves["log10_lr"], falls, strict=True)
        if round(one + other, 6) > 0
    )


def pools_of(groups: tuple[Group, ...]) -> tuple[Pool, ...]:
    """Return the groups after pooling adjacent violators, in ascending order."""
    log_lrs = pool_shares(*(np.array([getattr(one, name) for one in groups]) for name in _NAMES))
    places = range(len(groups))
    return tuple(
        _pool([groups[at] for at in together], float(log_lr) / LN10)
        for log_lr, together in groupby(places, key=lambda at: log_lrs[at])
    )


_NAMES = ("h1", "h2")


def _pool(groups: list[Group], log10_lr: float) -> Pool:
    h1, h2 = (sum(getattr(one, name) for one in groups) for name in _NAMES)
    return Pool(groups[0].log10_lr, groups[-1].log10_lr, h1, h2, log10_lr)

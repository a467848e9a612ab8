"""The curves of a Tippett plot (Tippett 1968) at any ratio, and as a table of round ratios."""

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cases.reports.figures import decimals
from cases.reports.ratios import logarithm, plain

Row = dict[str, Any]

_STEPS = (1, 2, 5, 10, 20, 50)
_MOST_TICKS = 7
# A power of ten with more zeros is written as a power.
_MOST_ZEROS = 4


@dataclass(frozen=True, slots=True)
class Threshold:
    """A round ratio, and the shares of reference pairs under H1 and under H2 that reach it."""

    lr: str
    log10_lr: str
    h1: str
    h2: str


@dataclass(frozen=True, slots=True)
class Axis:
    """Whole powers of ten, as logarithms, `step` apart."""

    low: int
    high: int
    step: int

    @property
    def places(self) -> range:
        """The logarithms at which there is a tick."""
        return range(self.low, self.high + 1, self.step)


def round_ratios(likelihood: Row) -> list[float]:
    """Return the log10s of round ratios, two to each tick of the plot."""
    axis = axis_of(likelihood)
    return [half / 2 for half in range(2 * axis.low, 2 * axis.high + 1, axis.step)]


def thresholds(likelihood: Row) -> tuple[Threshold, ...]:
    """Return the curves at round ratios."""
    halves = round_ratios(likelihood)
    shares = [reaching(likelihood, at) for at in halves]
    return tuple(
        Threshold(plain(at), logarithm(at), decimals(h1), decimals(h2))
        for at, (h1, h2) in zip(halves, shares, strict=True)
    )


def reaching(likelihood: Row, log10_lr: float) -> tuple[float, float]:
    """Return the shares of reference pairs under H1 and under H2 with at least this ratio."""
    curves = likelihood["validation"]["tippett"]
    place = bisect_left(curves["log10_lr"], log10_lr)
    if place == len(curves["log10_lr"]):
        return 0.0, 0.0
    return curves["h1"][place], curves["h2"][place]


def power_of_ten(power: int) -> str:
    """Return a power of ten as it stands at an axis."""
    if abs(power) > _MOST_ZEROS:
        return f"10^{power}".replace("-", "\u2212")
    return f"{10**power:,}" if power >= 0 else f"1/{10**-power:,}"


def given(likelihood: Row) -> list[Row]:
    """Return the teachers that have a ratio."""
    return [one for one in likelihood["teachers"] if one["log10_lr"] is not None]


def axis_of(likelihood: Row) -> Axis:
    """Return an axis of whole powers of ten that holds LR = 1, every pair and every teacher."""
    pairs = likelihood["validation"]["tippett"]["log10_lr"]
    return axis_over([*pairs, *(one["log10_lr"] for one in given(likelihood))])


def axis_over(log10_lrs: Iterable[float]) -> Axis:
    """Return an axis of whole powers of ten that holds LR = 1 and all of these."""
    seen = [0.0, *log10_lrs]
    low, high = min(-1, math.floor(min(seen))), max(1, math.ceil(max(seen)))
    step = next(step for step in _STEPS if (high - low) / step < _MOST_TICKS)
    return Axis(low // step * step, -(-high // step) * step, step)

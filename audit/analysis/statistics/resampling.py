"""How far a mean over prompts would move with other prompts of the same kind."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval and the confidence of the interval."""

    estimate: float
    low: float
    high: float
    confidence: float

    def as_dict(self) -> dict[str, float]:
        """Return the four numbers as a JSON object."""
        return asdict(self)


def bootstrap_mean(
    values: NDArray[np.float64], *, rounds: int, confidence: float, rng: np.random.Generator
) -> Interval:
    """Return the mean of `values` (shape (n,), one per prompt) with a BCa bootstrap interval.

    Bias-corrected and accelerated (Efron 1987), as computed by scipy; the prompt is the unit that
    is drawn. Equal values give an interval of no width.
    """
    mean = float(values.mean())
    if np.ptp(values) == 0:
        return Interval(mean, mean, mean, confidence)
    drawn = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=rounds,
        batch=max(1, 2_000_000 // len(values)),
        confidence_level=confidence,
        method="BCa",
        rng=rng,
    ).confidence_interval
    return Interval(mean, float(drawn.low), float(drawn.high), confidence)

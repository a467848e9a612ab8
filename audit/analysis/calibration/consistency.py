"""Whether log-LRs can be taken at their word, held against what luck alone would do to them."""

from dataclasses import asdict, dataclass

import numpy as np

from audit.analysis.calibration.log_lrs import LogLRs
from audit.analysis.calibration.metrics import cllr_cal

_ROUNDS = 400
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Consistency:
    """The calibration loss in bits, and what it would be if every log-LR were exactly right.

    `expected`, `low` and `high` are the mean and the central 95 % of that; `p_value` is the share
    of the `rounds` in which luck alone does as much or more (add-one: Phipson and Smyth 2010).
    """

    observed: float
    expected: float
    low: float
    high: float
    p_value: float
    rounds: int

    def as_dict(self) -> dict[str, float]:
        """Return the numbers as a JSON object."""
        return asdict(self)


def consistency(h1: LogLRs, h2: LogLRs, rng: np.random.Generator) -> Consistency | None:
    """Return how far the loss in calibration is beyond what perfect log-LRs would show.

    Ideal recalibration fits the luck of few pairs as well, so the loss is above zero even for
    perfect log-LRs, and the more so the fewer pairs there are. Consistency resampling (Broecker
    and Smith 2007): the truth of each pair is drawn anew with the probability that its log-LR
    gives it at the share of H1 among these pairs, which makes the log-LRs right by construction.
    Pairs count as independent. None where no draw holds both hypotheses.
    """
    values = np.concatenate([h1, h2])
    prior = np.log(len(h1) / len(h2))
    chance = 1 / (1 + np.exp(-(values + prior)))
    losses = []
    for _ in range(_ROUNDS):
        truth = rng.random(len(values)) < chance
        if truth.any() and not truth.all():
            losses.append(cllr_cal(values[truth], values[~truth]))
    if not losses:
        return None
    observed = cllr_cal(h1, h2)
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(losses, (tail, 1 - tail))
    beyond = int((np.array(losses) >= observed).sum())
    return Consistency(
        observed,
        float(np.mean(losses)),
        float(low),
        float(high),
        (beyond + 1) / (len(losses) + 1),
        len(losses),
    )

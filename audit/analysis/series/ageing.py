"""How a battery ages: prompts without an answer, lost from one release to the next, or of no use.

A prompt tells models apart only while they answer it differently, and only if it is answered.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.series.looks import spent_at

# Answers whose vectors are nearer than this say the same in nearly the same words.
ALIKE = 0.95


def alike(similarity: NDArray[np.float64], *, least: float = ALIKE) -> NDArray[np.bool_]:
    """Say of each prompt whether all models answer it alike; shape (n prompts,).

    `similarity` holds cosines, shape (n prompts, m models, m models). All pairs must reach
    `least`: a prompt on which one model differs still tells that one apart.
    """
    first, second = np.triu_indices(similarity.shape[1], k=1)
    lowest: NDArray[np.bool_] = similarity[:, first, second].min(axis=1) >= least
    return lowest


@dataclass(frozen=True, slots=True)
class Battery:
    """What one audit asked, by any key of a prompt that is the same in every audit.

    `missing` had no answer, `refused` were refused by the provider, `alike` were answered alike
    by all models.
    """

    release: int
    asked: frozenset[str]
    missing: frozenset[str]
    refused: frozenset[str]
    alike: frozenset[str]

    @property
    def answered(self) -> frozenset[str]:
        """The prompts that brought an answer."""
        return self.asked - self.missing - self.refused


@dataclass(frozen=True, slots=True)
class Step:
    """One audit beside the one before: counts of prompts, none of them by itself a finding.

    `lost` had an answer before and have none now, `won` the other way round; `stopped` told
    models apart before and do no longer; `dropped` are asked no more, `added` are asked anew.
    """

    release: int
    asked: int
    missing: int
    refused: int
    alike: int
    lost: int = 0
    won: int = 0
    stopped: int = 0
    dropped: int = 0
    added: int = 0


@dataclass(frozen=True, slots=True)
class Ageing:
    """The steps, and whether more prompts go without an answer now than at first.

    Over the prompts asked both times `lost` have no answer any more and `won` have one now;
    `p_value` and `level` belong to the question whether losses are no likelier than gains.
    """

    steps: tuple[Step, ...]
    lost: int
    won: int
    stopped: int
    p_value: float
    level: float
    rises: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)


def ageing(audits: Sequence[Battery], *, alpha: float) -> Ageing | None:
    """Return how the battery aged over audits in the order of time; None for fewer than two.

    The newest is held against the first: the exact one-sided test of McNemar (1947) over prompts,
    at the level that so many looks leave (alpha / (k (k + 1)) for the k-th after the first).
    """
    looks = len(audits) - 1
    if looks < 1:
        return None
    first, last = audits[0], audits[-1]
    whole = _beside(first, last)
    p_value, level = loss_p_value(whole.lost, whole.won), spent_at(looks, alpha)
    return Ageing(
        steps=(_step(first), *(_beside(*pair) for pair in pairwise(audits))),
        lost=whole.lost,
        won=whole.won,
        stopped=whole.stopped,
        p_value=p_value,
        level=level,
        rises=p_value <= level,
    )


def loss_p_value(lost: int, won: int) -> float:
    """Return the chance of so many losses or more among lost + won if each were as likely a gain.

    The upper tail of Binomial(lost + won, 1/2); 1 where nothing changed.
    """
    changed = lost + won
    return float(sum(comb(changed, k) for k in range(lost, changed + 1)) / 2**changed)


def _step(one: Battery) -> Step:
    return Step(one.release, len(one.asked), len(one.missing), len(one.refused), len(one.alike))


def _beside(before: Battery, after: Battery) -> Step:
    both = before.asked & after.asked
    return Step(
        after.release,
        len(after.asked),
        len(after.missing),
        len(after.refused),
        len(after.alike),
        lost=len(both & before.answered - after.answered),
        won=len(both & after.answered - before.answered),
        stopped=len(both & before.answered & after.alike - before.alike),
        dropped=len(before.asked - after.asked),
        added=len(after.asked - before.asked),
    )

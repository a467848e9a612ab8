"""What changed from one release to the next, paired by prompt, at levels that looks use up."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from audit.analysis.alternatives.permutations import sign_flip_p_value
from audit.analysis.errors import InsufficientDataError
from audit.analysis.series.looks import spent_at
from audit.analysis.statistics.resampling import Interval, bootstrap_mean

Floats = NDArray[np.float64]

LEAST_PROMPTS = 30
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Release:
    """One release: its name, and a number for each prompt that it was asked.

    Prompts go by any key that is the same in every release; a battery that ages loses some.
    """

    name: str
    by_prompt: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Change:
    """The change from one release to another: paired mean with its interval, and its test.

    `level` is what this look may spend, and `noise` the half-width within which two audits of one
    release differed, if one was audited twice; a change within it is none. `stands` says whether
    the change is beyond both.
    """

    before: str
    after: str
    prompts: int
    left_out: int
    difference: Interval
    p_value: float
    level: float
    noise: float | None
    stands: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)


def changes(
    releases: Sequence[Release],
    rng: np.random.Generator,
    *,
    alpha: float,
    noise: float | None = None,
) -> list[Change]:
    """Return the change from each release to the next, oldest first; shape (releases - 1,).

    Two-sided paired test by flipping signs (Fisher 1935), exact if without a change the
    differences lie symmetrically about zero; the k-th may spend alpha / (k (k + 1)). Raises
    InsufficientDataError if two neighbours share too few prompts.
    """
    return [
        _change(before, after, spent_at(look, alpha), noise, rng)
        for look, (before, after) in enumerate(pairwise(releases), start=1)
    ]


def _change(
    before: Release, after: Release, level: float, noise: float | None, rng: np.random.Generator
) -> Change:
    differences = _paired(before, after)
    found = bootstrap_mean(differences, rounds=2000, confidence=CONFIDENCE, rng=rng)
    p_value = _two_sided(differences, rng)
    beyond = noise is None or abs(found.estimate) > noise
    everything = len(before.by_prompt.keys() | after.by_prompt.keys())
    return Change(
        before=before.name,
        after=after.name,
        prompts=len(differences),
        left_out=everything - len(differences),
        difference=found,
        p_value=p_value,
        level=level,
        noise=noise,
        stands=p_value <= level and beyond,
    )


def _paired(before: Release, after: Release) -> Floats:
    shared = sorted(before.by_prompt.keys() & after.by_prompt.keys())
    if len(shared) < LEAST_PROMPTS:
        raise InsufficientDataError(
            f"{before.name} and {after.name} share {len(shared)} prompts; a change between them "
            f"needs {LEAST_PROMPTS}. Put the prompts of the one to the other."
        )
    return np.array([after.by_prompt[one] - before.by_prompt[one] for one in shared])


def _two_sided(differences: Floats, rng: np.random.Generator) -> float:
    """Return twice the smaller one-sided p-value, at most 1."""
    sides = (sign_flip_p_value(sign * differences, rng) for sign in (1, -1))
    return min(1.0, 2 * min(sides))


def noise_of(first: Release, again: Release, *, confidence: float = CONFIDENCE) -> float:
    """Return how far two audits of one release may lie apart by asking again alone.

    The half-width of a normal interval of the paired mean difference about zero, from the spread
    of the differences by prompt, in the unit of the numbers. Raises InsufficientDataError.
    """
    differences = _paired(first, again)
    error = float(np.sqrt(np.mean(differences**2) / len(differences)))
    return float(stats.norm.ppf((1 + confidence) / 2)) * error

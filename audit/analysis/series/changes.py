"""What changed from one release to the next, paired by prompt, at levels that looks use up."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from audit.analysis.alternatives.permutations import ROUNDS, sign_flip_p_value
from audit.analysis.errors import InsufficientDataError
from audit.analysis.series.looks import spent_at
from audit.analysis.statistics.resampling import Interval, bootstrap_mean

Floats = NDArray[np.float64]

LEAST_PROMPTS = 30
CONFIDENCE = 0.95
# So many flips in place of the usual ones for a level that these could not reach, up to a bound.
_FLIPS_FOR_LEVEL, _MOST_FLIPS = 8, 999_999


@dataclass(frozen=True, slots=True)
class Release:
    """One release: its name, a number for each prompt that it was asked, the plan's version.

    Prompts go by any key that is the same in every release; a battery that ages loses some.
    """

    name: str
    by_prompt: Mapping[str, float]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Change:
    """The change from one release to another: paired mean with its interval, and its test.

    `look` counts the tests of the series from 1, over all versions of the plan, and `level` is
    what it may spend. `noise` is the half-width within which two audits of one release differed,
    if one was audited twice; a change within it is none. `stands` says whether the change is
    beyond both. `versions` are those of the plan before and after.
    """

    before: str
    after: str
    versions: tuple[int, int]
    look: int
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

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the change that `as_dict` gave."""
        before, after = value["versions"]
        known = {"versions": (before, after), "difference": Interval(**value["difference"])}
        return cls(**{**value, **known})

    def beside(self, noise: float | None) -> Self:
        """Return the same test beside a noise that is known by now."""
        beyond = noise is None or abs(self.difference.estimate) > noise
        return replace(self, noise=noise, stands=self.p_value <= self.level and beyond)


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
        change(before, after, rng, look=look, alpha=alpha).beside(noise)
        for look, (before, after) in enumerate(pairwise(releases), start=1)
    ]


def change(
    before: Release, after: Release, rng: np.random.Generator, *, look: int, alpha: float
) -> Change:
    """Return one change, tested as the look of this number. Raises InsufficientDataError."""
    differences = _paired(before, after)
    level = spent_at(look, alpha)
    p_value = _two_sided(differences, rng, _rounds(level))
    everything = len(before.by_prompt.keys() | after.by_prompt.keys())
    return Change(
        before=before.name,
        after=after.name,
        versions=(before.version, after.version),
        look=look,
        prompts=len(differences),
        left_out=everything - len(differences),
        difference=bootstrap_mean(differences, rounds=2000, confidence=CONFIDENCE, rng=rng),
        p_value=p_value,
        level=level,
        noise=None,
        stands=p_value <= level,
    )


def _paired(before: Release, after: Release) -> Floats:
    shared = sorted(before.by_prompt.keys() & after.by_prompt.keys())
    if len(shared) < LEAST_PROMPTS:
        raise InsufficientDataError(
            f"{before.name} and {after.name} share {len(shared)} prompts; a change between them "
            f"needs {LEAST_PROMPTS}. Put the prompts of the one to the other."
        )
    return np.array([after.by_prompt[one] - before.by_prompt[one] for one in shared])


def _rounds(level: float) -> int:
    """Return how many flips let the p-value come well below a level, within bounds."""
    return min(_MOST_FLIPS, max(ROUNDS, int(_FLIPS_FOR_LEVEL / level)))


def _two_sided(differences: Floats, rng: np.random.Generator, rounds: int) -> float:
    """Return twice the smaller one-sided p-value, at most 1."""
    sides = (sign_flip_p_value(sign * differences, rng, rounds=rounds) for sign in (1, -1))
    return min(1.0, 2 * min(sides))


def noise_of(first: Release, again: Release, *, confidence: float = CONFIDENCE) -> float:
    """Return how far two audits of one release may lie apart by asking again alone.

    The half-width of a normal interval of the paired mean difference about zero, from the spread
    of the differences by prompt, in the unit of the numbers. Raises InsufficientDataError.
    """
    differences = _paired(first, again)
    error = float(np.sqrt(np.mean(differences**2) / len(differences)))
    return float(stats.norm.ppf((1 + confidence) / 2)) * error

"""Changes of a line over all versions of its plan: each tested once, its level spent for good.

A version that asks otherwise cuts no series in two where both sides can be held against each
other, and never gives back a level that was spent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from audit.analysis.errors import InsufficientDataError
from audit.analysis.series.changes import LEAST_PROMPTS, Change, Release, change, noise_of


@dataclass(frozen=True, slots=True)
class Method:
    """What the likeness of a release hangs on beside its answers.

    `software` is the version that computes it, or an earlier one that was found to compute the
    same from the same answers. `controls` are labels, and `sampling` is how questions are put.
    """

    software: str
    encoder: str
    controls: tuple[str, ...]
    sampling: str

    def apart(self, other: "Method") -> str:
        """Return in words why numbers by one cannot be held against those by the other, or ""."""
        software = (
            f"software {other.software} was not found to compute the same likeness from the same"
            f" answers as {self.software}"
        )
        reasons = (
            ("the encoder is another", self.encoder == other.encoder),
            ("the controls are others", self.controls == other.controls),
            ("the questions are put in another way", self.sampling == other.sampling),
            (software, self.software == other.software),
        )
        return ", and ".join(words for words, same in reasons if not same)


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit of a release, under a version of the plan; audits come in the order of time."""

    release: int
    version: int
    method: Method
    by_prompt: Mapping[str, float]

    def as_release(self) -> Release:
        """Return it as one side of a change."""
        return Release(f"release {self.release}", self.by_prompt, self.version)


@dataclass(frozen=True, slots=True)
class Untested:
    """Two neighbours of which no change can be tested, and why, in words."""

    before: str
    after: str
    why: str


def noise_among(audits: Sequence[Audit]) -> float | None:
    """Return the largest noise of releases that were audited twice by one method; None for none.

    Two audits of one release that share too few prompts say nothing of it.
    """
    found: list[float] = []
    for release in {one.release for one in audits}:
        for first, again in pairwise([one for one in audits if one.release == release]):
            if not first.method.apart(again.method):
                found.extend(_noise(first, again))
    return max(found, default=None)


def _noise(first: Audit, again: Audit) -> Iterator[float]:
    try:
        yield noise_of(first.as_release(), again.as_release())
    except InsufficientDataError:
        return


def go_on(
    audits: Sequence[Audit], tested: Sequence[Change], seed: int, *, alpha: float
) -> tuple[list[Change], list[Untested]]:
    """Return all changes that were ever tested, the new ones last, and what cannot be tested.

    Two releases are neighbours if no audited release lies between them. What was tested stays,
    neighbours or not: it has spent its level, and no pair is tested again. The k-th test of all
    may spend alpha / (k (k + 1)), so that the chance of any false one among them is at most alpha
    whatever the number of versions (Lan and DeMets 1983; Bonferroni).
    """
    found, untested = list(tested), []
    done = {(one.before, one.after) for one in tested}
    for before, after in pairwise(sorted({one.release for one in audits})):
        if (f"release {before}", f"release {after}") in done:
            continue
        pair = _pair(audits, before, after)
        if isinstance(pair, Untested):
            untested.append(pair)
            continue
        look = len(found) + 1
        rng = np.random.default_rng((seed, look))
        found.append(change(*pair, rng, look=look, alpha=alpha))
    return found, untested


def _pair(audits: Sequence[Audit], before: int, after: int) -> tuple[Release, Release] | Untested:
    """Return the first audits of two releases that can be held against each other.

    Those under one version come first.
    """
    firsts = [one for one in audits if one.release == before]
    seconds = [one for one in audits if one.release == after]
    pairs = sorted(product(firsts, seconds), key=lambda pair: pair[0].version != pair[1].version)
    reasons = []
    for first, second in pairs:
        why = first.method.apart(second.method) or _too_few(first, second)
        if not why:
            return first.as_release(), second.as_release()
        reasons.append(why)
    versions = (pairs[0][0].version, pairs[0][1].version)
    return Untested(
        f"release {before}", f"release {after}", _in_words(reasons[0], before, versions)
    )


def _too_few(first: Audit, second: Audit) -> str:
    shared = len(first.by_prompt.keys() & second.by_prompt.keys())
    if shared >= LEAST_PROMPTS:
        return ""
    return f"both answer {shared} prompts in common, and a change needs {LEAST_PROMPTS}"


def _in_words(why: str, before: int, versions: tuple[int, int]) -> str:
    first, second = versions
    if first == second:
        return f"{why[0].upper()}{why[1:]}."
    return (
        f"Between version {first} and version {second} of the plan {why}. If release {before} can"
        f" still be asked, audit it again under version {second}, and the change can be tested."
    )

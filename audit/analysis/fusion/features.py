"""What is fused: how far a suspect stands out with a teacher, against the cohort it stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.analysis.errors import InsufficientDataError
from audit.analysis.signals.registry import CONTENT

# Similarities that differ by less do not differ: counts are worked on in single precision.
_ROUNDING = 1e-6
# How many of a teacher's files have to agree, where it has as many.
_SNAPSHOTS = 2

Square = NDArray[np.float64]
Places = Sequence[int] | NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Standing:
    """One signal's similarities, in units of their spread between unrelated models.

    `scaled` (m, m): similarity divided by `spread`; `weights` (m,): what each model counts.
    """

    scaled: Square
    spread: float
    weights: NDArray[np.float64]

    def nearness(self, suspect: int, teacher: Places) -> float:
        """Return the mean similarity to the two of the `teacher`'s files that fit best.

        A student is near to the snapshots it was taught by, not to all of them. Of one alone the
        largest of many would be taken, which grows with their number by chance.
        """
        return float(np.sort(self.scaled[suspect, list(teacher)])[-_SNAPSHOTS:].mean())

    def excess(self, suspect: int, teacher: Places, controls: Places) -> float:
        """Return by how many spreads the suspect is nearer to the teacher than to the controls.

        The nearness to the teacher less the weighted mean similarity to the `controls`.
        """
        chosen = list(controls)
        usual = np.average(self.scaled[suspect, chosen], weights=self.weights[chosen])
        return self.nearness(suspect, teacher) - float(usual)


def standings(
    similarities: Mapping[str, Square], groups: NDArray[np.intp], weights: NDArray[np.float64]
) -> dict[str, Standing]:
    """Return the standing of every signal; `similarities` are (m, m), `groups`, `weights` (m,).

    The spread is that of similarity less its row's mean, over pairs of unrelated models, every
    line of models counted once: so a feature means the same in another cohort (as score
    normalisation does in speaker recognition: Auckenthaler, Carey and Lloyd-Thomas 2000).
    Raises InsufficientDataError if all models are of one line.
    """
    if len(np.unique(groups)) == 1:
        raise InsufficientDataError(
            "All models of the cohort are of one line of related models, so that nothing says how "
            "alike unrelated ones are. Add controls of other lines."
        )
    spreads = {name: _spread(one, groups, weights) for name, one in similarities.items()}
    return {
        name: Standing(one / spreads[name], spreads[name], weights)
        for name, one in similarities.items()
    }


def standings_by(
    similarities: Mapping[str, Square],
    groups: NDArray[np.intp],
    weights: NDArray[np.float64],
    controls: Places,
) -> dict[str, Standing]:
    """Return the standing of every signal in units of the spread between the controls alone.

    The suspect's own likeness to a teacher must not widen the scale that it is read off by.
    """
    counted = np.zeros(len(weights))
    counted[list(controls)] = weights[list(controls)]
    return standings(similarities, groups, counted)


def features_of(
    standing: Mapping[str, Standing],
    names: Sequence[str],
    suspect: int,
    teacher: Places,
    controls: Places,
) -> NDArray[np.float64]:
    """Return the feature of each named signal, (signals,): the excess, `oriented`."""
    return oriented(excesses_of(standing, names, suspect, teacher, controls), names)


def excesses_of(
    standing: Mapping[str, Standing],
    names: Sequence[str],
    suspect: int,
    teacher: Places,
    controls: Places,
) -> NDArray[np.float64]:
    """Return the excess under each named signal: (signals,)."""
    return np.array([standing[name].excess(suspect, teacher, controls) for name in names])


def oriented(excesses: NDArray[np.float64], names: Sequence[str]) -> NDArray[np.float64]:
    """Return features of excesses (signals,) such that a larger one never speaks against H1.

    Signals of style stay as they are. Of signals of content minus the positive part is taken:
    models that answer equally well come to say the same, so likeness of content beyond the usual
    can only be held against H1, and unlikeness of content never speaks for it.
    """
    content = np.array([name in CONTENT for name in names])
    return np.where(content, -np.maximum(excesses, 0), excesses)


def _spread(similarity: Square, groups: NDArray[np.intp], weights: NDArray[np.float64]) -> float:
    unrelated = groups[:, None] != groups[None, :]
    count = unrelated * weights[None, :]
    centre = (similarity * count).sum(axis=1) / count.sum(axis=1)
    joint = unrelated * np.outer(weights, weights)
    spread = float(np.sqrt(((similarity - centre[:, None]) ** 2 * joint).sum() / joint.sum()))
    return spread if spread > _ROUNDING else 1.0

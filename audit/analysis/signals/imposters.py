"""How much nearer the teacher is than unrelated models, under many draws of words and models."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import special

from audit.analysis.signals.contract import CohortSignal, Counts, Deeds, Square
from audit.analysis.signals.overlap import added, totals
from audit.analysis.signals.profiles import delta_likeness
from audit.analysis.signals.tokens import Ids, Tokens

MOST_FREQUENT = 500
ROUNDS = 100
_SEED = 1
_CELLS = 2**18

Floats = NDArray[np.float64]


def frequent_words(answer: Tokens) -> Ids:
    """Return the cells of the tokens of an answer, (n,)."""
    return answer.ids % np.uint64(_CELLS)


def imposter_margin(deeds: Deeds) -> Square:
    """Return by how much the teacher is nearer than the nearest imposter, on average, (m, m).

    In each of 100 rounds a random half of the 500 most frequent words is compared by Cosine Delta
    (Smith and Aldridge 2011; Evert et al. 2017), in -1 to 1, and the teacher is held against half
    of the imposters (Koppel and Winter 2014): the lines of models to which neither the suspect nor
    the teacher belongs, each standing as near as its nearest member. The margin is averaged as in
    Nagy (2024). The halves of the imposters are not drawn: the mean over all of them is taken, so
    that nothing hangs on the order of models. Words are drawn from a fixed seed. Zero where there
    is no imposter.
    """
    counts = _frequent(deeds)
    rng = np.random.default_rng(_SEED)
    margins = [
        _margins(delta_likeness(half, deeds.weights), deeds.line) for half in _halves(counts, rng)
    ]
    return np.asarray(np.mean(margins, axis=0))


def _frequent(deeds: Deeds) -> Counts:
    """Return the counts of the most frequent words, out of all words."""
    total = added(deeds.blocks)
    out_of = totals(total)
    usual = (deeds.weights / np.maximum(out_of, 1)) @ total
    chosen = np.argsort(-usual, kind="stable")[:MOST_FREQUENT]
    kept = chosen[usual[chosen] > 0]
    return Counts(total[:, kept].toarray(), out_of)


def _halves(counts: Counts, rng: np.random.Generator) -> Iterator[Counts]:
    words = counts.of.shape[1]
    for _ in range(ROUNDS):
        drawn = rng.permutation(words)[: (words + 1) // 2]
        yield Counts(counts.of[:, drawn], counts.out_of)


def _margins(likeness: Square, line: NDArray[np.intp]) -> Square:
    """Return likeness less the expected largest likeness to half of the imposters, (m, m)."""
    models, lines = len(line), int(line.max()) + 1
    nearest = np.full((models, lines), -np.inf)
    for place in range(models):
        nearest[:, line[place]] = np.maximum(nearest[:, line[place]], likeness[:, place])
    nearest[np.arange(models), line] = -np.inf
    expected = np.stack([_expected_without(row)[line] for row in nearest])
    margin = likeness - expected
    # Within a line there is one imposter more, and nobody asks for it.
    margin[line[:, None] == line[None, :]] = 0
    return np.asarray(np.where(np.isfinite(margin), margin, 0))


def _expected_without(nearest: Floats) -> Floats:
    """Return for each line the expected largest value in a random half of all others, (lines,).

    `nearest` (lines,) holds minus infinity for the suspect's own line, which is no imposter; minus
    infinity is also what comes out if there is none.
    """
    order = np.argsort(-nearest, kind="stable")
    ranked = nearest[order][:-1]
    share = _largest(len(ranked) - 1)
    if not share.size:
        return np.full(len(nearest), -np.inf)
    before = np.concatenate([[0.0], np.cumsum(ranked[:-1] * share)])
    after = np.concatenate([np.cumsum((ranked[1:] * share)[::-1])[::-1], [0.0]])
    found = np.full(len(nearest), -np.inf)
    found[order[:-1]] = before + after
    return found


def _largest(count: int) -> Floats:
    """Return how probably each of `count` values in falling order is the largest of a drawn half.

    Sampling without replacement: the first r are not drawn, and the next one is.
    """
    if count < 1:
        return np.zeros(0)
    drawn = (count + 1) // 2
    left = np.arange(count - 1, -1, -1)
    return np.asarray(special.comb(left, drawn - 1) / special.comb(count, drawn))


IMPOSTERS = CohortSignal(
    "imposters",
    "Margin over imposters in frequent words",
    "Koppel and Winter 2014; Nagy 2024; Cosine Delta: Smith and Aldridge 2011, Evert et al. 2017",
    "linear in the words of the answers, then in rounds times the square of the models times the "
    "words compared",
    frequent_words,
    _CELLS,
    imposter_margin,
)

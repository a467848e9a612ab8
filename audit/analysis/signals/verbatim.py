"""The longest run of words that two answers share, beyond what the two share with others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from audit.analysis.signals.contract import AnswerSignal, Question, Square
from audit.analysis.signals.tokens import Ids, grams

# Runs of three words and fewer are everybody's, and to look for them takes most of the time.
LEAST = 4

_BASE = 1099511628211
_INVERSE = pow(_BASE, -1, 2**64)
_PAIR = 2

Places = NDArray[np.intp]


def longest_shared_runs(question: Question) -> Square:
    """Return for each pair how many words the longest run has that both answers contain, (m, m).

    A run all of whose word pairs stand in the prompt is the prompt's; one of fewer than LEAST
    words counts as none. The diagonal is zero. Binary search over lengths, of all pairs at once,
    with hashed runs (Karp and Rabin 1987): two different runs share a number about once in 2**60.
    """
    runs = _Runs.of(question)
    found = np.zeros((question.models, question.models))
    low, starts = LEAST, runs.search(found, LEAST, np.arange(len(runs.owner)))
    while starts.size:
        longer = runs.search(found, 2 * low, starts)
        _narrow(runs, found, (low, 2 * low), starts)
        low, starts = 2 * low, longer
    return found


def verbatim(question: Question) -> Square:
    """Return how many words longer than by chance the longest shared run is, (m, m).

    Chance is the mean over both answers of the mean length that each shares with the answers of
    unrelated models to this prompt, every line of models counted once; so it is what answers of
    this length to this prompt have in common anyway.
    """
    longest = longest_shared_runs(question)
    usual = _usual(longest, question)
    there = np.outer(question.answered, question.answered)
    return np.asarray((longest - (usual[:, None] + usual[None, :]) / 2) * there)


@dataclass(frozen=True, slots=True)
class _Runs:
    """The words of all answers in a row.

    For each place (words,): `owner`, the model; `left`, how many words its answer has from there;
    `unscale`, what makes a difference of `sums` (words + 1,) the same wherever the run stands.
    `fresh` (words + 1,): how many word pairs before the place are not in the prompt.
    """

    owner: Places
    left: Places
    sums: Ids
    unscale: Ids
    fresh: Ids

    @classmethod
    def of(cls, question: Question) -> "_Runs":
        rows = [answer.words for answer in question.answers]
        words = np.concatenate(rows)
        pairs = grams(words, _PAIR)
        fresh = ~np.isin(pairs, grams(question.prompt.words, _PAIR))
        return cls(
            np.repeat(np.arange(len(rows)), [len(row) for row in rows]),
            np.concatenate([np.arange(len(row), 0, -1) for row in rows]),
            _from_zero(words * _powers(_BASE, len(words))),
            _powers(_INVERSE, len(words)),
            _from_zero(np.pad(fresh, (0, len(words) - len(pairs))).astype(np.uint64)),
        )

    def search(self, found: Square, length: int, starts: Places) -> Places:
        """Raise `found` to `length` where two models share a run, and return shared runs' starts.

        A shared run that is the prompt's raises nothing, but a longer one from there may.
        """
        starts = starts[self.left[starts] >= length]
        value = (self.sums[starts + length] - self.sums[starts]) * self.unscale[starts]
        things, place = np.unique(value, return_inverse=True)
        shape = (len(found), len(things))
        ones = np.ones(len(starts), np.float32)
        held = sparse.csr_matrix((ones, (self.owner[starts], place)), shape=shape)
        held.data[:] = 1
        fresh = np.zeros(len(things), np.float32)
        fresh[place] = self.fresh[starts + length - 1] > self.fresh[starts]
        told = held.copy()
        told.data *= fresh[told.indices]
        together = (told @ held.T).toarray() > 0
        np.fill_diagonal(together, val=False)
        found[together] = np.maximum(found[together], length)
        return starts[np.bincount(held.indices, minlength=len(things))[place] > 1]


def _narrow(runs: _Runs, found: Square, span: tuple[int, int], starts: Places) -> None:
    """Find the lengths of the pairs that share a run of span[0] words and none of span[1]."""
    low, high = span
    open_for = (found == low).any(axis=1)
    if high - low == 1 or not open_for.any():
        return
    middle = (low + high) // 2
    starts = starts[open_for[runs.owner[starts]]]
    longer = runs.search(found, middle, starts)
    _narrow(runs, found, (middle, high), longer)
    _narrow(runs, found, (low, middle), starts)


def _usual(longest: Square, question: Question) -> NDArray[np.float64]:
    """Return the mean over each model's unrelated ones that answered, (m,); 0 if there is none."""
    _, line = np.unique(question.groups, return_inverse=True)
    sizes = np.bincount(line, question.answered)
    weights = question.answered / np.maximum(sizes[line], 1)
    counted = (line[:, None] != line[None, :]) * weights[None, :]
    return np.asarray((longest * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1e-300))


def _powers(base: int, count: int) -> Ids:
    """Return base**0, base**1 ... modulo 2**64."""
    factors = np.full(count, base, np.uint64)
    factors[:1] = 1
    return np.multiply.accumulate(factors)


def _from_zero(values: Ids) -> Ids:
    """Return the sums modulo 2**64 of no value, of the first, of the first two: (n + 1,)."""
    return np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])


VERBATIM = AnswerSignal(
    "verbatim",
    "Longest common run of words",
    "Karp and Rabin 1987, search for common runs by hashing",
    "linear in the words of the answers, times the logarithm of the longest common run, then in "
    "the square of the models",
    verbatim,
)

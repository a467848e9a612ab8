"""Which model's grammar an answer follows: n-gram models of answers without their topic."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.analysis.signals.contract import CohortSignal, Deeds, Square
from audit.analysis.signals.overlap import Matrix, added, compact, of_one_size, totals
from audit.analysis.signals.phrases import FUNCTION_IDS
from audit.analysis.signals.tokens import Ids, Tokeniser, Tokens

# Room for the function words, the marks, the classes of content words, and the beginning.
SYMBOLS = 512
DISCOUNT = 0.75
_BEGINNING = SYMBOLS - 1
# A model weighs less than a line, and a line of models one.
_LEAST = 0.5
_FIRST_KEPT = 32
_KEPT = np.unique(np.concatenate([FUNCTION_IDS, Tokeniser().read(".,;:!?\"'()").ids]))

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def symbols(answer: Tokens) -> Ids:
    """Return the tokens, (n,), with every content word replaced by its class; all below 512.

    Function words and marks stay (POSNoise: Halvani and Graner 2021).
    """
    place = np.minimum(np.searchsorted(_KEPT, answer.ids), len(_KEPT) - 1)
    kept = _KEPT[place] == answer.ids
    return np.asarray(np.where(kept, place + _FIRST_KEPT, answer.classes), np.uint64)


def triples(answer: Tokens) -> Ids:
    """Return a number for each token with the two before it, (n,), all different."""
    padded = np.concatenate([np.full(2, _BEGINNING, np.uint64), symbols(answer)])
    size = np.uint64(SYMBOLS)
    return np.asarray((padded[:-2] * size + padded[1:-1]) * size + padded[2:], np.uint64)


def grammar_ratio(deeds: Deeds) -> Square:
    """Return by how much better the teacher's grammar foretells the suspect's tokens, (m, m).

    In nats per token: the mean log of the probability of each token of the suspect (rows) under a
    model of the teacher's answers (columns), less its mean under models of all lines unrelated to
    both, as LambdaG (Nini et al. 2024). The models are of three tokens, with interpolated
    Kneser-Ney smoothing (Kneser and Ney 1995; Chen and Goodman 1999) down to equal probabilities.
    Zero where no line is unrelated to both.

    As in the source all models are made of samples of one size, since more text always foretells
    better: of each model's blocks of answers as many as hold the tokens of the tersest model. So a
    model that says hardly anything leaves little to go by; it had better not be in the cohort.
    """
    held, kinds = compact(added(deeds.blocks))
    grammar = _Grammar.of(kinds)
    samples = added(of_one_size(deeds.blocks))
    columns = [
        held @ grammar.log_probabilities(_row(samples, kinds, one))
        for one in range(len(deeds.groups))
    ]
    tokens = np.maximum(totals(held), 1)
    fit = np.stack(columns, axis=1) / tokens[:, None]
    return fit - _reference(fit, deeds)


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The kinds of triples (u, v, w) that occur, and where their parts stand.

    For each triple: `context` is the place of (u, v), `pair` of (v, w). For each pair: `first` is
    its v, `last` its w. `words` is how many different tokens there are.
    """

    context: Places
    pair: Places
    first: Places
    last: Places
    words: int

    @classmethod
    def of(cls, kinds: Places) -> "_Grammar":
        _, context = np.unique(kinds // SYMBOLS, return_inverse=True)
        pairs, pair = np.unique(kinds % SYMBOLS**2, return_inverse=True)
        first, last = (part.astype(np.intp) for part in np.divmod(pairs, SYMBOLS))
        return cls(context, pair, first, last, len(np.unique(last)))

    def log_probabilities(self, counts: Floats) -> Floats:
        """Return log P(w | u, v) of each triple (t,) under a model of the counts of triples (t,).

        Below the triples it is not counted how often a pair occurs, but after how many tokens.
        """
        followed = _summed(counts > 0, self.pair)
        preceded = _summed(followed > 0, self.last, SYMBOLS)
        single = _interpolated(preceded, np.zeros(SYMBOLS, np.intp), np.full(1, 1 / self.words))
        double = _interpolated(followed, self.first, single[self.last])
        return np.log(_interpolated(counts, self.context, double[self.pair]))


def _interpolated(counts: Floats, context: Places, lower: Floats) -> Floats:
    """Return discounted shares of counts in their context, filled up from the lower order.

    A context that was not seen leaves it all to the lower order.
    """
    total = _summed(counts, context)
    different = _summed(counts > 0, context)
    seen = np.maximum(total, 1)
    left = np.where(total > 0, DISCOUNT * different / seen, 1.0)
    share = np.maximum(counts - DISCOUNT, 0) / seen[context]
    return np.asarray(share + left[context] * lower)


def _summed(values: Floats | NDArray[np.bool_], places: Places, least: int = 0) -> Floats:
    """Return the sum of the values at each place from 0 up, (places,), at least so many."""
    return np.asarray(np.bincount(places, values.astype(np.float64), least), np.float64)


def _row(samples: Matrix, kinds: Places, model: int) -> Floats:
    """Return one model's count of each kind of triple, (t,)."""
    span = slice(samples.indptr[model], samples.indptr[model + 1])
    counts = np.zeros(len(kinds))
    counts[np.searchsorted(kinds, samples.indices[span])] = samples.data[span]
    return counts


def _reference(fit: Square, deeds: Deeds) -> Square:
    """Return the mean of each suspect's fit over the lines unrelated to it and to the teacher."""
    same = deeds.line[:, None] == deeds.line[None, :]
    counted = ~same * deeds.weights[None, :]
    summed, weight = (fit * counted).sum(axis=1), counted.sum(axis=1)
    of_line = (fit * counted) @ same
    left = weight[:, None] - ~same
    mean = (summed[:, None] - np.where(same, 0, of_line)) / np.where(left < _LEAST, 1, left)
    return np.asarray(np.where(left < _LEAST, fit, mean))


GRAMMAR = CohortSignal(
    "grammar",
    "Grammar of three tokens, content masked",
    "LambdaG: Nini et al. 2024; POSNoise: Halvani and Graner 2021; Kneser and Ney 1995",
    "linear in the words of the answers, then in the kinds of triples times the square of the "
    "models",
    triples,
    SYMBOLS**3,
    grammar_ratio,
)

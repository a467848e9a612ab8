"""Which model a classifier of sources takes the suspect for, on prompts that it has not seen."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from audit.analysis.signals.contract import CohortSignal, Deeds, Square
from audit.analysis.signals.overlap import added, of_one_size
from audit.analysis.signals.tokens import Ids, Tokens, grams

_CELLS = 2**18
_LEAST_HOLDERS = 2
# Added to every count (Laplace): no word rules a model out.
_ADDED = 1.0

Half = list[sparse.csr_matrix]


def words_and_pairs(answer: Tokens) -> Ids:
    """Return the cells of the words and word pairs of an answer."""
    found = np.concatenate([grams(answer.ids, length) for length in (1, 2)])
    return found % np.uint64(_CELLS)


def source_votes(deeds: Deeds) -> Square:
    """Return the share of the suspect's blocks of answers that are taken for each model, (m, m).

    Multinomial naive Bayes over words and pairs, trained on every second block of prompts and
    asked of the others, and the reverse (prompt-disjoint; Sun et al. 2025). No model of the
    suspect's own line can be named: were it a class, what it takes would tell who is like it by
    who is left. All models are trained on samples of one size, the tersest one's, since otherwise
    one that says much is named for most blocks. A block that the suspect does not answer, or that
    two models fit as well, votes for nobody; rows add up to one at most. Zero with fewer than two
    blocks.
    """
    halves = [list(deeds.blocks[0::2]), list(deeds.blocks[1::2])]
    votes = np.zeros((len(deeds.groups),) * 2)
    for trained, asked in (halves, halves[::-1]):
        if trained and asked:
            votes += _votes(trained, asked, deeds.line)
    return votes / len(deeds.blocks)


def _votes(trained: Half, asked: Half, line: NDArray[np.intp]) -> Square:
    """Return how many of the asked blocks of each model (rows) go to each model."""
    counts = added(of_one_size(trained)).tocsc()
    kept = np.flatnonzero(np.diff(counts.indptr) >= _LEAST_HOLDERS)
    known = log_rates(counts[:, kept].toarray().astype(np.float64))
    votes = np.zeros((len(line),) * 2)
    own = line[:, None] == line[None, :]
    for block in asked:
        fit = np.asarray(block[:, kept] @ known.T, np.float64)
        fit[own] = -np.inf
        best = fit.max(axis=1, keepdims=True)
        named = (fit == best) & np.isfinite(best)
        votes += named * (named.sum(axis=1, keepdims=True) == 1)
    return votes


def log_rates(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log rates of words (m, v) of multinomial naive Bayes, Laplace's one added."""
    smooth = counts + _ADDED
    return np.asarray(np.log(smooth / smooth.sum(axis=1, keepdims=True)))


SOURCE_CLASSIFIER = CohortSignal(
    "source_classifier",
    "Share of answers taken for the model's",
    "Sun et al. 2025; naive Bayes of counts: McCallum and Nigam 1998",
    "linear in the words of the answers times the models",
    words_and_pairs,
    _CELLS,
    source_votes,
)

"""Profiles of templates: runs of parts of speech."""

import numpy as np

from audit.analysis.signals.contract import CohortSignal, Counts, Deeds, Square
from audit.analysis.signals.overlap import added, totals
from audit.analysis.signals.profiles import surprise_likeness
from audit.analysis.signals.tokens import Ids, Tokeniser, Tokens, grams
from audit.analysis.signals.word_classes import WordClass

LENGTHS = (4, 5, 6)
# As for habits: two templates in one cell blur, and make no likeness of two models only.
_CELLS = 2**18
_LEAST_HOLDERS = 2
# Small numbers would not be spread over the cells.
_NUMBERS = Tokeniser().read(" ".join(one.name for one in WordClass)).ids


def templates(answer: Tokens) -> Ids:
    """Return the cells of the runs of four, five and six classes of words and marks.

    Lengths as in Shaib et al. (2024), as far as a thousand words hold any twice.
    """
    classes = _NUMBERS[answer.classes]
    found = np.concatenate([grams(classes, length) for length in LENGTHS])
    return found % np.uint64(_CELLS)


def template_likeness(deeds: Deeds) -> Square:
    """Return the cosine of how far rates of templates lie from the usual, (m, m), in -1 to 1.

    The residuals are those of `profiles.surprise_likeness`. Templates of one model only are left
    out.
    """
    counts = added(deeds.blocks)
    by_cell = counts.tocsc()
    held = by_cell[:, np.diff(by_cell.indptr) >= _LEAST_HOLDERS]
    return surprise_likeness(Counts(held.toarray(), totals(counts)), deeds.weights)


TEMPLATES = CohortSignal(
    "templates",
    "Templates of parts of speech",
    "Shaib et al. 2024; Wadhwa et al. 2025; classes by lists and endings: Brill 1992",
    "linear in the words of the answers, then in the square of the models",
    templates,
    _CELLS,
    template_likeness,
)

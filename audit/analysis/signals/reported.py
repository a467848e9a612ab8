"""The signals that need all answers of a cohort at once: measured once, reported, never fused."""

import numpy as np
from numpy.typing import NDArray

from audit.analysis.signals.cohort import Cohort, deal, require_answers
from audit.analysis.signals.contract import Deeds, Square
from audit.analysis.signals.overlap import Matrix, tallied
from audit.analysis.signals.registry import COHORT_SIGNALS
from audit.analysis.signals.tokens import Tokeniser

# Blocks vote, so that there should be many; more than this take memory and say no more.
MOST_BLOCKS = 200


def reported_similarities(cohort: Cohort, *, seed: int = 1) -> dict[str, Square]:
    """Return by name the similarities (m, m) of every signal of the whole cohort.

    Rows are suspects and columns teachers. `seed` deals prompts into blocks. Linear in the words
    of the answers, and in the square of the models. Raises InsufficientDataError for a model that
    answers none of the prompts.
    """
    require_answers(cohort)
    dealt = deal(len(cohort.prompts), MOST_BLOCKS, seed)
    tallies = [_tallies(cohort, block) for block in dealt]
    return {
        one.name: one.compare(Deeds([each[one.name] for each in tallies], cohort.groups))
        for one in COHORT_SIGNALS
    }


def _tallies(cohort: Cohort, block: NDArray[np.intp]) -> dict[str, Matrix]:
    """Return the counts of every signal over one block of prompts."""
    reader = Tokeniser()
    rows = [[reader.read(row[place] or "") for place in block] for row in cohort.answers]
    return {one.name: tallied(one.events, rows, one.cells) for one in COHORT_SIGNALS}

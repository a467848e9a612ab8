"""Runs of words that hardly anybody else wrote."""

import numpy as np
from scipy import sparse

from audit.analysis.signals.contract import AnswerSignal, Question, Square
from audit.analysis.signals.overlap import counted, holders
from audit.analysis.signals.tokens import grams

LENGTH = 5
# Suspect, teacher, and two more lines: a third student of the teacher must not hide the run.
MOST_LINES = 4


def exclusive_runs(question: Question) -> Square:
    """Return the runs that two answers share and few lines have, (m, m), in 0 to 1.

    Their number is divided by the geometric mean of how many runs the two answers have. A run that
    stands in the prompt is left out, and so is one that every line has, as may be in a small
    cohort. Versions of one model count as one holder.
    """
    matrix, things = counted([np.unique(grams(one.words, LENGTH)) for one in question.answers])
    held_by = holders(matrix, question.groups)
    asked = np.isin(things, grams(question.prompt.words, LENGTH))
    most = min(MOST_LINES, question.lines - 1)
    kept = sparse.csr_matrix(matrix[:, (held_by <= most) & ~asked])
    sizes = np.asarray(matrix.sum(axis=1)).ravel()
    sizes = np.where(sizes == 0, 1.0, sizes)
    return np.asarray((kept @ kept.T).todense()) / np.sqrt(np.outer(sizes, sizes))


EXCLUSIVE = AnswerSignal(
    "exclusive",
    f"Rare runs of {LENGTH} words",
    "Grieve et al. 2019, n-gram tracing; rare runs only",
    "linear in the words of the answers, then in the square of the models",
    exclusive_runs,
    np.sqrt,
)

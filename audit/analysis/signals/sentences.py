"""How the sentences of two answers to one prompt begin."""

import numpy as np

from audit.analysis.signals.contract import AnswerSignal, Question, Square
from audit.analysis.signals.overlap import rare_likeness
from audit.analysis.signals.tokens import Ids, Tokeniser, Tokens, grams

_LENGTHS = (2, 3, 4)
_ENDS = Tokeniser().read(". ! ?").ids


def beginnings(answer: Tokens) -> Ids:
    """Return a number for each beginning of 2, 3 and 4 tokens of each sentence.

    A sentence begins with the answer and after a full stop, a question mark or an exclamation
    mark; a beginning may reach into the next sentence.
    """
    ends = np.isin(answer.ids, _ENDS)
    starts = ~ends & np.concatenate([[True], ends])[: len(ends)]
    return np.concatenate([_starting(answer.ids, starts, length) for length in _LENGTHS])


def shared_beginnings(question: Question) -> Square:
    """Return the cosine of beginnings of sentences, (m, m), weighted by rarity on this prompt.

    Beginnings that stand in the prompt are left out.
    """
    rows = [beginnings(one) for one in question.answers]
    return rare_likeness(rows, question, beginnings(question.prompt))


def _starting(ids: Ids, starts: np.ndarray[tuple[int], np.dtype[np.bool_]], length: int) -> Ids:
    runs = grams(ids, length)
    return runs[starts[: len(runs)]]


SENTENCES = AnswerSignal(
    "sentences",
    "Same beginnings of sentences",
    "Sun et al. 2025, characteristic first words; weighting: Sparck Jones 1972, within one prompt",
    "linear in the words of the answers, then in the square of the models",
    shared_beginnings,
)

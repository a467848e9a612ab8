"""Phrasing: function words, their patterns, and pairs of tokens."""

from collections.abc import Callable

import numpy as np

from audit.analysis.signals.contract import AnswerSignal, HabitSignal, Question, Square
from audit.analysis.signals.function_words import FUNCTION_WORDS
from audit.analysis.signals.overlap import rare_likeness
from audit.analysis.signals.profiles import delta_likeness, surprise_likeness
from audit.analysis.signals.tokens import Ids, Tokeniser, Tokens, grams

_CONTENT = np.uint64(11)
FUNCTION_IDS = Tokeniser().read(" ".join(FUNCTION_WORDS)).ids


def masked(answer: Tokens) -> Ids:
    """Return the tokens, (n,), with every content word replaced by one and the same number.

    Function words and marks stay, so that the topic goes (Halvani and Graner 2021).
    """
    kept = ~answer.is_word | np.isin(answer.ids, FUNCTION_IDS)
    return np.where(kept, answer.ids, _CONTENT)


def _patterns(answer: Tokens) -> Ids:
    tokens = masked(answer)
    return np.concatenate([grams(tokens, length) for length in (2, 3, 4)])


def shared_patterns(question: Question) -> Square:
    """Return the cosine of runs of 3 to 5 masked tokens, (m, m), weighted by rarity here.

    Runs that stand in the prompt are left out.
    """
    return rare_likeness(
        [_runs(one) for one in question.answers], question, _runs(question.prompt)
    )


def _runs(answer: Tokens) -> Ids:
    tokens = masked(answer)
    return np.concatenate([grams(tokens, length) for length in (3, 4, 5)])


def _pairs(answer: Tokens) -> Ids:
    return np.concatenate([grams(answer.ids, length) for length in (1, 2)])


def _words(answer: Tokens) -> Ids:
    return answer.ids


_LINEAR: str = "linear in the words of the answers"
Events = Callable[[Tokens], Ids]

PHRASING = AnswerSignal(
    "phrasing",
    "Same patterns of function words",
    "POSnoise: Halvani and Graner 2021; weighting: Sparck Jones 1972, within one prompt",
    "linear in the words of the answers, then in the square of the models",
    shared_patterns,
)
FREQUENT_WORDS = HabitSignal(
    "frequent_words",
    "Rates of frequent words",
    "Cosine Delta: Burrows 2002; Smith and Aldridge 2011; Evert et al. 2017",
    _LINEAR,
    _words,
    delta_likeness,
    per_answer=False,
)
PATTERNS = HabitSignal(
    "patterns",
    "Patterns of function words",
    "POSnoise: Halvani and Graner 2021; templates: Shaib et al. 2024, Wadhwa et al. 2025",
    _LINEAR,
    _patterns,
    surprise_likeness,
    per_answer=False,
)
PAIRS = HabitSignal(
    "pairs",
    "Rates of words and word pairs",
    "Sun et al. 2025, idiosyncrasies; residuals: Pearson 1900",
    _LINEAR,
    _pairs,
    surprise_likeness,
    per_answer=False,
)

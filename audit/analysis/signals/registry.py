"""All signals, in the order in which they are reported.

Those of SIGNALS are fused: each compares two answers to one prompt. Those of REPORTED and of
HABIT_SIGNALS are measured and carry no likelihood ratio, and so is NEGATIVE_CONTROL, length and
layout, which must not carry one. COHORT_SIGNALS need all answers at once; they are reported by
`reported` and not fused either.
"""

from audit.analysis.signals.contract import AnswerSignal, CohortSignal, HabitSignal
from audit.analysis.signals.edges import ENDING_HABITS, ENDINGS, OPENING_HABITS, OPENINGS
from audit.analysis.signals.exclusive import EXCLUSIVE
from audit.analysis.signals.grammar import GRAMMAR
from audit.analysis.signals.imposters import IMPOSTERS
from audit.analysis.signals.layout import LAYOUT
from audit.analysis.signals.phrases import FREQUENT_WORDS, PAIRS, PATTERNS, PHRASING
from audit.analysis.signals.sentences import SENTENCES
from audit.analysis.signals.source_classifier import SOURCE_CLASSIFIER
from audit.analysis.signals.templates import TEMPLATES
from audit.analysis.signals.tfidf import CHARACTERS, WORDS
from audit.analysis.signals.verbatim import VERBATIM

SIGNALS: tuple[AnswerSignal, ...] = (
    OPENINGS,
    ENDINGS,
    SENTENCES,
    PHRASING,
    WORDS,
    CHARACTERS,
    EXCLUSIVE,
)
HABIT_SIGNALS: tuple[HabitSignal, ...] = (
    OPENING_HABITS,
    ENDING_HABITS,
    FREQUENT_WORDS,
    PATTERNS,
    PAIRS,
)
NAMES = tuple(signal.name for signal in SIGNALS)
# Likeness of what is said: capable models come to it by themselves, whoever taught them.
CONTENT = frozenset(signal.name for signal in (WORDS, CHARACTERS, EXCLUSIVE))
REPORTED: tuple[AnswerSignal, ...] = (VERBATIM,)
NEGATIVE_CONTROL = LAYOUT
MEASURED_ANSWERS = (*SIGNALS, *REPORTED, NEGATIVE_CONTROL)
MEASURED: tuple[AnswerSignal | HabitSignal, ...] = (*MEASURED_ANSWERS, *HABIT_SIGNALS)
COHORT_SIGNALS: tuple[CohortSignal, ...] = (IMPOSTERS, GRAMMAR, SOURCE_CLASSIFIER, TEMPLATES)

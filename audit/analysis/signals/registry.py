"""All signals, in the order in which they are reported.

Those of SIGNALS are fused. Those of REPORTED are measured and reported and carry no likelihood
ratio, and so is NEGATIVE_CONTROL, length and layout, which must not carry one. COHORT_SIGNALS need
all answers at once; they are reported by `reported` and not fused either.
"""

from audit.analysis.signals.contract import AnswerSignal, CohortSignal, HabitSignal, Signal
from audit.analysis.signals.edges import ENDING_HABITS, ENDINGS, OPENING_HABITS, OPENINGS
from audit.analysis.signals.exclusive import EXCLUSIVE
from audit.analysis.signals.grammar import GRAMMAR
from audit.analysis.signals.imposters import IMPOSTERS
from audit.analysis.signals.layout import LAYOUT
from audit.analysis.signals.phrases import FREQUENT_WORDS, PAIRS, PATTERNS
from audit.analysis.signals.source_classifier import SOURCE_CLASSIFIER
from audit.analysis.signals.templates import TEMPLATES
from audit.analysis.signals.tfidf import CHARACTERS, WORDS
from audit.analysis.signals.verbatim import VERBATIM

ANSWER_SIGNALS: tuple[AnswerSignal, ...] = (OPENINGS, ENDINGS, WORDS, CHARACTERS, EXCLUSIVE)
HABIT_SIGNALS: tuple[HabitSignal, ...] = (
    OPENING_HABITS,
    ENDING_HABITS,
    FREQUENT_WORDS,
    PATTERNS,
    PAIRS,
)
SIGNALS: tuple[Signal, ...] = (*ANSWER_SIGNALS, *HABIT_SIGNALS)
NAMES = tuple(signal.name for signal in SIGNALS)
# Likeness of what is said: capable models come to it by themselves, whoever taught them.
CONTENT = frozenset(signal.name for signal in (WORDS, CHARACTERS, EXCLUSIVE))
REPORTED: tuple[AnswerSignal, ...] = (VERBATIM,)
NEGATIVE_CONTROL = LAYOUT
MEASURED_ANSWERS = (*ANSWER_SIGNALS, *REPORTED, NEGATIVE_CONTROL)
COHORT_SIGNALS: tuple[CohortSignal, ...] = (IMPOSTERS, GRAMMAR, SOURCE_CLASSIFIER, TEMPLATES)

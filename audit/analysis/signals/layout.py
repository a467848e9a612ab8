"""Length and layout: the negative control, measured beside the signals and never fused."""

import numpy as np

from audit.analysis.signals.contract import AnswerSignal, Question, Square
from audit.analysis.statistics.layout import layout_features, layout_similarity


def layout_likeness(question: Question) -> Square:
    """Return minus the mean absolute difference of length and layout, (m, m), at most zero.

    Each feature is standardised over the answers to this prompt. A pair of which one did not
    answer gets zero, since it is not counted.
    """
    likeness = np.zeros((question.models, question.models))
    there = np.flatnonzero(question.answered)
    if there.size:
        features = np.array([[layout_features(question.texts[place])] for place in there])
        likeness[np.ix_(there, there)] = layout_similarity(features)[0]
    return likeness


LAYOUT = AnswerSignal(
    "layout",
    "Length and layout (negative control)",
    "twelve counts on a log scale, standardised within a prompt",
    "linear in the characters of the answers, then in the square of the models",
    layout_likeness,
)

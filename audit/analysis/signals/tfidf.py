"""Likeness of two answers to one prompt, in words and in characters."""

import numpy as np

from audit.analysis.signals.contract import AnswerSignal, Question, Square
from audit.analysis.signals.overlap import rare_likeness
from audit.analysis.signals.tokens import characters, grams


def word_likeness(question: Question) -> Square:
    """Return the cosine of word pairs, (m, m), weighted by rarity on this prompt.

    Pairs that stand in the prompt are left out.
    """
    rows = [grams(one.words, 2) for one in question.answers]
    return rare_likeness(rows, question, grams(question.prompt.words, 2))


def character_likeness(question: Question) -> Square:
    """Return the cosine of runs of three to five characters, (m, m), weighted by rarity here."""
    codes = [characters(text) for text in question.texts]
    rows = [np.concatenate([grams(one, length) for length in (3, 4, 5)]) for one in codes]
    return rare_likeness(rows, question, np.zeros(0, np.uint64))


_SOURCE = "Sparck Jones 1972; Salton and Buckley 1988, term weighting, here within one prompt"

WORDS = AnswerSignal(
    "words",
    "Word pairs",
    _SOURCE,
    "linear in the words of the answers, then in the square of the models",
    word_likeness,
)
CHARACTERS = AnswerSignal(
    "characters",
    "Runs of characters",
    _SOURCE,
    "linear in the characters of the answers, then in the square of the models",
    character_likeness,
)

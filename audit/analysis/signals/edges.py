"""How answers begin and end: the same words, and the same habits."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from audit.analysis.signals.contract import AnswerSignal, HabitSignal, Question, Square
from audit.analysis.signals.profiles import rate_likeness
from audit.analysis.signals.tokens import Ids, Tokens, hashed

_OPENINGS = (1, 2, 3, 4, 6, 8)
_ENDINGS = (2, 3, 4, 6)
_HABITS = (1, 2, 3, 4, 5)


def shared_openings(question: Question) -> Square:
    """Return for each pair the root of the summed rarity of openings that they share, (m, m).

    Openings are of 1, 2, 3, 4, 6 and 8 tokens; rarity is that of `overlap.rarity`, in nats. The
    root keeps a few prompts with one long shared opening from deciding alone.
    """
    return _agreement(question, _OPENINGS, from_start=True)


def shared_endings(question: Question) -> Square:
    """Return for each pair the root of the summed rarity of endings that they share, (m, m).

    Endings are of 2, 3, 4 and 6 tokens; one token is mostly the full stop. As `shared_openings`.
    """
    return _agreement(question, _ENDINGS, from_start=False)


def _agreement(question: Question, lengths: tuple[int, ...], *, from_start: bool) -> Square:
    score = np.zeros((question.models, question.models))
    lines = question.lines
    for length in lengths:
        for members in _alike(question, length, from_start=from_start):
            held_by = len(np.unique(question.groups[members]))
            score[np.ix_(members, members)] += np.log(lines / held_by)
    return np.sqrt(score)


def _alike(question: Question, length: int, *, from_start: bool) -> list[NDArray[np.intp]]:
    """Return the models, together where their first (or last) tokens are the same."""
    found: dict[bytes, list[int]] = defaultdict(list)
    for place, answer in enumerate(question.answers):
        if len(answer.ids) >= length:
            edge = answer.ids[:length] if from_start else answer.ids[-length:]
            found[edge.tobytes()].append(place)
    return [np.array(members) for members in found.values()]


def _first(answer: Tokens) -> Ids:
    return hashed(answer.ids[:length] for length in _HABITS if len(answer.ids) >= length)


def _last(answer: Tokens) -> Ids:
    return hashed(answer.ids[-length:] for length in _HABITS if len(answer.ids) >= length)


_SOURCE = "Nikolic et al. 2025, agreement of first tokens, here weighted by rarity"
_PROFILE = "Sun et al. 2025, characteristic phrases; Hellinger 1909 distance of rates"

OPENINGS = AnswerSignal(
    "openings", "Same opening", _SOURCE, "linear in models and prompts", shared_openings
)
ENDINGS = AnswerSignal(
    "endings", "Same ending", _SOURCE, "linear in models and prompts", shared_endings
)
OPENING_HABITS = HabitSignal(
    "opening_habits",
    "Habits of opening",
    _PROFILE,
    "linear in models and prompts",
    _first,
    rate_likeness,
    per_answer=True,
)
ENDING_HABITS = HabitSignal(
    "ending_habits",
    "Habits of ending",
    _PROFILE,
    "linear in models and prompts",
    _last,
    rate_likeness,
    per_answer=True,
)

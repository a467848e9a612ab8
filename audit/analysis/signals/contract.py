"""What a signal is, and what it is given."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.analysis.signals.tokens import Ids, Tokens

Square = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """The answers of m models to one prompt; `groups` (m,) numbers lines of related models."""

    prompt: Tokens
    answers: tuple[Tokens, ...]
    texts: tuple[str, ...]
    groups: NDArray[np.intp]

    @property
    def models(self) -> int:
        """How many models there are; an answer that is missing is an empty one."""
        return len(self.answers)


@dataclass(frozen=True, slots=True)
class AnswerSignal:
    """Compares two answers to one prompt: `of` gives (m, m), averaged, then finished."""

    name: str
    title: str
    source: str
    order: str
    of: Callable[[Question], Square]
    finish: Callable[[Square], Square] = np.asarray


@dataclass(frozen=True, slots=True)
class Counts:
    """What m models did over some prompts: `of` (m, V) and `out_of` (m,), both plain counts."""

    of: NDArray[np.float32]
    out_of: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HabitSignal:
    """Compares what two models do over all prompts.

    `events` gives the numbers of what an answer does; `compare` turns counts and the weight of
    each model (m,) into similarities (m, m). `per_answer` says what the events are counted out of:
    answers, or events.
    """

    name: str
    title: str
    source: str
    order: str
    events: Callable[[Tokens], Ids]
    compare: Callable[[Counts, NDArray[np.float64]], Square]
    per_answer: bool


Signal = AnswerSignal | HabitSignal

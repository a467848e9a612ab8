"""What a signal is, and what it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from audit.analysis.signals.tokens import Ids, Tokens

Square = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """The answers of m models to one prompt; a missing one is empty, in `answers` and in `texts`.

    `texts` are as they were given but for white space around them; `groups` (m,) numbers lines of
    related models.
    """

    prompt: Tokens
    answers: tuple[Tokens, ...]
    texts: tuple[str, ...]
    groups: NDArray[np.intp]

    @property
    def models(self) -> int:
        """How many models there are, m, whether they answered or not."""
        return len(self.answers)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which models answered, (m,)."""
        return np.array([bool(text) for text in self.texts])

    @property
    def lines(self) -> int:
        """How many lines of models answered."""
        return len(np.unique(self.groups[self.answered]))


@dataclass(frozen=True, slots=True)
class AnswerSignal:
    """Compares two answers to one prompt.

    `of` gives similarities (m, m), larger for more alike, zero where one of the two is missing;
    `finish` is applied to their mean over the prompts that both models answered.
    """

    name: str
    title: str
    source: str
    order: str
    of: Callable[[Question], Square]
    finish: Callable[[Square], Square] = np.asarray


@dataclass(frozen=True, slots=True)
class Counts:
    """Plain counts of what m models did over some prompts: `of` V things (m, V), `out_of` (m,)."""

    of: NDArray[np.float32]
    out_of: NDArray[np.float64]


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


@dataclass(frozen=True, slots=True)
class Deeds:
    """What m models did, kept apart by blocks of prompts, and who is related to whom.

    `blocks` holds the counts of each block, (m, cells); `groups` (m,) numbers lines of models.
    """

    blocks: Sequence[sparse.csr_matrix]
    groups: NDArray[np.intp]

    @property
    def line(self) -> NDArray[np.intp]:
        """The line of each model, (m,), from 0 up without a gap."""
        return np.asarray(np.unique(self.groups, return_inverse=True)[1], np.intp)

    @property
    def weights(self) -> NDArray[np.float64]:
        """The weight of each model, (m,): every line of related models weighs one in all."""
        return np.asarray(1 / np.bincount(self.line)[self.line], np.float64)


@dataclass(frozen=True, slots=True)
class CohortSignal:
    """Compares a suspect with a teacher by all of their answers, knowing who is related.

    `events` gives numbers below `cells` of what an answer does; `compare` gives similarities
    (m, m) of suspects (rows) to teachers (columns), larger for more alike. The two directions may
    differ. It is measured once over all prompts.
    """

    name: str
    title: str
    source: str
    order: str
    events: Callable[[Tokens], Ids]
    cells: int
    compare: Callable[[Deeds], Square]

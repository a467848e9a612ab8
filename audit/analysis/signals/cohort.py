"""All signals over all models of a cohort, kept by blocks of prompts so that any mix is quick."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from audit.analysis.errors import InsufficientDataError
from audit.analysis.signals.contract import AnswerSignal, Counts, HabitSignal, Question, Square
from audit.analysis.signals.overlap import tallied
from audit.analysis.signals.registry import MEASURED
from audit.analysis.signals.tokens import Tokeniser

# Habits are counted in 2**18 cells: two that fall into one blur, and cannot make a likeness of two
# models only. With 2**16 the patterns and pairs of a population of 153 models lose 0.03 of AUC.
CELLS = 2**18
# A habit that one model has alone says nothing on any two of them.
_LEAST_HOLDERS = 2

Answers = Sequence[str | None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Cohort:
    """m models' answers to the same n prompts: `answers` has m rows of n, None where missing.

    An answer of nothing but white space is missing too. `groups` (m,) numbers lines of related
    models; two models of one line share a number.
    """

    prompts: tuple[str, ...]
    answers: tuple[tuple[str | None, ...], ...]
    groups: NDArray[np.intp]

    @property
    def weights(self) -> NDArray[np.float64]:
        """The weight of each model, (m,): every line of related models weighs one in all."""
        _, line, sizes = np.unique(self.groups, return_inverse=True, return_counts=True)
        return np.asarray(1 / sizes[line], np.float64)


@dataclass(frozen=True, slots=True)
class Block:
    """Sums over the prompts of one block.

    `answers` holds for each signal of answers the sum over prompts (m, m), `both` (m, m) how many
    prompts both answered, `habits` for each signal of habits the counts (m, CELLS), `answered`
    (m,) the number of answers.
    """

    answers: dict[str, Square]
    both: Square
    habits: dict[str, sparse.csr_matrix]
    answered: NDArray[np.float64]


Used = Sequence[tuple[Block, float]]


@dataclass(frozen=True, slots=True)
class Measured:
    """The blocks of a cohort, and the weight of each model."""

    blocks: tuple[Block, ...]
    weights: NDArray[np.float64]

    def similarities(
        self, times: NDArray[np.float64] | None = None, *, names: Collection[str] | None = None
    ) -> dict[str, Square]:
        """Return by name the similarities (m, m) of signals and of the negative control.

        `times` (blocks,) says how often each block counts, once if not given; `names` are those
        asked for, all that were measured if not given. Linear in the square of the models and, for
        signals of habits, in the things counted. A pair that has no prompt in common gets the mean
        of all other pairs, which speaks neither for it nor against it.
        """
        repeats = np.ones(len(self.blocks)) if times is None else times
        pairs = zip(self.blocks, repeats, strict=True)
        used = [(block, float(factor)) for block, factor in pairs if factor]
        measured = {*self.blocks[0].answers, *self.blocks[0].habits}
        asked = [one for one in MEASURED if one.name in (measured if names is None else names)]
        return {
            one.name: _averaged(one, used)
            if isinstance(one, AnswerSignal)
            else self._compared(one, used)
            for one in asked
        }

    def _compared(self, signal: HabitSignal, used: Used) -> Square:
        counts = _added(signal, used, len(self.weights))
        answered = _summed([block.answered * factor for block, factor in used])
        out_of = answered if signal.per_answer else counts.sum(axis=1, dtype=np.float64)
        kept = counts[:, np.count_nonzero(counts, axis=0) >= _LEAST_HOLDERS]
        return signal.compare(Counts(kept, out_of), self.weights)


def measure(
    cohort: Cohort,
    blocks: Sequence[NDArray[np.intp]],
    *,
    names: Collection[str] | None = None,
    threads: int = 2,
    done: Progress | None = None,
) -> Measured:
    """Return the sums of every signal, or of those of `names`, over each block of prompts.

    A block is an array of places of prompts.
    Time is linear in the answers and, for the signals of answers, in the square of the models.
    Raises InsufficientDataError for a model that answers none of the prompts.
    """
    require_answers(cohort)
    measured = []
    for place, block in enumerate(blocks):
        measured.append(measure_block(cohort, block, names=names, threads=threads))
        if done:
            done(place + 1, len(blocks))
    return Measured(tuple(measured), cohort.weights)


def measure_block(
    cohort: Cohort,
    block: NDArray[np.intp],
    *,
    names: Collection[str] | None = None,
    threads: int = 2,
) -> Block:
    """Return the sums over one block of prompts, an array of their places."""
    reader = Tokeniser()
    questions = [_question(cohort, place, reader) for place in block]
    asked = [one for one in MEASURED if names is None or one.name in names]
    by_answer = [one for one in asked if isinstance(one, AnswerSignal)]
    with ThreadPoolExecutor(threads) as pool:
        compared = list(pool.map(lambda one: _compare(one, by_answer), questions))
    there = np.array([question.answered for question in questions], np.float64).T
    return Block(
        {one.name: _summed([each[one.name] for each in compared]) for one in by_answer},
        there @ there.T,
        {one.name: _counted(one, questions) for one in asked if isinstance(one, HabitSignal)},
        there.sum(axis=1),
    )


def deal(count: int, blocks: int, seed: int) -> list[NDArray[np.intp]]:
    """Return the places 0 to count - 1 dealt at random into as many blocks of like size.

    There are never more blocks than places; each is in rising order.
    """
    order = np.random.default_rng(seed).permutation(count)
    return [np.sort(part) for part in np.array_split(order, min(blocks, count))]


def _question(cohort: Cohort, place: int, reader: Tokeniser) -> Question:
    texts = tuple((row[place] or "").strip() for row in cohort.answers)
    answers = tuple(reader.read(text) for text in texts)
    return Question(reader.read(cohort.prompts[place]), answers, texts, cohort.groups)


def _compare(question: Question, signals: Sequence[AnswerSignal]) -> dict[str, Square]:
    return {one.name: one.of(question) for one in signals}


def _counted(signal: HabitSignal, questions: list[Question]) -> sparse.csr_matrix:
    """Return how often each model does each thing in these answers: (m, CELLS)."""
    rows = list(zip(*(question.answers for question in questions), strict=True))
    return tallied(signal.events, rows, CELLS)


def _added(signal: HabitSignal, used: Used, models: int) -> NDArray[np.float32]:
    """Return the counts of all blocks together, (m, CELLS)."""
    total = np.zeros((models, CELLS), np.float32)
    for block, factor in used:
        counts = block.habits[signal.name]
        for row, (start, end) in zip(total, pairwise(counts.indptr), strict=True):
            # No cell stands twice in the row of a block: nothing is lost by adding in this way.
            row[counts.indices[start:end]] += counts.data[start:end] * np.float32(factor)
    return total


def _averaged(signal: AnswerSignal, used: Used) -> Square:
    total = _summed([block.answers[signal.name] * factor for block, factor in used])
    both = _summed([block.both * factor for block, factor in used])
    mean = total / np.maximum(both, 1.0)
    known = (both > 0) & ~np.eye(len(both), dtype=np.bool_)
    mean[both == 0] = mean[known].mean() if known.any() else 0.0
    return signal.finish(mean)


def _summed(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.asarray(np.sum(parts, axis=0))


def require_answers(cohort: Cohort) -> None:
    """Raise InsufficientDataError for a model that answers none of the prompts."""
    for place, row in enumerate(cohort.answers):
        if not any(text and text.strip() for text in row):
            raise InsufficientDataError(
                f"Model {place + 1} of {len(cohort.answers)} answers none of the "
                f"{len(cohort.prompts)} prompts. Leave it out, or hand in its answers."
            )

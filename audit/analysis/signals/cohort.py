"""All signals over all models of a cohort, kept by blocks of prompts so that any mix is quick."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from audit.analysis.signals.contract import AnswerSignal, Counts, HabitSignal, Question, Square
from audit.analysis.signals.registry import ANSWER_SIGNALS, HABIT_SIGNALS
from audit.analysis.signals.tokens import Ids, Tokeniser, Tokens

# Habits are counted in 2**18 cells: two that fall into one blur, and cannot make a likeness of two
# models only.
CELLS = 2**18
# A habit that one line of models has alone says nothing on any two of them.
_LEAST_HOLDERS = 2

Answers = Sequence[str | None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Cohort:
    """m models' answers to the same n prompts: `answers` has m rows of n, None where missing.

    `groups` (m,) numbers lines of related models; two models of one line share a number.
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


@dataclass(frozen=True, slots=True)
class Measured:
    """The blocks of a cohort, and the weight of each model."""

    blocks: tuple[Block, ...]
    weights: NDArray[np.float64]

    def similarities(self, times: NDArray[np.float64] | None = None) -> dict[str, Square]:
        """Return each signal's similarities (m, m), each block counted `times` (all once)."""
        repeats = np.ones(len(self.blocks)) if times is None else times
        used = [(one, factor) for one, factor in zip(self.blocks, repeats, strict=True) if factor]
        by_answer = {one.name: _averaged(one, used) for one in ANSWER_SIGNALS}
        return by_answer | {one.name: self._compared(one, used) for one in HABIT_SIGNALS}

    def _compared(self, signal: HabitSignal, used: list[tuple[Block, float]]) -> Square:
        held = sparse.csc_matrix(
            _summed([block.habits[signal.name] * times for block, times in used])
        )
        kept = held[:, np.diff(held.indptr) >= _LEAST_HOLDERS].toarray()
        answered = np.sum([block.answered * factor for block, factor in used], axis=0)
        out_of = answered if signal.per_answer else np.asarray(held.sum(axis=1)).ravel()
        return signal.compare(Counts(kept, out_of.astype(np.float32)), self.weights)


def measure(
    cohort: Cohort,
    blocks: Sequence[NDArray[np.intp]],
    *,
    threads: int = 2,
    done: Progress | None = None,
) -> Measured:
    """Return the sums of every signal over each block of prompts (arrays of places).

    Time is linear in the answers and, for the signals of answers, in the square of the models.
    """
    measured = []
    for place, block in enumerate(blocks):
        measured.append(measure_block(cohort, block, threads=threads))
        if done:
            done(place + 1, len(blocks))
    return Measured(tuple(measured), cohort.weights)


def measure_block(cohort: Cohort, block: NDArray[np.intp], *, threads: int = 2) -> Block:
    """Return the sums over one block of prompts."""
    reader = Tokeniser()
    questions = [_question(cohort, place, reader) for place in block]
    with ThreadPoolExecutor(threads) as pool:
        compared = list(pool.map(_compare, questions))
    there = np.array([[bool(row[place]) for place in block] for row in cohort.answers], np.float64)
    return Block(
        {
            one.name: np.sum([each[one.name] for each in compared], axis=0)
            for one in ANSWER_SIGNALS
        },
        there @ there.T,
        {one.name: _counted(one, questions) for one in HABIT_SIGNALS},
        there.sum(axis=1),
    )


def deal(count: int, blocks: int, seed: int) -> list[NDArray[np.intp]]:
    """Return the places 0 to count - 1 dealt at random into as many blocks of like size."""
    order = np.random.default_rng(seed).permutation(count)
    return [np.sort(part) for part in np.array_split(order, min(blocks, count))]


def _question(cohort: Cohort, place: int, reader: Tokeniser) -> Question:
    texts = tuple(row[place] or "" for row in cohort.answers)
    answers = tuple(reader.read(text) for text in texts)
    return Question(reader.read(cohort.prompts[place]), answers, texts, cohort.groups)


def _compare(question: Question) -> dict[str, Square]:
    return {one.name: one.of(question) for one in ANSWER_SIGNALS}


def _counted(signal: HabitSignal, questions: list[Question]) -> sparse.csr_matrix:
    """Return how often each model does each thing in these answers: (m, CELLS)."""
    rows = zip(*(question.answers for question in questions), strict=True)
    cells = [_cells(signal, row) for row in rows]
    owner = np.repeat(np.arange(len(cells)), [len(one) for one in cells])
    everything = np.concatenate(cells)
    shape = (len(cells), CELLS)
    ones = np.ones(len(everything), np.float32)
    matrix = sparse.csr_matrix((ones, (owner, everything)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _cells(signal: HabitSignal, answers: tuple[Tokens, ...]) -> NDArray[np.intp]:
    events: list[Ids] = [signal.events(one) for one in answers]
    return (np.concatenate(events) % np.uint64(CELLS)).astype(np.intp)


def _summed(matrices: list[sparse.csr_matrix]) -> sparse.csr_matrix:
    """Return the sum of matrices; two by two, so that each is added to one of its own size."""
    while len(matrices) > 1:
        pairs = zip(matrices[::2], matrices[1::2], strict=False)
        odd = matrices[-1:] if len(matrices) % 2 else []
        matrices = [first + second for first, second in pairs] + odd
    return matrices[0]


def _averaged(signal: AnswerSignal, used: list[tuple[Block, float]]) -> Square:
    total = np.sum([block.answers[signal.name] * factor for block, factor in used], axis=0)
    both = np.sum([block.both * factor for block, factor in used], axis=0)
    return signal.finish(total / np.where(both == 0, 1.0, both))

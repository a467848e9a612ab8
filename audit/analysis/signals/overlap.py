"""Sparse arithmetic that signals share."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from audit.analysis.signals.contract import Question, Square
from audit.analysis.signals.tokens import Ids, Tokens

Matrix = sparse.csr_matrix


def counted(rows: list[Ids]) -> tuple[Matrix, Ids]:
    """Return how often each model (m rows) has each of u things, (m, u), and their numbers."""
    each = [np.unique(row, return_counts=True) for row in rows]
    things, place = np.unique(np.concatenate([one for one, _ in each]), return_inverse=True)
    times = np.concatenate([count for _, count in each]).astype(np.float64)
    bounds = np.cumsum([0, *(len(one) for one, _ in each)])
    return sparse.csr_matrix((times, place, bounds), shape=(len(rows), len(things))), things


def holders(matrix: Matrix, groups: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return in how many groups of models each thing occurs: (u,).

    Groups, not models: ten versions of one model are one witness.
    """
    _, line = np.unique(groups, return_inverse=True)
    gather = sparse.csr_matrix((np.ones(len(line)), (line, np.arange(len(line)))))
    return np.asarray(((gather @ matrix) > 0).sum(axis=0)).ravel().astype(np.float64)


def tallied(
    events: Callable[[Tokens], Ids], rows: Sequence[Sequence[Tokens]], cells: int
) -> Matrix:
    """Return how often each of m rows of answers does each thing, (m, cells).

    A thing is the number that `events` gives, modulo `cells`.
    """
    found = [np.concatenate([events(one) for one in row]) % np.uint64(cells) for row in rows]
    owner = np.repeat(np.arange(len(rows)), [len(one) for one in found])
    everything = np.concatenate(found).astype(np.intp)
    ones = np.ones(len(everything), np.float32)
    matrix = sparse.csr_matrix((ones, (owner, everything)), shape=(len(rows), cells))
    matrix.sum_duplicates()
    return matrix


def added(matrices: Sequence[Matrix]) -> Matrix:
    """Return the sum of matrices of one shape; time is linear in what they hold."""
    rows = [np.repeat(np.arange(one.shape[0]), np.diff(one.indptr)) for one in matrices]
    columns = np.concatenate([one.indices for one in matrices])
    counts = np.concatenate([one.data for one in matrices])
    return sparse.csr_matrix((counts, (np.concatenate(rows), columns)), shape=matrices[0].shape)


def totals(counts: Matrix) -> NDArray[np.float64]:
    """Return how much each model did in all, (m,)."""
    return np.asarray(counts.sum(axis=1), np.float64).ravel()


def of_one_size(blocks: Sequence[Matrix]) -> list[Matrix]:
    """Return each model's first blocks that together hold as much as the tersest model says.

    Models are then known from like amounts of text; one that says nothing does not count as terse.
    """
    sizes = np.stack([totals(one) for one in blocks])
    before = np.cumsum(sizes, axis=0) - sizes
    said = sizes.sum(axis=0)
    least = said[said > 0].min(initial=np.inf)
    return [_only(one, kept) for one, kept in zip(blocks, before < least, strict=True)]


def _only(block: Matrix, kept: NDArray[np.bool_]) -> Matrix:
    """Return the block with nothing in the rows of the models that are not kept (m,)."""
    lengths = np.diff(block.indptr)
    chosen = np.repeat(kept, lengths)
    bounds = np.cumsum([0, *(lengths * kept)])
    return sparse.csr_matrix((block.data[chosen], block.indices[chosen], bounds), block.shape)


def compact(matrix: Matrix) -> tuple[Matrix, NDArray[np.intp]]:
    """Return the columns that hold anything, (m, kept), and their places (kept,) in rising order.

    Linear in what the matrix holds, however many columns it has.
    """
    places, column = np.unique(matrix.indices, return_inverse=True)
    shape = (matrix.shape[0], len(places))
    kept = sparse.csr_matrix((matrix.data, column, matrix.indptr), shape=shape)
    return kept, places.astype(np.intp)


def weighted_cosine(matrix: Matrix, weights: NDArray[np.float64]) -> Square:
    """Return the cosine of every two rows, (m, m), of log(1 + count) times weight, in 0 to 1.

    `matrix` (m, u) holds counts, `weights` (u,) are not negative; a row of zeros gives zero.
    """
    dampened = matrix.copy()
    dampened.data = np.log1p(dampened.data)
    scaled = sparse.csr_matrix(dampened @ sparse.diags(weights))
    length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    unit = sparse.diags(1 / np.where(length == 0, 1.0, length)) @ scaled
    return np.asarray((unit @ unit.T).todense())


def rare_likeness(rows: list[Ids], question: Question, asked: Ids) -> Square:
    """Return the cosine of what m answers have, (m, m), weighted by rarity on this prompt.

    `rows` holds the things of each answer; those of `asked`, the prompt's, are left out.
    """
    matrix, things = counted(rows)
    weight = rarity(holders(matrix, question.groups), question.lines)
    return weighted_cosine(matrix, weight * ~np.isin(things, asked))


def rarity(held_by: NDArray[np.float64], lines: int) -> NDArray[np.float64]:
    """Return log(lines that answered / lines that have it): what all of them say counts nothing.

    Inverse document frequency (Sparck Jones 1972), with one prompt as the collection.
    """
    return np.log(lines / held_by)

"""Sparse arithmetic that the signals of answers share."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from audit.analysis.signals.contract import Square
from audit.analysis.signals.tokens import Ids

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


def rarity(held_by: NDArray[np.float64], lines: int) -> NDArray[np.float64]:
    """Return log(lines that answered / lines that have it): what all of them say counts nothing.

    Inverse document frequency (Sparck Jones 1972), with one prompt as the collection.
    """
    return np.log(lines / held_by)

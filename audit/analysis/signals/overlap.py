"""Sparse arithmetic that the signals of answers share."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from audit.analysis.signals.contract import Square
from audit.analysis.signals.tokens import Ids

Matrix = sparse.csr_matrix


def counted(rows: list[Ids]) -> tuple[Matrix, Ids]:
    """Return how often each model (m rows) has each of the u things, and the things' numbers."""
    everything = np.concatenate(rows)
    things, place = np.unique(everything, return_inverse=True)
    owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    ones = np.ones(len(everything))
    matrix = sparse.csr_matrix((ones, (owner, place)), shape=(len(rows), len(things)))
    matrix.sum_duplicates()
    return matrix, things


def holders(matrix: Matrix, groups: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return in how many groups of models each thing occurs: (u,).

    Groups, not models: ten versions of one model are one witness.
    """
    size = int(groups.max()) + 1
    ones = np.ones(len(groups))
    gather = sparse.csr_matrix((ones, (groups, np.arange(len(groups)))), shape=(size, len(groups)))
    return np.asarray(((gather @ matrix) > 0).sum(axis=0)).ravel().astype(np.float64)


def weighted_cosine(matrix: Matrix, weights: NDArray[np.float64]) -> Square:
    """Return the cosine of every two rows, log(1 + count) times weight; zero rows give zero."""
    dampened = matrix.copy()
    dampened.data = np.log1p(dampened.data)
    scaled = sparse.csr_matrix(dampened @ sparse.diags(weights))
    length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    unit = sparse.diags(1 / np.where(length == 0, 1.0, length)) @ scaled
    return np.asarray((unit @ unit.T).todense())


def rarity(held_by: NDArray[np.float64], groups: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return log(groups / groups that have it): what all models say counts nothing."""
    return np.log(len(np.unique(groups)) / held_by)

"""Exact nearest neighbours by inner product; the only room that knows faiss."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from audit.analysis.errors import InsufficientDataError

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

# Bounds memory: a search holds a few arrays of these many rows.
_QUERIES = 1024
_BASE = 65536
# Asked for beyond k, so that rows tied at the k-th place are nearly always all in hand.
_SPARE = 16
_UNIT = 1e-3


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each query its k nearest rows of the base, nearest first, the lower position on a tie.

    `similarity` is float32 (q, k), inner products summed in float64; `position` is int64 (q, k).
    """

    similarity: Floats
    position: Places


def nearest(
    queries: Floats, base: Floats | Iterable[Floats], k: int, *, threads: int | None = None
) -> Neighbours:
    """Return the exact k nearest of the base (n, d) for each of the unit queries (q, d).

    The base is an array or its chunks (any sizes, in order), which are read once: memory does not
    grow with n. The result depends on neither chunks nor threads. Raises ValueError for a wrong
    shape, a value not a number or a row not of unit length, and InsufficientDataError if n < k.
    """
    if k < 1:
        raise ValueError(f"k is {k}, and at least one neighbour must be asked for.")
    asked = _checked(queries, None)
    found = Neighbours(np.empty((len(asked), 0), np.float32), np.empty((len(asked), 0), np.int64))
    start = 0
    with _threads(threads):
        for chunk in _chunks(base, asked.shape[1]):
            found = _merged(found, _search(asked, chunk, k), start, k)
            start += len(chunk)
    if start < k:
        raise InsufficientDataError(f"{k} neighbours were asked for among {start} rows.")
    return found


def match_prompts(
    left: Floats, right: Floats, *, threshold: float, threads: int | None = None
) -> tuple[tuple[int, int, float], ...]:
    """Return (row of left, row of right, cosine) for mutual nearest neighbours, by row of left.

    Both are unit rows, (n, d) and (m, d); a pair below the threshold is not returned, and no row
    is in two pairs. Raises ValueError as `nearest` does.
    """
    if len(left) == 0 or len(right) == 0:
        return ()
    there = nearest(left, right, 1, threads=threads)
    back = nearest(right, left, 1, threads=threads).position[:, 0]
    rows = zip(there.position[:, 0].tolist(), there.similarity[:, 0].tolist(), strict=True)
    return tuple(
        (row, other, cosine)
        for row, (other, cosine) in enumerate(rows)
        if back[other] == row and cosine >= threshold
    )


@contextmanager
def _threads(wanted: int | None) -> Iterator[None]:
    """Let faiss use so many threads inside, and as many as before afterwards."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(wanted or before)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _chunks(base: Floats | Iterable[Floats], dimensions: int) -> Iterator[Floats]:
    for part in [base] if isinstance(base, np.ndarray) else base:
        whole = _checked(part, dimensions)
        for start in range(0, len(whole), _BASE):
            yield whole[start : start + _BASE]


def _checked(rows: Floats, dimensions: int | None) -> Floats:
    found = np.ascontiguousarray(rows, np.float32)
    if found.ndim != 2 or found.shape[1] != (dimensions or found.shape[1]):  # noqa: PLR2004 # n x d
        raise ValueError(f"Rows of {dimensions or 'd'} values are needed, not {found.shape}.")
    squares = np.einsum("nd,nd->n", found, found)
    # Written so that a value that is not a number fails too.
    if not np.all(np.abs(squares - 1) <= _UNIT):
        raise ValueError("A row is not of unit length or holds a value that is not a number.")
    return found


def _search(queries: Floats, chunk: Floats, k: int) -> Neighbours:
    """Return the best min(k, n) of one chunk for every query."""
    parts = [
        _search_part(queries[start : start + _QUERIES], chunk, min(k, len(chunk)))
        for start in range(0, len(queries), _QUERIES)
    ]
    if not parts:
        return Neighbours(np.empty((0, k), np.float32), np.empty((0, k), np.int64))
    return Neighbours(
        np.concatenate([part.similarity for part in parts]),
        np.concatenate([part.position for part in parts]),
    )


def _search_part(queries: Floats, chunk: Floats, k: int) -> Neighbours:
    """Search by faiss, sum again in float64, and settle ties that faiss may have cut through."""
    width = min(k + _SPARE, len(chunk))
    rough, places = faiss.knn(queries, chunk, width, metric=faiss.METRIC_INNER_PRODUCT)
    found = _best(_exact(queries, chunk, places), places, k)
    if width == len(chunk):
        return found
    # Twice the bound on the error of a float32 sum of d products of unit rows (Higham 2002, 3.1).
    slack = chunk.shape[1] * np.finfo(np.float32).eps
    for row in np.flatnonzero(rough[:, -1] >= found.similarity[:, -1] - slack):
        every = np.flatnonzero(chunk @ queries[row] >= found.similarity[row, -1] - slack)[None]
        settled = _best(_exact(queries[row : row + 1], chunk, every), every, k)
        found.similarity[row], found.position[row] = settled.similarity[0], settled.position[0]
    return found


def _exact(queries: Floats, chunk: Floats, places: Places) -> Floats:
    """Return the inner products (q, w), summed in float64: the same wherever a row lies."""
    found = np.empty(places.shape, np.float32)
    for row, query in enumerate(queries.astype(np.float64)):
        found[row] = np.einsum("wd,d->w", chunk[places[row]].astype(np.float64), query)
    return found


def _best(similarity: Floats, position: Places, k: int) -> Neighbours:
    """Return the k greatest of each row, the lower position first among equals."""
    order = np.lexsort((position, -similarity), axis=1)[:, :k]
    return Neighbours(
        np.take_along_axis(similarity, order, axis=1), np.take_along_axis(position, order, axis=1)
    )


def _merged(found: Neighbours, more: Neighbours, start: int, k: int) -> Neighbours:
    return _best(
        np.concatenate([found.similarity, more.similarity], axis=1),
        np.concatenate([found.position, more.position + start], axis=1),
        k,
    )

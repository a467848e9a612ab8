import numpy as np
import pytest

from audit.analysis import index
from audit.analysis.errors import InsufficientDataError


def units(seed: int, rows: int, dimensions: int = 48) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((rows, dimensions))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def by_hand(queries: np.ndarray, base: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """All inner products in float64, sorted by value and then by position."""
    # One product at a time: BLAS may round equal rows differently where they lie.
    every = np.array([[np.einsum("d,d->", q, b) for b in base] for q in queries.astype(float)])
    every = every.astype(np.float32)
    order = np.array([np.lexsort((np.arange(len(base)), -row))[:k] for row in every])
    return np.take_along_axis(every, order, axis=1), order


def in_chunks(base: np.ndarray, size: int):
    return (base[start : start + size] for start in range(0, len(base), size))


@pytest.mark.parametrize("k", [1, 5, 40])
def test_neighbours_are_those_of_brute_force(k):
    queries, base = units(1, 30), units(2, 700)
    found = index.nearest(queries, base, k)
    similarity, position = by_hand(queries, base, k)
    assert np.array_equal(found.position, position)
    assert found.similarity == pytest.approx(similarity, abs=1e-7)
    assert (found.similarity.dtype, found.position.dtype) == (np.float32, np.int64)


def test_of_equal_rows_the_lower_positions_are_returned_in_order():
    # Far more copies than the search holds spare: the tie cuts through every k below.
    base = np.tile(units(3, 5), (60, 1))
    queries = base[:5]
    for k in (1, 7, 25, 59):
        found = index.nearest(queries, base, k)
        assert np.array_equal(found.position, [range(row, 300, 5)[:k] for row in range(5)])


def test_near_ties_among_many_copies_agree_with_brute_force():
    distinct = units(4, 40)
    base = distinct[np.random.default_rng(5).integers(0, 40, 900)]
    queries = np.concatenate([distinct[:10], units(6, 10)])
    found = index.nearest(queries, base, 33)
    _, position = by_hand(queries, base, 33)
    assert np.array_equal(found.position, position)


@pytest.mark.parametrize("size", [1, 3, 64, 10_000])
def test_chunks_and_threads_change_nothing(size, monkeypatch):
    base = np.concatenate([units(7, 150), np.tile(units(8, 1), (60, 1)), units(9, 90)])
    queries = np.concatenate([units(8, 1), units(10, 12)])
    whole = index.nearest(queries, base, 12, threads=1)
    monkeypatch.setattr(index, "_BASE", 37)
    monkeypatch.setattr(index, "_QUERIES", 5)
    found = index.nearest(queries, in_chunks(base, size), 12, threads=2)
    assert np.array_equal(found.position, whole.position)
    assert np.array_equal(found.similarity, whole.similarity)


def test_no_queries_have_no_neighbours():
    found = index.nearest(units(1, 0), units(2, 9), 4)
    assert (found.similarity.shape, found.position.shape) == ((0, 4), (0, 4))


def test_too_small_a_base_is_refused():
    with pytest.raises(InsufficientDataError, match="5 neighbours were asked for among 4 rows"):
        index.nearest(units(1, 2), iter([units(2, 3), units(3, 1)]), 5)
    with pytest.raises(InsufficientDataError):
        index.nearest(units(1, 2), iter([]), 1)


def spoilt(value: float) -> np.ndarray:
    rows = units(11, 4)
    rows[2, 3] = value
    return rows


@pytest.mark.parametrize(
    ("queries", "base", "k"),
    [
        (units(1, 2), units(2, 9, dimensions=47), 1),
        (units(1, 2)[0], units(2, 9), 1),
        (units(1, 2), units(2, 9), 0),
        (units(1, 2), spoilt(np.nan), 1),
        (spoilt(np.inf), units(2, 9), 1),
        (units(1, 2), units(2, 9) * np.float32(1.01), 1),
        (np.zeros((1, 48), np.float32), units(2, 9), 1),
    ],
    ids=["dimensions", "flat", "k", "nan", "infinite", "long", "zero"],
)
def test_wrong_input_is_refused(queries, base, k):
    with pytest.raises(ValueError, match=r".+"):
        index.nearest(queries, base, k)


def test_prompts_are_matched_when_each_is_the_others_nearest():
    left = units(12, 20)
    noisy = left[[4, 9, 0]] + 0.05 * units(13, 3)
    right = np.concatenate([units(14, 5), noisy / np.linalg.norm(noisy, axis=1, keepdims=True)])
    found = index.match_prompts(left, right, threshold=0.9)
    assert [(row, other) for row, other, _ in found] == [(0, 7), (4, 5), (9, 6)]
    assert all(0.99 < cosine <= 1.0 for _, _, cosine in found)
    assert index.match_prompts(left, right, threshold=1.01) == ()


def test_no_row_is_matched_twice_even_among_copies():
    one = units(15, 1)
    assert [
        pair[:2]
        for pair in index.match_prompts(np.tile(one, (3, 1)), np.tile(one, (4, 1)), threshold=0.5)
    ] == [(0, 0)]
    assert index.match_prompts(one, units(1, 0), threshold=0.5) == ()


def test_the_threads_of_faiss_are_given_back():
    before = index.faiss.omp_get_max_threads()
    index.nearest(units(1, 2), units(2, 9), 1, threads=before + 1)
    assert index.faiss.omp_get_max_threads() == before

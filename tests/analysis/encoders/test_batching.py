import numpy as np
import pytest

from audit.analysis.encoders.batching import Padding, batches, encode_in_order
from audit.analysis.errors import EncoderError

PADDING = Padding(token=9, budget=64, longest=40)


def tokens_of(*lengths: int) -> list[np.ndarray]:
    return [np.full(length, 1 + place, np.int64) for place, length in enumerate(lengths)]


def test_every_text_is_in_one_batch_within_the_budget_and_the_widest_come_first():
    lengths = [1, 40, 16, 17, 33, 2, 3, 4, 5, 6]
    found = list(batches(tokens_of(*lengths), PADDING))
    assert sorted(np.concatenate([batch.rows for batch in found]).tolist()) == list(range(10))
    widths = [batch.ids.shape[1] for batch in found]
    assert widths == [40, 40, 32, 16, 16]
    assert all(batch.ids.size <= 64 for batch in found)


def test_the_width_of_a_text_does_not_follow_from_its_company():
    def width(*others: int) -> int:
        found = batches(tokens_of(19, *others), PADDING)
        return next(batch.ids.shape[1] for batch in found if 0 in batch.rows)

    assert {width(), width(1), width(32, 31), width(40, 2, 18)} == {32}


@pytest.mark.parametrize("left", [False, True])
def test_padding_is_masked_on_its_side(left):
    padding = Padding(token=9, budget=64, longest=40, left=left)
    (batch,) = batches([np.array([5, 6], np.int64)], padding)
    filled = [9] * 14
    assert batch.ids.tolist() == [[*filled, 5, 6] if left else [5, 6, *filled]]
    assert batch.mask.tolist() == [[0] * 14 + [1, 1] if left else [1, 1] + [0] * 14]


def test_halves_hold_the_same_texts():
    (batch,) = batches(tokens_of(3, 4, 5), PADDING)
    first, second = batch.halves()
    assert np.array_equal(np.concatenate([first.rows, second.rows]), batch.rows)
    assert np.array_equal(np.concatenate([first.ids, second.ids]), batch.ids)
    assert np.array_equal(np.concatenate([first.mask, second.mask]), batch.mask)


def by_length(texts):
    return [np.ones(len(text), np.int64) for text in texts]


def test_vectors_come_back_in_order_with_each_distinct_text_run_once():
    seen = []

    def run(found, into):
        for batch in found:
            seen.extend(batch.rows.tolist())
            lengths = batch.mask.sum(axis=1)
            into[batch.rows] = np.stack([lengths, np.full_like(lengths, 4)], axis=1)

    vectors = encode_in_order(["aaa", "b" * 30, "aaa"], 2, by_length, PADDING, run)
    assert vectors[0] == pytest.approx([0.6, 0.8])
    assert np.array_equal(vectors[0], vectors[2])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1])
    assert sorted(seen) == [0, 1]
    assert encode_in_order([], 2, by_length, PADDING, run).shape == (0, 2)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_a_vector_without_direction_is_refused(value):
    def run(found, into):
        for batch in found:
            into[batch.rows] = value

    with pytest.raises(EncoderError, match="without length or with a value not a number"):
        encode_in_order(["a"], 2, by_length, PADDING, run)

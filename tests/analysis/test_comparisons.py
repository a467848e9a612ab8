import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.analysis.comparisons import prompt_similarity, shared_passages, without_layout


def test_similarity_is_the_cosine_of_each_pair_on_each_prompt():
    vectors = np.random.default_rng(1).normal(size=(3, 5, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    similarity = prompt_similarity(vectors)
    assert similarity.shape == (5, 3, 3)
    assert similarity[4, 0, 2] == pytest.approx(float(vectors[0, 4] @ vectors[2, 4]), abs=1e-6)


def test_taking_layout_out_is_the_residual_of_least_squares_with_prompt_effects():
    rng = np.random.default_rng(2)
    layout = rng.normal(size=(12, 4, 4))
    layout += layout.transpose(0, 2, 1)
    similarity = 0.3 * layout + rng.normal(size=(12, 4, 4))
    similarity += similarity.transpose(0, 2, 1)
    first, second = np.triu_indices(4, k=1)
    dummies = np.repeat(np.eye(12), len(first), axis=0)
    design = np.column_stack([layout[:, first, second].ravel(), dummies])
    slope = np.linalg.lstsq(design, similarity[:, first, second].ravel(), rcond=None)[0][0]
    assert without_layout(similarity, layout) == pytest.approx(similarity - slope * layout)


def test_layout_that_never_differs_changes_nothing():
    similarity = np.random.default_rng(2).normal(size=(3, 4, 4))
    assert without_layout(similarity, np.zeros((3, 4, 4))) == pytest.approx(similarity)


def test_shared_passages_give_their_places_in_both_texts():
    left = "He said: the quick brown fox jumps over it."
    right = "Look, The Quick brown fox jumps again."
    (only,) = shared_passages(left, right, prompt="Tell a tale.", least_words=4)
    assert left[only.left_start : only.left_end] == "the quick brown fox jumps"
    assert right[only.right_start : only.right_end] == "The Quick brown fox jumps"
    assert only.words == 5


def test_a_passage_that_the_prompt_already_has_is_not_shared():
    prompt = "Explain why the quick brown fox jumps."
    left = "Indeed, why the quick brown fox jumps is a riddle."
    right = "Nobody knows why the quick brown fox jumps so often."
    assert shared_passages(left, right, prompt=prompt, least_words=4) == ()
    assert shared_passages(left, right, prompt="Explain it.", least_words=4) != ()


@given(st.text(max_size=200), st.text(max_size=200))
def test_passages_of_any_texts_lie_within_them_and_agree(left, right):
    for one in shared_passages(left, right, prompt="", least_words=1):
        assert 0 <= one.left_start < one.left_end <= len(left)
        assert 0 <= one.right_start < one.right_end <= len(right)

"""The classifier of sources against scikit-learn's, fold by fold."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.naive_bayes import MultinomialNB

from audit.analysis.signals.contract import Deeds
from audit.analysis.signals.source_classifier import log_rates, source_votes

GROUPS = np.array([0, 0, 1, 2, 2, 3])


def drawn(seed: int, blocks: int = 7, words: int = 40) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    taste = rng.dirichlet(np.full(words, 2.0), len(GROUPS))
    return [np.array([rng.multinomial(60, one) for one in taste]) for _ in range(blocks)]


def deeds(blocks: list[np.ndarray], groups: np.ndarray = GROUPS) -> Deeds:
    return Deeds([sparse.csr_matrix(one.astype(np.float32)) for one in blocks], groups)


def votes_by_scikit_learn(blocks: list[np.ndarray], suspect: int) -> np.ndarray:
    votes = np.zeros(len(GROUPS))
    classes = np.flatnonzero(GROUPS[suspect] != GROUPS)
    for first in (0, 1):
        trained, asked = blocks[first::2], blocks[1 - first :: 2]
        known = np.vstack([one[classes] for one in trained])
        model = MultinomialNB(fit_prior=False).fit(known, np.tile(classes, len(trained)))
        for one in model.predict(np.array([block[suspect] for block in asked])):
            votes[one] += 1
    return votes / len(blocks)


@pytest.mark.parametrize("seed", range(4))
def test_votes_are_those_of_scikit_learn_without_the_suspects_line(seed: int) -> None:
    blocks = drawn(seed)
    found = source_votes(deeds(blocks))
    for suspect in range(len(GROUPS)):
        assert np.allclose(found[suspect], votes_by_scikit_learn(blocks, suspect))


def test_a_model_that_says_much_is_known_from_no_more_than_the_others() -> None:
    """The last model says ten times as much: the first trained block of each half will do."""
    blocks = drawn(10)
    for one in blocks:
        one[5] *= 10
    alone = [one.copy() for one in blocks]
    for one in alone[2:]:
        one[5] = 0
    found = source_votes(deeds(blocks))
    for suspect in range(5):
        known = votes_by_scikit_learn(alone, suspect)
        assert np.allclose(found[suspect], known), suspect


def test_log_rates_are_those_of_scikit_learn() -> None:
    counts = drawn(9)[0]
    model = MultinomialNB(fit_prior=False).fit(counts, range(len(counts)))
    assert np.allclose(log_rates(counts.astype(np.float64)), model.feature_log_prob_)


def test_the_suspects_own_line_is_never_named() -> None:
    found = source_votes(deeds(drawn(5)))
    assert not found[GROUPS[:, None] == GROUPS[None, :]].any()
    assert np.allclose(found.sum(axis=1), 1)


def test_the_votes_of_a_suspect_do_not_hang_on_the_rest_of_its_line() -> None:
    blocks = drawn(6)
    other = [one.copy() for one in blocks]
    for one in other:
        one[1] = one[1][::-1]
    assert np.array_equal(source_votes(deeds(blocks))[0], source_votes(deeds(other))[0])


def test_what_is_peculiar_to_one_prompt_teaches_nothing() -> None:
    """Two models share rare words in every block, but never the same words in two blocks."""
    blocks = [np.tile(np.full(40, 5), (len(GROUPS), 1)) for _ in range(8)]
    for place, block in enumerate(blocks):
        block[[2, 5], place] = 50
    found = source_votes(deeds(blocks))
    assert found[5, 2] < 1
    steady = [one.copy() for one in blocks]
    for block in steady:
        block[[2, 5], 20] = 50
    assert source_votes(deeds(steady))[5, 2] == 1


def test_a_block_without_an_answer_or_with_a_tie_votes_for_nobody() -> None:
    blocks = drawn(7)
    blocks[3][2] = 0
    assert source_votes(deeds(blocks))[2].sum() == pytest.approx(6 / 7)
    twins = [one.copy() for one in drawn(8)]
    for one in twins:
        one[4] = one[3]
    assert not source_votes(deeds(twins))[:3, 3:5].any()


def test_one_block_is_not_enough() -> None:
    assert not source_votes(deeds(drawn(1, blocks=1))).any()

import numpy as np
import pytest
from scipy import stats

from audit.analysis.alternatives import Status
from audit.analysis.alternatives.convergence import examine_convergence
from tests.analysis.alternatives.making import evidence_of, latent, likeness

PROMPTS = 60


def examined(rng, models, links, **parameters):
    evidence = evidence_of(likeness(latent(rng, PROMPTS, models, links)), **parameters)
    return examine_convergence(evidence, np.random.default_rng(1))


def test_the_rank_among_pairs_is_uniform_where_all_models_are_alike():
    # Seven models have 21 pairs, and each rank of the one in question has the same chance.
    rng = np.random.default_rng(9)
    ranks = [round(21 * examined(rng, 7, {}, bootstrap_rounds=100).p_value) for _ in range(420)]
    assert stats.chisquare(np.bincount(ranks, minlength=22)[1:]).pvalue > 0.01


def test_it_is_uniform_where_controls_have_likings_for_each_other():
    rng = np.random.default_rng(10)
    low = 0
    for _ in range(400):
        likings = rng.standard_t(3, size=(7, 7)) * 0.05
        similarity = likings + likings.T + likeness(latent(rng, PROMPTS, 7))
        evidence = evidence_of(similarity, bootstrap_rounds=100)
        low += examine_convergence(evidence, rng).p_value <= 2 / 21 + 1e-9
    assert stats.binomtest(low, 400, 2 / 21).pvalue > 0.01


def test_a_pair_that_stands_clear_of_all_is_reduced_and_never_excluded():
    found = examined(np.random.default_rng(1), 9, {0: {1: 0.6}})
    assert found.status is Status.REDUCED
    assert found.p_value == pytest.approx(1 / 36)
    assert found.why.startswith("Reduced, not excluded")
    assert "0 of 21 (0.00) pairs of controls" in found.why


def test_two_controls_as_near_leave_it_open():
    found = examined(np.random.default_rng(1), 9, {0: {1: 0.5}, 4: {5: 0.6}})
    assert found.status is Status.NOT_EXCLUDED
    assert "(control-4, control-5)" in found.why
    assert found.statistic < 0


def test_a_lead_that_other_prompts_could_turn_leaves_it_open():
    found = examined(np.random.default_rng(1), 9, {0: {1: 0.5}, 4: {5: 0.49}})
    assert found.p_value == pytest.approx(1 / 36)
    assert found.status is Status.NOT_EXCLUDED


def test_a_pair_like_any_other_is_support():
    found = examined(np.random.default_rng(1), 9, {0: {7: 0.7}, 1: {8: 0.7}})
    assert found.status is Status.SUPPORTED


@pytest.mark.parametrize("models", [2, 3])
def test_without_a_pair_of_controls_nothing_is_tested(models):
    assert examined(np.random.default_rng(1), models, {}).status is Status.NOT_TESTABLE

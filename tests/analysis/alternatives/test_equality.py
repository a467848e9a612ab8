import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import hamming

from audit.analysis.alternatives import Declared, Status
from audit.analysis.alternatives.equality import (
    LENGTH,
    examine_equality,
    hamming_similarity,
    runs_apart,
)
from tests.analysis.alternatives.making import evidence_of, sampled_texts

PROMPTS = 40
# The places of a case: suspect, teacher, its second run, and two controls.
SECOND_RUN = Declared(rerun_of_teacher=(2,))
THE_TEACHER, ANOTHER = (1, 1, 1, 2, 3), (0, 1, 1, 2, 3)


def examined(texts, declared=SECOND_RUN, seed=1):
    return examine_equality(
        evidence_of(texts=texts, declared=declared), np.random.default_rng(seed)
    )


def test_hamming_similarity_is_scipys_where_lengths_are_equal():
    left, right = "The Nile flows north.", "The Neva flows west.."
    oracle = 1 - hamming(list(left), list(right))
    assert hamming_similarity(left, right) == pytest.approx(oracle)
    assert hamming_similarity(left, left) == 1
    assert hamming_similarity("ab", "abcd") == 0.5
    assert hamming_similarity("", "") == 0
    assert hamming_similarity("a" * LENGTH + "b", "a" * LENGTH + "c") == 1


@pytest.mark.parametrize("runs", [2, 3])
def test_relabellings_are_ordered_as_by_the_maximum_mean_discrepancy(runs):
    texts = sampled_texts(np.random.default_rng(4), (0, *[1] * runs), PROMPTS)
    again = Declared(rerun_of_teacher=tuple(range(2, runs + 1)))
    apart = runs_apart(evidence_of(texts=texts, declared=again), 0)
    discrepancy = np.empty_like(apart)
    for prompt in range(PROMPTS):
        kernel = np.array(
            [[hamming_similarity(one[prompt], other[prompt]) for other in texts] for one in texts]
        )
        for label in range(runs + 1):
            rest = [one for one in range(runs + 1) if one != label]
            # The unbiased estimate of Gretton et al. (2012) with one answer on one side.
            among = kernel[np.ix_(rest, rest)].sum() - np.trace(kernel[np.ix_(rest, rest)])
            discrepancy[prompt, label] = (
                among / (runs * (runs - 1)) - 2 * kernel[label, rest].mean()
            )
    ours, theirs = (each - each.mean(axis=1, keepdims=True) for each in (apart, discrepancy))
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] == pytest.approx(1)


def test_p_values_are_uniform_where_suspect_and_teacher_are_one_model():
    rng = np.random.default_rng(11)
    drawn = [
        examined(sampled_texts(rng, (1, 1, 1), PROMPTS), seed=one).p_value for one in range(200)
    ]
    assert stats.kstest(drawn, "uniform").pvalue > 0.01


def test_another_model_is_excluded_only_under_the_conditions_that_are_said():
    found = examined(sampled_texts(np.random.default_rng(1), ANOTHER, PROMPTS))
    assert found.status is Status.EXCLUDED
    assert found.p_value == 1 / 10_000
    assert found.statistic > 0
    assert "Excluded at level 0.05" in found.why
    assert "under another system prompt" in found.why


def test_the_teacher_itself_is_supported_where_every_control_is_told_apart():
    found = examined(sampled_texts(np.random.default_rng(1), THE_TEACHER, PROMPTS))
    assert found.status is Status.SUPPORTED
    assert found.p_value > 0.05
    assert "tells 2 of 2 controls" in found.why


def test_a_test_that_does_not_tell_a_control_apart_supports_nothing():
    found = examined(sampled_texts(np.random.default_rng(3), (1, 1, 1, 1, 2), PROMPTS))
    assert found.status is Status.NOT_EXCLUDED
    assert "tells 1 of 2 controls" in found.why


def test_without_a_second_run_nothing_is_tested():
    found = examined(sampled_texts(np.random.default_rng(1), (0, 1, 2, 3), PROMPTS), Declared())
    assert (found.status, found.statistic, found.p_value) == (Status.NOT_TESTABLE, None, None)
    assert "second run of the teacher" in found.needs


def test_a_second_run_that_repeats_the_first_is_none():
    texts = sampled_texts(np.random.default_rng(1), ANOTHER, PROMPTS)
    texts[2] = [one.upper() for one in texts[1]]
    found = examined(texts)
    assert found.status is Status.NOT_TESTABLE
    assert "control-2 repeats another run" in found.why


def test_the_teachers_own_words_are_support_without_any_test():
    texts = sampled_texts(np.random.default_rng(1), ANOTHER, PROMPTS)
    texts[0] = [*(f"{one}!" for one in texts[1][:25]), *texts[0][25:]]
    found = examined(texts, Declared())
    assert found.status is Status.SUPPORTED
    assert "the same words in 25 of 40 (0.62)" in found.why


def test_prompts_without_an_answer_do_not_count():
    texts = sampled_texts(np.random.default_rng(1), ANOTHER, PROMPTS)
    gapped = [row + [""] * 9 for row in texts]
    assert examined(gapped) == examined(texts)
    few = [[*row[:20], *[""] * 20] if place == 2 else row for place, row in enumerate(texts)]
    found = examined(few)
    assert found.status is Status.NOT_TESTABLE
    assert "too few prompts" in found.why

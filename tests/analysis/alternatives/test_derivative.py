import numpy as np
import pytest
from scipy import stats

from audit.analysis.alternatives import Declared, Status
from audit.analysis.alternatives.derivative import RUN, examine_derivative, exclusive_runs
from tests.analysis.alternatives.making import evidence_of

PROMPTS = 40


def written(rng, models, shares, prompts=PROMPTS):
    """Random words, and runs that two models share in so many prompts and no other model has."""
    texts = [[list(_words(rng, 20)) for _ in range(prompts)] for _ in range(models)]
    for pair, share in shares.items():
        for prompt in np.flatnonzero(rng.random(prompts) < share):
            run = list(_words(rng, RUN + 2))
            for place in pair:
                texts[place][prompt] += run
    return [[" ".join(words) for words in row] for row in texts]


def _words(rng, count):
    return (f"w{number}" for number in rng.integers(10**6, size=count))


def examined(texts, declared=None, seed=1):
    return examine_derivative(
        evidence_of(texts=texts, declared=declared), np.random.default_rng(seed)
    )


def noise(models, share=0.1):
    return {(one, other): share for one in range(models) for other in range(one)}


def test_a_run_counts_if_two_models_have_it_and_neither_prompt_nor_any_other_has():
    run = "one two three four five six seven eight"
    asked, common = "nine " + run, "a b c d e f g h"
    short = " ".join(run.split()[:7])
    texts = [
        [f"{run.upper()}!", run, run, short, common],
        [f"So: {run}.", f"x {run}", f"x {run}", short, common],
        ["other", "other", f"y {run}", "other", common],
        ["else"] * 5,
    ]
    evidence = evidence_of(texts=texts, prompts=["?", asked, "?", "?", "?"])
    shared = exclusive_runs(evidence, (0, 1, 2, 3), np.arange(5))
    assert np.argwhere(shared).tolist() == [[0, 0, 1], [0, 1, 0]]


def test_a_model_made_from_a_control_is_found_and_named():
    texts = written(np.random.default_rng(2), 9, noise(9) | {(4, 0): 0.6, (1, 0): 0.2})
    found = examined(texts)
    assert found.status is Status.SUPPORTED
    assert "most long runs with control-4" in found.why
    # The control has the runs of the pair too: the suspect is second at best among 8.
    assert found.p_value == pytest.approx(2 / 8)
    assert "control-4" in found.needs


def test_long_runs_of_the_teacher_leave_both_open():
    found = examined(written(np.random.default_rng(2), 9, noise(9) | {(1, 0): 0.6}))
    assert found.status is Status.NOT_EXCLUDED
    assert found.p_value == pytest.approx(1 / 8)
    assert "of further training of its weights alike" in found.why


def test_a_nearest_control_that_is_not_beyond_others_is_no_support():
    shares = noise(9) | {(4, 0): 0.4, (6, 5): 0.9}
    found = examined(written(np.random.default_rng(2), 9, shares))
    assert found.status is Status.NOT_EXCLUDED
    assert "rank 4 of 8" in found.why


def test_models_with_a_declared_tie_do_not_void_the_teachers_runs():
    texts = written(np.random.default_rng(2), 9, noise(9) | {(1, 0): 0.6})
    texts[3] = texts[1]
    assert "with control" in examined(texts).why
    versions = Declared(versions_of_teacher=(3,))
    assert "most long runs with teacher" in examined(texts, versions).why


def test_the_rank_is_no_oftener_high_than_it_says_though_the_nearest_is_chosen():
    rng = np.random.default_rng(8)
    drawn = []
    for _ in range(300):
        shares = {pair: rng.beta(1, 6) for pair in noise(8)}
        drawn.append(examined(written(rng, 8, shares, 30)).p_value)
    for level in (1 / 7, 2 / 7, 3 / 7):
        hits = sum(p_value <= level + 1e-9 for p_value in drawn)
        assert stats.binomtest(hits, 300, level, alternative="greater").pvalue > 0.01


@pytest.mark.parametrize(("models", "prompts"), [(3, PROMPTS), (9, 29)])
def test_too_little_material_is_not_tested(models, prompts):
    found = examined(written(np.random.default_rng(2), models, {}, prompts))
    assert found.status is Status.NOT_TESTABLE
    assert "At least 2 controls without a declared tie, and 30 prompts" in found.needs

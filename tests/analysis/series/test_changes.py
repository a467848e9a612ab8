"""Changes between releases, held against scipy's own tests."""

import numpy as np
import pytest
from scipy import stats

from audit.analysis.errors import InsufficientDataError
from audit.analysis.series.changes import Release, change, changes, noise_of


def release(name, values, first=0):
    return Release(name, {f"prompt {first + n}": float(one) for n, one in enumerate(values)})


def test_the_fourth_release_alone_stands_out():
    rng = np.random.default_rng(8)
    base = rng.normal(size=120)
    means = [0, 0, 0, 0.5, 0.5, 0.5]
    releases = [
        release(f"release {n}", base + mean + 0.3 * rng.normal(size=120))
        for n, mean in enumerate(means, start=1)
    ]
    found = changes(releases, rng, alpha=0.05)
    assert [one.stands for one in found] == [False, False, True, False, False]
    assert [one.level for one in found] == pytest.approx(
        [0.05 / (k * (k + 1)) for k in range(1, 6)]
    )
    there = found[2]
    assert (there.before, there.after) == ("release 3", "release 4")
    assert there.difference.low < 0.5 < there.difference.high


def test_p_values_are_those_of_scipys_permutation_test():
    rng = np.random.default_rng(9)
    one, other = rng.normal(size=40), rng.normal(size=40) + 0.3
    (found,) = changes([release("a", one), release("b", other)], rng, alpha=0.05)
    theirs = stats.permutation_test(
        (one, other),
        lambda x, y, axis: np.mean(y - x, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=9_999,
        rng=rng,
    )
    assert found.p_value == pytest.approx(theirs.pvalue, abs=0.02)


def test_only_prompts_of_both_are_paired():
    rng = np.random.default_rng(10)
    one, other = release("a", np.zeros(50)), release("b", np.ones(60), first=10)
    (found,) = changes([one, other], rng, alpha=0.05)
    assert (found.prompts, found.left_out) == (40, 30)
    assert found.difference.estimate == 1.0


def test_too_few_shared_prompts_are_refused():
    rng = np.random.default_rng(11)
    with pytest.raises(InsufficientDataError, match="share 29 prompts"):
        changes([release("a", np.zeros(29)), release("b", np.zeros(40))], rng, alpha=0.05)


def test_noise_covers_what_asking_again_alone_does():
    rng = np.random.default_rng(12)
    inside = 0
    for _ in range(300):
        base = rng.normal(size=80)
        runs = [release("a", base + 0.4 * rng.normal(size=80)) for _ in range(3)]
        noise = noise_of(runs[0], runs[1])
        differences = [
            runs[2].by_prompt[key] - runs[0].by_prompt[key] for key in runs[0].by_prompt
        ]
        inside += abs(np.mean(differences)) <= noise
    assert 0.91 <= inside / 300 <= 0.99


def test_a_change_within_the_noise_does_not_stand():
    rng = np.random.default_rng(13)
    base = rng.normal(size=200)
    shifted = base + 0.05 + 0.01 * rng.normal(size=200)
    pair = [release("a", base), release("b", shifted)]
    assert changes(pair, rng, alpha=0.05)[0].stands
    assert not changes(pair, rng, alpha=0.05, noise=0.1)[0].stands


@pytest.mark.parametrize("look", [1, 20, 40])
def test_a_late_look_can_still_stand(look):
    rng = np.random.default_rng(14)
    base = rng.normal(size=60)
    pair = release("a", base), release("b", base + 1 + 0.1 * rng.normal(size=60))
    found = change(*pair, rng, look=look, alpha=0.05)
    assert found.stands, (found.p_value, found.level)

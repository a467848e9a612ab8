from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audit.analysis.errors import InsufficientDataError, WrongSettingError
from audit.analysis.trials.sizes import nested_controls, nested_prompts


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


GROUPS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=20)


@given(groups=GROUPS, seed=st.integers(0, 99))
def test_a_larger_sample_holds_each_smaller_one(groups: list[str], seed: int):
    sizes = range(1, len(groups) + 1)
    for samples in (
        nested_prompts(len(groups), sizes, rng(seed)),
        nested_controls(groups, sizes, rng(seed)),
    ):
        assert [len(set(sample.tolist())) for sample in samples] == list(sizes)
        assert all(np.array_equal(sample, np.sort(sample)) for sample in samples)
        for smaller, larger in pairwise(samples):
            assert set(smaller.tolist()) < set(larger.tolist())


def test_samples_come_in_the_order_asked_for():
    samples = nested_prompts(100, [50, 5, 20], rng())
    assert [len(sample) for sample in samples] == [50, 5, 20]
    assert nested_prompts(100, [], rng()) == ()


def test_every_prompt_is_as_likely_to_be_drawn():
    drawn = [nested_prompts(10, [3], rng(seed))[0] for seed in range(2000)]
    assert stats.chisquare(np.bincount(np.concatenate(drawn), minlength=10)).pvalue > 0.001


@given(groups=GROUPS, seed=st.integers(0, 99))
def test_no_group_gives_another_control_while_one_has_takenfewer(groups: list[str], seed: int):
    have = Counter(groups)
    for sample in nested_controls(groups, range(1, len(groups) + 1), rng(seed)):
        taken = Counter(groups[place] for place in sample)
        most = max(taken.values())
        assert all(taken[group] >= min(most - 1, have[group]) for group in have)


def test_a_large_group_is_no_more_likely_to_come_first():
    groups = ["large"] * 8 + ["small", "other"]
    firsts = Counter(groups[nested_controls(groups, [1], rng(seed))[0][0]] for seed in range(1500))
    assert stats.chisquare(list(firsts.values())).pvalue > 0.001


def test_every_control_of_a_group_is_as_likely_to_stand_for_it():
    firsts = Counter(int(nested_controls(["a"] * 5, [1], rng(s))[0][0]) for s in range(1500))
    assert stats.chisquare([firsts[place] for place in range(5)]).pvalue > 0.001


@pytest.mark.parametrize(
    "draw",
    [lambda n: nested_prompts(4, [2, n], rng()), lambda n: nested_controls("aabb", [2, n], rng())],
)
def test_sizes_that_cannot_be_are_refused(draw):
    with pytest.raises(InsufficientDataError, match="cannot be drawn from 4"):
        draw(5)
    with pytest.raises(WrongSettingError, match="Set 1 or more"):
        draw(0)

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audit.analysis.errors import InsufficientDataError, WrongSettingError
from audit.analysis.trials.dose import mix, shuffle_prompts


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def replaced(n: int, share: float, seed: int) -> set[int]:
    mixed = mix(["own"] * n, ["other"] * n, share, rng(seed))
    return {place for place, answer in enumerate(mixed) if answer == "other"}


@given(n=st.integers(0, 200), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_exactly_the_share_is_replaced(n: int, share: float, seed: int):
    assert len(replaced(n, share, seed)) == round(share * n)


@given(
    n=st.integers(0, 200),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    seed=st.integers(0, 99),
)
def test_a_smaller_share_lies_within_a_larger(n: int, shares: tuple[float, float], seed: int):
    assert replaced(n, min(shares), seed) <= replaced(n, max(shares), seed)


def test_each_answer_stays_at_its_prompt_and_a_missing_one_stays_missing():
    own, other = [f"own {n}" for n in range(50)], [f"other {n}" for n in range(50)]
    own[3] = other[4] = None
    mixed = mix(own, other, 0.5, rng())
    assert all(answer in {own[n], other[n]} for n, answer in enumerate(mixed))
    assert mix(own, other, 0, rng()) == tuple(own)
    assert mix(own, other, 1, rng()) == tuple(other)


def test_every_prompt_is_as_likely_to_be_replaced():
    counts = Counter(place for seed in range(2000) for place in replaced(10, 0.3, seed))
    assert stats.chisquare([counts[place] for place in range(10)]).pvalue > 0.001


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share: float):
    with pytest.raises(WrongSettingError, match="from 0 to 1"):
        mix(["a"], ["b"], share, rng())


def test_answers_to_different_prompts_are_not_mixed():
    with pytest.raises(WrongSettingError, match="to 2 and to 1 prompts"):
        mix(["a", "b"], ["c"], 0.5, rng())


@given(n=st.integers(2, 60), seed=st.integers(0, 99))
def test_no_answer_stands_at_its_own_prompt(n: int, seed: int):
    answers = [str(place) for place in range(n)]
    shuffled = shuffle_prompts(answers, rng(seed))
    assert sorted(shuffled) == sorted(answers)
    assert all(one != other for one, other in zip(answers, shuffled, strict=True))


def test_all_derangements_are_as_likely():
    counts = Counter(shuffle_prompts("abcd", rng(seed)) for seed in range(3600))
    # The subfactorial of 4.
    assert len(counts) == 9
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_one_answer_has_no_other_prompt():
    assert shuffle_prompts((), rng()) == ()
    with pytest.raises(InsufficientDataError, match="two answers or more"):
        shuffle_prompts(["a"], rng())

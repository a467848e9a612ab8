"""Sentinel prompts: the same model passes at the level, another is found."""

import numpy as np
import pytest
from scipy import stats

from audit.analysis.errors import InsufficientDataError
from audit.analysis.series.sentinels import sentinel_p_value

WORDS = ("river", "stone", "light", "bread", "glass", "evening", "hill", "rain")


def answers(rng, prompts, repeats, words=WORDS):
    return {
        f"prompt {number}": [" ".join(rng.choice(words, size=6)) for _ in range(repeats)]
        for number in range(prompts)
    }


def test_p_values_of_the_same_model_are_uniform():
    rng = np.random.default_rng(2)
    found = [
        sentinel_p_value(answers(rng, 5, 3), answers(rng, 5, 3), rng, rounds=199)
        for _ in range(120)
    ]
    assert stats.kstest(found, "uniform").pvalue > 0.01
    assert np.mean(np.array(found) <= 0.05) <= 0.11


def test_another_model_is_found():
    rng = np.random.default_rng(3)
    now = answers(rng, 10, 3, words=("moss", "iron", "sand", "wind"))
    assert sentinel_p_value(answers(rng, 10, 3), now, rng, rounds=9_999) < 0.001


def test_prompts_of_one_side_alone_say_nothing():
    rng = np.random.default_rng(4)
    before, now = answers(rng, 6, 2), answers(rng, 6, 2)
    more = now | {"only now": ["moss", "moss"]}
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    assert sentinel_p_value(before, now, one, rounds=99) == sentinel_p_value(
        before, more, other, rounds=99
    )


@pytest.mark.parametrize("now", [{}, {"a": []}, {"a": ["one"]}])
def test_too_few_answers_are_refused(now):
    with pytest.raises(InsufficientDataError, match="at least twice"):
        sentinel_p_value({"a": ["one"]}, now, np.random.default_rng(0), rounds=9)

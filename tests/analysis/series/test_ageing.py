"""A battery that ages: what is lost, what tells nothing any more, and if more than by chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audit.analysis.series.ageing import Battery, ageing, alike, loss_p_value

ALL = frozenset(map(str, range(100)))


def battery(release, *, missing=(), refused=(), same=(), asked=ALL):
    return Battery(release, asked, frozenset(missing), frozenset(refused), frozenset(same))


def first(count, start=0):
    return list(map(str, range(start, start + count)))


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_p_value_is_scipys(lost, won):
    theirs = (
        stats.binomtest(lost, lost + won, 0.5, alternative="greater").pvalue if lost + won else 1.0
    )
    assert loss_p_value(lost, won) == pytest.approx(theirs, rel=1e-9)


def test_prompts_are_counted_from_one_release_to_the_next():
    asked = ALL - {"0"} | {"new"}
    found = ageing(
        [
            battery(1, missing=first(2)),
            battery(2, missing=["1"], refused=first(10, 10), same=first(5, 40), asked=asked),
        ],
        alpha=0.05,
    )
    assert found is not None
    step = found.steps[1]
    assert (step.asked, step.missing, step.refused, step.alike) == (100, 1, 10, 5)
    assert (step.lost, step.won, step.stopped, step.dropped, step.added) == (10, 0, 5, 1, 1)
    assert (found.lost, found.won, found.stopped) == (10, 0, 5)
    assert found.p_value == 2**-10
    assert found.rises


def test_a_slow_rise_is_seen_against_the_first_and_not_against_the_one_before():
    audits = [battery(n, missing=first(4 * (n - 1))) for n in range(1, 6)]
    found = ageing(audits, alpha=0.05)
    assert found is not None
    assert [one.lost for one in found.steps] == [0, 4, 4, 4, 4]
    assert found.lost == 16
    assert found.level == pytest.approx(0.05 / 20)
    assert found.rises


def test_gains_and_losses_that_balance_are_no_rise():
    found = ageing([battery(1, missing=first(6)), battery(2, missing=first(6, 6))], alpha=0.05)
    assert found is not None
    assert (found.lost, found.won) == (6, 6)
    assert not found.rises


def test_one_audit_has_no_age():
    assert ageing([battery(1)], alpha=0.05) is None


def test_a_prompt_is_alike_only_if_all_pairs_are():
    vectors = np.eye(3)[None].repeat(2, axis=0)
    vectors[0] = vectors[0, 0]
    similarity = vectors @ vectors.transpose(0, 2, 1)
    similarity[1, :2, :2] = 1.0
    assert alike(similarity).tolist() == [True, False]

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lir.algorithms.bayeserror import elub as lir_elub

from audit.analysis.calibration.bounds import Bounds, elub, source_bounds
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.errors import InsufficientDataError

LOG_LRS = st.lists(st.floats(-15, 15), min_size=1, max_size=40).map(np.array)


def of_lir(h1, h2):
    llrs = np.concatenate([h1, h2]) / LN10
    return lir_elub(llrs, np.repeat([1, 0], [len(h1), len(h2)]), add_misleading=1)


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.5, 4.0, 12.0])
@pytest.mark.parametrize("seed", range(5))
def test_bounds_are_those_of_lir(seed, shift):
    rng = np.random.default_rng(seed)
    h1, h2 = rng.normal(shift, 2, 45 + seed), rng.normal(-shift, 2, 300)
    assert tuple(elub(h1, h2).as_dict().values()) == pytest.approx(of_lir(h1, h2), abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_bounds_of_systems_that_overstate_or_are_the_wrong_way_round_are_those_of_lir(seed):
    rng = np.random.default_rng(seed)
    h1, h2 = rng.normal(1, 1, 50), rng.normal(-1, 1, 200)
    for scale in (4, 0.3, -1):
        ours = elub(scale * h1, scale * h2)
        theirs = of_lir(scale * h1, scale * h2)
        assert (ours.lower, ours.upper) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_a_likelihood_ratio_on_a_threshold_is_not_above_it(seed):
    # One everywhere but in a few pairs, as where most of the material abstains.
    rng = np.random.default_rng(seed)
    h1, h2 = rng.normal(2, 1, 40), rng.normal(-2, 1, 200)
    h1[5:], h2[:190] = 0, 0
    assert tuple(elub(h1, h2).as_dict().values()) == pytest.approx(of_lir(h1, h2), abs=1e-9)


@given(h1=LOG_LRS, h2=LOG_LRS)
def test_no_bound_lies_on_the_wrong_side_or_beyond_the_material(h1, h2):
    bounds = elub(h1, h2)
    most = source_bounds(len(h1), len(h2))
    # The grid is 0.01 wide, and the largest LR that occurs sets its end.
    assert most.lower - 0.011 <= bounds.lower <= 0 <= bounds.upper <= most.upper + 0.011


def test_a_misleading_system_supports_nothing():
    rng = np.random.default_rng(1)
    assert elub(rng.normal(-2, 1, 50), rng.normal(2, 1, 50)) == Bounds(0, 0)


def test_one_strongly_misleading_pair_pulls_the_bound_in():
    h1, h2 = np.full(50, 12.0), np.full(400, -12.0)
    clean = elub(h1, h2).upper
    h2[0] = 11.0
    # 50 of 51 seen under H1 and, with the one added, 2 of 401 under H2.
    assert elub(h1, h2).upper == pytest.approx(math.log10(401 / 2 * 50 / 51), abs=0.011)
    assert clean == pytest.approx(math.log10(401 * 50 / 51), abs=0.011)


def test_pairs_of_one_source_count_as_one_source():
    rng = np.random.default_rng(2)
    h1, h2 = rng.normal(6, 2, 40), rng.normal(-6, 2, 60)
    names = [f"suspect {place}" for place in range(60)]
    by_source = elub(h1, np.repeat(h2, 10), names[:40], list(np.repeat(names, 10)))
    assert by_source == elub(h1, h2)
    # Ten copies of each pair taken for independent would carry more.
    assert by_source.upper < elub(h1, np.repeat(h2, 10)).upper


def test_a_source_that_misleads_in_half_its_pairs_counts_half():
    h1 = np.full(200, 9.0)
    h2 = np.full(100, -9.0)
    h2[:5] = 9.0
    sources = [str(place // 10) for place in range(100)]
    # Ten sources, half of one misleading, one added: 1.5 of 11.
    expected = math.log10(11 / 1.5 * 200 / 201)
    assert elub(h1, h2, None, sources).upper == pytest.approx(expected, abs=0.011)


def test_sources_of_other_length_are_refused():
    with pytest.raises(InsufficientDataError, match="under H2 and 1 names of sources"):
        elub(np.ones(2), -np.ones(2), None, ["a"])


@pytest.mark.parametrize("count", [1, 7, 80])
def test_as_many_sources_on_either_side_carry_their_number(count):
    bounds = source_bounds(count, count)
    assert (bounds.lower, bounds.upper) == pytest.approx((-math.log10(count), math.log10(count)))


def test_many_sources_under_h1_carry_what_a_rank_among_the_others_would():
    assert 10 ** source_bounds(10**9, 19).upper == pytest.approx(20)
    assert 10 ** -source_bounds(19, 10**9).lower == pytest.approx(20)


@given(first=st.integers(1, 200), second=st.integers(1, 200))
def test_the_bound_of_sources_is_what_perfect_separation_gives(first, second):
    perfect = elub(np.full(first, 20.0), np.full(second, -20.0))
    bounds = source_bounds(first, second)
    assert (perfect.lower, perfect.upper) == pytest.approx(
        (bounds.lower, bounds.upper), abs=0.0101
    )


@pytest.mark.parametrize(("first", "second"), [(0, 5), (5, 0)])
def test_without_sources_on_one_side_there_is_no_likelihood_ratio(first, second):
    with pytest.raises(InsufficientDataError, match="at least one of each"):
        source_bounds(first, second)


@pytest.mark.parametrize(
    ("given_lr", "log10_lr", "hit"),
    [
        (-3, -1, "lower"),
        (-1, -1, None),
        (0.4, 0.4, None),
        (2, 2, None),
        (2.1, 2, "upper"),
        (math.inf, 2, "upper"),
    ],
)
def test_what_lies_beyond_a_bound_is_set_to_it_and_says_so(given_lr, log10_lr, hit):
    clipped = Bounds(-1, 2).clip(given_lr)
    assert (clipped.log10_lr, clipped.hit) == (log10_lr, hit)


def test_what_is_not_a_number_is_not_bounded_but_refused():
    with pytest.raises(InsufficientDataError, match="not a number"):
        Bounds(-1, 2).clip(math.nan)


def test_of_two_bounds_the_nearer_to_one_holds():
    assert Bounds(-1, 2).narrowed_by(Bounds(-2, 1)) == Bounds(-1, 1)

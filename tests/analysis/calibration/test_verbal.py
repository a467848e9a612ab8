import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.analysis.calibration.verbal import SCALE, verbal
from audit.analysis.errors import InsufficientDataError


@pytest.mark.parametrize(
    ("lr", "word"),
    [
        (2, "weak"),
        (10, "weak"),
        (10.1, "moderate"),
        (100, "moderate"),
        (101, "moderately strong"),
        (1_000, "moderately strong"),
        (1_001, "strong"),
        (10_000, "strong"),
        (10_001, "very strong"),
        (1_000_000, "very strong"),
        (1_000_001, "extremely strong"),
        (1e300, "extremely strong"),
    ],
)
def test_words_are_those_of_the_guideline_in_both_directions(lr, word):
    assert verbal(math.log10(lr)) == f"provides {word} support for H1 over H2"
    assert verbal(math.log10(1 / lr)) == f"provides {word} support for H2 over H1"


@pytest.mark.parametrize("lr", [1, 1.9, 1 / 1.9])
def test_a_likelihood_ratio_near_one_supports_neither(lr):
    assert verbal(math.log10(lr)) == "does not support H1 over H2 or H2 over H1"


@given(st.floats(-400, 400))
def test_exchanging_the_hypotheses_exchanges_the_words(log10_lr):
    exchanged = {"H1": "H2", "H2": "H1"}
    words = verbal(log10_lr).split()
    if "support" in words and words[0] == "provides":
        assert verbal(-log10_lr).split() == [exchanged.get(word, word) for word in words]
    else:
        assert verbal(-log10_lr) == verbal(log10_lr)


def test_the_scale_names_its_source_and_rises():
    assert SCALE.version == "enfsi-2015"
    assert "Evaluative" in SCALE.citation
    limits = [band.up_to for band in SCALE.bands]
    assert limits[-1] is None
    assert all(one < other for one, other in pairwise([SCALE.least, *limits[:-1]]))


def test_what_is_not_a_number_has_no_words():
    with pytest.raises(InsufficientDataError, match="not a number"):
        verbal(math.nan)

"""Likelihood ratios as they are written."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.reports.ratios import (
    between,
    in_words,
    logarithm,
    named,
    plain,
    significant,
    with_log10,
)


@pytest.mark.parametrize(
    ("ratio", "written"),
    [
        (12.1, "12"), (1.0, "1.0"), (9.96, "10"), (0.0826, "0.083"), (1234.0, "1,200"),
        (0.5, "0.50"), (1e6, "1,000,000"), (2e6, "over 1,000,000"), (1e-7, "under 1/1,000,000"),
    ],
)  # fmt: skip
def test_a_ratio_has_two_significant_digits(ratio: float, written: str) -> None:
    assert plain(math.log10(ratio)) == written


@given(st.floats(-6, 6))
def test_a_written_ratio_is_within_a_twentieth_of_itself(log10_lr: float) -> None:
    written = float(plain(log10_lr).replace(",", ""))
    assert abs(written / 10**log10_lr - 1) <= 0.05 + 1e-9


def test_the_log10_stands_beside_it() -> None:
    assert with_log10(1.083) == "12 (log10 1.08)"
    assert between(-0.391, 0.702) == "0.41 to 5.0 (log10 \u22120.39 to 0.70)"
    assert logarithm(-0.004) == "0.00"


def test_a_name_does_not_say_that_it_equals_a_limit() -> None:
    assert [named(0.3), named(7.0)] == ["LR = 2.0", "LR over 1,000,000"]


def test_the_words_go_in_the_direction_of_the_ratio() -> None:
    assert in_words(1.083).endswith("about 12 times more probable if H1 is true than if H2 is.")
    assert in_words(-1.083).endswith("about 12 times more probable if H2 is true than if H1 is.")


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0.00"), (153.0, "153"), (1530.0, "1,530"), (0.0193, "0.0193"), (-2.5, "\u22122.50")],
)
def test_significant_digits(value: float, written: str) -> None:
    assert significant(value, 3) == written

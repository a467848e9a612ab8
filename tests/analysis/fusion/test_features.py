"""Features by hand, and cohorts that can carry none."""

import numpy as np
import pytest

from audit.analysis.errors import InsufficientDataError
from audit.analysis.fusion.features import excesses_of, features_of, oriented, standings
from audit.analysis.signals.registry import CONTENT, NAMES

# Four models; the last two are of one line and count one half each.
LIKENESS = np.array(
    [[1.0, 0.6, 0.2, 0.4], [0.6, 1.0, 0.1, 0.1], [0.2, 0.1, 1.0, 0.9], [0.4, 0.1, 0.9, 1.0]]
)
LINES = np.array([0, 1, 2, 2])
WEIGHTS = np.array([1, 1, 0.5, 0.5])
# Means over unrelated models: 0.45, 0.35, 0.15, 0.25. Squared deviations from them, weighted:
# 0.055, 0.125, 0.0025, 0.0225; the pairs weigh 6 in all.
SPREAD = np.sqrt((0.055 + 0.125 + 0.0025 + 0.0225) / 6)


def test_a_feature_is_the_lead_over_the_controls_in_spreads() -> None:
    standing = standings({"openings": LIKENESS, "words": LIKENESS}, LINES, WEIGHTS)
    assert standing["words"].spread == pytest.approx(SPREAD)
    one = excesses_of(standing, ("openings", "words"), 0, (1,), (2, 3))
    assert one == pytest.approx([0.3 / SPREAD] * 2)
    # The two of the teacher's files that are nearest count, here 0.2 and 0.4.
    assert excesses_of(standing, ("words",), 0, (2, 3), (1,)) == pytest.approx([-0.3 / SPREAD])
    assert standing["words"].nearness(0, (1, 2, 3)) == pytest.approx(0.5 / SPREAD)


def test_content_only_ever_speaks_against() -> None:
    standing = standings({"openings": LIKENESS, "words": LIKENESS}, LINES, WEIGHTS)
    nearer = features_of(standing, ("openings", "words"), 0, (1,), (2, 3))
    further = features_of(standing, ("openings", "words"), 0, (2, 3), (1,))
    assert nearer == pytest.approx([0.3 / SPREAD, -0.3 / SPREAD])
    assert further == pytest.approx([-0.3 / SPREAD, 0])
    assert oriented(np.ones(len(NAMES)), NAMES).tolist() == [
        -1 if name in CONTENT else 1 for name in NAMES
    ]


def test_controls_of_one_line_count_once_in_the_mean() -> None:
    standing = standings({"openings": LIKENESS}, LINES, WEIGHTS)
    found = standing["openings"].excess(0, (0,), (1, 2, 3))
    assert found == pytest.approx((1 - (0.6 + 0.2 / 2 + 0.4 / 2) / 2) / SPREAD)


def test_a_feature_means_the_same_in_another_unit() -> None:
    plain = standings({"openings": LIKENESS}, LINES, WEIGHTS)["openings"]
    other = standings({"openings": 7 * LIKENESS + 3}, LINES, WEIGHTS)["openings"]
    assert other.spread == pytest.approx(7 * plain.spread)
    assert other.excess(0, (1,), (2, 3)) == pytest.approx(plain.excess(0, (1,), (2, 3)))


@pytest.mark.parametrize("noise", [0.0, 1e-9])
def test_models_that_are_all_as_alike_have_no_lead_made_of_rounding(noise: float) -> None:
    drawn = np.random.default_rng(1).normal(size=(4, 4)) * noise
    found = standings({"openings": 0.5 + drawn + drawn.T}, np.arange(4), np.ones(4))["openings"]
    assert found.spread == 1
    assert abs(found.excess(0, (1,), (2, 3))) < 1e-6


def test_a_cohort_of_one_line_of_models_is_refused() -> None:
    with pytest.raises(InsufficientDataError, match="Add controls of other lines"):
        standings({"openings": LIKENESS}, np.zeros(4, np.intp), np.full(4, 0.25))

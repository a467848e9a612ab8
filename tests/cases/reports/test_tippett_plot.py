"""The Tippett plot and its table, held against counting."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from audit.analysis.calibration.curves import tippett
from audit.analysis.calibration.log_lrs import LN10
from cases.reports.tippett import drawing, reaching, thresholds

H1 = np.array([-0.5, 0.25, 0.25, 1.0, 1.5, 1.5, 1.75, 2.0])
H2 = np.array([-2.5, -1.0, -1.0, -0.25, 0.25])


def likelihood(*log10_lrs: float | None) -> dict[str, Any]:
    curves = tippett(H1 * LN10, H2 * LN10)
    found = {
        "log10_lr": [round(one, 6) for one in curves.log10_lr],
        "h1": list(curves.h1),
        "h2": list(curves.h2),
    }
    teachers = [{"label": "BCD"[at], "log10_lr": one} for at, one in enumerate(log10_lrs)]
    return {"validation": {"tippett": found}, "teachers": teachers}


@pytest.mark.parametrize("log10_lr", [-3.0, -1.0, -0.3, 0.25, 0.3, 1.5, 2.0, 2.1])
def test_the_shares_are_those_of_counting(log10_lr: float) -> None:
    counted = [(pairs >= log10_lr).mean() for pairs in (H1, H2)]
    assert reaching(likelihood(), log10_lr) == pytest.approx(counted)


def test_the_table_has_round_ratios() -> None:
    rows = thresholds(likelihood())
    assert [row.log10_lr for row in rows][:3] == ["\u22123.00", "\u22122.50", "\u22122.00"]
    assert [(row.lr, row.h1, row.h2) for row in rows if row.log10_lr == "1.00"] == [
        ("10", "0.625", "0.000")
    ]


@pytest.mark.parametrize("log10_lr", [0.3, -1.9, 1.999])
def test_the_curves_are_drawn_where_the_shares_are(log10_lr: float) -> None:
    value = likelihood(log10_lr)
    drawn = drawing(value)
    at = drawn.cases[0].at
    heights = [
        next(here[1] for here, after in pairwise(curve) if after[0] >= at)
        for curve in (drawn.h1, drawn.h2)
    ]
    assert heights == pytest.approx(reaching(value, log10_lr))


def test_everything_is_drawn_between_the_ends() -> None:
    drawn = drawing(likelihood(3.2, None, -4.0))
    points = [*drawn.h1, *drawn.h2]
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in points)
    assert [one.label for one in drawn.cases] == ["B: LR = 1,600", "D: LR = 0.00010"]
    assert all(0 <= one.at <= 1 for one in drawn.cases)
    assert drawn.ticks[0].at == 0
    assert drawn.ticks[-1].at == 1
    assert [tick.text for tick in drawn.ticks if tick.at == drawn.zero] == ["1"]


@pytest.mark.parametrize(("log10_lr", "last"), [(0.5, "100"), (4.5, "10^6"), (60.0, "10^60")])
def test_ticks_are_few_and_hold_the_case(log10_lr: float, last: str) -> None:
    drawn = drawing(likelihood(log10_lr))
    assert 3 <= len(drawn.ticks) <= 8
    assert drawn.ticks[-1].text == last
    assert 0 < drawn.cases[0].at <= 1

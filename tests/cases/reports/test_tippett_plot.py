"""The Tippett plot and its table, held against counting."""

from typing import Any

import numpy as np
import pytest

from audit.analysis.calibration.curves import tippett
from audit.analysis.calibration.log_lrs import LN10
from cases.reports.tippett import axis_of, power_of_ten, reaching, thresholds

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


@pytest.mark.parametrize(("log10_lr", "last"), [(0.5, "100"), (4.5, "10^6"), (60.0, "10^60")])
def test_ticks_are_few_and_hold_every_teacher(log10_lr: float, last: str) -> None:
    axis = axis_of(likelihood(log10_lr, None, -4.0))
    assert 3 <= len(axis.places) <= 9
    assert axis.places[0] == axis.low <= -4
    assert 0 in axis.places
    assert power_of_ten(axis.places[-1]) == last
    assert axis.high >= log10_lr

"""The Tippett plot as a figure, held against counting."""

from typing import Any

import numpy as np
import pytest

from cases.reports.charts.tippett import tippett
from tests.cases.reports.charts.drawn import data_of, texts_of
from tests.cases.reports.test_tippett_plot import H1, H2, likelihood


def chart_of(*log10_lrs: float | None) -> Any:
    chart = tippett({"result": {"likelihood": likelihood(*log10_lrs)}})
    assert chart is not None
    return chart


def share(points: list[dict[str, float]], at: float) -> float:
    """Return where a curve stands that holds to the left of each of its points."""
    return next(one["y"] for one in points if one["x"] >= at)


@pytest.mark.parametrize("at", [-2.9, -1.0, -0.3, 0.25, 0.3, 1.5, 2.0])
def test_the_curves_stand_where_counting_puts_them(at: float) -> None:
    curves = [rows for rows in data_of(chart_of()) if len(rows) > 1 and "y" in rows[0]]
    shares = [share(rows, at) for rows in curves]
    assert shares == pytest.approx([(pairs >= at).mean() for pairs in (H2, H1)])


def test_every_teacher_with_a_ratio_is_marked() -> None:
    chart = chart_of(1.25, None, -0.5)
    marked = [row for rows in data_of(chart) for row in rows if row.get("text", "")[:2] in "B:D:"]
    assert {(row["x"], row["text"]) for row in marked if row.get("text")} == {
        (1.25, "B: LR = 18"),
        (-0.5, "D: LR = 0.32"),
    }
    assert "B: LR = 18; D: LR = 0.32" in chart.alt


def test_every_printed_number_is_given_by_us() -> None:
    assert texts_of(chart_of(1.25)) == [
        *("1/1,000", "1/100", "1/10", "1", "10", "100"),
        *("none", "half", "all"),
        *("B: LR = 18", "pairs under H1", "pairs under H2"),
        "Share of the pairs whose ratio is at least as large",
        "Likelihood ratio, on a logarithmic scale",
    ]


def test_there_is_no_plot_without_reference_pairs() -> None:
    refused = {"likelihood": {"validation": None, "teachers": []}}
    assert [tippett({"result": one}) for one in ({}, {"likelihood": None}, refused)] == [None] * 3


def test_the_table_has_the_shares_at_round_ratios() -> None:
    table = chart_of().table
    rows = {row[1]: row for row in table.rows}
    assert rows["1.00"] == ("10", "1.00", f"{(H1 >= 1).mean():.3f}", f"{(H2 >= 1).mean():.3f}")
    assert np.all([len(row) == len(table.columns) for row in table.rows])

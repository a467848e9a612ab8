"""The scales of the charts."""

from typing import Any

import pytest

from cases.reports.axes import axes_of


def teacher(low: float, high: float, layout: float) -> dict[str, Any]:
    def view(least: float, most: float) -> dict[str, Any]:
        return {"candidates": [{"excess": {"estimate": least, "low": least, "high": most}}]}

    return {
        "views": {
            "embedding": view(low, high),
            "embedding_without_layout": view(low, low),
            "layout": view(layout, layout),
        }
    }


@pytest.mark.parametrize(
    ("low", "high"), [(-0.02, 0.13), (0.4, 0.9), (-3.7, -0.2), (0.0, 0.0), (1e-9, 2e-9)]
)
def test_an_axis_holds_every_interval_and_zero(low: float, high: float) -> None:
    axis = axes_of([teacher(low, high, 0.0)])["embedding"]
    assert axis["low"] <= min(low, 0) <= max(high, 0) <= axis["high"]
    assert 0.0 in axis["ticks"]
    assert (axis["ticks"][0], axis["ticks"][-1]) == (axis["low"], axis["high"])


@pytest.mark.parametrize("high", [0.0, 0.0004, 0.003, 0.07, 0.6, 2.0, 30.0])
def test_ticks_are_few_and_print_differently(high: float) -> None:
    ticks = axes_of([teacher(-high / 3, high, 0.0)])["embedding"]["ticks"]
    assert 2 <= len(ticks) <= 7
    assert len({f"{tick:.3f}" for tick in ticks}) == len(ticks)


def test_views_on_one_scale_share_an_axis_and_teachers_do_too() -> None:
    axes = axes_of([teacher(0.0, 0.1, 5.0), teacher(-0.4, 0.1, 0.0)])
    assert axes["embedding"] == axes["embedding_without_layout"]
    assert axes["embedding"]["low"] <= -0.4
    assert axes["embedding"]["high"] < 1
    assert axes["layout"]["high"] >= 5

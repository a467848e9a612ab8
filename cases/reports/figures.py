"""Tables, charts and heat map of the comparison: printed numbers, and places for the drawing."""

from collections.abc import Callable
from typing import Any

from cases.reports.glyphs import on_one_line

Row = dict[str, Any]

VIEWS = {
    "embedding": "Embedding",
    "embedding_without_layout": "Layout taken out",
    "layout": "Layout alone",
}
_MOST_NAME = 200
# In charts a long name keeps its beginning and its end, where versions stand.
_FIRST, _LAST = 15, 8


def decimals(value: float) -> str:
    """Return a measured number to three decimals, the same wherever it is printed."""
    text = f"{value:.3f}"
    return "0.000" if text == "-0.000" else text.replace("-", "\u2212")


def interval(values: dict[str, float]) -> Row:
    """Return estimate and interval in print."""
    return {
        "estimate": decimals(values["estimate"]),
        "range": f"[{decimals(values['low'])}, {decimals(values['high'])}]",
    }


def _short(name: str) -> str:
    if len(name) <= _FIRST + _LAST + 1:
        return on_one_line(name, _MOST_NAME)
    return on_one_line(f"{name[:_FIRST]}\u2026{name[-_LAST:]}", _MOST_NAME)


def charts(document: dict[str, Any]) -> list[Row]:
    """Return for each teacher its table of candidates and its chart, highest excess first."""
    result = document["result"]
    shares = {one["label"]: one for one in result["nearest_neighbours"]}
    return [
        {
            "label": teacher["label"],
            "model": on_one_line(teacher["model"], _MOST_NAME),
            "confidence": f"{teacher['views']['embedding']['lead']['confidence']:g}",
            "rows": _rows(teacher, shares),
            "panels": [_panel(teacher, view, document["axes"][view]) for view in VIEWS],
        }
        for teacher in result["teachers"]
    ]


def ordered(teacher: Row, view: str) -> list[Row]:
    """Return the candidates of a view in the one order that all views are shown in."""
    first = teacher["views"]["embedding"]["candidates"]
    order = sorted(range(len(first)), key=lambda place: -first[place]["excess"]["estimate"])
    candidates = teacher["views"][view]["candidates"]
    return [candidates[place] for place in order]


def _rows(teacher: Row, shares: dict[str, Row]) -> list[Row]:
    by_view = {view: ordered(teacher, view) for view in VIEWS}
    return [
        {
            "label": plain["label"],
            "model": on_one_line(plain["model"], _MOST_NAME),
            "short": _short(plain["model"]),
            "role": plain["role"],
            "cosine": decimals(plain["mean_similarity"]),
            "excess": [interval(by_view[view][place]["excess"]) for view in VIEWS],
            "share": decimals(shares[plain["label"]]["share"]),
            "base_share": decimals(shares[plain["label"]]["base_share"]),
        }
        for place, plain in enumerate(by_view["embedding"])
    ]


def _panel(teacher: Row, view: str, axis: Row) -> Row:
    """Return one panel: where on its width the zero line, the ticks, dots and intervals stand."""
    low, width = axis["low"], axis["high"] - axis["low"]

    def across(value: float) -> float:
        return float((value - low) / width)

    return {
        "title": VIEWS[view],
        "zero": across(0.0),
        "ticks": [{"at": across(tick), "text": decimals(tick)} for tick in axis["ticks"]],
        "dots": [
            [across(one["excess"][end]) for end in ("estimate", "low", "high")]
            for one in ordered(teacher, view)
        ],
    }


def heat_map(similarity: Row) -> Row:
    """Return the mean cosines with a shade from 0 (lowest) to 1 (highest) for each pair."""
    values = similarity["mean_cosine"]
    others = [value for i, row in enumerate(values) for j, value in enumerate(row) if i != j]
    least, spread = min(others), (max(others) - min(others)) or 1.0
    names = zip(similarity["labels"], similarity["models"], similarity["roles"], strict=True)
    return {
        "labels": similarity["labels"],
        "least": decimals(least),
        "most": decimals(max(others)),
        "rows": [
            {
                "label": label,
                "model": _short(model),
                "role": role,
                "cells": [
                    {
                        "text": decimals(value),
                        "shade": -1.0 if i == j else (value - least) / spread,
                    }
                    for j, value in enumerate(values[i])
                ],
            }
            for i, (label, model, role) in enumerate(names)
        ],
    }


def test_rows(teachers: list[Row]) -> list[Row]:
    """Return every test that was run, each teacher under each view, whatever it showed."""
    return [
        {
            "label": teacher["label"],
            "model": on_one_line(teacher["model"], _MOST_NAME),
            "tests": [_test(teacher["views"][view], title) for view, title in VIEWS.items()],
        }
        for teacher in teachers
    ]


def without_parts(view: Row) -> list[str]:
    """Return how far rank and lead hang on single controls, and on families of them.

    A result from before this was computed has none.
    """
    return [
        f"Without each {part} in turn: rank {_from_to(found, 'best_rank', 'worst_rank', str)}, "
        f"lead {_from_to(found, 'least_lead', 'most_lead', decimals)}."
        for name, part in (("controls", "control"), ("families", "family of controls"))
        if (found := view.get("left_out", {}).get(name))
    ]


def _from_to(found: Row, low: str, high: str, written: Callable[[Any], str]) -> str:
    first, last = written(found[low]), written(found[high])
    return first if first == last else f"{first} to {last}"


def _test(view: Row, title: str) -> Row:
    return {
        "view": title,
        "rank": f"{view['rank']} of {view['of']}",
        "p_value": decimals(view["p_value"]),
        "floor": decimals(view["floor"]),
        "holm": decimals(view["p_value_holm"]),
        "closest": on_one_line(view["closest_control"], _MOST_NAME),
        "lead": interval(view["lead"]),
        "without": without_parts(view),
    }

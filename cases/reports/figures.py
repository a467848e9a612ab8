"""The numbers of the comparison as they are printed."""

from collections.abc import Callable
from typing import Any

from cases.reports.names import on_one_line, short

Row = dict[str, Any]

VIEWS = {
    "embedding": "Embedding",
    "embedding_without_layout": "Layout taken out",
    "layout": "Layout alone",
}


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


def candidates(result: Row) -> list[Row]:
    """Return for each teacher the rows of its candidates, highest excess first."""
    shares = {one["label"]: one for one in result["nearest_neighbours"]}
    return [
        {
            "label": teacher["label"],
            "model": on_one_line(teacher["model"]),
            "confidence": f"{teacher['views']['embedding']['lead']['confidence']:g}",
            "rows": _rows(teacher, shares),
        }
        for teacher in result["teachers"]
    ]


def ordered(teacher: Row, view: str) -> list[Row]:
    """Return the candidates of a view in the one order that all views are shown in."""
    first = teacher["views"]["embedding"]["candidates"]
    order = sorted(range(len(first)), key=lambda place: -first[place]["excess"]["estimate"])
    found = teacher["views"][view]["candidates"]
    return [found[place] for place in order]


def _rows(teacher: Row, shares: dict[str, Row]) -> list[Row]:
    by_view = {view: ordered(teacher, view) for view in VIEWS}
    return [
        {
            "label": plain["label"],
            "model": on_one_line(plain["model"]),
            "role": plain["role"],
            "cosine": decimals(plain["mean_similarity"]),
            "excess": [interval(by_view[view][place]["excess"]) for view in VIEWS],
            "share": decimals(shares[plain["label"]]["share"]),
            "base_share": decimals(shares[plain["label"]]["base_share"]),
        }
        for place, plain in enumerate(by_view["embedding"])
    ]


def mean_cosines(similarity: Row) -> Row:
    """Return the mean cosine of every two exhibits, with the least and most of different ones."""
    values = similarity["mean_cosine"]
    others = [value for i, row in enumerate(values) for j, value in enumerate(row) if i != j]
    names = zip(similarity["labels"], similarity["models"], similarity["roles"], strict=True)
    return {
        "labels": similarity["labels"],
        "least": decimals(min(others)),
        "most": decimals(max(others)),
        "rows": [
            {
                "name": f"{label} {short(model)}" + f" ({role})" * (role != "control"),
                "cells": list(map(decimals, row)),
            }
            for (label, model, role), row in zip(names, values, strict=True)
        ],
    }


def test_rows(teachers: list[Row]) -> list[Row]:
    """Return every test that was run, each teacher under each view, whatever it showed."""
    return [
        {
            "label": teacher["label"],
            "model": on_one_line(teacher["model"]),
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
        "closest": on_one_line(view["closest_control"]),
        "lead": interval(view["lead"]),
        "without": without_parts(view),
    }

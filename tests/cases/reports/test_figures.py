"""Printed numbers, rows and shades."""

from typing import Any

import pytest

from cases.reports.figures import charts, decimals, heat_map
from cases.reports.pages import flat, moment
from tests.cases.reports.specimen import Specimen, document_of


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.0625, f"{0.0625:.3f}"), (-0.0004, "0.000"), (-0.25, "\u22120.250"), (1.0, "1.000")],
)
def test_decimals(value: float, printed: str) -> None:
    assert decimals(value) == printed


def test_rows_and_dots_stand_in_one_order() -> None:
    document = document_of(Specimen())
    (chart,) = charts(document)
    plain = document["result"]["teachers"][0]["views"]["embedding"]["candidates"]
    ordered = sorted(plain, key=lambda one: -one["excess"]["estimate"])
    assert [row["label"] for row in chart["rows"]] == [one["label"] for one in ordered]
    dots = [dot[0] for dot in chart["panels"][0]["dots"]]
    assert dots == sorted(dots, reverse=True)
    assert all(0 <= low <= at <= high <= 1 for at, low, high in chart["panels"][2]["dots"])


def test_shares_stand_beside_their_own_model() -> None:
    document = document_of(Specimen(teachers=2))
    shares = {one["label"]: one["share"] for one in document["result"]["nearest_neighbours"]}
    for chart in charts(document):
        for row in chart["rows"]:
            assert row["share"] == decimals(shares[row["label"]])


def test_shades_run_from_lowest_to_highest_and_leave_the_diagonal() -> None:
    similarity: dict[str, Any] = {
        "labels": ["A", "B", "C"],
        "models": ["a", "b", "a long name of a model, version 9"],
        "roles": ["suspect", "teacher", "control"],
        "mean_cosine": [[1.0, 0.8, 0.2], [0.8, 1.0, 0.5], [0.2, 0.5, 1.0]],
    }
    rows = heat_map(similarity)["rows"]
    shades = [[cell["shade"] for cell in row["cells"]] for row in rows]
    assert shades[0] == pytest.approx([-1, 1, 0])
    assert shades[1] == pytest.approx([1, -1, 0.5])
    assert rows[2]["model"].endswith("ersion 9")


def test_all_alike_is_no_division_by_zero() -> None:
    similarity = {
        "labels": ["A", "B"],
        "models": ["a", "b"],
        "roles": ["suspect", "control"],
        "mean_cosine": [[1.0, 0.5], [0.5, 1.0]],
    }
    assert heat_map(similarity)["rows"][0]["cells"][1] == {"text": "0.500", "shade": 0.0}


def test_flat_names_every_leaf() -> None:
    value = {"a_b": {"c": 0.05}, "list": [1, 2], "ways": [{"x": True}, {"x": None}], "none": []}
    assert list(flat(value)) == [
        ["a b c", "0.05"], ["list", "1, 2"], ["ways 1 x", "True"], ["ways 2 x", "None"],
        ["none", "none"],
    ]  # fmt: skip


def test_moments_are_printed_in_utc() -> None:
    assert moment("2026-11-25T01:30:00.999999+02:00") == "2026-11-24 23:30:00 UTC"

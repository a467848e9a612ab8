"""Printed numbers, rows and shades."""

import pytest

from cases.reports.figures import candidates, decimals, mean_cosines
from cases.reports.names import flat, moment
from tests.cases.reports.specimen import Specimen, document_of


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.0625, f"{0.0625:.3f}"), (-0.0004, "0.000"), (-0.25, "\u22120.250"), (1.0, "1.000")],
)
def test_decimals(value: float, printed: str) -> None:
    assert decimals(value) == printed


def test_rows_and_dots_stand_in_one_order() -> None:
    document = document_of(Specimen())
    (teacher,) = candidates(document["result"])
    plain = document["result"]["teachers"][0]["views"]["embedding"]["candidates"]
    ordered = sorted(plain, key=lambda one: -one["excess"]["estimate"])
    assert [row["label"] for row in teacher["rows"]] == [one["label"] for one in ordered]
    excess = [decimals(one["excess"]["estimate"]) for one in ordered]
    assert [row["excess"][0]["estimate"] for row in teacher["rows"]] == excess


def test_shares_stand_beside_their_own_model() -> None:
    document = document_of(Specimen(teachers=2))
    shares = {one["label"]: one["share"] for one in document["result"]["nearest_neighbours"]}
    for teacher in candidates(document["result"]):
        for row in teacher["rows"]:
            assert row["share"] == decimals(shares[row["label"]])


def test_mean_cosines_leave_the_diagonal_out_of_their_range() -> None:
    found = mean_cosines(
        {
            "labels": ["A", "B", "C"],
            "models": ["a", "b", "a long name of a model, version 9"],
            "roles": ["suspect", "teacher", "control"],
            "mean_cosine": [[1.0, 0.8, 0.2], [0.8, 1.0, 0.5], [0.2, 0.5, 1.0]],
        }
    )
    assert (found["least"], found["most"]) == ("0.200", "0.800")
    assert [one["name"] for one in found["rows"]][:2] == ["A a (suspect)", "B b (teacher)"]
    assert found["rows"][2]["name"].endswith("ersion 9")
    assert found["rows"][1]["cells"] == ["0.800", "1.000", "0.500"]


def test_flat_names_every_leaf() -> None:
    value = {"a_b": {"c": 0.05}, "list": [1, 2], "ways": [{"x": True}, {"x": None}], "none": []}
    assert list(flat(value)) == [
        ("a b c", "0.05"), ("list", "1, 2"), ("ways 1 x", "True"), ("ways 2 x", "None"),
        ("none", "none"),
    ]  # fmt: skip


def test_moments_are_printed_in_utc() -> None:
    assert moment("2026-11-25T01:30:00.999999+02:00") == "2026-11-24 23:30:00 UTC"

"""What a figure holds and prints, for the tests: read from its specification and from its SVG."""

import json
import re
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

from cases.reports.chart import Chart
from cases.reports.charts.drawing import svg
from cases.rules.numbering import letters
from tests.cases.likelihood import likelihood_for
from tests.cases.reports.specimen import Specimen, document_of

_TEXT = "{http://www.w3.org/2000/svg}text"
_RELEASED = (
    "2025-02-01",
    "2023-03-01",
    "2024-01-15",
    "2024-06-02",
    "2022-11-30",
    "",
    "2025-05-05",
)


@cache
def whole_document() -> dict[str, Any]:
    """Return a document that has something for every figure: two teachers, one with a ratio."""
    document = document_of(Specimen(teachers=2))
    teachers = document["result"]["teachers"]
    document["result"]["likelihood"] = likelihood_for(teachers)
    document["plan"]["asserted"] = {
        "declared": [
            {"label": "ABCDEFG"[at], "tie": None, "of": "", "released": date, "names": []}
            for at, date in enumerate(_RELEASED)
        ]
    }
    return document


def widened(document: dict[str, Any], controls: int, name: str = "model {}") -> dict[str, Any]:
    """Return the document with so many controls, all under names of the caller's."""
    wide: dict[str, Any] = json.loads(json.dumps(document))
    similarity = wide["result"]["similarity"]
    count = 3 + controls
    similarity["labels"] = [letters(at + 1) for at in range(count)]
    similarity["models"] = [name.format(at) for at in range(count)]
    similarity["roles"] = ["suspect", "teacher", "teacher"] + ["control"] * controls
    similarity["mean_cosine"] = [
        [1.0 if at == to else round(0.5 + 0.3 / (1 + at + to), 6) for to in range(count)]
        for at in range(count)
    ]
    for teacher in wide["result"]["teachers"]:
        for view in teacher["views"].values():
            view["closest_control"] = name.format(3)
            first, *others = view["candidates"]
            first["model"] = name.format(1)
            view["candidates"] = [first] + [
                others[at % len(others)] | {"label": letters(at + 4), "model": name.format(at + 3)}
                for at in range(controls)
            ]
    for one in wide["result"]["likelihood"]["teachers"]:
        one["left_out"] = [part | {"model": name.format("")} for part in one["left_out"]]
    return wide


def data_of(chart: Chart) -> list[list[dict[str, Any]]]:
    """Return the rows of each layer."""
    return [layer["data"]["values"] for layer in chart.spec["layer"]]


def told_by(chart: Chart) -> list[str]:
    """Return what is read out, in the order of the data."""
    return [row["told"] for rows in data_of(chart) for row in rows if "told" in row]


def texts_of(chart: Chart) -> list[str]:
    """Return every text of the picture in its order."""
    root = ET.fromstring(svg(chart))  # noqa: S314 - it is ours
    return ["".join(one.itertext()) for one in root.iter(_TEXT)]


def numbers_in(*texts: str) -> set[str]:
    """Return the numbers with a fraction, as they are written."""
    return {one for text in texts for one in re.findall(r"\u2212?\d+\.\d+", text)}

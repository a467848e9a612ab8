"""What a figure holds and prints, for the tests: read from its specification and from its SVG."""

from typing import Any
from xml.etree import ElementTree as ET

from cases.reports.charts.chart import Chart
from cases.reports.charts.drawing import svg

_TEXT = "{http://www.w3.org/2000/svg}text"


def layers_of(chart: Chart) -> list[dict[str, Any]]:
    """Return the layers of every part of a figure."""
    parts = chart.spec.get("hconcat", [chart.spec])
    return [layer for part in parts for layer in part["layer"]]


def data_of(chart: Chart) -> list[list[dict[str, Any]]]:
    return [layer["data"]["values"] for layer in layers_of(chart)]


def texts_of(chart: Chart) -> list[str]:
    """Return every text of the picture in its order."""
    root = ET.fromstring(svg(chart))  # noqa: S314 - it is ours
    return ["".join(one.itertext()) for one in root.iter(_TEXT)]

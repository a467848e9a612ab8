"""A chart as a part of a page: SVG with nothing in it that acts, loads or clashes."""

import re
from xml.etree import ElementTree as ET

from cases.reports.chart import Chart
from cases.reports.charts.drawing import svg

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = (
    "svg g path rect line circle text tspan defs linearGradient radialGradient stop clipPath"
)
_ATTRIBUTES = (
    "class clip-path cx cy d dx dy fill fill-opacity font-family font-size font-style font-weight "
    "height id offset opacity r rx ry stop-color stop-opacity stroke stroke-dasharray "
    "stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity "
    "stroke-width text-anchor dominant-baseline transform version viewBox width x x1 x2 y y1 y2 "
    "gradientUnits"
)
_ELSEWHERE = re.compile(r"url\(#([^)]+)\)")


def inline_svg(chart: Chart) -> str:
    """Return the drawing as an element of a page, named by what is seen on it."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(svg(chart))  # noqa: S314 - we have drawn it ourselves
    for one in list(root.iter()):
        for child in [each for each in one if _name(each) not in _ELEMENTS.split()]:
            one.remove(child)
        _keep(one, chart.key)
    root.set("role", "img")
    root.set("aria-label", chart.alt)
    return ET.tostring(root, encoding="unicode")


def _name(element: ET.Element) -> str:
    return str(element.tag).removeprefix(f"{{{_SVG}}}")


def _keep(element: ET.Element, key: str) -> None:
    """Leave an element with harmless attributes; what it names is named after the chart."""
    for name, value in list(element.attrib.items()):
        if name not in _ATTRIBUTES.split() or (
            "url(" in value and not _ELSEWHERE.fullmatch(value)
        ):
            del element.attrib[name]
        elif name == "id":
            element.set(name, f"{key}-{value}")
        else:
            element.set(name, _ELSEWHERE.sub(rf"url(#{key}-\1)", value))

"""Drawing charts for print: the only place that knows vl-convert."""

import json
import re

from cases.reports.charts.chart import Chart
from cases.reports.glyphs import all_visible

_TAG = re.compile(r"<[^<>]*>")
_NAME = re.compile(r"(?<=[\"#])(clip|gradient)_?\d+(?=[\")])")


class _Numbers:
    """Names of clips and gradients in the order of their drawing.

    The library counts them on from one drawing to the next of a process.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def in_tag(self, tag: re.Match[str]) -> str:
        return _NAME.sub(self._name, tag.group())

    def _name(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found.group(), f"{found[1]}-{len(self._names)}")


def svg(chart: Chart) -> str:
    """Return a chart as SVG; equal specification, equal text."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(_specification(chart), allowed_base_urls=[])
    return _TAG.sub(_Numbers().in_tag, drawn)


def png(chart: Chart, *, scale: float = 2) -> bytes:
    """Return a chart as an image, so many pixels for each of its own."""
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(
        _specification(chart), scale=scale, allowed_base_urls=[]
    )
    return drawn


def _specification(chart: Chart) -> str:
    """Return the specification as JSON, with all that no SVG can hold named.

    One NUL in the name of a model ends the whole process in vl-convert 1.9.
    """
    return json.dumps(all_visible(chart.spec))

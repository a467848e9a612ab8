"""The drawing board: the only place that knows vl_convert."""

import json
import re
from importlib.metadata import version

from cases.reports.chart import Chart
from cases.reports.glyphs import all_in_pictures

# Of those that vl_convert has in itself; the page draws by the same.
VEGA_LITE = "6.4"
VERSION = version("vl-convert-python")

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
    """Return the picture as SVG for print; the same chart gives the same text, with no network."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(
        _specification(chart), vl_version=VEGA_LITE, allowed_base_urls=[]
    )
    return _TAG.sub(_Numbers().in_tag, drawn)


def png(chart: Chart, *, scale: float = 2) -> bytes:
    """Return the picture as an image, so many pixels for each of its own."""
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(
        _specification(chart), vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[]
    )
    return drawn


def _specification(chart: Chart) -> str:
    """Return the specification as JSON, every string of it fit for print.

    The press refuses what it has no glyph for, and one NUL in the name of a model ends the whole
    process in vl-convert 1.9.
    """
    return json.dumps(all_in_pictures(chart.spec))


def script() -> str:
    """Return Vega, Vega-Lite and vega-embed as one module, which a page draws the same with."""
    import vl_convert

    bundled: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE)
    return bundled

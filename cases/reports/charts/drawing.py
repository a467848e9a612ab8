"""The drawing board: the only place that knows vl_convert."""

from importlib.metadata import version
from typing import Any

from cases.reports.chart import Chart
from cases.reports.glyphs import in_pictures

# Of those that vl_convert has in itself; the page draws by the same.
VEGA_LITE = "6.4"
VERSION = version("vl-convert-python")


def svg(chart: Chart) -> str:
    """Return the picture as SVG for print; the same chart gives the same text, with no network.

    Every string of its data is made fit for print, as the press would refuse what it has no
    glyph for.
    """
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(
        _printable(chart.spec), vl_version=VEGA_LITE, allowed_base_urls=[]
    )
    return drawn


def script() -> str:
    """Return Vega, Vega-Lite and vega-embed as one module, which a page draws the same with."""
    import vl_convert

    bundled: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE)
    return bundled


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return in_pictures(value)
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_printable(one) for one in value]
    return value

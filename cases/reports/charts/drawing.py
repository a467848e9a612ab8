"""Drawing charts as vectors for print: the only place that knows vl-convert."""

import json

from cases.reports.charts.chart import Chart


def svg(chart: Chart) -> str:
    """Return a chart as SVG; equal specification, equal text."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(json.dumps(chart.spec), allowed_base_urls=[])
    return drawn

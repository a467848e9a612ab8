"""All figures of a document, in the order in which a report tells of them."""

from collections.abc import Iterator

from cases.reports.charts.chart import Chart, Row
from cases.reports.charts.tippett import tippett


def charts_of(document: Row) -> dict[str, Chart]:
    """Return every figure that the document has something for, by its key."""
    return {one.key: one for one in _charts(document) if one}


def _charts(document: Row) -> Iterator[Chart | None]:
    yield tippett(document)

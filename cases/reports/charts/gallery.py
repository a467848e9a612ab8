"""All figures of a document, in the order in which a report tells of them."""

from collections.abc import Iterator

from cases.reports.chart import Chart, Row
from cases.reports.charts.calibration import calibration
from cases.reports.charts.custody import custody
from cases.reports.charts.excess import one_view, three_views
from cases.reports.charts.heat import heat_map
from cases.reports.charts.left_out import without_lead, without_ratio
from cases.reports.charts.nulls import null_ranks, null_ratios
from cases.reports.charts.power import power
from cases.reports.charts.releases import releases
from cases.reports.charts.signals import signals
from cases.reports.charts.tippett import tippett
from cases.reports.figures import VIEWS


def for_print(document: Row) -> dict[str, Chart]:
    """Return by its key every figure that the frozen document has something for."""
    of_teachers = (
        chart
        for teacher in document["result"]["teachers"]
        for chart in _printed(document, teacher)
    )
    return _by_key((*_of_ratios(document), *of_teachers, *_of_all(document), custody(document)))


def for_page(document: Row) -> dict[str, Chart]:
    """Return by its key every figure for the page of a finding: there each view stands alone.

    Of the document `result`, `plan` and `axes` are enough.
    """
    of_teachers = (
        chart for teacher in document["result"]["teachers"] for chart in _shown(document, teacher)
    )
    return _by_key((*_of_ratios(document), *of_teachers, *_of_all(document)))


def _by_key(charts: tuple[Chart | None, ...]) -> dict[str, Chart]:
    return {one.key: one for one in charts if one}


def _of_ratios(document: Row) -> Iterator[Chart | None]:
    yield from (tippett(document), calibration(document), null_ratios(document))
    for one in (document["result"].get("likelihood") or {"teachers": []})["teachers"]:
        yield from (signals(one), without_ratio(one))
    yield power(document)


def _printed(document: Row, teacher: Row) -> Iterator[Chart | None]:
    yield from three_views(document, teacher)
    yield from (null_ranks(teacher), without_lead(teacher))


def _shown(document: Row, teacher: Row) -> Iterator[Chart | None]:
    yield from (one_view(document, teacher, view) for view in VIEWS)
    yield from (null_ranks(teacher), without_lead(teacher))


def _of_all(document: Row) -> Iterator[Chart | None]:
    yield from (heat_map(document), releases(document))

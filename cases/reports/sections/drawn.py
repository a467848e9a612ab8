"""The figures of the report: what is said under each, and its numbers if none stand beside it."""

from collections.abc import Iterator

from cases.reports.blocks import Column, Figure, Listing, Rule
from cases.reports.chart import Chart, Row
from cases.reports.charts.calibration import calibration
from cases.reports.charts.custody import custody
from cases.reports.charts.excess import three_views
from cases.reports.charts.heat import heat_map
from cases.reports.charts.left_out import without_lead, without_ratio
from cases.reports.charts.nulls import null_ranks, null_ratios
from cases.reports.charts.power import power
from cases.reports.charts.releases import releases
from cases.reports.charts.signals import signals
from cases.reports.charts.tippett import tippett

_VIEWS = (
    "Excess of each candidate in three views, with intervals over prompts, the highest on top. "
    "Zero is what the cohort makes one expect. Diamond: the candidate teacher. Circles: controls."
)


def of_case(document: Row) -> Iterator[Figure]:
    """Yield where this case stands among the reference pairs."""
    yield from _figure(
        tippett(document),
        "Tippett plot: for each likelihood ratio, the share of the reference pairs whose own "
        "ratio is at least as large. The numbers are in the table after it.",
    )


def of_calibration(document: Row) -> Iterator[Figure]:
    """Yield the pairs under H2 with the case, and how ratios stand after recalibration."""
    yield from _figure(
        null_ratios(document),
        "How many of the reference pairs under H2 have each likelihood ratio.",
        rule=Rule.REFERENCE,
    )
    yield from _figure(
        calibration(document),
        "Calibration: the ratios as given, and after pooling adjacent violators (PAV; Brümmer and "
        "du Preez 2006). On the diagonal they would be perfectly calibrated.",
        rule=Rule.REFERENCE,
    )


def of_signals(teacher: Row) -> Iterator[Figure]:
    """Yield what one teacher's ratio is made of."""
    words = "Filled bars to the right raise the ratio, hollow ones to the left lower it."
    yield from _figure(signals(teacher), words)


def of_parts(teacher: Row) -> Iterator[Figure]:
    """Yield how far one teacher's ratio hangs on single parts of the material."""
    words = "What the signals give without one part of the material at a time."
    yield from _figure(without_ratio(teacher), words)


def of_power(document: Row) -> Iterator[Figure]:
    """Yield how the pairs are told apart by number of prompts."""
    yield from _figure(power(document), "How well the reference pairs are told apart.")


def of_teacher(document: Row, teacher: Row) -> Iterator[Figure]:
    """Yield the excess of all candidates for one teacher, in as many pictures as it takes."""
    for one in three_views(document, teacher):
        yield from _figure(one, _VIEWS)


def of_rank(teacher: Row) -> Iterator[Figure]:
    """Yield what the rank of one teacher is read from, and how far it hangs on single controls."""
    yield from _figure(
        null_ranks(teacher),
        "The null of the rank test: the excess of each control, each as if in the teacher\u2019s "
        "place, and the teacher\u2019s own.",
    )
    yield from _figure(
        without_lead(teacher),
        "The lead over the closest control without each control, and each family of them.",
        rule=Rule.SUMMARY,
    )


def of_everyone(document: Row) -> Iterator[Figure]:
    """Yield the heat map of every exhibit by all candidates."""
    yield from _figure(
        heat_map(document),
        "Every exhibit by candidate teachers and controls. The darker a cell, the higher the mean "
        "cosine.",
    )


def of_releases(document: Row) -> Iterator[Figure]:
    """Yield the likeness over dates of release, where such dates are asserted."""
    yield from _figure(
        releases(document),
        "Likeness to the suspect over the dates on which the parties assert that models were "
        "released; the dates are not checked.",
        rule=Rule.SUMMARY,
    )


def of_custody(document: Row) -> Iterator[Figure]:
    """Yield the chain of custody over time, looks at records included."""
    words = "Every entry of the chain, those included that are not printed below."
    yield from _figure(custody(document), words, rule=Rule.SUMMARY)


def _figure(chart: Chart | None, caption: str, *, rule: Rule | None = None) -> Iterator[Figure]:
    """Yield the figure of a chart; with a rule, its numbers stand after it as a table."""
    if chart is not None:
        yield Figure(chart, caption, table=_listing(chart, rule) if rule else None)


def _listing(chart: Chart, rule: Rule) -> Listing:
    table = chart.table
    return Listing(
        f"figure-{chart.key}",
        tuple(
            Column(title) if place < table.words else Column(title, "26mm", "right")
            for place, title in enumerate(table.columns)
        ),
        table.rows,
        rule=rule,
        size=8,
    )

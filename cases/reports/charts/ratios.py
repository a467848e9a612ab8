"""The likelihood ratio for a teacher from one release of a line to the next."""

from collections.abc import Iterator, Sequence

from cases.reports.chart import Chart, Row
from cases.reports.charts.looks import VERMILION, Look
from cases.reports.charts.names import short
from cases.reports.charts.plotting import Entry, layer, text, upright
from cases.reports.charts.series import Line, Seen, alt, drawn, given, table

THRESHOLD = Look(VERMILION, (6, 3))
_NONE = "no ratio given"
_ROW = 20


def ratios(
    label: str, model: str, lines: Sequence[Line], thresholds: Sequence[float]
) -> Chart | None:
    """Return log10 of the ratio over the releases; None where no audit gives one.

    `thresholds` has one number for each line, of the version of the plan that holds there.
    """
    if not given(lines):
        return None

    def beside(x: Row, y: Row) -> Iterator[Row]:
        yield from _threshold(thresholds, x, y)
        yield from _without(lines, y)

    what = f"log10 of the likelihood ratio for {short(model)}"
    said = " and then ".join(f"{one:.3g}" for one in dict.fromkeys(10**at for at in thresholds))
    name = f"from here people are told: a ratio of {said}"
    return Chart(
        key=f"ratios-{label}",
        title=f"Likelihood ratio for {short(model)} over the releases",
        alt=f"{alt(what, lines)} A dashed line marks the ratio of which people are told, {said}.",
        spec=drawn(
            lines,
            "Likelihood ratio (log10); above zero for H1, below for H2",
            most=max(thresholds),
            entries=[Entry(THRESHOLD, "line", name)],
            beside=beside,
        ),
        table=table("Likelihood ratio (log10)", lines),
    )


def _threshold(thresholds: Sequence[float], x: Row, y: Row) -> Iterator[Row]:
    if len(set(thresholds)) == 1:
        yield upright(thresholds[0], THRESHOLD, x)
        return
    values = [{"row": place, "x": at} for place, at in enumerate(thresholds)]
    mark = {"type": "tick", "thickness": 2, "size": _ROW, "color": THRESHOLD.colour}
    yield layer(values, mark, x=x, y=y)


def _without(lines: Sequence[Line], y: Row) -> Iterator[Row]:
    """Yield the words at audits that give no ratio."""
    values = [
        {"row": place, "text": _NONE, "told": one.told}
        for place, one in enumerate(lines)
        if isinstance(one, Seen) and one.estimate is None
    ]
    if values:
        yield text(values, {"value": 4}, y, align="left", fontStyle="italic")

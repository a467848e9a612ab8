"""The Tippett plot (Tippett 1968) of the reference pairs, with this case marked."""

from collections.abc import Iterator

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import NEUTRAL, UNDER_H1, UNDER_H2
from cases.reports.charts.plotting import (
    Entry,
    Frame,
    Tick,
    across,
    cases,
    layer,
    plot,
    upright,
    upwards,
)
from cases.reports.ratios import named
from cases.reports.tippett import (
    Axis,
    Threshold,
    axis_of,
    given,
    power_of_ten,
    round_ratios,
    thresholds,
)

RATIO = "Likelihood ratio, on a logarithmic scale"
_HEIGHT, _LEFT = 220, 46
_KEY = (Entry(UNDER_H1, "line", "pairs under H1"), Entry(UNDER_H2, "line", "pairs under H2"))
_SHARES = (Tick(0, "none"), Tick(0.5, "half"), Tick(1, "all"))


def tippett(document: Row) -> Chart | None:
    """Return the plot; None where no ratio was asked for or the material can carry none."""
    found = document["result"].get("likelihood")
    if not found or not found["validation"]:
        return None
    table = thresholds(found)
    return Chart(
        key="tippett",
        title="This case among the reference pairs (Tippett plot)",
        alt=_alt(found, table),
        spec=plot(
            _layers(found, table),
            Frame(
                height=_HEIGHT,
                left=_LEFT,
                below=RATIO,
                key=_KEY,
                title="Share of the pairs whose ratio is at least as large",
                cases=len(given(found)),
            ),
        ),
        table=Table(
            ("LR", "log10 LR", "Under H1", "Under H2"),
            tuple((one.lr, one.log10_lr, one.h1, one.h2) for one in table),
        ),
    )


def ratios_across(axis: Axis) -> Row:
    """Return the encoding of log10 LRs from left to right, with ticks at powers of ten."""
    ticks = tuple(Tick(at, power_of_ten(at)) for at in axis.places)
    return across("x", ticks)


def marked(found: Row) -> list[tuple[float, str]]:
    """Return where the teachers that have a ratio stand, and how each is called there."""
    return [(one["log10_lr"], f"{one['label']}: {named(one['log10_lr'])}") for one in given(found)]


def _layers(found: Row, table: tuple[Threshold, ...]) -> Iterator[Row]:
    axis, curves = axis_of(found), found["validation"]["tippett"]
    x, y = ratios_across(axis), upwards("y", _SHARES)
    yield upright(0, NEUTRAL, x)
    for name, look in (("h2", UNDER_H2), ("h1", UNDER_H1)):
        points = _corners(axis, curves["log10_lr"], curves[name])
        yield layer(points, look.line(interpolate="step-before"), x=x, y=y)
    told = [
        {"x": at, "told": _told(one)} for at, one in zip(round_ratios(found), table, strict=True)
    ]
    yield layer(told, {"type": "rule", "opacity": 0, "strokeWidth": 14}, x=x)
    yield from cases(marked(found), x, _HEIGHT)


def _corners(axis: Axis, log10_lrs: list[float], shares: list[float]) -> list[Row]:
    """Return the points of a curve that holds to the left of each, from end to end of the axis."""
    x, y = [axis.low, *log10_lrs, axis.high], [shares[0], *shares, 0.0]
    return [{"x": at, "y": share} for at, share in zip(x, y, strict=True)]


def _told(one: Threshold) -> str:
    return f"LR of {one.lr} or more: {one.h1} of the pairs under H1, {one.h2} of those under H2"


def _alt(found: Row, table: tuple[Threshold, ...]) -> str:
    one = table[round_ratios(found).index(0)]
    names = [name for _, name in marked(found)]
    here = f"Marked by upright lines: {'; '.join(names)}." if names else "No case is marked."
    return (
        "Two falling staircases over the likelihood ratio: the share of reference pairs under H1 "
        "(solid) and under H2 (dashed) whose ratio is at least as large. At a ratio of 1 they "
        f"stand at {one.h1} under H1 and {one.h2} under H2. {here}"
    )

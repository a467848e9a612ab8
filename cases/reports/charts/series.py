"""Likeness to a teacher from one release of a line to the next, for the page of a watch."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import NEUTRAL, TEACHER
from cases.reports.charts.names import room, short
from cases.reports.charts.plotting import Frame, across, layer, numbers, plot, rows, upright
from cases.reports.figures import decimals

_ROW = 18


@dataclass(frozen=True, slots=True)
class Seen:
    """One audit of a release: its name, and the likeness with its interval."""

    name: str
    estimate: float
    low: float
    high: float


def series(label: str, model: str, seen: Sequence[Seen]) -> Chart:
    """Return the series as dots with intervals, oldest on top."""
    names = [one.name for one in seen]
    return Chart(
        key=f"series-{label}",
        title=f"Likeness to {short(model)} over the releases",
        alt=_alt(model, seen),
        spec=plot(
            _layers(seen, names),
            Frame(
                height=_ROW * len(seen),
                left=max(map(room, names)) + 14,
                below="Likeness beyond what the controls make one expect",
            ),
        ),
        table=Table(
            ("Release", "Likeness", "from", "to"),
            tuple((one.name, *map(decimals, (one.estimate, one.low, one.high))) for one in seen),
            words=1,
        ),
    )


def _layers(seen: Sequence[Seen], names: list[str]) -> list[Row]:
    least, most = min(0.0, *(one.low for one in seen)), max(0.0, *(one.high for one in seen))
    x, y = across("x", numbers(least, most, decimals)), rows(names)
    values = [
        {"row": place, "x": one.estimate, "low": one.low, "high": one.high, "told": _told(one)}
        for place, one in enumerate(seen)
    ]
    ends = {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y}
    return [
        upright(0.0, NEUTRAL, x),
        layer(values, TEACHER.rule(), **ends),
        layer(values, TEACHER.point(), x=x, y=y),
    ]


def _told(one: Seen) -> str:
    return f"{one.name}: {decimals(one.estimate)} ({decimals(one.low)} to {decimals(one.high)})"


def _alt(model: str, seen: Sequence[Seen]) -> str:
    highest = max(seen, key=lambda one: one.estimate)
    return (
        f"Dots with intervals, one row for each of {len(seen)} audits, oldest on top: likeness to "
        f"{short(model)}. The first is {_told(seen[0])}; the highest is {_told(highest)}."
    )

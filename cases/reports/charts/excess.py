"""The excess of each candidate with its interval: one view alone, or all three side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.reports.chart import Chart, Row, Spec, Table
from cases.reports.charts.looks import CONTROL, NEUTRAL, TEACHER
from cases.reports.charts.names import room, short
from cases.reports.charts.plotting import (
    LINE,
    Entry,
    Frame,
    Tick,
    across,
    layer,
    plot,
    rows,
    text,
    upright,
)
from cases.reports.figures import VIEWS, decimals, interval, ordered

_ROW, _GAP = 18, 0.3
# So many ticks of a panel among several, whose labels must not touch.
_MOST_TICKS = 4
# More rows than this do not stand on one printed page.
_MOST_ROWS = 42
_KEY = (Entry(TEACHER, "point", "candidate teacher"), Entry(CONTROL, "point", "control"))
Shown = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class _Panel:
    """One view among those side by side: each is as wide as 1, and begins at `start`."""

    view: str
    start: float
    axis: Row

    def __call__(self, value: float) -> float:
        """Return where a value stands across all panels."""
        low, high = self.axis["low"], self.axis["high"]
        return round(self.start + float((value - low) / (high - low)), 6)


def one_view(document: Row, teacher: Row, view: str) -> Chart:
    """Return the excess of every candidate under one view, for the page."""
    key = f"excess-{teacher['label']}-{view.replace('_', '-')}"
    return _chart(document, teacher, key, {view: ordered(teacher, view)})


def three_views(document: Row, teacher: Row) -> Iterator[Chart]:
    """Yield the excess under all views side by side, for print: so many rows a picture."""
    by_view = {view: ordered(teacher, view) for view in VIEWS}
    key, count = f"excess-{teacher['label']}", len(by_view["embedding"])
    for part, start in enumerate(range(0, count, _MOST_ROWS), start=1):
        shown = {view: found[start : start + _MOST_ROWS] for view, found in by_view.items()}
        yield _chart(document, teacher, f"{key}-part-{part}" if start else key, shown)


def _chart(document: Row, teacher: Row, key: str, shown: Shown) -> Chart:
    single = f": {VIEWS[next(iter(shown))].lower()}" if len(shown) == 1 else ""
    return Chart(
        key=key,
        title=f"Excess of each candidate, teacher {teacher['label']}{single}",
        alt=" ".join([_SEEN, *(_alt(teacher, view) for view in shown)]),
        spec=_plot(document, shown),
        table=_table(shown),
    )


def _plot(document: Row, shown: Shown) -> Spec:
    panels = [
        _Panel(view, place * (1 + _GAP), document["axes"][view])
        for place, view in enumerate(shown)
    ]
    first = next(iter(shown.values()))
    names = [f"{one['label']}  {short(one['model'])}" for one in first]
    height = _ROW * len(first)
    y = rows(names, [one["role"] == "teacher" for one in first])
    several = len(panels) > 1
    return plot(
        _layers(panels, shown, y),
        Frame(
            height=height,
            left=max(map(room, names)) + 14,
            below="Excess over what the other models explain",
            key=_KEY,
            cases=1 if several else 0,
        ),
    )


def _layers(panels: Sequence[_Panel], shown: Shown, y: Row) -> Iterator[Row]:
    x = across(
        "x",
        [one for panel in panels for one in _ticks(panel, several=len(panels) > 1)],
        domain=[0.0, panels[-1].start + 1],
    )
    for panel in panels:
        yield upright(panel(0.0), NEUTRAL, x)
        if len(panels) > 1:
            title = [{"x": panel.start, "text": VIEWS[panel.view]}]
            yield text(title, x, {"value": -LINE / 2}, align="left", fontWeight="bold")
        yield from _candidates(panel, shown[panel.view], x, y)


def _ticks(panel: _Panel, *, several: bool) -> list[Tick]:
    """Return the ticks of a panel; where it is narrow and has many, every other, zero included."""
    ticks = panel.axis["ticks"]
    if several and len(ticks) > _MOST_TICKS:
        ticks = ticks[ticks.index(0.0) % 2 :: 2]
    return [Tick(panel(at), decimals(at)) for at in ticks]


def _candidates(panel: _Panel, shown: list[Row], x: Row, y: Row) -> Iterator[Row]:
    for role, look in (("control", CONTROL), ("teacher", TEACHER)):
        values = [
            _value(panel, one, place) for place, one in enumerate(shown) if one["role"] == role
        ]
        ends = {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y}
        yield layer(values, look.rule(), **ends)
        yield layer(values, look.point(), x=x, y=y)


def _value(panel: _Panel, one: Row, place: int) -> Row:
    found = interval(one["excess"])
    return {
        "row": place,
        "x": panel(one["excess"]["estimate"]),
        "low": panel(one["excess"]["low"]),
        "high": panel(one["excess"]["high"]),
        "told": f"{one['label']} {short(one['model'])}, {VIEWS[panel.view].lower()}: "
        f"{found['estimate']} {found['range']}",
    }


def _table(shown: Shown) -> Table:
    titles = [f"{VIEWS[view]}{part}" for view in shown for part in ("", ", interval")]
    return Table(
        ("Exhibit", "Model", "Role", "Mean cosine", *titles),
        tuple(_cells(together) for together in zip(*shown.values(), strict=True)),
        words=3,
    )


def _cells(views: tuple[Row, ...]) -> tuple[str, ...]:
    one, found = views[0], [interval(view["excess"]) for view in views]
    numbers = [part for each in found for part in (each["estimate"], each["range"])]
    cosine = decimals(one["mean_similarity"])
    return (one["label"], one["model"], one["role"], cosine, *numbers)


_SEEN = "Dots with intervals, one row a candidate, the highest excess on top."


def _alt(teacher: Row, view: str) -> str:
    found = teacher["views"][view]
    own = interval(found["candidates"][0]["excess"])
    return (
        f"{VIEWS[view]}: teacher {teacher['label']} at {own['estimate']} {own['range']}, rank "
        f"{found['rank']} of {found['of']}; its lead over the closest control, "
        f"{short(found['closest_control'])}, is {interval(found['lead'])['estimate']} "
        f"{interval(found['lead'])['range']}."
    )

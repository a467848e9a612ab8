"""Vega-Lite in the few words that the figures need; nothing is laid out by the width of a text.

So the same document gives the same picture whatever fonts a machine has, and every text of it is
known here before it is drawn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cases.reports.charts.chart import Row, Spec
from cases.reports.charts.looks import BLACK, CASE, GREY, PALE, Look

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# Of the whole picture, which is as wide as the text of a page: letters come out at 8 points.
WIDTH = 640
LINE = 17
_SAMPLE = 26
_RIGHT, _BOTTOM, _TOP, _EDGE = 18, 44, 10, 2


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and the text that is printed there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a key: how a series looks, whether as a line or as points, and its name."""

    look: Look
    kind: str
    text: str


def across(field: str, ticks: Sequence[Tick], title: str, **scale: Any) -> Row:
    """Return the encoding of a number from left to right, its axis below."""
    axis = _axis(ticks) | {"title": title, "orient": "bottom", "titleY": 32}
    return _measured(field, ticks, axis, scale)


def upwards(field: str, ticks: Sequence[Tick], **scale: Any) -> Row:
    """Return the encoding of a number from the bottom upwards; `plot` has its axis's title."""
    axis = _axis(ticks) | {"title": None, "orient": "left"}
    return _measured(field, ticks, axis, scale)


def _measured(field: str, ticks: Sequence[Tick], axis: Row, scale: Row) -> Row:
    ends = [ticks[0].at, ticks[-1].at]
    scale = {"domain": ends, "nice": False, "zero": False} | scale
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def _axis(ticks: Sequence[Tick]) -> Row:
    """Return the ticks with our own texts: what Vega would write is not ours to check."""
    values = [one.at for one in ticks]
    texts = ",".join(_quoted(one.text) for one in ticks)
    places = ",".join(repr(one) for one in values)
    return {
        "values": values,
        "labelExpr": f"[{texts}][indexof([{places}], datum.value)]",
    }


def _quoted(text: str) -> str:
    """Return a string of the expression language of Vega."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def along(rows: Sequence[str], **more: Any) -> Row:
    """Return the encoding of rows from top to bottom, in this order; `row` is the field."""
    scale = {"domain": list(rows), "paddingInner": 0.3, "paddingOuter": 0.2}
    axis = {"title": None, "ticks": False, "domain": False, "grid": False, "labelPadding": 8}
    return {"field": "row", "type": "nominal", "sort": None, "scale": scale, "axis": axis} | more


def layer(values: Iterable[Row], mark: Row, **encoding: Any) -> Row:
    """Return one layer with its own data; what has a `told` is read out where it is pointed at."""
    known = list(values)
    told = {"tooltip": {"field": "told"}} if any("told" in one for one in known) else {}
    return {"data": {"values": known}, "mark": mark, "encoding": encoding | told}


def upright(at: float, look: Look, x: Row) -> Row:
    """Return a rule from bottom to top at a number of the axis `x`."""
    return layer([{x["field"]: at}], look.rule(), x=x)


def text(values: Iterable[Row], x: Row, y: Row, **mark: Any) -> Row:
    """Return a layer of words, from the field `text`."""
    drawn = {"type": "text", "fontSize": 11, "baseline": "middle", "fill": BLACK} | mark
    return layer(values, drawn, x=x, y=y, text={"field": "text"})


def cases(marked: Sequence[tuple[float, str]], x: Row, height: float) -> Iterator[Row]:
    """Yield for each case a line at its number, and its name above on a line of its own."""
    low, high = x["scale"]["domain"]
    for place, (at, name) in enumerate(marked):
        y = {"value": LINE * (place - len(marked) + 1 / 2)}
        value = {x["field"]: at, "text": name, "told": name}
        yield layer([value], CASE.rule(), x=x, y=y, y2={"value": height})
        side = (
            {"align": "right", "dx": -5} if at > (low + high) / 2 else {"align": "left", "dx": 5}
        )
        yield text([value], x, y, fontWeight="bold", **side)


def plot(
    layers: Iterable[Row],
    *,
    height: float,
    left: float,
    key: Sequence[Entry] = (),
    title: str = "",
    cases: int = 0,
) -> Spec:
    """Return a whole picture: its key, the title of the axis upwards, room for cases, the plot."""
    above = LINE * (len(key) + bool(title) + cases) + _TOP
    head = [*_key(key, _TOP - above), *_title(title, -LINE * cases - LINE / 2, -left)]
    return {
        "$schema": SCHEMA,
        "width": WIDTH - left - _RIGHT,
        "height": height,
        "autosize": {"type": "none"},
        "padding": {"left": left, "right": _RIGHT, "top": above, "bottom": _BOTTOM},
        "config": _CONFIG,
        "layer": [*layers, *head],
    }


def _title(title: str, y: float, x: float) -> Iterator[Row]:
    if title:
        yield text([{"text": title}], {"value": x + _EDGE}, {"value": y}, align="left")


def _key(entries: Sequence[Entry], start: float) -> Iterator[Row]:
    for place, one in enumerate(entries):
        y = {"value": start + LINE * (place + 1 / 2)}
        if one.kind == "line":
            yield layer([{}], one.look.rule(), x={"value": 0}, x2={"value": _SAMPLE}, y=y)
        else:
            yield layer([{}], one.look.point(), x={"value": _SAMPLE / 2}, y=y)
        yield text([{"text": one.text}], {"value": _SAMPLE + 6}, y, align="left")


_CONFIG: Row = {
    # Only fonts that the press has in itself; a page sets its own.
    "font": "Libertinus Serif",
    "aria": False,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "domainColor": GREY,
        "gridColor": PALE,
        "labelColor": BLACK,
        "labelFlush": False,
        "labelFontSize": 11,
        "labelLimit": 0,
        "labelOverlap": False,
        "tickColor": GREY,
        "titleColor": BLACK,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titleLimit": 0,
    },
}

"""Vega-Lite in the few words that the figures need; nothing is laid out by the width of a text.

So the same document gives the same picture whatever fonts a machine has, and every text of it is
known here before it is drawn.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cases.reports.axes import axis
from cases.reports.chart import Row, Spec
from cases.reports.charts.looks import BLACK, CASE, GREY, PALE, Look

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# Of the whole picture, which is as wide as the text of a page: letters come out at 8 points.
WIDTH = 640
LINE = 17
_SAMPLE = 26
_BOTTOM, _TOP, _EDGE, _BELOW = 48, 10, 4, 36


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and the text that is printed there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a key: a sample, "line", "point", "line and point" or "box", and its name."""

    look: Look
    kind: str
    text: str


def across(field: str, ticks: Sequence[Tick], **scale: Any) -> Row:
    """Return the encoding of a number from left to right, its axis below."""
    return _measured(field, ticks, "bottom", scale)


def upwards(field: str, ticks: Sequence[Tick], **scale: Any) -> Row:
    """Return the encoding of a number from the bottom upwards, its axis to the left."""
    return _measured(field, ticks, "left", scale)


def _measured(field: str, ticks: Sequence[Tick], side: str, scale: Row) -> Row:
    ends = [ticks[0].at, ticks[-1].at]
    start = {} if "type" in scale else {"zero": False}
    scale = {"domain": ends, "nice": False} | start | scale
    return {"field": field, "type": "quantitative", "scale": scale, "axis": _axis(ticks, side)}


def _axis(ticks: Sequence[Tick], side: str) -> Row:
    """Return the ticks with our own texts: what Vega would write is not ours to check."""
    values = [one.at for one in ticks]
    texts = ",".join(_quoted(one.text) for one in ticks)
    places = ",".join(repr(one) for one in values)
    return {
        "title": None,
        "orient": side,
        "values": values,
        "labelExpr": f"[{texts}][indexof([{places}], datum.value)]",
    }


def numbers(least: float, most: float, written: Callable[[float], str]) -> tuple[Tick, ...]:
    """Return round ticks that hold everything from least to most."""
    return tuple(Tick(at, written(at)) for at in axis(least, most)["ticks"])


def rows(names: Sequence[str], strong: Sequence[bool] = (), size: float = 11) -> Row:
    """Return the encoding of named rows from top to bottom, those that are `strong` in bold.

    `row` is the field and has the place of a row among them, so that two may have one name.
    """
    bold = {"test": f"{json.dumps(list(strong))}[datum.value]", "value": "bold"}
    return {
        "field": "row",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": list(range(len(names))), "paddingInner": 0.3, "paddingOuter": 0.2},
        "axis": _of_names(names, size)
        | {"orient": "left", "labelFontWeight": {"condition": bold, "value": "normal"}},
    }


def columns(names: Sequence[str], size: float = 11, *, upright: bool = False) -> Row:
    """Return the encoding of named columns from left to right, their names below."""
    turned = {"labelAngle": -90, "labelAlign": "right", "labelBaseline": "middle"}
    return {
        "field": "column",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": list(range(len(names))), "paddingInner": 0, "paddingOuter": 0},
        "axis": _of_names(names, size) | (turned if upright else {"labelAngle": 0}),
    }


def _of_names(names: Sequence[str], size: float) -> Row:
    texts = ",".join(map(_quoted, names))
    return {
        "title": None,
        "ticks": False,
        "domain": False,
        "grid": False,
        "labelPadding": 8,
        "labelFontSize": size,
        "labelExpr": f"[{texts}][datum.value]",
    }


def _quoted(text: str) -> str:
    """Return a text as a string of Vega's expressions, as JSON writes one."""
    return json.dumps(text, ensure_ascii=False)


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


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds a plot of some height: names and numbers to the `left`, and above it its key.

    `title` is that of the axis upwards and `below` that of the axis across; `cases` says for how
    many cases there is room above.
    """

    height: float
    left: float
    below: str = ""
    key: Sequence[Entry] = ()
    title: str = ""
    cases: int = 0
    right: float = 20

    @property
    def above(self) -> float:
        """The room above the plot."""
        return LINE * (len(self.key) + bool(self.title) + self.cases) + _TOP


def plot(layers: Iterable[Row], frame: Frame) -> Spec:
    """Return a whole picture: from top to bottom the key, a title, room for cases, the plot."""
    sides = {"left": frame.left, "right": frame.right, "top": frame.above, "bottom": _BOTTOM}
    return {
        "$schema": SCHEMA,
        "width": WIDTH - frame.left - frame.right,
        "height": frame.height,
        "autosize": {"type": "none"},
        "padding": sides,
        "config": _CONFIG,
        "layer": [*layers, *_key(frame), *_titles(frame)],
    }


def _titles(frame: Frame) -> Iterator[Row]:
    """Yield the titles of both axes: where the picture is wide, on the smallest page too."""
    if frame.title:
        x, y = {"value": -frame.left + _EDGE}, {"value": -LINE * (frame.cases + 1 / 2)}
        yield text([{"text": frame.title}], x, y, align="left")
    if frame.below:
        end, below = {"value": "width"}, {"value": frame.height + _BELOW}
        yield text([{"text": frame.below}], end, below, align="right")


def _key(frame: Frame) -> Iterator[Row]:
    left = -frame.left + _EDGE
    for place, one in enumerate(frame.key):
        y = {"value": _TOP - frame.above + LINE * (place + 1 / 2)}
        if "line" in one.kind:
            ends = {"x": {"value": left}, "x2": {"value": left + _SAMPLE}}
            yield layer([{}], one.look.rule(), **ends, y=y)
        if one.kind != "line":
            size = {"size": 140, "stroke": GREY, "strokeWidth": 0.6} if one.kind == "box" else {}
            yield layer([{}], one.look.point(**size), x={"value": left + _SAMPLE / 2}, y=y)
        yield text([{"text": one.text}], {"value": left + _SAMPLE + 6}, y, align="left")


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
    },
}

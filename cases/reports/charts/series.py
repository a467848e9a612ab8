"""Likeness to a teacher, and the ratio, from one release of a line to the next, among events.

Rows go from the oldest down to the newest: audits as dots with intervals, and between them what
happened to terms, teachers and the plan, as a rule under its words.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import BLACK, BLUE, GREY, NEUTRAL, TEACHER, Look
from cases.reports.charts.names import room, short
from cases.reports.charts.plotting import (
    Entry,
    Frame,
    across,
    layer,
    numbers,
    plot,
    rows,
    text,
    upright,
)
from cases.reports.figures import decimals
from cases.reports.glyphs import with_unseen_named

_ROW = 20
_EDGE, _RIGHT = 4, 20
# As much as the narrowest page has room for.
_LABEL = 330
_UNDER = 8
ASKED = Look(BLUE, (), "square", filled=False)
_EVENTS = {
    "terms": Look(BLACK, (2, 2), width=1.4),
    "teacher": Look(BLACK, (8, 3), width=1.4),
    "other": Look(GREY, (2, 5), width=1.4),
    "version": Look(GREY, (), width=1.4),
}
_IN_KEY = {
    "terms": "under a change of terms",
    "teacher": "under a snapshot of a teacher",
    "other": "under another event",
    "version": "under the beginning of a version of the plan",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One audit of a release: a number with its interval, None where none is given, and why."""

    name: str
    estimate: float | None
    low: float
    high: float
    why_none: str = ""
    asked: bool = False

    @property
    def told(self) -> str:
        """The audit in words."""
        by = " (as a person asked)" if self.asked else ""
        if self.estimate is None:
            return f"{self.name}{by}: none given. {self.why_none}".strip()
        low, high = decimals(self.low), decimals(self.high)
        return f"{self.name}{by}: {decimals(self.estimate)} ({low} to {high})"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened between two audits: "terms", "teacher", "other" or "version", in words."""

    kind: str
    text: str


Line = Seen | Event


def series(label: str, model: str, lines: Sequence[Line]) -> Chart:
    """Return the likeness over the releases, oldest on top."""
    return Chart(
        key=f"series-{label}",
        title=f"Likeness to {short(model)} over the releases",
        alt=alt(f"likeness to {short(model)}", lines),
        spec=drawn(lines, "Likeness beyond what the controls make one expect"),
        table=table("Likeness", lines),
    )


def table(name: str, lines: Sequence[Line]) -> Table:
    """Return the numbers and events of a plot, in its order."""
    found: list[tuple[str, ...]] = []
    for one in lines:
        if isinstance(one, Event):
            found.append((one.text, "", "", ""))
        elif one.estimate is None:
            found.append((one.name, "none given", "", ""))
        else:
            found.append((one.name, *map(decimals, (one.estimate, one.low, one.high))))
    return Table(("Release or event", name, "from", "to"), tuple(found), words=1)


def drawn(
    lines: Sequence[Line],
    below: str,
    *,
    most: float = 0.0,
    entries: Sequence[Entry] = (),
    beside: Callable[[Row, Row], Iterator[Row]] = lambda _x, _y: iter(()),
) -> Row:
    """Return the plot of audits and events; `beside` yields further layers on its two axes.

    The axis across holds zero and `most`, and `entries` are added to the key.
    """
    names = [with_unseen_named(one.name) if isinstance(one, Seen) else "" for one in lines]
    left = max(map(room, names)) + 14
    ends = [value for _, one in given(lines) for value in (one.low, one.high)]
    x = across("x", numbers(min(0.0, *ends), max(0.0, most, *ends), decimals))
    y = rows(names)
    layers = [
        upright(0.0, NEUTRAL, x),
        *beside(x, y),
        *_audits(lines, x, y),
        *_events(lines, y, left),
    ]
    frame = Frame(
        height=_ROW * len(lines),
        left=left,
        below=below,
        key=[*_key(lines), *entries],
        right=_RIGHT,
    )
    return plot(layers, frame)


def given(lines: Sequence[Line]) -> list[tuple[int, Seen]]:
    """Return the audits that have a number, with their rows."""
    return [
        (place, one)
        for place, one in enumerate(lines)
        if isinstance(one, Seen) and one.estimate is not None
    ]


def _audits(lines: Sequence[Line], x: Row, y: Row) -> Iterator[Row]:
    ends = {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y}
    for asked, look in ((False, TEACHER), (True, ASKED)):
        values = [
            {"row": place, "x": one.estimate, "low": one.low, "high": one.high, "told": one.told}
            for place, one in given(lines)
            if one.asked == asked
        ]
        if values:
            yield layer(values, look.rule(), **ends)
            yield layer(values, look.point(), x=x, y=y)


def _events(lines: Sequence[Line], y: Row, left: float) -> Iterator[Row]:
    """Yield the words of events over the whole width, each with its rule under it."""
    start, end = {"value": _EDGE - left}, {"value": "width"}
    found = [(place, one) for place, one in enumerate(lines) if isinstance(one, Event)]
    for kind, look in _EVENTS.items():
        values = [
            {"row": place, "text": _cut(one.text), "told": one.text}
            for place, one in found
            if one.kind == kind
        ]
        if values:
            yield layer(values, look.rule(yOffset=_UNDER), x=start, x2=end, y=y)
            yield text(values, start, y, align="left")


def _cut(words: str) -> str:
    """Return the beginning of words, as much as there is room for."""
    shown = with_unseen_named(words)
    if room(shown) <= _LABEL:
        return shown
    while room(shown) > _LABEL:
        shown = shown[:-1]
    return shown.rstrip() + "\u2026"


def _key(lines: Sequence[Line]) -> Iterator[Entry]:
    seen = [one for one in lines if isinstance(one, Seen)]
    if any(not one.asked for one in seen):
        yield Entry(TEACHER, "line and point", "audited in the ordinary course, with its interval")
    if any(one.asked for one in seen):
        yield Entry(ASKED, "line and point", "audited as a person asked, with its interval")
    kinds = {one.kind for one in lines if isinstance(one, Event)}
    for kind, look in _EVENTS.items():
        if kind in kinds:
            yield Entry(look, "line", _IN_KEY[kind])


def alt(what: str, lines: Sequence[Line]) -> str:
    """Return what is seen on a plot."""
    seen = [one for one in lines if isinstance(one, Seen)]
    numbered = [one for _, one in given(lines)]
    highest = max(numbered, key=lambda one: one.estimate or 0.0)
    none = len(seen) - len(numbered)
    events = [one.text for one in lines if isinstance(one, Event)]
    ends = f"the highest is {highest.told}; the last is {numbered[-1].told}"
    said = [
        f"Dots with intervals, one row for each of {len(seen)} audits, oldest on top: {what}.",
        f"The first is {numbered[0].told}; {ends}.",
        f"Of {none} none is given." if none else "",
        f"Between them {len(events)} events are marked: {'; '.join(events)}." if events else "",
    ]
    return " ".join(one for one in said if one)

"""The outcome in words, the heat map and the interval chart of a finding."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.template import Library

from audit.models import Job
from cases.reports.alternatives import Alternative, alternatives_of
from cases.reports.figures import without_parts
from cases.templatetags.words import decimals

register = Library()

_OUTCOMES = {
    "not_shown": "The material does not show it",
    "abstains": "No answer can be given",
    "limited": "Ranks first, but too weakly for an answer",
    "stands_out": "Support for H1 over H2",
}
_VIEWS = {
    "embedding": "Embedding of the answers",
    "embedding_without_layout": "Embedding, with length and layout taken out",
    "layout": "Length and layout alone",
}
# The style sheet has ramp-0 to ramp-10.
_STEPS = 10
# A chart is drawn in these units, which are pixels where it is shown at its own size.
_LEFT, _RIGHT, _ROW, _TOP, _AXIS = 34, 348, 26, 8, 30
_MOST_TICKS = 6


@register.filter
def outcome_in_words(code: str) -> str:
    """Return the outcome of a finding as a short phrase."""
    return _OUTCOMES[code]


@register.filter
def alternatives(result: dict[str, Any]) -> tuple[Alternative, ...]:
    """Return the other explanations of a result in words."""
    return alternatives_of(result)


@register.filter
def views_in_words(views: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return name, words and numbers of each view of similarity, the leading one first."""
    return [(name, words, views[name]) for name, words in _VIEWS.items()]


@register.filter
def without(view: dict[str, Any]) -> list[str]:
    """Return how far rank and lead of a view hang on single controls and on families of them."""
    return without_parts(view)


@register.filter
def failed(jobs: Iterable[Job]) -> list[Job]:
    """Return the jobs that failed."""
    return [job for job in jobs if job.state == Job.State.FAILED]


@register.filter
def current(jobs: Iterable[Job]) -> Job | None:
    """Return the first job that is not done, or None."""
    return next((job for job in jobs if job.state != Job.State.DONE), None)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the heat map and its step on the ramp; none where a model meets itself."""

    number: str
    step: int


@dataclass(frozen=True, slots=True)
class Row:
    """One model of the heat map with its cells."""

    label: str
    model: str
    role: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The rows of a heat map and the numbers at the two ends of its ramp."""

    rows: tuple[Row, ...]
    low: float
    high: float


@register.filter
def heat_map(similarity: dict[str, Any]) -> HeatMap:
    """Return the heat map of a similarity matrix, its ramp spanning the numbers that occur."""
    matrix = similarity["mean_cosine"]
    others = [
        value for place, row in enumerate(matrix) for at, value in enumerate(row) if at != place
    ]
    low, high = min(others), max(others)
    named = zip(similarity["labels"], similarity["models"], similarity["roles"], strict=True)
    rows = tuple(
        Row(*names, tuple(_cells(matrix[place], place, low, high)))
        for place, names in enumerate(named)
    )
    return HeatMap(rows, low, high)


def _cells(values: Sequence[float], own: int, low: float, high: float) -> Iterable[Cell]:
    for place, value in enumerate(values):
        share = (value - low) / (high - low) if high > low else 0.0
        yield Cell("", 0) if place == own else Cell(decimals(value), round(share * _STEPS))


@dataclass(frozen=True, slots=True)
class Mark:
    """One candidate of the chart: its dot and the ends of its interval, in chart units."""

    label: str
    role: str
    y: int
    dot: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Tick:
    """One number on the axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Where numbers between low and high come to stand between the two sides of a chart."""

    low: float
    high: float

    def __call__(self, value: float) -> float:
        """Return the place of a number, to a tenth of a unit."""
        share = (value - self.low) / (self.high - self.low)
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)


@register.inclusion_tag("findings/_chart.html")
def interval_chart(view: dict[str, Any], name: str) -> dict[str, Any]:
    """Draw the centred excess of each candidate as a dot with its interval."""
    candidates = view["candidates"]
    ticks = _ticks([one["excess"][end] for one in candidates for end in ("low", "high")])
    scale = Scale(ticks[0], ticks[-1])
    bottom = _TOP + _ROW * len(candidates)
    return {
        "name": name,
        "marks": [_mark(one, place, scale) for place, one in enumerate(candidates)],
        "ticks": [Tick(scale(tick), decimals(tick)[:-1]) for tick in ticks],
        "zero": scale(0.0),
        "width": _RIGHT + _LEFT // 2,
        "left": _LEFT,
        "right": _RIGHT,
        "bottom": bottom,
        "height": bottom + _AXIS,
    }


def _mark(candidate: dict[str, Any], place: int, scale: Scale) -> Mark:
    excess = candidate["excess"]
    return Mark(
        label=candidate["label"],
        role=candidate["role"],
        y=_TOP + _ROW * place + _ROW // 2,
        dot=scale(excess["estimate"]),
        start=scale(excess["low"]),
        end=scale(excess["high"]),
    )


def _ticks(values: Sequence[float]) -> list[float]:
    """Return round numbers that hold all values and zero between the first and the last."""
    low, high = min(0.0, *values), max(0.0, *values)
    step = next(
        step
        for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
        if (high - low) / step < _MOST_TICKS - 1
    )
    first, last = int(low // step), int(-(-high // step))
    return [number * step for number in range(first, max(last, first + 1) + 1)]

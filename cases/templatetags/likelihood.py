"""The likelihood ratio on the page: which teacher's it is, its bars and its Tippett plot."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template import Library

from cases.reports import tippett
from cases.reports.likelihood import Fact, Likelihood, Ratio, hypotheses_of

register = Library()

# The plot is drawn in these units, which are pixels where it is shown at its own size.
_LEFT, _RIGHT, _HEIGHT, _CASE, _AXIS = 38, 352, 170, 16, 62
# A bar runs from the middle to either side of a drawing this wide.
_BAR = 100


@register.filter
def of_teacher(likelihood: Likelihood | None, label: str) -> Ratio | None:
    """Return the ratio of the teacher with this label, alone or with others, or None."""
    ratios = likelihood.ratios if likelihood else ()
    return next((one for one in ratios if label in one.files), None)


@register.filter
def hypotheses(result: dict[str, Any]) -> tuple[Fact, ...]:
    """Return name and words of each hypothesis of a result."""
    return hypotheses_of(result)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from the middle of its drawing: to the right for H1, to the left for H2."""

    x: float
    width: float
    against: bool


@register.filter
def bar(share: float) -> Bar:
    """Return the bar of a share from -1 to 1."""
    width = round(abs(share) * _BAR / 2, 1)
    return Bar(_BAR / 2 - width * (share < 0), width, share < 0)


@dataclass(frozen=True, slots=True)
class Case:
    """A line at a teacher's ratio, and its label beside the end of it."""

    x: float
    y: int
    text: str
    text_x: float
    anchor: str


@register.inclusion_tag("findings/_tippett.html")
def tippett_plot(found: dict[str, Any], likelihood: Likelihood) -> dict[str, Any]:
    """Draw the Tippett plot of a result's likelihood ratio with its teachers marked."""
    drawn = tippett.drawing(found)
    top = 6 + _CASE * len(drawn.cases)
    bottom = top + _HEIGHT
    return {
        "ticks": [(_across(one.at), one.text) for one in drawn.ticks],
        "levels": [
            (bottom - share * _HEIGHT, text)
            for share, text in ((0, "none"), (0.5, "half"), (1, "all"))
        ],
        "curves": (
            ("h1", _points(drawn.h1, bottom)),
            ("h2", _points(drawn.h2, bottom)),
        ),
        "cases": [_case(one, place) for place, one in enumerate(drawn.cases)],
        "places": [f"{one.label}: {one.place}" for one in likelihood.ratios if one.place],
        "one": _across(drawn.zero),
        "left": _LEFT,
        "right": _RIGHT,
        "middle": (_LEFT + _RIGHT) // 2,
        "top": top,
        "bottom": bottom,
        "width": _RIGHT + _LEFT // 2,
        "height": bottom + _AXIS,
    }


def _across(share: float) -> float:
    return round(_LEFT + share * (_RIGHT - _LEFT), 1)


def _points(curve: Iterable[tippett.Point], bottom: int) -> str:
    return " ".join(f"{_across(x)},{round(bottom - y * _HEIGHT, 1)}" for x, y in curve)


def _case(one: tippett.Case, place: int) -> Case:
    """Return the mark of a teacher, its label on a line of its own towards the middle."""
    x, right = _across(one.at), one.at > 1 / 2
    return Case(
        x,
        _CASE * (place + 1) - 4,
        one.label,
        x - 5 if right else x + 5,
        "end" if right else "start",
    )

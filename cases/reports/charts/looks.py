"""How series differ: colours of Okabe and Ito (2008), and a dash or a shape of its own for each.

The pages have the same colours by name in their style sheet, so that dark pages can change them.
"""

from dataclasses import dataclass
from typing import Any

# Of letters on a colour that is the same on light and dark pages.
ON_LIGHT, ON_DARK = "#111111", "#FDFDFD"
BLACK, GREY, PALE, WHITE = "#000000", "#595959", "#CDCDCD", "#FFFFFF"
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
# From light to dark, so that it is the same ramp in grey.
RAMP = (
    *("#F5F9FD", "#E3EEF9", "#D0E2F3", "#BBD5EC", "#A2C5E3", "#84B1D8"),
    *("#659BCA", "#4A85BA", "#2F6BA3", "#194F85", "#08336A"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """A way to draw a series: as a line with a dash, and as points with a shape."""

    colour: str
    dash: tuple[int, ...] = ()
    shape: str = "circle"
    filled: bool = True
    width: float = 2

    def line(self, **more: Any) -> dict[str, Any]:
        """Return a Vega-Lite mark of lines."""
        drawn = {"type": "line", "stroke": self.colour, "strokeWidth": self.width}
        return drawn | ({"strokeDash": list(self.dash)} if self.dash else {}) | more

    def rule(self, **more: Any) -> dict[str, Any]:
        """Return a Vega-Lite mark of straight rules."""
        return self.line() | {"type": "rule"} | more

    def point(self, **more: Any) -> dict[str, Any]:
        """Return a Vega-Lite mark of points."""
        return {
            "type": "point",
            "shape": self.shape,
            "size": 64,
            "opacity": 1,
            "fill": self.colour if self.filled else WHITE,
            "stroke": self.colour,
            "strokeWidth": 1.6,
        } | more

    def bar(self, **more: Any) -> dict[str, Any]:
        """Return a Vega-Lite mark of bars, filled or hollow."""
        fill = self.colour if self.filled else WHITE
        return {"type": "bar", "fill": fill, "stroke": self.colour, "strokeWidth": 1} | more


UNDER_H1 = Look(BLUE)
UNDER_H2 = Look(VERMILION, (6, 3), "square", filled=False)
TEACHER = Look(BLUE, (), "diamond")
CONTROL = Look(BLACK, (), "circle", filled=False, width=1.4)
CASE = Look(BLACK, (2, 2), "triangle-down", width=1.6)
NEUTRAL = Look(GREY, (), width=1)

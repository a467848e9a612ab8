"""What a run took, and the series of a watch as a drawing."""

from typing import Any

from django.template import Library

from audit.collect.pacing import MILLION
from cases.models import WatchRun
from cases.services.watches import Series
from cases.templatetags.figures import interval_chart

register = Library()

# More would not be told apart in a drawing; the table has them all.
MOST_DRAWN = 20
NONE = "\N{EN DASH}"


@register.filter
def p_value(value: float) -> str:
    """Return a p-value or a level with two digits."""
    return f"{value:.2g}"


@register.filter
def took(run: WatchRun) -> str:
    """Return how long a run took, or has taken so far."""
    if run.ended_at is None:
        return NONE
    seconds = round((run.ended_at - run.asked_at).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02} min"


@register.filter
def cost(run: WatchRun) -> str:
    """Return what a run cost, in the currency of its endpoint."""
    if run.collection is None:
        return NONE
    return f"{run.cost / MILLION:,.4f} {run.collection.endpoint.currency}".strip()


@register.inclusion_tag("watches/_chart.html")
def series_chart(series: Series) -> dict[str, Any]:
    """Draw the likeness of each audit, oldest above, as a dot with its interval."""
    drawn = series.points[-MOST_DRAWN:]
    candidates = [
        {
            "label": str(one.run.release.number if one.run.release else ""),
            "role": "teacher",
            "excess": one.likeness.as_dict(),
        }
        for one in drawn
    ]
    chart = interval_chart({"candidates": candidates}, f"series-{series.label}")
    return chart | {"model": series.model, "left_out": len(series.points) - len(drawn)}

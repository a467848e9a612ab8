"""What a run of a watch took, and its small numbers."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.template import Library

from audit.collect.pacing import MILLION, amount
from cases.models import WatchRun

register = Library()

NONE = "\N{EN DASH}"


@register.filter
def p_value(value: float) -> str:
    """Return a p-value or a level with two digits."""
    return f"{value:.2g}"


@register.filter
def versions(pair: Sequence[int]) -> str:
    """Return the versions of the plan on both sides of a change, one if they are the same."""
    return " and ".join(map(str, dict.fromkeys(pair)))


@register.filter
def packs(series: dict[str, Any]) -> int:
    """Return by how many calibration packs the ratios of a series were given."""
    return len({point.get("pack") for point in series["points"]})


@register.filter
def took(run: WatchRun) -> str:
    """Return how long a run took."""
    if run.ended_at is None:
        return NONE
    seconds = round((run.ended_at - run.asked_at).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02} min"


@register.filter
def money(millionths: int, currency: str) -> str:
    """Return an amount of money."""
    return amount(millionths, currency)


@register.filter
def duration(seconds: float) -> str:
    """Return a time as days, hours, minutes and seconds."""
    return str(timedelta(seconds=round(seconds)))


@register.filter
def cost(run: WatchRun) -> str:
    """Return what a run cost, in the currency of its endpoint."""
    if run.collection is None:
        return NONE
    return f"{run.cost / MILLION:,.4f} {run.collection.endpoint.currency}".strip()

"""The scales of the charts, so that the numbers at their ticks stand in the document too."""

import math
from typing import Any

# Views that are on one scale share one axis.
_SHARED = (("embedding", "embedding_without_layout"), ("layout",))
# A step below the last printed decimal would print the same tick twice.
_LEAST_STEP = 0.001
_MOST_TICKS = 4
_DECIMALS = 6


def axes_of(teachers: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return for each view the axis that holds every interval of every teacher, and zero."""
    axes: dict[str, dict[str, Any]] = {}
    for views in _SHARED:
        ends = [0.0]
        for teacher in teachers:
            for view in views:
                for candidate in teacher["views"][view]["candidates"]:
                    ends += [candidate["excess"]["low"], candidate["excess"]["high"]]
        axes |= dict.fromkeys(views, axis(min(ends), max(ends)))
    return axes


def axis(least: float, most: float) -> dict[str, Any]:
    """Return an axis of round numbers from at most `least` to at least `most`."""
    step = _step((most - least) / _MOST_TICKS)
    first, last = math.floor(least / step), math.ceil(most / step)
    if first == last:
        first, last = first - 1, last + 1
    ticks = [round(step * place, _DECIMALS) + 0.0 for place in range(first, last + 1)]
    return {"low": ticks[0], "high": ticks[-1], "ticks": ticks}


def _step(at_least: float) -> float:
    """Return the smallest of 1, 2 or 5 times a power of ten that is not below `at_least`."""
    if at_least <= _LEAST_STEP:
        return _LEAST_STEP
    power = 10.0 ** math.floor(math.log10(at_least))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= at_least)
